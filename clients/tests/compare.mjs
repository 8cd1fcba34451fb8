// This client beside PocketBase's JavaScript SDK: how large they are, what of each runs in a mini program, and
// what each does when the network fails. Prints JSON; tests/miniprogram/compare.py makes docs/runs/client.md of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { Phone } from './host/phone.mjs';

const SERVER = process.env.SERVER_URL;
const SWITCH = 'p9x2c5v8b1n4m7q';
const HOUR_S = 3600;
const folder = mkdtempSync(join(tmpdir(), 'compare-'));
const phones = [];

// --- size ----------------------------------------------------------------------------------------

/** A CommonJS file of ES2018, minified, and its size in bytes. */
async function bundled(name, entry) {
  const file = join(folder, `${name}.js`);
  await build({
    ...entry, bundle: true, format: 'cjs', target: 'es2018', minify: true, charset: 'utf8', platform: 'neutral',
    mainFields: ['module', 'main'], outfile: file,
  });
  const bytes = readFileSync(file);
  return { file, minified: bytes.length, compressed: gzipSync(bytes, { level: 9 }).length };
}

// --- what runs in a mini program -----------------------------------------------------------------

/** What the SDK asks for, made of `wx.request` as polyfills for mini programs do it; runs in the realm. */
const POLYFILLS = `
var AbortController = class { constructor() { this.signal = {}; } abort() {} };
var FormData = class { append() {} };
var fetch = (url, options) => new Promise((resolve, reject) => wx.request({
  url, method: options.method, header: options.headers, data: options.body,
  success: ({ statusCode, data }) => resolve({ status: statusCode, url, json: () => Promise.resolve(data) }),
  fail: ({ errMsg }) => reject(new TypeError(errMsg)),
}));`;

const ours = {
  make: ({ createClient }) => createClient({ baseUrl: SERVER }),
  login: (api) => api.login(),
  list: (api) => api.product_list({ filter: 'prod_list_basic_price > 100', perPage: 2 }),
  create: (api) => api.company_create({ company_name: '一' }),
  change: (api, id) => api.company_update(id, { company_name: '二' }),
  batch: (api) => api.batch({ requests: [{ method: 'POST', url: '/api/collections/tbl_company/records', body: { company_name: '三' } }] }),
  upload: (api, _, phone) => api.attachment_create({ filePath: phone.keepFile('a.png', picture) }),
};

const theirs = {
  make: ({ PocketBase }) => new PocketBase(`${SERVER}/pb`),
  async login(pb, _, phone) {
    const body = { users_wx_code: phone.loginCode() };
    const { data } = await pb.send('/api/wechat/login', { method: 'POST', body });
    pb.authStore.save(data.token, { ...data.user, id: data.user.pb_id, collectionName: 'tbl_auth_users' });
  },
  list: (pb) => pb.collection('tbl_product_list').getList(1, 2, { filter: 'prod_list_basic_price > 100' }),
  create: (pb) => pb.collection('tbl_company').create({ company_name: '一' }),
  change: (pb, id) => pb.collection('tbl_company').update(id, { company_name: '二' }),
  batch(pb) {
    const batch = pb.createBatch();
    batch.collection('tbl_company').create({ company_name: '三' });
    return batch.send();
  },
  // Without File and Blob a path is all that a mini program has.
  upload: (pb, _, phone) => pb.collection('tbl_attachments').create({ attachments_link: phone.keepFile('a.png', picture) }),
};

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64',
);

/** Run each call in a phone's realm; returns `runs`, or what it failed with. */
async function runsIn(file, calls, user, before = '') {
  const { phone, realm } = launched(user);
  if (before) realm.run(before);
  const outcomes = {};
  const said = async (name, call) => {
    try {
      const answer = await call();
      outcomes[name] = 'runs';
      return answer;
    } catch (error) {
      outcomes[name] = String(error?.originalError?.message || error?.message || error).split('\n')[0];
      return undefined;
    }
  };
  const lib = await said('load', () => realm.require(file));
  const client = lib && await said('make', () => calls.make(lib));
  await said('login', () => calls.login(client, null, phone));
  await said('list', () => calls.list(client));
  const made = await said('create', () => calls.create(client));
  const row = made?.id ?? 'c5v1x9k3m7q2b8n';
  await said('change', () => calls.change(client, row));
  await said('batch', () => calls.batch(client));
  await said('upload', () => calls.upload(client, null, phone));
  return outcomes;
}

function launched(user) {
  const phone = new Phone({ user, hurry: 50, platform: 'android' });
  phones.push(phone);
  return { phone, realm: phone.launch() };
}

// --- what happens when the network fails ---------------------------------------------------------

const ORDER = { order_source: 'product', items: [{ prod_list_id: SWITCH, quantity: 1 }] };

/** What a call ends with: an error's code, or what `read` makes of the answer. */
async function outcomeOf(call, read = () => 'answered') {
  try {
    return read(await call());
  } catch (error) {
    return error.isAbort ? 'cancelled by the SDK' : `error: ${error.code || error.originalError?.message || error.status}`;
  }
}

