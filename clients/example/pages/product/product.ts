import { or, where } from 'bai-wx-miniprogram';

import { api } from '../../utils/api';
import { addToCart, cartCount, refreshCartBadge, requireLogin } from '../../utils/cart';
import { isGone, messageOf } from '../../utils/errors';
import { formatYuan, toFen, toYuan } from '../../utils/money';
import { showToast } from '../../utils/toast';
import { groupNames, refuseGroupName } from '../cart/cart-view';
import { cardOf } from '../documents/documents-view';
import type { DocumentCard } from '../documents/documents-view';
import { viewOf } from './product-view';
import type { ProductView } from './product-view';

const MOST_DOCUMENTS = 3;

Page({
  data: {
    state: 'loading' as 'loading' | 'gone' | 'error' | 'ready',
    errorText: '',
    product: null as ProductView | null,
    documents: [] as DocumentCard[],
    cartCount: 0,
    /** Which button opened the sheet; empty while it is closed. */
    buying: '' as '' | 'cart' | 'now',
    quantity: 1,
    total: '',
    group: '',
    /** Groups there are in the cart. */
    groups: [] as string[],
    isAdding: false,
  },

  id: '',

  onLoad(query: { id?: string }) {
    this.id = query.id ?? '';
    void this.load();
  },

  async onShow() {
    this.setData({ cartCount: cartCount() });
    this.setData({ cartCount: await refreshCartBadge() });
  },

  onShareAppMessage() {
    return { title: this.data.product?.name ?? '百益智能', path: `/pages/product/product?id=${this.id}` };
  },

  async load() {
    this.setData({ state: 'loading' });
    try {
      const product = viewOf(await api.product_view(this.id, { expand: 'prod_list_icon' }));
      this.setData({ state: 'ready', product });
      void this.loadDocuments(product);
    } catch (error) {
      this.setData({ state: isGone(error) ? 'gone' : 'error', errorText: messageOf(error) });
    }
  },

  /** Documents of this model or of its category. The page is whole without them. */
  async loadDocuments(product: ProductView) {
    try {
      const page = await api.document_list({
        filter: or(
          where`document_relation_model = ${product.model}`,
          where`document_product_categories ~ ${product.category}`,
        ),
        sort: '-document_create,id',
        perPage: MOST_DOCUMENTS,
        skipTotal: true,
      });
      this.setData({ documents: page.items.map(cardOf) });
    } catch {
      // Nothing is shown in their place.
    }
  },

  openAll() {
    void wx.switchTab({ url: '/pages/products/products' });
  },

  preview() {
    const picture = this.data.product?.picture;
    if (picture) void wx.previewImage({ urls: [picture] });
  },

  openDocument(event: WechatMiniprogram.TouchEvent) {
    void wx.navigateTo({ url: `/pages/document/document?id=${event.currentTarget.dataset.id as string}` });
  },

  openCart() {
    void wx.switchTab({ url: '/pages/cart/cart' });
  },

  chooseForCart() {
    this.open('cart');
  },

  chooseForNow() {
    this.open('now');
  },

  open(buying: 'cart' | 'now') {
    if (!requireLogin()) return;
    this.setData({ buying, quantity: 1 });
    this.showTotal();
    if (buying === 'cart') void this.loadGroups();
  },

  /** The groups to choose from. A new one can be typed without them. */
  async loadGroups() {
    try {
      const page = await api.cart_list({ cart_status: 'active' });
      this.setData({ groups: groupNames(page.items) });
    } catch {
      // Nothing is offered.
    }
  },

  close() {
    this.setData({ buying: '' });
  },

  changeQuantity(event: WechatMiniprogram.CustomEvent<{ value: number }>) {
    this.setData({ quantity: event.detail.value });
    this.showTotal();
  },

  showTotal() {
    const fen = toFen(this.data.product?.price ?? 0) * this.data.quantity;
    this.setData({ total: formatYuan(toYuan(fen)) });
  },

  typeGroup(event: WechatMiniprogram.Input) {
    this.setData({ group: event.detail.value });
  },

  /** A second tap takes the choice back. */
  chooseGroup(event: WechatMiniprogram.TouchEvent) {
    const group = event.currentTarget.dataset.group as string;
    this.setData({ group: group === this.data.group ? '' : group });
  },

  async confirm() {
    const { buying, quantity, group } = this.data;
    if (buying === 'now') {
      this.close();
      void wx.navigateTo({ url: `/pages/checkout/checkout?product=${this.id}&quantity=${quantity}` });
      return;
    }
    const wrong = refuseGroupName(group);
    if (wrong) {
      showToast(this, wrong);
      return;
    }
    this.setData({ isAdding: true });
    const isAdded = await addToCart(this, this.id, quantity, group);
    this.setData({ isAdding: false, cartCount: cartCount(), ...(isAdded && { buying: '' as const }) });
  },
});
