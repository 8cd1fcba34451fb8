import { api, openLogin } from '../../utils/api';
import { refreshCartBadge } from '../../utils/cart';
import { showToast } from '../../utils/toast';
import { viewUser } from './me-view';

Page({
  data: {
    user: viewUser(null, String),
    states: [
      { status: 'pending', text: '待确认', icon: 'clock', count: 0 },
      { status: 'confirmed', text: '已确认', icon: 'box', count: 0 },
      { status: 'completed', text: '已完成', icon: 'check', count: 0 },
      { status: 'cancelled', text: '已取消', icon: 'close', count: 0 },
    ],
  },

  onShow() {
    this.setData({ user: viewUser(api.user, (path) => api.url(path)) });
    void this.countOrders();
    void refreshCartBadge();
  },

  /** The badges of what is not finished yet. They are decoration: without an answer there are none. */
  async countOrders() {
    const [pending, confirmed] = await Promise.all([countOf('pending'), countOf('confirmed')]);
    this.setData({ 'states[0].count': pending, 'states[1].count': confirmed });
  },

  openOrders(event: WechatMiniprogram.TouchEvent) {
    const { status } = event.currentTarget.dataset as { status: string };
    this.openPrivate(`/pages/orders/orders?status=${status}`);
  },

  openProfile() {
    this.openPrivate('/pages/profile/profile');
  },

  openCompany() {
    this.openPrivate('/pages/company/company');
  },

  openDocuments() {
    void wx.switchTab({ url: '/pages/documents/documents' });
  },

  /** Open a page that needs a user; a guest is asked to log in first. */
  openPrivate(url: string) {
    if (api.isLoggedIn) void wx.navigateTo({ url });
    else openLogin();
  },

  async logout() {
    const { confirm } = await wx.showModal({ title: '退出登录', content: '购物车与订单会保留，下次登录后仍可查看。' });
    if (!confirm) return;
    api.logout();
    this.onShow();
    showToast(this, '已退出登录');
  },
});

async function countOf(status: 'pending' | 'confirmed'): Promise<number> {
  if (!api.isLoggedIn) return 0;
  try {
    return (await api.order_list({ order_status: status, page: 1, perPage: 1 })).totalItems;
  } catch {
    return 0;
  }
}
