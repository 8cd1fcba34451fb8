// Lost answers, servers that are busy, taps that come twice: whatever happens on the way, a thing is done once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { failureOf, guest, headerOf, launched, loggedIn, same, SWITCH, THERMOSTAT } from './shop.mjs';

const { deepEqual, equal, match, notEqual, ok } = assert;
const ORDER = { order_source: 'product', items: [{ prod_list_id: SWITCH, quantity: 2 }] };
const MINUTE_MS = 60_000;
const LINE = { cart_product_id: SWITCH, cart_product_quantity: 1 };

/** The keys with which the phone created something below a path, one a request. */
const keysOf = (phone, path) => phone.sent(path).map((entry) => headerOf(entry, 'idempotency-key'));

// --- a create whose answer is lost ---------------------------------------------------------------

/** What is created, by the client's method, its path and how many there are then. */
const CREATES = {
  'an order': [
    '/order/create', (api) => api.order_create(ORDER), async (api) => (await api.order_list()).items.length,
  ],
  'a cart line': [
    '/cart/create', (api) => api.cart_create(LINE), async (api) => (await api.cart_list()).items[0].cart_product_quantity,
  ],
  'an order by the native path': [
    '/tbl_order/records',
    (api) => api.order_record_create({ order_owner: api.user.openid, order_source: 'product', order_snap: { items: [{ prod_list_id: SWITCH, quantity: 1 }] } }),
    async (api) => (await api.order_list()).items.length,
  ],
  'a company': [
    '/tbl_company/records', (api) => api.company_create({ company_name: `一次 ${api.user.openid}` }),
    async (api) => (await api.company_list({ filter: `company_name = "一次 ${api.user.openid}"` })).totalItems,
  ],
  'a batch': [
    '/api/batch',
    (api) => api.batch({ requests: [{ method: 'POST', url: '/api/collections/tbl_company/records', body: { company_name: `批 ${api.user.openid}` } }] }),
    async (api) => (await api.company_list({ filter: `company_name = "批 ${api.user.openid}"` })).totalItems,
  ],
};

const LOSSES = { 'lose answer': 'timeout', break: 'network', 'lose request': 'timeout' };

for (const [what, [path, create, count]] of Object.entries(CREATES)) {
  for (const loss of Object.keys(LOSSES)) {
    test(`${what} is made once: ${loss}, then again with the same key`, async () => {
      const { phone, api } = await loggedIn(`mp-${loss} ${what}`.replace(/ /g, '-'));
      phone.network.trouble({ on: path, what: loss });
      ok(await create(api));
      equal(await count(api), 1);
      const keys = keysOf(phone, path).filter(Boolean);
      equal(keys.length, 2);
      equal(keys[0], keys[1]);
      match(keys[0], /^[\x21-\x7e]{8,64}$/);
    });
  }
}

test('where every retry is lost too, the next tap takes the same key: one order', async () => {
  const { phone, api } = await loggedIn('mp-all-lost');
  phone.network.trouble({ on: '/order/create', what: 'lose answer', times: 3 });
  const error = await failureOf(api.order_create(ORDER));
  deepEqual([error.status, error.code], [0, 'timeout']);
  ok((await api.order_create(ORDER)).order_id);
  equal((await api.order_list()).items.length, 1);
  equal(new Set(keysOf(phone, '/order/create')).size, 1);
});

test('minutes later the same content is another order: what was lost may be undone by then', async () => {
  const { phone, api } = await loggedIn('mp-lost-long-ago');
  phone.network.trouble({ on: '/order/create', what: 'break', times: 3 });
  equal((await failureOf(api.order_create(ORDER))).code, 'network');
  phone.clockOffsetMs += 8 * MINUTE_MS;
  ok((await api.order_create(ORDER)).order_id);
  const keys = new Set(keysOf(phone, '/order/create'));
  equal(keys.size, 2);
});

test('a lost order keeps its key, however long ago the same was ordered before', async () => {
  const { phone, api } = await loggedIn('mp-lost-after-another', { hurry: 2000 });
  ok((await api.order_create(ORDER)).order_id);
  await minutes(phone, 2);
  phone.network.trouble({ on: '/order/create', what: 'break', times: 3 });
  await failureOf(api.order_create(ORDER, { timeout: 60_000 }));
  await minutes(phone, 2);
  ok((await api.order_create(ORDER, { timeout: 60_000 })).order_id);
  const [, ...lost] = keysOf(phone, '/order/create');
  deepEqual([lost.length, new Set(lost).size, (await api.order_list()).items.length], [4, 1, 2]);
});

/** Minutes pass on the phone, for its clock and its timers. */
async function minutes(phone, count) {
  phone.clockOffsetMs += count * MINUTE_MS;
  await new Promise((resolve) => setTimeout(resolve, (count * MINUTE_MS) / phone.hurry));
}

