import { ApiError } from 'bai-wx-miniprogram';
import type { OrderRecord } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { messageOf } from '../../utils/errors';
import { loadPictures } from '../../utils/product-pictures';
import { showToast } from '../../utils/toast';
import { productIdsOf, STEPS, viewOrder } from './order-view';
import type { OrderItemView, OrderView } from './order-view';

Page({
  data: {
    state: 'loading' as 'loading' | 'missing' | 'error' | 'ready',
    errorText: '',
    order: null as OrderView | null,
    steps: STEPS,
    isNew: false,
    isBusy: false,
    editing: false,
    remark: '',
  },

  id: '',
  /** Products that a repetition which failed has put into the cart. */
  put: [] as string[],

  onLoad(query: { id?: string; created?: string }) {
    this.id = query.id ?? '';
    this.setData({ isNew: query.created === '1' });
    void this.load();
  },

  async onPullDownRefresh() {
    await this.load();
    wx.stopPullDownRefresh();
  },

  async load() {
    try {
      await this.show(await api.order_detail({ order_id: this.id }));
    } catch (error) {
      const isMissing = error instanceof ApiError && error.code === 'not_found';
      this.setData({ state: isMissing ? 'missing' : 'error', order: null, errorText: messageOf(error) });
    }
  },

  reload() {
    this.setData({ state: 'loading' });
    void this.load();
  },

  async show(order: OrderRecord) {
    const pictures = await loadPictures(productIdsOf(order));
    this.setData({ state: 'ready', order: viewOrder(order, pictures) });
  },

  async copyNumber() {
    await wx.setClipboardData({ data: this.data.order?.number ?? '' });
  },

  openRemark() {
    this.setData({ editing: true, remark: this.data.order?.remark ?? '' });
  },

  closeRemark() {
    this.setData({ editing: false });
  },

  typeRemark(event: WechatMiniprogram.TextareaInput) {
    this.setData({ remark: event.detail.value });
  },

  saveRemark() {
    const remark = this.data.remark.trim();
    return this.work('备注已保存', async () => {
      await this.show(await api.order_update({ order_id: this.id, order_remark: remark }));
      this.setData({ editing: false });
    });
  },

  async cancel() {
    const { confirm } = await wx.showModal({
      title: '取消这笔订单？',
      content: '取消后不能恢复，商品也不会回到购物车。',
      confirmText: '取消订单',
      cancelText: '再想想',
    });
    if (!confirm) return;
    await this.work('订单已取消', async () => {
      await this.show(await api.order_update({ order_id: this.id, order_status: 'cancelled' }));
      this.setData({ isNew: false });
    });
  },

  async remove() {
    const { confirm } = await wx.showModal({
      title: '删除这笔订单？',
      content: '删除后不再显示，也不能恢复。',
      confirmText: '删除',
    });
    if (!confirm) return;
    await this.work('', async () => {
      await api.order_delete({ order_id: this.id });
      await this.back();
    });
  },

  /** Put the goods of this order into the cart again, at the prices of today; what is off sale is named. */
  async again() {
    const items = this.data.order?.items ?? [];
    await this.work('', async () => {
      const missing: string[] = [];
      for (const item of items) if (!(await this.putAgain(item))) missing.push(item.name);
      this.put = [];
      if (missing.length > 0) await tellMissing(missing);
      if (missing.length < items.length) await wx.switchTab({ url: '/pages/cart/cart' });
    });
  },

  /** Whether the item is in the cart. What an attempt before this put there is not put there twice. */
  async putAgain({ productId, quantity }: OrderItemView): Promise<boolean> {
    if (this.put.includes(productId)) return true;
    try {
      await api.cart_create({ cart_product_id: productId, cart_product_quantity: quantity });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'product_unavailable') return false;
      throw error;
    }
    this.put.push(productId);
    return true;
  },

  /** Do one thing at a time; what is refused is shown, and the order as it is now. */
  async work(done: string, action: () => Promise<void>) {
    if (this.data.isBusy) return;
    this.setData({ isBusy: true });
    try {
      await action();
      if (done) showToast(this, done);
    } catch (error) {
      showToast(this, messageOf(error));
      if (error instanceof ApiError && error.code === 'order_state_invalid') await this.load();
    } finally {
      this.setData({ isBusy: false });
    }
  },

  async back() {
    if (getCurrentPages().length > 1) await wx.navigateBack();
    else await wx.switchTab({ url: '/pages/me/me' });
  },
});

async function tellMissing(names: readonly string[]): Promise<void> {
  await wx.showModal({ title: '部分产品已下架', content: names.join('、'), showCancel: false, confirmText: '知道了' });
}