async function oursOn(file) {
  const start = async (user) => {
    const { phone, realm } = launched(user);
    const api = realm.require(file).createClient({ baseUrl: SERVER });
    await api.login();
    return { phone, api, count: async () => (await api.order_list()).items.length };
  };
  const outcomes = {};
  {
    const { phone, api, count } = await start('compare-lost');
    phone.network.trouble({ on: '/order/create', what: 'lose answer' });
    const first = await outcomeOf(() => api.order_create(ORDER));
    outcomes.lostOrder = { first, orders: await count() };
  }
  {
    const { phone, api, count } = await start('compare-lost-all');
    phone.network.trouble({ on: '/order/create', what: 'lose answer', times: 3 });
    const first = await outcomeOf(() => api.order_create(ORDER));
    const again = await outcomeOf(() => api.order_create(ORDER));
    outcomes.lostTwice = { first, again, orders: await count() };
  }
  {
    const { phone, api } = await start('compare-list');
    phone.network.trouble({ on: '/tbl_product_list', what: 'break' });
    outcomes.lostList = { first: await outcomeOf(() => ours.list(api)) };
  }
  {
    const { api, count } = await start('compare-taps');
    const taps = await Promise.all([1, 2].map(() => outcomeOf(() => api.order_create(ORDER))));
    outcomes.taps = { taps, orders: await count() };
  }
  {
    const { api } = await start('compare-lists');
    const lists = await Promise.all([1, 2].map((page) => outcomeOf(() => api.product_list({ page, perPage: 2 }))));
    outcomes.lists = { lists };
  }
  {
    const { phone, realm } = launched('expired');
    phone.storage.values.set('bai-wx', JSON.stringify({ token: process.env.EXPIRED_TOKEN, user: null }));
    const api = realm.require(file).createClient({ baseUrl: SERVER });
    outcomes.expired = { first: await outcomeOf(() => api.cart_record_list(), ({ items }) => `${items.length} line`) };
  }
  return outcomes;
}

/** PocketBase's SDK where it has all it needs, Node's `fetch`; `lose` counts answers that it does not get. */
async function theirsOn() {
  const { default: PocketBase } = await import('pocketbase');
  const start = async (user) => {
    const lost = { count: 0 };
    const pb = new PocketBase(`${SERVER}/pb`);
    pb.beforeSend = (url, options) => ({ url, options: { ...options, fetch: losing(lost) } });
    await theirs.login(pb, null, { loginCode: () => `demo-${user}` });
    const count = async () => (await pb.collection('tbl_order').getFullList({ requestKey: null })).length;
    const order = () => pb.send('/api/order/create', { method: 'POST', body: ORDER });
    return { lost, pb, count, order };
  };
  const outcomes = {};
  {
    const { lost, order, count } = await start('compare-pb-lost');
    lost.count = 1;
    const first = await outcomeOf(order);
    outcomes.lostOrder = { first, orders: await count() };
  }
  {
    const { lost, order, count } = await start('compare-pb-twice');
    lost.count = 1;
    const first = await outcomeOf(order);
    const again = await outcomeOf(order);
    outcomes.lostTwice = { first, again, orders: await count() };
  }
  {
    const { lost, pb } = await start('compare-pb-list');
    lost.count = 1;
    outcomes.lostList = { first: await outcomeOf(() => theirs.list(pb)) };
  }
  {
    const { order, count } = await start('compare-pb-taps');
    const taps = await Promise.all([1, 2].map(() => outcomeOf(order)));
    outcomes.taps = { taps, orders: await settled(count) };
  }
  {
    const { pb } = await start('compare-pb-lists');
    const list = (page) => pb.collection('tbl_product_list').getList(page, 2);
    outcomes.lists = { lists: await Promise.all([1, 2].map((page) => outcomeOf(() => list(page)))) };
  }
  {
    const pb = new PocketBase(`${SERVER}/pb`);
    pb.authStore.save(process.env.EXPIRED_TOKEN, null);
    const read = ({ items }) => `${items.length} lines`;
    outcomes.expired = { first: await outcomeOf(() => pb.collection('tbl_cart').getList(), read) };
  }
  return outcomes;
}

/** `fetch` whose answers get lost, so many of them. */
function losing(lost) {
  return async (url, options) => {
    const answer = await fetch(url, options);
    if (lost.count === 0) return answer;
    lost.count -= 1;
    throw new TypeError('fetch failed');
  };
}

/** How many there are once what was cancelled on the way has come to its end. */
async function settled(count) {
  let before = -1;
  for (let now = await count(); now !== before; now = await count()) {
    before = now;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
  return before;
}

const own = await bundled('ours', { entryPoints: [process.env.CLIENT] });
const sdk = await bundled('pocketbase', {
  stdin: { contents: 'export { default as PocketBase } from "pocketbase";', resolveDir: import.meta.dirname },
});
const sizeOf = ({ minified, compressed }) => ({ minified, compressed });
const found = {
  sizes: { ours: sizeOf(own), pocketbase: sizeOf(sdk) },
  runs: {
    ours: await runsIn(own.file, ours, 'compare-ours'),
    pocketbase: await runsIn(sdk.file, theirs, 'compare-pb'),
    polyfilled: await runsIn(sdk.file, theirs, 'compare-pb-polyfilled', POLYFILLS),
  },
  network: { ours: await oursOn(own.file), pocketbase: await theirsOn() },
};
phones.forEach((phone) => phone.close());
rmSync(folder, { recursive: true });
writeFileSync(1, JSON.stringify(found, null, 2));