test('after an answer the same content is a new order with a new key', async () => {
  const { phone, api } = await loggedIn('mp-two-orders');
  const first = await api.order_create(ORDER);
  const second = await api.order_create(ORDER);
  notEqual(first.order_id, second.order_id);
  equal(new Set(keysOf(phone, '/order/create')).size, 2);
});

test('a key of one\'s own is sent as it is, and another body with it is refused', async () => {
  const { phone, api } = await loggedIn('mp-own-key');
  const first = await api.order_create(ORDER, { key: 'checkout-1' });
  equal((await api.order_create(ORDER, { key: 'checkout-1' })).order_id, first.order_id);
  const error = await failureOf(api.order_create({ ...ORDER, order_remark: 'x' }, { key: 'checkout-1' }));
  deepEqual([error.status, error.code], [422, 'idempotency_key_reused']);
  deepEqual([...new Set(keysOf(phone, '/order/create'))], ['checkout-1']);
});

test('no retries where none are wanted', async () => {
  const { phone, api } = await loggedIn('mp-no-retry');
  phone.network.trouble({ on: '/order/create', what: 'lose answer' });
  equal((await failureOf(api.order_create(ORDER, { retries: 0 }))).code, 'timeout');
  equal(phone.sent('/order/create').length, 1);
});

// --- what has no key -----------------------------------------------------------------------------

test('what only reads is asked again', async () => {
  const { phone, api } = await loggedIn('mp-read-again');
  phone.network.trouble({ on: '/tbl_product_list', what: 'lose answer', times: 2 });
  phone.network.trouble({ on: '/cart/list', what: 'break' });
  equal((await api.product_list({ perPage: 2 })).items.length, 2);
  same((await api.cart_list()).items, []);
  equal(phone.sent('/tbl_product_list').length, 3);
});

test('a change without a key is not sent again: whoever asked decides', async () => {
  const { phone, api } = await loggedIn('mp-no-key');
  const { cart_id } = await api.cart_create(LINE);
  phone.network.trouble({ on: '/cart/update', what: 'lose answer' });
  const error = await failureOf(api.cart_update({ cart_id, cart_product_quantity: 7 }));
  deepEqual([error.status, error.code, phone.sent('/cart/update').length], [0, 'timeout', 1]);
  equal((await api.cart_detail({ cart_id })).cart_product_quantity, 7);
});

// --- a server that is busy -----------------------------------------------------------------------

/** Hold the database's write lock in another process; returns what lets it go. */
async function lockDatabase() {
  const script = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);'
    + ' c.execute("BEGIN IMMEDIATE"); print("locked", flush=True); sys.stdin.read(); c.rollback()';
  const holder = spawn(process.env.PYTHON, ['-c', script, process.env.DATABASE], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return async () => {
    holder.stdin.end();
    await once(holder, 'exit');
  };
}

test('503 of a locked database: waits as long as Retry-After says, same key, one order', async () => {
  const { phone, api } = await loggedIn('mp-503');
  const unlock = await lockDatabase();
  phone.onAnswer = ({ status, options }) => status === 503 && options.url.endsWith('/order/create') && unlock();
  phone.waits.length = 0;
  ok((await api.order_create(ORDER)).order_id);
  deepEqual(phone.sent('/order/create').map(({ status }) => status), [503, 200]);
  equal(new Set(keysOf(phone, '/order/create')).size, 1);
  ok(phone.waits.includes(1000), `waited ${phone.waits} ms`);
  equal((await api.order_list()).items.length, 1);
});

test('a WeChat that does not answer is 503: another code is asked for after Retry-After', async () => {
  const { phone, api } = guest('mp-wechat-503');
  phone.codes.push('status-503-x');
  ok((await api.login()).openid);
  ok(phone.waits.includes(1000), `waited ${phone.waits} ms`);
  equal(phone.logins, 2);
});

// --- what a gateway answers in the server's place ------------------------------------------------

const PAGE = '<html><body><h1>nginx</h1></body></html>';
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Answers of proxies: status, body, headers; the code that is told, and how often a read is asked for. */
const GATEWAYS = {
  'a page of 502': [502, PAGE, {}, 'network', 3],
  'JSON of 502': [502, '{"message":"no route"}', JSON_TYPE, 'network', 3],
  'JSON of 504': [504, '{"message":"The upstream server is timing out"}', JSON_TYPE, 'network', 3],
  'a page of a hotspot': [200, PAGE, {}, 'network', 3],
  null: [200, 'null', JSON_TYPE, 'network', 3],
  nothing: [200, '', {}, 'network', 3],
  'a page of 403': [403, PAGE, {}, 'forbidden', 1],
  'a page of 413': [413, PAGE, {}, 'payload_too_large', 1],
  'a page of 429, later by a date': [429, PAGE, { 'Retry-After': 'Fri, 27 Nov 2099 20:00:00 GMT' }, 'too_many_requests', 1],
  'a refusal with empty fields': [400, '{"message":"x","data":{"a":null}}', JSON_TYPE, 'validation_failed', 1],
  'a refusal without data': [400, '{"message":"x","data":null}', JSON_TYPE, 'validation_failed', 1],
  '503 for an hour': [503, '{"message":"x","data":{}}', { ...JSON_TYPE, 'Retry-After': '3600' }, 'service_unavailable', 1],
};

