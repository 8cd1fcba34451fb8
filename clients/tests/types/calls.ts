/**
 * What compiles and what must not, with `tsc --strict` and WeChat's own typings. Nothing of it runs:
 * each `@ts-expect-error` is a mistake that the contract's types find.
 */
import { and, ApiError, createClient, parseDate, where } from 'bai-wx-miniprogram';
import type { AnyCode, CartRecord, OrderRecord, Product, UserInfo } from 'bai-wx-miniprogram';

/** Compiles only where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_Is extends true>(): void => undefined;

const api = createClient({
  baseUrl: 'https://shop.example.com',
  onUnauthorized: (error) => wx.showToast({ title: error.message, icon: 'none' }),
});
createClient({ baseUrl: 'https://shop.example.com', transport: wx, timeout: 8000, retries: 1 });
// @ts-expect-error: the server's address is needed
createClient({});
// @ts-expect-error: an option that is none
createClient({ baseUrl: 'https://shop.example.com', baseURL: '' });

// --- the user ----------------------------------------------------------------------------------

export async function user(): Promise<void> {
  const info = await api.login();
  same<Same<typeof info, UserInfo>>();
  const name: string = info.users_name;
  const verified: boolean = info.users_phone_verified;
  const current: UserInfo | null = api.user;
  // @ts-expect-error: nobody may be logged in
  api.user.users_name;
  // @ts-expect-error: the token is the client's to change
  api.token = '';
  await api.wechat_profile({ users_name: name });
  // @ts-expect-error: no such field
  await api.wechat_profile({ user_name: name });
  await api.setAvatar('http://tmp/avatar.png');
  api.logout();
  wx.showToast({ title: `${verified} ${current?.users_phone_masked} ${api.url(info.users_picture_url)}` });
}

// --- native collections ------------------------------------------------------------------------

export async function products(word: string, most: number): Promise<void> {
  const page = await api.product_list({
    filter: and(where`prod_list_name ~ ${word}`, most > 0 && where`prod_list_basic_price < ${most}`),
    sort: 'prod_list_sort',
    page: 1,
    perPage: 20,
  });
  for (const product of page.items) {
    same<Same<typeof product, Product>>();
    const price: number = product.prod_list_basic_price;
    const created: Date | null = parseDate(product.created);
    wx.showToast({ title: `${price} ${created}` });
    // @ts-expect-error: no such field
    product.prod_list_price;
  }
  // @ts-expect-error: a page is a number
  await api.product_list({ page: '1' });
  // @ts-expect-error: no such parameter
  await api.product_list({ per_page: 20 });
  // @ts-expect-error: no such operation
  await api.product_delete('p9x2c5v8b1n4m7q');
}

export async function oneProduct(id: string): Promise<void> {
  const product = await api.product_view(id, { expand: 'prod_list_icon' });
  const name: string = product.prod_list_name;
  const icon: string | undefined = product.expand?.prod_list_icon?.attachments_link;
  // @ts-expect-error: what is expanded may be missing
  product.expand.prod_list_icon.id;
  wx.showToast({ title: name, image: api.fileUrl(product.expand!.prod_list_icon!, icon, { thumb: '100x100' }) });
  // @ts-expect-error: the id is needed
  await api.product_view();
}

export async function pickedFields(id: string): Promise<void> {
  const part = await api.product_view(id, { fields: 'id,prod_list_name' });
  const name: string | undefined = part.prod_list_name;
  // @ts-expect-error: with `fields` a field may be missing
  const sure: string = part.prod_list_name;
  wx.showToast({ title: name ?? sure });
}

export async function companies(): Promise<void> {
  const made = await api.company_create({ company_name: '百益' });
  const changed = await api.company_update(made.id, { company_name: '改名' });
  const owner: string = changed.company_owner_openid;
  // @ts-expect-error: the name is needed
  await api.company_create({});
  // @ts-expect-error: the id comes first
  await api.company_update({ company_name: '改名' });
  // @ts-expect-error: a field that is none
  await api.company_update(made.id, { company_nam: '改名' });
  wx.showToast({ title: owner });
}

// --- hooks -------------------------------------------------------------------------------------

export async function cartAndOrder(productId: string): Promise<void> {
  const line = await api.cart_create({ cart_product_id: productId, cart_product_quantity: 2, cart_number: '大堂' });
  same<Same<typeof line, CartRecord>>();
  const cart = await api.cart_list({ cart_status: 'active' });
  const names: string[] = cart.items.map((each) => each.product_name);
  // @ts-expect-error: the quantity is a number
  await api.cart_create({ cart_product_id: productId, cart_product_quantity: '2' });
  // @ts-expect-error: the quantity is needed
  await api.cart_create({ cart_product_id: productId });
  // @ts-expect-error: no such state
  await api.cart_list({ cart_status: 'open' });

  const order = await api.order_create(
    { order_source: 'cart', cart_ids: [line.cart_id], order_amount: 398 },
    { key: 'checkout-1', timeout: 8000, retries: 2 },
  );
  same<Same<typeof order, OrderRecord>>();
  const amount: number = order.order_amount;
  const state: 'pending' | 'confirmed' | 'completed' | 'cancelled' = order.order_status;
  await api.order_update({ order_id: order.order_id, order_status: 'cancelled' });
  // @ts-expect-error: which order is needed
  await api.order_update({ order_status: 'cancelled' });
  // @ts-expect-error: no such option
  await api.order_list({}, { retry: 2 });
  wx.showToast({ title: `${amount} ${state} ${names.join()}` });
}

// --- files and batches -------------------------------------------------------------------------

export async function files(): Promise<void> {
  const made = await api.attachment_create({ filePath: 'http://tmp/a.png', attachments_remark: '门头' });
  const link: string = made.attachments_link;
  const { tempFilePath } = await api.file_download('tbl_attachments', made.id, link, { thumb: '100x100' });
  wx.previewImage({ urls: [tempFilePath] });
  // @ts-expect-error: the file is needed
  await api.attachment_create({ attachments_remark: '门头' });
  const results = await api.batch({
    requests: [{ method: 'POST', url: '/api/collections/tbl_company/records', body: { company_name: '批' } }],
  });
  const status: number = results[0]!.status;
  // @ts-expect-error: no such method
  await api.batch({ requests: [{ method: 'GET', url: '/api/collections/tbl_company/records' }] });
  const nothing: void = await api.cart_record_delete('a'.repeat(15));
  wx.showToast({ title: `${status} ${nothing}` });
}

// --- errors ------------------------------------------------------------------------------------

export async function errors(): Promise<void> {
  try {
    await api.order_create({ cart_ids: ['C-1'] });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const code: AnyCode = error.code;
    if (error.code === 'amount_changed') {
      const amount: number | undefined = error.data.order_amount;
      wx.showModal({ title: `金额变为 ${amount}` });
    }
    if (error.code === 'network' || error.code === 'timeout') wx.showToast({ title: error.message });
    // @ts-expect-error: no such code
    if (error.code === 'amount_change') wx.showToast({ title: code });
    const refused: string | undefined = error.fields['company_name'];
    wx.showToast({ title: refused ?? String(error.status) });
  }
}

// --- filters -----------------------------------------------------------------------------------

export const filters: string[] = [
  where`created > ${new Date()} && is_delete = ${false} && prod_list_remark = ${null}`,
  // @ts-expect-error: an object has no place in a filter
  where`id = ${{ id: 1 }}`,
  // @ts-expect-error: what may be undefined would find something else
  where`id = ${undefined}`,
];
