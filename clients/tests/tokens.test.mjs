// Tokens: login, what survives a restart, what is refreshed before and after a call, and whose clock counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  COMPANY, failureOf, guest, headerOf, launched, loggedIn, pathsOf, phoneOf, plain, same, SERVER, SWITCH, tokenOf, withToken,
} from './shop.mjs';

const { deepEqual, equal, notEqual, ok } = assert;
const HOUR_MS = 3_600_000;
const DAY_S = 86_400;

// --- login ---------------------------------------------------------------------------------------

test('login asks WeChat for a code, registers and keeps token and user', async () => {
  const { phone, api } = guest('mp-login');
  deepEqual([api.isLoggedIn, api.token, api.user], [false, '', null]);
  const user = await api.login();
  equal(user.users_type, '游客');
  deepEqual([api.isLoggedIn, api.user.openid, phone.logins], [true, user.openid, 1]);
  deepEqual(pathsOf(phone), ['/wechat/login']);
  equal(headerOf(phone.log[0], 'authorization'), undefined);
});

test('a restart finds the user logged in', async () => {
  const { phone, api } = await loggedIn('mp-restart');
  const again = launched(phone).api;
  deepEqual([again.token, plain(again.user)], [api.token, plain(api.user)]);
  equal((await again.cart_list()).items.length, 0);
  equal(phone.logins, 1);
});

test('a full storage still lets the user in', async () => {
  const { phone, api } = guest('mp-full');
  phone.storage.isFull = true;
  ok((await api.login()).openid);
  equal(api.isLoggedIn, true);
});

test('logout forgets both, also after a restart', async () => {
  const { phone, api } = await loggedIn('mp-logout');
  api.logout();
  deepEqual([api.isLoggedIn, api.token, api.user], [false, '', null]);
  equal(launched(phone).api.isLoggedIn, false);
});

test('two servers keep their tokens apart', async () => {
  const phone = phoneOf('mp-two');
  const first = launched(phone).api;
  await first.login();
  equal(launched(phone, { storageKey: 'other' }).api.isLoggedIn, false);
  equal(launched(phone).api.isLoggedIn, true);
});

test('a call that is made during the login waits for the token', async () => {
  const { phone, api } = guest('mp-login-during');
  const [, cart] = await Promise.all([api.login(), api.cart_list()]);
  same(cart.items, []);
  deepEqual(pathsOf(phone), ['/wechat/login', '/cart/list']);
});

/** Calls that keep what they are answered; the path to hold. */
const KEEPERS = {
  login: ['/wechat/login', (api) => api.login()],
  'a changed profile': ['/wechat/profile', (api) => api.wechat_profile({ users_name: '迟到' })],
  'a new token': ['/system/refresh-token', (api) => api.refresh_token()],
};

for (const [name, [on, call]] of Object.entries(KEEPERS)) {
  test(`an answer that comes after the logout brings nobody back: ${name}`, async () => {
    const { phone, api } = await loggedIn('mp-late', { hurry: 1 });
    phone.network.trouble({ on, what: 'hold' });
    const late = call(api);
    await held(phone);
    api.logout();
    phone.network.release();
    await late;
    deepEqual([api.isLoggedIn, api.user, launched(phone).api.user], [false, null, null]);
  });
}

test('a refusal that comes after the logout does not log out who logged in since', async () => {
  const told = [];
  const { phone, api } = withToken(DAY_S, { hurry: 1 }, { onUnauthorized: (error) => told.push(error.code) });
  phone.storage.values.set('bai-wx', JSON.stringify({ token: `${tokenOf(DAY_S)}x`, user: null }));
  const again = launched(phone, { onUnauthorized: (error) => told.push(error.code) }).api;
  phone.network.trouble({ on: '/cart/list', what: 'hold' });
  const late = failureOf(again.cart_list());
  await held(phone);
  again.logout();
  await again.login();
  phone.network.release();
  deepEqual([(await late).status, again.isLoggedIn, told], [401, true, []]);
  equal(api.isLoggedIn, true);
});

test('a login after a logout is one of its own, though one is on its way', async () => {
  const { phone, api } = guest('mp-login-anew', { hurry: 1 });
  phone.network.trouble({ on: '/wechat/login', what: 'hold' });
  const first = api.login();
  await held(phone);
  api.logout();
  const second = await api.login();
  phone.network.release();
  await first;
  deepEqual([api.isLoggedIn, api.user.openid, phone.logins], [true, second.openid, 2]);
});