for (const [name, [status, body, headers, code, count]] of Object.entries(GATEWAYS)) {
  test(`a gateway answers ${name}: ${code}, asked ${count === 1 ? 'once' : `${count} times`}`, async () => {
    const gateway = createServer((_, answer) => answer.writeHead(status, headers).end(body)).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    const baseUrl = `http://127.0.0.1:${gateway.address().port}/shop/`;
    const { phone, api } = guest('mp-gateway', { domains: null }, { baseUrl });
    const error = await failureOf(api.health());
    gateway.close();
    deepEqual([error.status, error.code, phone.sent('/shop/pb/api/health').length], [status, code, count]);
    match(error.message, /[\u4e00-\u9fff]/);
    equal(typeof error.data, 'object');
  });
}

// --- taps ----------------------------------------------------------------------------------------

test('five taps on "order" are one request and one order', async () => {
  const { phone, api } = await loggedIn('mp-taps');
  phone.network.latencyMs = 500;
  const made = await Promise.all(Array.from({ length: 5 }, () => api.order_create(ORDER)));
  equal(new Set(made.map(({ order_id }) => order_id)).size, 1);
  equal(phone.sent('/order/create').length, 1);
});

test('taps on different products are different requests', async () => {
  const { phone, api } = await loggedIn('mp-other-taps');
  await Promise.all([SWITCH, THERMOSTAT].map((cart_product_id) => api.cart_create({ ...LINE, cart_product_id })));
  equal(phone.sent('/cart/create').length, 2);
  equal((await api.cart_list()).items.length, 2);
});

test('taps whose request fails all hear of it, and a later tap may succeed', async () => {
  const { phone, api } = await loggedIn('mp-taps-fail');
  phone.connect(false);
  const failed = await Promise.all([1, 2, 3].map(() => failureOf(api.cart_create(LINE, { retries: 0 }))));
  deepEqual(failed.map(({ code }) => code), ['network', 'network', 'network']);
  phone.connect(true);
  equal((await api.cart_create(LINE)).cart_product_quantity, 1);
});

// --- the background, slow networks, ten connections ----------------------------------------------

test('an order that the background interrupts is made once when the user comes back', async () => {
  const { phone, api } = await loggedIn('mp-background');
  phone.network.trouble({ on: '/order/create', what: 'hold' });
  const asked = failureOf(api.order_create(ORDER, { retries: 0 }));
  phone.hide();
  const error = await asked;
  deepEqual([error.status, error.code], [0, 'network']);
  match(error.data.errMsg, /interrupted/);
  phone.show();
  ok((await api.order_create(ORDER)).order_id);
  equal((await api.order_list()).items.length, 1);
});

test('a slow network is waited for', async () => {
  const { phone, api } = await loggedIn('mp-slow');
  phone.network.latencyMs = 4000;
  equal((await api.product_list({ perPage: 1 })).items.length, 1);
});

test('a network that is slower than the time-out is told as one', async () => {
  const { phone, api } = await loggedIn('mp-too-slow');
  phone.network.latencyMs = 4000;
  const error = await failureOf(api.product_list({ perPage: 1 }, { timeout: 1000, retries: 1 }));
  deepEqual([error.code, phone.sent('/tbl_product_list').length], ['timeout', 2]);
});

test('thirty calls at once: ten on their way, none refused by an old base library', async () => {
  const { phone, api } = await loggedIn('mp-thirty', { overflow: 'refuse' });
  const asked = Array.from({ length: 30 }, (_, at) => api.product_list({ page: at + 1, perPage: 1 }));
  equal((await Promise.all(asked)).length, 30);
  equal(phone.network.mostInFlight, 10);
  equal(phone.sent('/tbl_product_list').length, 30);
});

test('the queue goes on after failures', async () => {
  const { phone, api } = await loggedIn('mp-queue-fail', { overflow: 'refuse' });
  phone.network.trouble({ on: '/tbl_product_list', what: 'break', times: 15 });
  const asked = Array.from({ length: 25 }, (_, at) => api.product_list({ page: at + 1, perPage: 1 }, { retries: 0 }));
  const ended = await Promise.all(asked.map((each) => each.then(() => 'ok', ({ code }) => code)));
  deepEqual([ended.filter((each) => each === 'network').length, ended.filter((each) => each === 'ok').length], [15, 10]);
});

test('a restart in the middle of an order does not order twice with the same key', async () => {
  const { phone, api } = await loggedIn('mp-restart-order');
  phone.network.trouble({ on: '/order/create', what: 'lose answer' });
  await failureOf(api.order_create(ORDER, { key: 'draft-7', retries: 0 }));
  const again = launched(phone).api;
  ok((await again.order_create(ORDER, { key: 'draft-7' })).order_id);
  equal((await again.order_list()).items.length, 1);
});
