import { where } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { isGone, messageOf } from '../../utils/errors';
import { showToast } from '../../utils/toast';
import { cardOf } from '../products/products-view';
import type { ProductCard } from '../products/products-view';
import { EXPAND, viewOf } from './document-view';
import type { DocumentView } from './document-view';

Page({
  data: {
    state: 'loading' as 'loading' | 'gone' | 'error' | 'ready',
    errorText: '',
    document: null as DocumentView | null,
    product: null as ProductCard | null,
    picture: 0,
    /** Id of the file that is being fetched. */
    opening: '',
  },

  id: '',

  onLoad(query: { id?: string }) {
    this.id = query.id ?? '';
    void this.load();
  },

  onShareAppMessage() {
    return { title: this.data.document?.title ?? '百益智能', path: `/pages/document/document?id=${this.id}` };
  },

  async load() {
    this.setData({ state: 'loading' });
    try {
      const document = viewOf(await api.document_view(this.id, { expand: EXPAND }));
      this.setData({ state: 'ready', document });
      if (document.model !== '') void this.loadProduct(document.model);
    } catch (error) {
      this.setData({ state: isGone(error) ? 'gone' : 'error', errorText: messageOf(error) });
    }
  },

  /** The product this document is about. The page is whole without it. */
  async loadProduct(model: string) {
    try {
      const page = await api.product_list({
        filter: where`prod_list_modelnumber = ${model}`,
        expand: 'prod_list_icon',
        perPage: 1,
        skipTotal: true,
      });
      const product = page.items[0];
      if (product) this.setData({ product: cardOf(product) });
    } catch {
      // Nothing is shown in its place.
    }
  },

  openAll() {
    void wx.switchTab({ url: '/pages/documents/documents' });
  },

  changePicture(event: WechatMiniprogram.SwiperChange) {
    this.setData({ picture: event.detail.current });
  },

  preview(event: WechatMiniprogram.TouchEvent) {
    const urls = this.data.document?.pictures ?? [];
    void wx.previewImage({ urls, current: event.currentTarget.dataset.url as string });
  },

  async openFile(event: WechatMiniprogram.TouchEvent) {
    const file = this.data.document?.files.find((each) => each.id === event.currentTarget.dataset.id);
    if (!file || this.data.opening !== '') return;
    this.setData({ opening: file.id });
    try {
      const { tempFilePath } = await api.file_download('tbl_attachments', file.id, file.stored);
      await wx.openDocument({ filePath: tempFilePath, showMenu: true });
    } catch (error) {
      showToast(this, messageOf(error));
    } finally {
      this.setData({ opening: '' });
    }
  },

  openProduct() {
    if (this.data.product) void wx.navigateTo({ url: `/pages/product/product?id=${this.data.product.id}` });
  },
});
