// Every operation of the contract, called as a mini program would, and what went over the wire for it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  COMPANY, failureOf, guest, headerOf, loggedIn, MANUAL, pathsOf, plain, same, SERVER, SWITCH, SWITCH_ICON, THERMOSTAT,
} from './shop.mjs';

const { deepEqual, equal, match, ok } = assert;
const { phone, api } = await loggedIn('mp-calls');
const owner = api.user.openid;
const icon = await api.attachment_view(SWITCH_ICON);
const { tempFilePath } = await api.file_download('tbl_attachments', icon.id, icon.attachments_link);
const picture = phone.files.get(tempFilePath);
const photo = (name = '门头.png') => phone.keepFile(name, picture);
const line = (more = {}) => ({ cart_product_id: SWITCH, cart_product_quantity: 1, ...more });

/** Rows of the user that the calls below are about; each call may change them. */
const own = {
  company: await api.company_create({ company_name: '百益门店', company_city: '深圳市' }),
  cart: await api.cart_create(line({ cart_number: '大堂' })),
  order: await api.order_create({ order_source: 'product', items: [{ prod_list_id: SWITCH, quantity: 2 }] }),
};
const cartLine = () => api.cart_record_create({
  cart_owner: owner, cart_product_id: THERMOSTAT, cart_product_quantity: 2,
});
const orderRecord = () => api.order_record_create({
  order_owner: owner, order_source: 'product', order_snap: { items: [{ prod_list_id: THERMOSTAT, quantity: 1 }] },
});
const hasRows = ({ items, totalItems, page }) => ok(items.length && totalItems >= items.length && page === 1);

// --- every operation -----------------------------------------------------------------------------

