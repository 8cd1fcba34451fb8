// The blocks of the client's own README, bundled into MODULE in the page's order: whoever copies them has a shop.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Phone } from './host/phone.mjs';

const { deepEqual, equal, match } = assert;
const SWITCH = 'p9x2c5v8b1n4m7q'; // the demo's first product: 199.50 yuan

const phone = new Phone({ user: 'package-reader' });
const realm = phone.launch();
const page = realm.require(process.env.MODULE);
const { api } = page;
after(() => phone.close());

test('a page that logs in, lists, fills a cart and orders', async () => {
  await page.shop();
  const [order] = (await api.order_list()).items;
  deepEqual([order.order_status, order.order_amount], ['pending', 399]);
});

test('an amount that changed is asked about, then ordered', async () => {
  const line = await api.cart_create({ cart_product_id: SWITCH, cart_product_quantity: 1 });
  await page.order([line.cart_id], 1);
  equal((await api.order_list()).items[0].order_amount, 199.5);
});

test('a profile with avatar, name and phone', async () => {
  const icon = await api.attachment_view('a3f8k2m9q7x1c5v');
  const { tempFilePath } = await api.file_download('tbl_attachments', icon.id, icon.attachments_link);
  await page.profile(phone.keepFile('avatar.png', phone.files.get(tempFilePath)), 'phone-13800138000');
  equal(api.user.users_name, '小白');
  equal(api.user.users_phone_masked, '138****8000');
  match(api.url(api.user.users_picture_url), /^http.*\/pb\/api\/files\/tbl_attachments\//);
});

test('every way to call', async () => {
  const company = await api.company_create({ company_name: '读者' });
  const line = await api.cart_create({ cart_product_id: SWITCH, cart_product_quantity: 1 });
  const [order] = (await api.order_list()).items;
  await page.calls(SWITCH, company.id, line.pb_id, order.order_id, '开关');
  equal((await api.company_view(company.id)).company_name, '百益');
  equal((await api.cart_list({ cart_status: 'active' })).items.length, 0);
});

test('a search with optional parts', async () => {
  await page.search('开关', '', realm.run('() => new Date(0)')());
  const [{ request }] = phone.log.slice(-1);
  match(decodeURIComponent(request.url), /filter=\(prod_list_name ~ '开关' \|\| .*\) && \(created >= '1970-01-01 00:00:00.000Z'\)/);
});

test('two lines in one batch', async () => {
  const line = await api.cart_create({ cart_product_id: SWITCH, cart_product_quantity: 1 });
  const other = await api.cart_create({ cart_product_id: 'p5t7y1r4x6h9g3k', cart_product_quantity: 1 });
  await page.batch(line.pb_id, other.pb_id);
  const { items } = await api.cart_list({ cart_status: 'active' });
  equal(items.map(({ pb_id, cart_product_quantity }) => `${pb_id} ${cart_product_quantity}`).join(), `${line.pb_id} 3`);
});
