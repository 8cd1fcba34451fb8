import type { CartRecord } from 'bai-wx-miniprogram';

import { api, openLogin } from '../../utils/api';
import { setCartCount } from '../../utils/cart';
import { messageOf } from '../../utils/errors';
import { showToast } from '../../utils/toast';
import { availableIds, chosenIds, groupNames, refuseGroupName, toggle, UNGROUPED, viewCart } from './cart-view';
import { createQuantitySaver } from './quantity-saver';
import type { QuantitySaver } from './quantity-saver';

Page({
  data: {
    state: 'loading' as 'loading' | 'guest' | 'error' | 'ready',
    errorText: '',
    view: viewCart([], [], String),
    editing: false,
    isSaving: false,
    form: { id: '', name: '', group: '', remark: '' },
    groups: [] as string[],
  },

  lines: [] as CartRecord[],
  /** What the user unticked: a line that was just added is chosen without a tap. */
  unticked: [] as string[],
  saver: undefined as unknown as QuantitySaver,

  onLoad() {
    this.saver = createQuantitySaver(
      (id, quantity) => api.cart_update({ cart_id: id, cart_product_quantity: quantity }),
      (error) => {
        showToast(this, messageOf(error));
        void this.load();
      },
    );
  },

  onShow() {
    void this.load();
  },

  onHide() {
    void this.saver.flush();
  },

  onUnload() {
    void this.saver.flush();
  },

  async onPullDownRefresh() {
    await this.load();
    wx.stopPullDownRefresh();
  },

  async load() {
    if (!api.isLoggedIn) {
      setCartCount(0);
      this.setData({ state: 'guest' });
      return;
    }
    try {
      this.show(await this.fetch());
    } catch (error) {
      if (this.data.state === 'ready') showToast(this, messageOf(error));
      else this.setData({ state: 'error', errorText: messageOf(error) });
    }
  },

  /** The lines; asked for again where the user changed a quantity meanwhile. */
  async fetch(): Promise<CartRecord[]> {
    const puts = this.saver.count();
    await this.saver.flush();
    const { items } = await api.cart_list({ cart_status: 'active' });
    return puts === this.saver.count() ? items : this.fetch();
  },

  reload() {
    this.setData({ state: 'loading' });
    void this.load();
  },

  show(lines: CartRecord[]) {
    this.lines = lines;
    setCartCount(lines.length);
    this.setData({ state: 'ready', view: viewCart(lines, this.chosen(), (path) => api.url(path)) });
  },

  chosen(): string[] {
    return this.lines.map((line) => line.cart_id).filter((id) => !this.unticked.includes(id));
  },

  toggleLine(event: WechatMiniprogram.TouchEvent) {
    this.tick([event.currentTarget.dataset.id as string]);
  },

  toggleGroup(event: WechatMiniprogram.TouchEvent) {
    this.tick(availableIds(this.data.view, event.currentTarget.dataset.group as string));
  },

  toggleAll() {
    this.tick(availableIds(this.data.view));
  },

  tick(ids: string[]) {
    const chosen = toggle(this.chosen(), ids);
    this.unticked = this.lines.map((line) => line.cart_id).filter((id) => !chosen.includes(id));
    this.show(this.lines);
  },

  changeQuantity(event: WechatMiniprogram.CustomEvent<{ value: number }>) {
    const id = event.currentTarget.dataset.id as string;
    const quantity = event.detail.value;
    this.saver.put(id, quantity);
    this.show(
      this.lines.map((line) => (line.cart_id === id ? { ...line, cart_product_quantity: quantity } : line)),
    );
  },

  openLine(event: WechatMiniprogram.TouchEvent) {
    const line = this.lines.find((each) => each.cart_id === event.currentTarget.dataset.id);
    if (!line) return;
    const group = viewCart([line], [], String).groups[0]!.name;
    this.setData({
      editing: true,
      groups: groupNames(this.lines),
      form: {
        id: line.cart_id,
        name: line.product_name,
        group: group === UNGROUPED ? '' : group,
        remark: line.cart_remark,
      },
    });
  },

  closeLine() {
    this.setData({ editing: false });
  },

  chooseGroup(event: WechatMiniprogram.TouchEvent) {
    this.setData({ 'form.group': event.currentTarget.dataset.group as string });
  },

  typeGroup(event: WechatMiniprogram.Input) {
    this.setData({ 'form.group': event.detail.value });
  },

  typeRemark(event: WechatMiniprogram.TextareaInput) {
    this.setData({ 'form.remark': event.detail.value });
  },

  async saveLine() {
    const { id, group, remark } = this.data.form;
    const wrong = refuseGroupName(group);
    if (wrong) {
      showToast(this, wrong);
      return;
    }
    this.setData({ isSaving: true });
    try {
      // An empty group name leaves the line where it is.
      await api.cart_update({ cart_id: id, cart_number: group.trim(), cart_remark: remark.trim() });
      this.setData({ editing: false });
      await this.load();
    } catch (error) {
      showToast(this, messageOf(error));
    } finally {
      this.setData({ isSaving: false });
    }
  },

  removeLine() {
    const { id, name } = this.data.form;
    return this.remove(id, name);
  },

  /** A line that is off sale has no sheet: nothing but removing it is left to do. */
  removeUnavailable(event: WechatMiniprogram.TouchEvent) {
    const { id, name } = event.currentTarget.dataset as { id: string; name: string };
    return this.remove(id, name);
  },

  async remove(id: string, name: string) {
    const { confirm } = await wx.showModal({
      title: '删除商品',
      content: `从购物车中删除“${name}”？`,
      confirmText: '删除',
    });
    if (!confirm) return;
    try {
      await api.cart_delete({ cart_id: id });
      this.setData({ editing: false });
      await this.load();
    } catch (error) {
      showToast(this, messageOf(error));
    }
  },

  async checkout() {
    await this.saver.flush();
    const ids = chosenIds(this.lines, this.chosen());
    await wx.navigateTo({ url: `/pages/checkout/checkout?ids=${ids.join(',')}` });
  },

  openProduct(event: WechatMiniprogram.TouchEvent) {
    const { product, open } = event.currentTarget.dataset as { product: string; open: boolean };
    if (open) void wx.navigateTo({ url: `/pages/product/product?id=${product}` });
  },

  openProducts() {
    void wx.switchTab({ url: '/pages/products/products' });
  },

  login() {
    openLogin();
  },
});