/** Each operation: the call, what its answer must be. */
const CALLS = {
  users_count: [() => api.users_count(), ({ total_users }) => ok(total_users > 0)],
  users_count_post: [() => api.users_count_post(), ({ total_users }) => ok(total_users > 0)],
  refresh_token: [() => api.refresh_token(), ({ token }) => equal(api.token, token)],
  health: [() => api.health(), ({ code }) => equal(code, 200)],
  ready: [() => api.ready(), ({ data }) => same(data, { database: 'ok', migrations: 'ok', disk: 'ok', drain: 'ok' })],
  openapi_document: [() => api.openapi_document(), ({ openapi }) => match(openapi, /^3\.1/)],
  wechat_login: [() => api.wechat_login({ users_wx_code: 'demo-mp-calls' }), ({ user }) => equal(user.openid, owner)],
  wechat_profile: [
    () => api.wechat_profile({ users_name: '小白', users_phone_code: 'phone-13800138000' }),
    ({ user }) => deepEqual([user.users_name, user.users_phone, user.users_phone_verified], ['小白', '13800138000', true]),
  ],
  auth_refresh: [() => api.auth_refresh(), ({ token, record }) => same([api.token, record.openid], [token, owner])],
  company_list: [() => api.company_list({ perPage: 2 }), hasRows],
  company_create: [() => api.company_create({ company_name: '新店' }), ({ company_owner_openid }) => equal(company_owner_openid, owner)],
  company_view: [() => api.company_view(COMPANY), ({ company_city }) => equal(company_city, '深圳市')],
  company_update: [
    () => api.company_update(own.company.id, { company_name: '改名' }), ({ company_name }) => equal(company_name, '改名'),
  ],
  attachment_list: [() => api.attachment_list({ sort: '-created' }), hasRows],
  attachment_create: [
    () => api.attachment_create({ filePath: photo(), attachments_remark: '门头 & 招牌' }),
    (made) => same([made.attachments_filename, made.attachments_remark, made.attachments_size], ['门头.png', '门头 & 招牌', picture.length]),
  ],
  attachment_view: [() => api.attachment_view(SWITCH_ICON), ({ id }) => equal(id, SWITCH_ICON)],
  product_list: [() => api.product_list({ sort: 'prod_list_sort' }), hasRows],
  product_view: [
    () => api.product_view(SWITCH, { expand: 'prod_list_icon' }),
    ({ prod_list_basic_price, expand }) => same([prod_list_basic_price, expand.prod_list_icon.id], [199.5, SWITCH_ICON]),
  ],
  document_list: [() => api.document_list(), hasRows],
  document_view: [() => api.document_view(MANUAL), ({ id }) => equal(id, MANUAL)],
  dict_list: [() => api.dict_list(), hasRows],
  dict_view: [async () => api.dict_view((await api.dict_list()).items[0].id), ({ dict_name }) => ok(dict_name)],
  cart_list: [() => api.cart_list({ cart_status: 'active' }), ({ items }) => equal(items[0].product_name, '智能开关面板 三键')],
  cart_detail: [() => api.cart_detail({ cart_id: own.cart.cart_id }), ({ cart_number }) => equal(cart_number, '大堂')],
  cart_create: [() => api.cart_create(line()), ({ cart_product_quantity }) => equal(cart_product_quantity, 2)],
  cart_update: [
    () => api.cart_update({ cart_id: own.cart.cart_id, cart_product_quantity: 5 }), (row) => equal(row.cart_product_quantity, 5),
  ],
  cart_delete: [() => api.cart_delete({ cart_id: own.cart.cart_id }), (data) => ok(data)],
  cart_record_list: [() => api.cart_record_list(), ({ items }) => ok(Array.isArray(items))],
  cart_record_create: [cartLine, ({ cart_product_quantity }) => equal(cart_product_quantity, 2)],
  cart_record_view: [async () => api.cart_record_view((await firstLine()).id), ({ cart_owner }) => equal(cart_owner, owner)],
  cart_record_update: [
    async () => api.cart_record_update((await firstLine()).id, { cart_remark: '改' }), ({ cart_remark }) => equal(cart_remark, '改'),
  ],
  cart_record_delete: [async () => api.cart_record_delete((await firstLine()).id), (nothing) => equal(nothing, undefined)],
  order_list: [() => api.order_list({ order_status: 'pending' }), ({ items }) => ok(items.length)],
  order_detail: [() => api.order_detail({ order_id: own.order.order_id }), ({ order_amount }) => equal(order_amount, 399)],
  order_create: [
    () => api.order_create({ order_source: 'product', items: [{ prod_list_id: THERMOSTAT, quantity: 1 }], order_amount: 288 }),
    ({ order_amount, order_status }) => same([order_amount, order_status], [288, 'pending']),
  ],
  order_update: [
    () => api.order_update({ order_id: own.order.order_id, order_status: 'cancelled' }), ({ order_status }) => equal(order_status, 'cancelled'),
  ],
  order_delete: [() => api.order_delete({ order_id: own.order.order_id }), (data) => ok(data)],
  order_record_list: [() => api.order_record_list({ skipTotal: true }), ({ totalItems }) => equal(totalItems, -1)],
  order_record_create: [orderRecord, ({ order_amount }) => equal(order_amount, 288)],
  order_record_view: [async () => api.order_record_view((await orderRecord()).id), ({ order_owner }) => equal(order_owner, owner)],
  order_record_update: [
    async () => api.order_record_update((await orderRecord()).id, { order_remark: '急' }), ({ order_remark }) => equal(order_remark, '急'),
  ],
  order_record_delete: [async () => api.order_record_delete((await orderRecord()).id), (nothing) => equal(nothing, undefined)],
  file_token: [() => api.file_token(), ({ token }) => equal(token.split('.').length, 3)],
  batch: [
    () => api.batch({ requests: [{ method: 'POST', url: '/api/collections/tbl_company/records', body: { company_name: '批' } }] }),
    (results) => same(results.map(({ status }) => status), [200]),
  ],
  file_download: [
    () => api.file_download('tbl_attachments', icon.id, icon.attachments_link, { thumb: '100x100' }),
    (answer) => equal(phone.files.get(answer.tempFilePath).equals(picture), false),
  ],
};

async function firstLine() {
  const { items } = await api.cart_record_list({ filter: 'cart_status = "active"' });
  return items[0] ?? cartLine();
}

for (const [id, [call, check]] of Object.entries(CALLS)) {
  test(`${id} is a method and answers`, async () => check(await call()));
}

test('every operation of the contract is a method, and is called above', async () => {
  const { paths } = await api.openapi_document();
  const operations = Object.values(paths).flatMap((item) => Object.values(item)).map(({ operationId }) => operationId);
  deepEqual(operations.filter(Boolean).sort(), Object.keys(CALLS).sort());
  deepEqual(Object.keys(CALLS).filter((id) => typeof api[id] !== 'function'), []);
});

