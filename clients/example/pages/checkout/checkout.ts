import { api } from '../../utils/api';
import { messageOf } from '../../utils/errors';
import { moneyParts } from '../../utils/format';
import { productPicture } from '../../utils/product-pictures';
import { showToast } from '../../utils/toast';
import { changedAmount, draftOfCart, draftOfProducts, orderBody, priceChanges } from './draft';
import type { Draft } from './draft';

Page({
  data: {
    state: 'loading' as 'loading' | 'error' | 'ready',
    errorText: '',
    draft: draftOfProducts([]),
    user: { name: '', phone: '', company: '' },
    remark: '',
    isSending: false,
    asking: false,
    oldAmount: '',
    newAmount: 0,
    changes: [] as { name: string; before: string; after: string }[],
  },

  query: {} as { ids?: string; product?: string; quantity?: string },

  onLoad(query: { ids?: string; product?: string; quantity?: string }) {
    this.query = query;
  },

  /** Also after a visit to the profile or the company. */
  onShow() {
    void this.load();
  },

  async load() {
    if (!api.isLoggedIn) {
      void wx.redirectTo({ url: '/pages/login/login' });
      return;
    }
    try {
      const draft = await this.fetch();
      this.setData({ state: 'ready', draft, user: contact() });
    } catch (error) {
      this.setData({ state: 'error', errorText: messageOf(error) });
    }
  },

  reload() {
    this.setData({ state: 'loading' });
    void this.load();
  },

  async fetch(): Promise<Draft> {
    const { ids, product, quantity } = this.query;
    if (!product) {
      const { items } = await api.cart_list({ cart_status: 'active' });
      return draftOfCart((ids ?? '').split(','), items, (path) => api.url(path));
    }
    const record = await api.product_view(product, { expand: 'prod_list_icon' });
    return draftOfProducts([
      {
        id: record.prod_list_id,
        name: record.prod_list_name,
        model: record.prod_list_modelnumber,
        pictureUrl: productPicture(record),
        price: record.prod_list_basic_price,
        quantity: Number(quantity ?? 1),
      },
    ]);
  },

  typeRemark(event: WechatMiniprogram.TextareaInput) {
    this.setData({ remark: event.detail.value });
  },

  submit() {
    void this.send(this.data.draft.total);
  },

  agree() {
    void this.send(this.data.newAmount);
  },

  refuse() {
    this.setData({ asking: false });
  },

  async send(amount: number) {
    if (this.data.isSending) return;
    this.setData({ isSending: true });
    try {
      const order = await api.order_create(orderBody(this.data.draft, amount, this.data.remark));
      // The button stays busy until this page is gone: a second tap would order again.
      wx.redirectTo({
        url: `/pages/order/order?id=${order.order_id}&created=1`,
        fail: () => void wx.switchTab({ url: '/pages/me/me' }),
      });
    } catch (error) {
      await this.explain(error, amount);
      this.setData({ isSending: false });
    }
  },

  /** Ask about a changed amount; after any other refusal show the goods as they are now. */
  async explain(error: unknown, amount: number) {
    const newAmount = changedAmount(error);
    if (newAmount === undefined) showToast(this, messageOf(error));
    const before = this.data.draft;
    await this.load();
    if (newAmount === undefined) return;
    const changes = priceChanges(before, this.data.draft).map((change) => ({
      name: change.name,
      before: yuanText(change.before),
      after: yuanText(change.after),
    }));
    this.setData({ asking: true, oldAmount: yuanText(amount), newAmount, changes });
  },

  back() {
    void wx.navigateBack();
  },
});

function contact() {
  const user = api.user;
  return {
    name: user?.users_name ?? '',
    phone: user?.users_phone_masked ?? '',
    company: user?.company?.company_name ?? '',
  };
}

/** Yuan in words of one line, as `ui-price` writes them. */
function yuanText(yuan: number): string {
  const { whole, fraction } = moneyParts(yuan);
  return whole + fraction;
}
