import { where } from 'bai-wx-miniprogram';
import type { ShopDocument } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { showCartBadge } from '../../utils/cart';
import { messageOf } from '../../utils/errors';
import { createPager, emptyList } from '../../utils/pager';
import type { Pager } from '../../utils/pager';
import { showToast } from '../../utils/toast';
import { cardOf, filterOf, typeChoices, TYPES } from './documents-view';
import type { DocumentCard, DocumentSearch } from './documents-view';

const PER_PAGE = 20;
const EVERYTHING: DocumentSearch = { word: '', type: '' };

Page({
  data: {
    list: emptyList<DocumentCard>(),
    search: EVERYTHING,
    isSearching: false,
    types: [] as { value: string; label: string }[],
  },

  pager: undefined as unknown as Pager,

  onLoad() {
    this.pager = createPager<ShopDocument, DocumentCard>({
      load: (page) => this.request(page),
      view: cardOf,
      show: (list) => this.setData({ list }),
      messageOf,
    });
    void this.pager.restart();
    void this.loadTypes();
  },

  onShow() {
    showCartBadge();
  },

  async onPullDownRefresh() {
    await Promise.all([this.pager.restart(true), this.loadTypes()]);
    wx.stopPullDownRefresh();
    if (this.data.list.errorText !== '') showToast(this, this.data.list.errorText);
  },

  onReachBottom() {
    void this.pager.next();
  },

  onShareAppMessage() {
    return { title: '百益智能：说明书、手册与方案', path: '/pages/documents/documents' };
  },

  request(page: number) {
    return api.document_list({
      filter: filterOf(this.data.search),
      sort: 'document_status,-document_create,id', // those in force before the expired ones,
      expand: 'document_images',
      page,
      perPage: PER_PAGE,
    });
  },

  /** The types come from the dictionary. Without them the list still works. */
  async loadTypes() {
    try {
      const page = await api.dict_list({ filter: where`dict_name = ${TYPES}`, perPage: 1 });
      this.setData({ types: typeChoices(page.items[0]) });
    } catch {
      // The list itself tells that the network is down.
    }
  },

  changeWord(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.setData({ 'search.word': event.detail.value });
    this.searchAgain();
  },

  changeType(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.setData({ 'search.type': event.detail.value });
    this.searchAgain();
  },

  clearSearch() {
    this.setData({ search: EVERYTHING });
    this.searchAgain();
  },

  searchAgain() {
    const { word, type } = this.data.search;
    this.setData({ isSearching: word !== '' || type !== '' });
    void this.pager.restart();
  },

  retry() {
    void this.pager.restart();
    void this.loadTypes();
  },

  open(event: WechatMiniprogram.TouchEvent) {
    void wx.navigateTo({ url: `/pages/document/document?id=${event.currentTarget.dataset.id as string}` });
  },
});