// --- what goes over the wire ---------------------------------------------------------------------

test('PATCH and DELETE travel as a POST that overrides its method', async () => {
  const before = phone.log.length;
  await api.company_update(own.company.id, { company_name: '再改' });
  await api.cart_record_delete((await firstLine()).id);
  const methods = phone.log.slice(before).map((entry) => [entry.request.method, headerOf(entry, 'x-http-method-override')]);
  ok(methods.some(([method, override]) => method === 'POST' && override === 'PATCH'));
  ok(methods.some(([method, override]) => method === 'POST' && override === 'DELETE'));
  ok(methods.every(([method]) => method !== 'PATCH' && method !== 'DELETE'));
});

test('what is undefined or null in a query is not sent', async () => {
  await api.product_list({ filter: undefined, sort: null, page: 1 });
  equal(new URL(phone.log.at(-1).request.url).search, '?page=1');
});

test('a query has its Chinese, spaces and signs', async () => {
  const filter = 'prod_list_name ~ "三键" && prod_list_tags != "a+b&c=d#e%"';
  equal((await api.product_list({ filter })).items.length, 1);
  equal(new URL(phone.log.at(-1).request.url).searchParams.get('filter'), filter);
});

test('the options of a create go into its address', async () => {
  const { expand } = await api.cart_record_view((await firstLine()).id, { expand: 'cart_product_id' });
  ok(expand.cart_product_id.id);
  const made = await api.company_create({ company_name: '选' }, { query: { fields: 'id,company_name' } });
  same(Object.keys(made).sort(), ['company_name', 'id']);
});

test('fields picks, in a list too', async () => {
  const { items } = await api.product_list({ fields: 'id,prod_list_name', perPage: 1 });
  same(Object.keys(items[0]).sort(), ['id', 'prod_list_name']);
});

test('a path parameter is encoded', async () => {
  const error = await failureOf(api.product_view('../tbl_order/records?x'));
  deepEqual([error.status, error.code], [404, 'not_found']);
  match(phone.log.at(-1).request.url, /records\/\.\.%2Ftbl_order%2Frecords%3Fx$/);
});

test('a batch is all or nothing, and its failure names the request', async () => {
  const url = '/api/collections/tbl_company/records';
  const requests = [
    { method: 'POST', url, body: { company_name: '全有全无' } },
    { method: 'POST', url, body: { company_name: '' } },
  ];
  const error = await failureOf(api.batch({ requests }));
  deepEqual([error.status, error.code], [400, 'validation_failed']);
  deepEqual(Object.keys(plain(error.data).requests), ['1']);
  equal((await api.company_list({ filter: 'company_name = "全有全无"' })).totalItems, 0);
});

// --- files ---------------------------------------------------------------------------------------

test('an avatar is uploaded, stored in the profile and readable by its address', async () => {
  const user = await api.setAvatar(photo('avatar.png'));
  equal(user.users_picture.startsWith('A-'), true);
  equal(api.user.users_picture, user.users_picture);
  match(api.url(user.users_picture_url), new RegExp(`^${SERVER}/pb/api/files/`));
  const answer = await fetch(api.url(user.users_picture_url));
  deepEqual([answer.status, Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(picture))], [200, true]);
});

test('the icon of a list is readable by its address', async () => {
  const { items: [product] } = await api.cart_list();
  if (product?.product?.prod_list_icon_url) {
    equal((await fetch(api.url(product.product.prod_list_icon_url))).status, 200);
  }
  equal((await fetch(api.fileUrl(icon, icon.attachments_link))).status, 200);
  equal((await fetch(api.fileUrl(icon, icon.attachments_link, { thumb: '100x100' }))).status, 200);
});

const URLS = {
  'a path gets the server': ['/pb/api/files/a/b', `${SERVER}/pb/api/files/a/b`],
  'an address of another stays': ['https://thirdwx.qlogo.cn/a.png', 'https://thirdwx.qlogo.cn/a.png'],
  'nothing stays nothing': ['', ''],
};

