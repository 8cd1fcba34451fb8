import type { UserInfo } from 'bai-wx-miniprogram';

import { api, openLogin } from '../../utils/api';
import { messageOf } from '../../utils/errors';
import { showToast } from '../../utils/toast';
import { changesOf, formOf, refuseProfile } from './profile-form';

Page({
  data: {
    user: null as UserInfo | null,
    form: { name: '', phone: '' },
    avatarUrl: '',
    isFirst: false,
    isUploading: false,
    isBinding: false,
    isSaving: false,
  },

  onLoad(query: { first?: string }) {
    this.setData({ isFirst: query.first === '1' });
  },

  /** Also after a login. What was typed meanwhile stays. */
  onShow() {
    if (!this.data.user && api.user) this.setData({ form: formOf(api.user) });
    this.show();
  },

  show() {
    const { user } = api;
    const picture = user?.users_picture_url ?? '';
    this.setData({ user: user ?? null, avatarUrl: picture && api.url(picture) });
  },

  /** `chooseAvatar` gives a file of the phone, which is uploaded at once. */
  async chooseAvatar(event: WechatMiniprogram.CustomEvent<{ avatarUrl: string }>) {
    this.setData({ avatarUrl: event.detail.avatarUrl, isUploading: true });
    try {
      await api.setAvatar(event.detail.avatarUrl);
      showToast(this, '头像已更新');
    } catch (error) {
      showToast(this, messageOf(error));
    } finally {
      this.setData({ isUploading: false });
      this.show();
    }
  },

  typeName(event: WechatMiniprogram.Input) {
    this.setData({ 'form.name': event.detail.value });
  },

  typePhone(event: WechatMiniprogram.Input) {
    this.setData({ 'form.phone': event.detail.value.trim() });
  },

  /** Without a code the user said no, or this mini program may not ask: the field can be filled in by hand. */
  async bindPhone(event: WechatMiniprogram.CustomEvent<{ code?: string }>) {
    const { code } = event.detail;
    if (!code) {
      showToast(this, '没有取得手机号，可以手动填写');
      return;
    }
    this.setData({ isBinding: true });
    try {
      const { user } = await api.wechat_profile({ users_phone_code: code });
      this.setData({ 'form.phone': user.users_phone });
      showToast(this, '手机号已验证');
    } catch (error) {
      showToast(this, messageOf(error));
    } finally {
      this.setData({ isBinding: false });
      this.show();
    }
  },

  async save() {
    const { form, user } = this.data;
    const wrong = refuseProfile(form);
    if (wrong || !user) {
      showToast(this, wrong);
      return;
    }
    this.setData({ isSaving: true });
    try {
      const changes = changesOf(form, user);
      if (Object.keys(changes).length > 0) await api.wechat_profile(changes);
      await this.leave();
    } catch (error) {
      showToast(this, messageOf(error));
    } finally {
      this.setData({ isSaving: false });
      this.show();
    }
  },

  async leave() {
    if (getCurrentPages().length > 1) await wx.navigateBack();
    else await wx.switchTab({ url: '/pages/me/me' });
  },

  login() {
    openLogin();
  },
});
