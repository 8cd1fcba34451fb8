// This client beside PocketBase's JavaScript SDK: how large they are, what of each runs in a mini program, and
// what each does when the network fails. Prints JSON; tests/miniprogram/compare.py makes docs/runs/client.md of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import PocketBase from 'pocketbase';
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

/** This client on a phone, logged in; `lose` has the answers of a path get lost. */
async function ourUser(user) {
  const { phone, realm } = launched(user);
  const api = realm.require(own.file).createClient({ baseUrl: SERVER });
  await api.login();
  return {
    lose: (on, times = 1) => phone.network.trouble({ on, what: 'lose answer', times }),
    order: () => api.order_create(ORDER),
    list: (page) => api.product_list({ page, perPage: 2 }),
    orders: async () => (await api.order_list()).items.length,
  };
}

/** PocketBase's SDK where it has all it needs, Node's `fetch`. */
async function theirUser(user) {
  const lost = { count: 0 };
  const pb = new PocketBase(`${SERVER}/pb`);
  pb.beforeSend = (url, options) => ({ url, options: { ...options, fetch: losing(lost) } });
  await theirs.login(pb, null, { loginCode: () => `demo-${user}` });
  return {
    lose: () => { lost.count = 1; },
    order: () => pb.send('/api/order/create', { method: 'POST', body: ORDER }),
    list: (page) => pb.collection('tbl_product_list').getList(page, 2),
    orders: () => settled(async () => (await pb.collection('tbl_order').getFullList({ requestKey: null })).length),
  };
}

/** What goes wrong: a user of either client in, what it ends with out. */
const SITUATIONS = {
  async lostOrder({ lose, order, orders }) {
    lose('/order/create');
    return { ends: [await outcomeOf(order)], orders: await orders() };
  },
  async lostTwice({ lose, order, orders }) {
    lose('/order/create', 3);
    return { ends: [await outcomeOf(order), await outcomeOf(order)], orders: await orders() };
  },
  async taps({ order, orders }) {
    return { ends: await Promise.all([1, 2].map(() => outcomeOf(order))), orders: await orders() };
  },
  async lostList({ lose, list }) {
    lose('/tbl_product_list');
    return { ends: [await outcomeOf(() => list(1))] };
  },
  async lists({ list }) {
    return { ends: await Promise.all([1, 2].map((page) => outcomeOf(() => list(page)))) };
  },
};

async function endsOf(makeUser, name, expired) {
  const ends = { expired: { ends: [await outcomeOf(expired, ({ items }) => `${items.length} of 1 line`)] } };
  for (const [situation, happen] of Object.entries(SITUATIONS)) {
    ends[situation] = await happen(await makeUser(`compare-${name}-${situation}`));
  }
  return ends;
}

/** The cart of somebody whose token has expired, by either client. */
const expiredCart = {
  ours() {
    const { phone, realm } = launched('expired');
    phone.storage.values.set('bai-wx', JSON.stringify({ token: process.env.EXPIRED_TOKEN, user: null }));
    return realm.require(own.file).createClient({ baseUrl: SERVER }).cart_record_list();
  },
  theirs() {
    const pb = new PocketBase(`${SERVER}/pb`);
    pb.authStore.save(process.env.EXPIRED_TOKEN, null);
    return pb.collection('tbl_cart').getList();
  },
};

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
  network: {
    ours: await endsOf(ourUser, 'ours', expiredCart.ours),
    pocketbase: await endsOf(theirUser, 'pocketbase', expiredCart.theirs),
  },
};
phones.forEach((phone) => phone.close());
rmSync(folder, { recursive: true });
writeFileSync(1, JSON.stringify(found, null, 2));
