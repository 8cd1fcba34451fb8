import { api, openLogin } from '../../utils/api';
import { messageOf } from '../../utils/errors';
import { createPager, emptyList } from '../../utils/pager';
import type { PageOf, Pager } from '../../utils/pager';
import { loadPictures } from '../../utils/product-pictures';
import { showToast } from '../../utils/toast';
import { isStatus, productIdsOfCards, TABS, viewOrder } from '../order/order-view';
import type { OrderStatus, OrderView } from '../order/order-view';

const PER_PAGE = 10;

Page({
  data: {
    isGuest: false,
    tabs: TABS,
    status: '' as OrderStatus | '',
    keyword: '',
    list: emptyList<OrderView>(),
  },

  pager: undefined as unknown as Pager,

  onLoad(query: { status?: string }) {
    const { status = '' } = query;
    this.setData({ status: isStatus(status) ? status : '' });
    this.pager = createPager<OrderView, OrderView>({
      load: (page) => this.fetch(page),
      view: (order) => order,
      show: (list) => this.setData({ list }),
      messageOf,
    });
  },

  /** Also when the user comes back from an order, whose state may be another now. */
  onShow() {
    this.setData({ isGuest: !api.isLoggedIn });
    if (api.isLoggedIn) void this.pager.restart(this.data.list.state === 'ready');
  },

  async onPullDownRefresh() {
    if (api.isLoggedIn) await this.pager.restart(true);
    wx.stopPullDownRefresh();
  },

  onReachBottom() {
    void this.pager.next();
  },

  chooseStatus(event: WechatMiniprogram.CustomEvent<{ value: OrderStatus | '' }>) {
    this.setData({ status: event.detail.value });
    this.reload();
  },

  search(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.setData({ keyword: event.detail.value });
    this.reload();
  },

  reload() {
    if (api.isLoggedIn) void this.pager.restart();
  },

  more() {
    void this.pager.next();
  },

  async fetch(page: number): Promise<PageOf<OrderView>> {
    const { status, keyword } = this.data;
    // The empty status is "all".
    const answer = await api.order_list({ order_status: status, keyword, page, perPage: PER_PAGE });
    const pictures = await loadPictures(productIdsOfCards(answer.items));
    return { ...answer, items: answer.items.map((order) => viewOrder(order, pictures)) };
  },

  openOrder(event: WechatMiniprogram.TouchEvent) {
    void wx.navigateTo({ url: `/pages/order/order?id=${event.currentTarget.dataset.id as string}` });
  },

  async cancel(event: WechatMiniprogram.CustomEvent) {
    const id = event.currentTarget.dataset.id as string;
    const { confirm } = await wx.showModal({
      title: '取消这笔订单？',
      content: '取消后不能恢复，商品也不会回到购物车。',
      confirmText: '取消订单',
      cancelText: '再想想',
    });
    if (!confirm) return;
    try {
      await api.order_update({ order_id: id, order_status: 'cancelled' });
      showToast(this, '订单已取消');
    } catch (error) {
      showToast(this, messageOf(error));
    }
    await this.pager.restart(true);
  },

  leaveEmpty() {
    if (this.data.keyword === '') {
      void wx.switchTab({ url: '/pages/products/products' });
      return;
    }
    this.setData({ keyword: '' });
    this.reload();
  },

  login() {
    openLogin();
  },
});
