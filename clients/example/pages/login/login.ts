import { api } from '../../utils/api';
import { messageOf } from '../../utils/errors';
import { showToast } from '../../utils/toast';
import { missingOf } from '../profile/profile-form';

Page({
  data: {
    isAgreed: false,
    isBusy: false,
    reasons: [
      { icon: 'cart', title: '按房间分组的购物车', text: '换一台手机，选好的产品还在' },
      { icon: 'order', title: '订单进展', text: '提交、确认、完成，随时查看' },
      { icon: 'company', title: '企业下单', text: '登记企业后，以企业名义采购' },
    ],
  },

  agree() {
    this.setData({ isAgreed: !this.data.isAgreed });
  },

  /** What the mini program's console holds as its privacy guide; WeChat itself shows it. */
  openPrivacy() {
    wx.openPrivacyContract({ fail: () => showToast(this, '暂时无法打开，请稍后再试') });
  },

  async login() {
    if (!this.data.isAgreed) {
      showToast(this, '请先阅读并同意隐私保护指引');
      return;
    }
    this.setData({ isBusy: true });
    try {
      const user = await api.login();
      // Who comes for the first time is asked for name and picture; everybody else goes back to work.
      if (missingOf(user) === '') await this.leave();
      else await wx.redirectTo({ url: '/pages/profile/profile?first=1' });
    } catch (error) {
      showToast(this, messageOf(error));
    } finally {
      this.setData({ isBusy: false });
    }
  },

  async leave() {
    if (getCurrentPages().length > 1) await wx.navigateBack();
    else await wx.switchTab({ url: '/pages/products/products' });
  },
});
