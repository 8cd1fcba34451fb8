import type { Product } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { addToCart, refreshCartBadge } from '../../utils/cart';
import { messageOf } from '../../utils/errors';
import { createPager, emptyList } from '../../utils/pager';
import type { Pager } from '../../utils/pager';
import { showToast } from '../../utils/toast';
import type { DocumentCard } from '../documents/documents-view';
import { newestPlan } from '../documents/newest-plan';
import { cardOf, categoryChoices, EVERYTHING, filterOf, planChoices, SORTS } from './products-view';
import type { Choice, ProductCard, ProductKind } from './products-view';

const PER_PAGE = 20;
const MOST_KINDS = 500;

Page({
  data: {
    list: emptyList<ProductCard>(),
    search: EVERYTHING,
    sort: 0,
    sortLabel: SORTS[0]!.label,
    isSearching: false,
    plans: [] as Choice[],
    categories: [] as Choice[],
    banner: null as DocumentCard | null,
  },

  kinds: [] as ProductKind[],
  pager: undefined as unknown as Pager,

  onLoad() {
    this.pager = createPager<Product, ProductCard>({
      load: (page) => this.request(page),
      view: cardOf,
      show: (list) => this.setData({ list }),
      messageOf,
    });
    void this.pager.restart();
    void this.loadChoices();
  },

  onShow() {
    void refreshCartBadge();
  },

  async onPullDownRefresh() {
    await Promise.all([this.pager.restart(true), this.loadChoices()]);
    wx.stopPullDownRefresh();
    if (this.data.list.errorText !== '') showToast(this, this.data.list.errorText);
  },

  onReachBottom() {
    void this.pager.next();
  },

  onShareAppMessage() {
    return { title: '百益智能：酒店客控与智慧住宅', path: '/pages/products/products' };
  },

  request(page: number) {
    const { search, sort } = this.data;
    return api.product_list({
      filter: filterOf(search),
      sort: SORTS[sort]!.value,
      expand: 'prod_list_icon',
      page,
      perPage: PER_PAGE,
    });
  },

  /** The choices above the list and the banner. Without them the list still works. */
  async loadChoices() {
    try {
      const [products, banner] = await Promise.all([
        api.product_list({
          fields: 'prod_list_plantype,prod_list_category',
          sort: 'prod_list_sort',
          perPage: MOST_KINDS,
          skipTotal: true,
        }),
        newestPlan(),
      ]);
      this.kinds = products.items.map((product) => ({
        plan: product.prod_list_plantype ?? '',
        category: product.prod_list_category ?? '',
      }));
      this.setData({ banner, plans: planChoices(this.kinds) });
      this.showCategories();
    } catch {
      // The list itself tells that the network is down.
    }
  },

  showCategories() {
    this.setData({ categories: categoryChoices(this.kinds, this.data.search.plan) });
  },

  changeWord(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.setData({ 'search.word': event.detail.value });
    this.searchAgain();
  },

  changePlan(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.setData({ 'search.plan': event.detail.value, 'search.category': '' });
    this.showCategories();
    this.searchAgain();
  },

  changeCategory(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.setData({ 'search.category': event.detail.value });
    this.searchAgain();
  },

  changeSort() {
    wx.showActionSheet({
      itemList: SORTS.map((sort) => sort.label),
      success: ({ tapIndex }) => {
        this.setData({ sort: tapIndex, sortLabel: SORTS[tapIndex]!.label });
        this.searchAgain();
      },
      fail: () => undefined, // closed without a choice
    });
  },

  clearSearch() {
    this.setData({ search: EVERYTHING });
    this.showCategories();
    this.searchAgain();
  },

  searchAgain() {
    const { word, plan, category } = this.data.search;
    this.setData({ isSearching: word !== '' || plan !== '' || category !== '' });
    void this.pager.restart();
  },

  retry() {
    void this.pager.restart();
    void this.loadChoices();
  },

  openProduct(event: WechatMiniprogram.CustomEvent<{ id: string }>) {
    void wx.navigateTo({ url: `/pages/product/product?id=${event.detail.id}` });
  },

  openBanner() {
    if (this.data.banner) void wx.navigateTo({ url: `/pages/document/document?id=${this.data.banner.id}` });
  },

  add(event: WechatMiniprogram.CustomEvent<{ id: string }>) {
    void addToCart(this, event.detail.id);
  },
});
