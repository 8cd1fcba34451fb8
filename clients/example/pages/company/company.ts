import { ApiError, where } from 'bai-wx-miniprogram';
import type { CompanyInfo } from 'bai-wx-miniprogram';

import { api, openLogin } from '../../utils/api';
import { messageOf } from '../../utils/errors';
import { showToast } from '../../utils/toast';
import { addressOf, EMPTY_FORM, formOf, refuseCompany, tidy, TYPES } from './company-form';
import type { CompanyField } from './company-form';

const MOST_FOUND = 10;

interface Found {
  /** `company_id`, which the profile takes. */
  id: string;
  name: string;
  place: string;
}

Page({
  data: {
    state: 'loading' as 'loading' | 'guest' | 'error' | 'none' | 'view' | 'form',
    errorText: '',
    company: null as CompanyInfo | null,
    address: '',
    isOwner: false,
    types: TYPES,
    typeIndex: -1,
    region: [] as string[],
    regionText: '',
    form: EMPTY_FORM,
    wrong: {} as Partial<Record<CompanyField, string>>,
    isSaving: false,
    keyword: '',
    isSearching: false,
    found: [] as Found[],
  },

  searches: 0,
  /** A company that was registered and not joined, because the network was lost between the two. */
  registered: undefined as { id: string; company_id: string } | undefined,

  /** Also after a login. What was typed meanwhile stays. */
  onShow() {
    if (this.data.state !== 'form') void this.load();
  },

  /** An empty profile changes nothing and answers the user with the company as it is now. */
  async load() {
    if (!api.isLoggedIn) {
      this.setData({ state: 'guest' });
      return;
    }
    try {
      const { user } = await api.wechat_profile({});
      this.show(user.company);
    } catch (error) {
      this.setData({ state: 'error', errorText: messageOf(error) });
    }
  },

  reload() {
    this.setData({ state: 'loading' });
    void this.load();
  },

  show(company: CompanyInfo | null) {
    this.setData({
      state: company ? 'view' : 'none',
      company,
      address: company ? addressOf(company) : '',
      // Only who registered it reads this field, and only that user may change it.
      isOwner: company !== null && company.company_owner_openid !== '',
    });
  },

  create() {
    this.openForm(EMPTY_FORM);
  },

  edit() {
    if (this.data.company) this.openForm(formOf(this.data.company));
  },

  openForm(form: typeof EMPTY_FORM) {
    this.setData({ state: 'form', form, wrong: {}, typeIndex: TYPES.indexOf(form.company_type) });
    this.showRegion();
  },

  stopEditing() {
    this.show(this.data.company);
  },

  type(event: WechatMiniprogram.Input) {
    const field = event.currentTarget.dataset.field as CompanyField;
    this.setData({ [`form.${field}`]: event.detail.value, [`wrong.${field}`]: '' });
  },

  chooseType(event: WechatMiniprogram.PickerChange) {
    const typeIndex = Number(event.detail.value);
    this.setData({ typeIndex, 'form.company_type': TYPES[typeIndex] ?? '' });
  },

  chooseRegion(event: WechatMiniprogram.CustomEvent<{ value: string[]; code?: string[] }>) {
    const [province = '', city = '', district = ''] = event.detail.value;
    const [provinceCode = '', cityCode = '', districtCode = ''] = event.detail.code ?? [];
    this.setData({
      'form.company_province': province,
      'form.company_province_code': provinceCode,
      'form.company_city': city,
      'form.company_city_code': cityCode,
      'form.company_district': district,
      'form.company_district_code': districtCode,
    });
    this.showRegion();
  },

  showRegion() {
    const { company_province: province, company_city: city, company_district: district } = this.data.form;
    this.setData({
      region: province ? [province, city, district] : [],
      regionText: [province, city === province ? '' : city, district].filter(Boolean).join(' '),
    });
  },

  async save() {
    const form = tidy(this.data.form);
    const wrong = refuseCompany(form);
    this.setData({ form, wrong });
    const first = Object.values(wrong)[0];
    if (first) {
      showToast(this, first);
      return;
    }
    this.setData({ isSaving: true });
    try {
      await this.send(form);
      showToast(this, '企业资料已保存');
    } catch (error) {
      this.setData({ wrong: refusedFields(error) });
      showToast(this, messageOf(error));
    } finally {
      this.setData({ isSaving: false });
    }
  },

  /** A company that is there is changed by its record id; a new one is joined by its business id. */
  async send(form: typeof EMPTY_FORM) {
    const { company } = this.data;
    if (company) {
      await api.company_update(company.pb_id, form);
    } else {
      if (this.registered) await api.company_update(this.registered.id, form);
      else this.registered = await api.company_create(form);
      await api.wechat_profile({ company_id: this.registered.company_id });
      this.registered = undefined;
    }
    await this.load();
  },

  async search(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
    const keyword = event.detail.value;
    const search = ++this.searches;
    this.setData({ keyword, found: [], isSearching: keyword !== '' });
    if (keyword === '') return;
    try {
      const page = await api.company_list({
        filter: where`company_name ~ ${keyword} || company_usci = ${keyword.toUpperCase()}`,
        sort: 'company_name',
        perPage: MOST_FOUND,
      });
      if (search !== this.searches) return;
      const found = page.items.map((item) => ({
        id: item.company_id,
        name: item.company_name,
        place: [item.company_province, item.company_city].filter(Boolean).join(' '),
      }));
      this.setData({ found });
    } catch (error) {
      if (search === this.searches) showToast(this, messageOf(error));
    } finally {
      if (search === this.searches) this.setData({ isSearching: false });
    }
  },

  async join(event: WechatMiniprogram.TouchEvent) {
    const { id, name } = event.currentTarget.dataset as { id: string; name: string };
    const { confirm } = await wx.showModal({ title: '加入企业', content: `以“${name}”的名义采购？` });
    if (confirm) await this.setCompany(id, '已加入企业');
  },

  async leaveCompany() {
    const { confirm } = await wx.showModal({ title: '退出企业', content: '退出后以个人名义下单，企业资料会保留。' });
    if (confirm) await this.setCompany(null, '已退出企业');
  },

  /** `null` takes the user out of the company; an empty text would leave it as it is. */
  async setCompany(companyId: string | null, done: string) {
    try {
      const { user } = await api.wechat_profile({ company_id: companyId });
      this.setData({ keyword: '', found: [] });
      this.show(user.company);
      showToast(this, done);
    } catch (error) {
      showToast(this, messageOf(error));
    }
  },

  login() {
    openLogin();
  },
});

/** What the server refused, beside the fields of the form. */
function refusedFields(error: unknown): Partial<Record<CompanyField, string>> {
  const fields = error instanceof ApiError ? error.fields : {};
  return 'company_usci' in fields ? { company_usci: '该信用代码未通过校验或已被登记' } : {};
}