/** Until the network holds a request. */
async function held({ network }) {
  while (!network.held.length) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('a storage that cannot be read is an empty one', async () => {
  const unreadable = (realm) => ({
    transport: Object.assign(Object.create(realm.global.wx), {
      getStorageSync() { throw new Error('getStorageSync:fail'); },
    }),
  });
  const { api } = guest('mp-unreadable', {}, unreadable);
  equal(api.isLoggedIn, false);
  ok((await api.login()).openid);
});

for (const stored of ['', 'garbage', null, 7, []]) {
  test(`a storage that holds ${JSON.stringify(stored)} is no crash`, async () => {
    const phone = phoneOf('mp-garbage');
    phone.storage.values.set('bai-wx', JSON.stringify(stored));
    const { api } = launched(phone);
    equal((await api.product_view(SWITCH)).id, SWITCH);
    ok((await api.login()).openid);
  });
}

test('two pages that log in at once ask once', async () => {
  const { phone, api } = guest('mp-login-twice');
  const [one, other] = await Promise.all([api.login(), api.login()]);
  equal(one.openid, other.openid);
  equal(phone.logins, 1);
});

test('the profile that is changed is the user\'s from then on', async () => {
  const { phone, api } = await loggedIn('mp-profile');
  const { user } = await api.wechat_profile({ users_name: '小白' });
  deepEqual([user.users_name, api.user.users_name], ['小白', '小白']);
  equal(launched(phone).api.user.users_name, '小白');
});

const REFUSED_CODES = {
  'err-40226': [403, 'wechat_user_blocked'],
  'err-40013': [500, 'wechat_misconfigured'],
  'err-45011': [429, 'wechat_busy'],
};

for (const [code, [status, name]] of Object.entries(REFUSED_CODES)) {
  test(`login fails as the server says: ${name}`, async () => {
    const { phone, api } = guest('mp-refused');
    phone.codes.push(code, code, code);
    const error = await failureOf(api.login());
    deepEqual([error.status, error.code, api.isLoggedIn], [status, name, false]);
    match(error.message);
  });
}

for (const code of ['err-40029', 'err-40163', 'status-503-mp']) {
  test(`login asks WeChat for another code after ${code}`, async () => {
    const { phone, api } = guest('mp-again');
    phone.codes.push(code);
    ok((await api.login()).openid);
    equal(phone.logins, 2);
  });
}

test('without a network login says so', async () => {
  const { phone, api } = guest('mp-offline');
  phone.connect(false);
  const error = await failureOf(api.login());
  deepEqual([error.status, error.code], [0, 'network']);
  match(error.message);
});

/** A message is Chinese, to be shown. */
function match(message) {
  assert.match(message, /[\u4e00-\u9fff]/);
}

// --- an expired token ----------------------------------------------------------------------------

/** What a guest is answered on native paths, and what the user must get instead. */
const NATIVE = {
  'a list is not empty': async (api, line) => {
    const { items } = await api.cart_record_list({ filter: `id = "${line}"` });
    same(items.map(({ id }) => id), [line]);
  },
  'a row is not 404': async (api, line) => equal((await api.cart_record_view(line)).id, line),
  'a change is not 404': async (api, line) => {
    equal((await api.cart_record_update(line, { cart_remark: '改' })).cart_remark, '改');
  },
  'a create is not 400': async (api) => {
    ok((await api.company_create({ company_name: '过期' })).id);
  },
  'an upload is not 400': async (api, _, phone) => {
    const { tempFilePath } = await api.file_download('tbl_attachments', ...await icon(api));
    ok((await api.attachment_create({ filePath: phone.keepFile('a.png', phone.files.get(tempFilePath)) })).id);
  },
  'a batch is not 400': async (api, line) => {
    const url = `/api/collections/tbl_cart/records/${line}`;
    const [{ status }] = await api.batch({ requests: [{ method: 'PATCH', url, body: { cart_remark: '批' } }] });
    equal(status, 200);
  },
};

async function icon(api) {
  const { prod_list_icon } = await api.product_view(SWITCH);
  const { id, attachments_link } = await api.attachment_view(prod_list_icon);
  return [id, attachments_link];
}

/** A cart line of `demo-expired`. */
async function lineOf() {
  const { api } = await loggedIn('expired');
  return (await api.cart_create({ cart_product_id: SWITCH, cart_product_quantity: 1 })).pb_id;
}

for (const [name, check] of Object.entries(NATIVE)) {
  test(`an expired token on a native path: ${name}`, async () => {
    const line = await lineOf();
    const { phone, api, token } = withToken(-3600);
    await check(api, line, phone);
    notEqual(api.token, token);
    equal(phone.logins, 1);
  });
}

for (const [name, check] of Object.entries(NATIVE)) {
  test(`an expired token that a slow clock takes for a good one: ${name}`, async () => {
    const line = await lineOf();
    const { phone, api, token } = withToken(-3600, { clockOffsetMs: -48 * HOUR_MS });
    await check(api, line, phone);
    notEqual(api.token, token);
    equal(phone.logins, 1);
  });
}

test('an expired token on a hook is replaced and the call repeated', async () => {
  const { phone, api } = withToken(-3600, { clockOffsetMs: -48 * HOUR_MS });
  ok((await api.cart_list()).items);
  deepEqual(pathsOf(phone), ['/cart/list', '/wechat/login', '/cart/list']);
});

test('a token that was revoked is replaced after the 401', async () => {
  const { phone, api } = withToken(DAY_S);
  phone.storage.values.set('bai-wx', JSON.stringify({ token: `${tokenOf(DAY_S)}x`, user: null }));
  const again = launched(phone).api;
  ok((await again.order_list()).items);
  deepEqual(pathsOf(phone), ['/order/list', '/wechat/login', '/order/list']);
  equal(api.isLoggedIn, true);
});

test('a token that ends within the minute is replaced before the call', async () => {
  const { phone, api, token } = withToken(20);
  ok((await api.cart_list()).items);
  const [first, ...later] = pathsOf(phone);
  ok(['/system/refresh-token', '/wechat/login'].includes(first));
  deepEqual(later, ['/cart/list']);
  notEqual(api.token, token);
});

test('twelve calls with an expired token refresh once', async () => {
  const { phone, api } = withToken(-3600);
  const asked = Array.from({ length: 12 }, (_, at) => (at % 2 ? api.cart_list() : api.order_record_list({ page: at + 1 })));
  equal((await Promise.all(asked)).length, 12);
  equal(phone.logins, 1);
  equal(phone.sent('/wechat/login').length, 1);
});

test('twelve calls that are all answered 401 refresh once', async () => {
  const { phone, api } = withToken(-3600, { clockOffsetMs: -48 * HOUR_MS });
  const asked = Array.from({ length: 12 }, (_, at) => api.order_list({ page: at + 1 }));
  equal((await Promise.all(asked)).length, 12);
  equal(phone.sent('/wechat/login').length, 1);
});

test('what everybody may read needs no token, and a guest is not logged in for it', async () => {
  const { phone, api } = guest('mp-guest');
  equal((await api.product_list({ perPage: 3 })).items.length, 3);
  equal((await api.product_view(SWITCH)).id, SWITCH);
  deepEqual([phone.logins, api.isLoggedIn], [0, false]);
});

test('where WeChat refuses the new login, the call fails as the login does', async () => {
  const told = [];
  const { phone, api } = withToken(-3600, {}, { onUnauthorized: (error) => told.push(error.code) });
  phone.codes.push('err-40226', 'err-40226', 'err-40226');
  equal((await failureOf(api.cart_list())).code, 'wechat_user_blocked');
  ok(told.length <= 1);
});

test('a guest who asks a hook for more than a guest may is told to log in', async () => {
  const told = [];
  const { api } = guest('mp-unauthorized', {}, { onUnauthorized: (error) => told.push(error.code) });
  const error = await failureOf(api.cart_list());
  deepEqual([error.status, error.code, error.message, told.length], [401, 'unauthorized', '请先登录', 1]);
});

// --- whose clock counts --------------------------------------------------------------------------

for (const [name, clockOffsetMs] of [['a year ahead', 8760 * HOUR_MS], ['two days behind', -48 * HOUR_MS]]) {
  test(`a clock ${name} does not have the user log in again and again`, async () => {
    const phone = phoneOf(`mp-clock-${clockOffsetMs < 0 ? 'behind' : 'ahead'}`);
    phone.clockOffsetMs = clockOffsetMs;
    const { api } = launched(phone);
    await api.login();
    await api.cart_list();
    await api.order_list();
    await api.cart_record_list();
    deepEqual(pathsOf(phone), ['/wechat/login', '/cart/list', '/order/list', '/collections/tbl_cart/records']);
    const again = launched(phone).api;
    await again.cart_list();
    equal(phone.sent('/wechat/login').length, 1);
  });
}

test('a clock that is set while the mini program runs is corrected by the next answer', async () => {
  const { phone, api } = await loggedIn('mp-clock-set');
  phone.clockOffsetMs = 8760 * HOUR_MS;
  await api.product_list({ perPage: 1 });
  await api.cart_list();
  await api.cart_record_list();
  ok(phone.sent('/wechat/login').length <= 2);
  equal(phone.sent('/cart/list').length, 1);
});

test('a token goes to the server alone, as a bearer', async () => {
  const { phone, api } = await loggedIn('mp-bearer');
  await api.company_view(COMPANY);
  equal(headerOf(phone.sent('/tbl_company/')[0], 'authorization'), `Bearer ${api.token}`);
  ok(phone.log.every(({ request }) => request.url.startsWith(`${SERVER}/pb/api/`)));
});