for (const [name, [given, wanted]] of Object.entries(URLS)) {
  test(`url: ${name}`, () => equal(api.url(given), wanted));
}

test('a file name is encoded in its address, no file has none', () => {
  equal(api.fileUrl(icon, 'a b.png'), `${SERVER}/pb/api/files/tbl_attachments/${icon.id}/a%20b.png`);
  equal(api.fileUrl(icon, ''), '');
});

test('an upload that is refused says why, in Chinese', async () => {
  const error = await failureOf(api.attachment_create({ filePath: phone.keepFile('a.txt', Buffer.from('text')) }));
  deepEqual([error.status, error.code, Object.keys(error.fields)], [400, 'validation_failed', ['attachments_link']]);
  match(error.message, /[\u4e00-\u9fff]/);
});

test('a file that is not there is told as any record', async () => {
  const error = await failureOf(api.file_download('tbl_attachments', icon.id, 'gone.png'));
  deepEqual([error.status, error.code], [404, 'not_found']);
});

test('a file that is gone from the phone is no crash', async () => {
  const error = await failureOf(api.attachment_create({ filePath: 'http://tmp/gone.png' }, { retries: 0 }));
  equal(error.status, 0);
});

// --- failures ------------------------------------------------------------------------------------

/** Calls that are refused: status, code, and what else the error tells. */
const REFUSED = {
  'an order whose amount changed tells the new one': [
    () => api.order_create({ order_source: 'product', items: [{ prod_list_id: SWITCH, quantity: 1 }], order_amount: 1 }),
    409, 'amount_changed', ({ data, message }) => same([data.order_amount, /199\.5/.test(message)], [199.5, true]),
  ],
  'an unknown product': [() => api.cart_create(line({ cart_product_id: 'zzzzzzzzzzzzzzz' })), 400, 'product_unavailable'],
  'a hook body with a wrong type': [
    () => api.cart_create(line({ cart_product_quantity: 'two' })), 400, 'validation_failed', ({ fields }) => match(fields.cart_product_quantity, /整数/),
  ],
  'a row that is not there': [() => api.company_view('zzzzzzzzzzzzzzz'), 404, 'not_found'],
  'an order of nobody': [() => api.order_detail({ order_id: 'O-01KAR3Z8H5D2F7G4J9K6MB1NQC' }), 404, 'not_found'],
  'a filter that cannot be read': [() => api.company_list({ filter: 'company_name =' }), 400, 'validation_failed'],
  'a record with fields that are wrong': [
    () => api.company_create({ company_name: '', company_usci: '1' }), 400, 'validation_failed',
    ({ fields }) => deepEqual(Object.keys(fields).sort(), ['company_name', 'company_usci']),
  ],
  'what the contract leaves to superusers': [() => api.company_list({ filter: '@request.auth.id != ""' }), 403, 'forbidden'],
};

for (const [name, [call, status, code, check = () => {}]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, async () => {
    const error = await failureOf(call());
    deepEqual([error.status, error.code], [status, code]);
    match(error.message, /[\u4e00-\u9fff]/);
    check(error);
  });
}

test('an error is an Error of the realm', async () => {
  const { realm, ApiError, api: other } = guest('mp-error');
  const error = await failureOf(other.company_view('zzzzzzzzzzzzzzz'));
  equal(error instanceof ApiError, true);
  equal(realm.run('(error) => error instanceof Error')(error), true);
});

test('a server that answers no JSON is an error of its own', async () => {
  const { api: lost, phone: other } = guest('mp-html', { domains: null }, { baseUrl: `${SERVER}/nothing` });
  const error = await failureOf(lost.product_list({}, { retries: 0 }));
  ok(['not_found', 'unexpected_answer'].includes(error.code), error.code);
  equal(pathsOf(other).length, 1);
});

test('the client asks nothing before it is used', () => {
  equal(guest('mp-idle').phone.log.length, 0);
});

test('the built file is CommonJS of ES2018 without a word of what the realm lacks', async () => {
  const { parse } = await import('acorn');
  const source = readFileSync(process.env.CLIENT, 'utf8');
  parse(source, { ecmaVersion: 2018, sourceType: 'script' });
  equal(/\(\?<[=!]/.test(source), false, 'a lookbehind is a syntax error before iOS 16.4');
});
