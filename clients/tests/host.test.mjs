// The stand-in for `wx` itself: what WeChat documents, over real sockets to an echo and to the demo server.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Phone } from './host/phone.mjs';

const SERVER = process.env.SERVER_URL;
const { deepEqual, equal, match, ok } = assert;
const open = new Set();
let echo;
let seen = [];

/** Answers what it was asked; `/to/<status>/<path>` redirects, `/slow` never answers. */
function answer(request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts).toString('utf8');
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    const [, status, to] = request.url.match(/^\/to\/(\d+)(\/.*)$/) ?? [];
    if (request.url.startsWith('/slow')) return;
    if (status) response.writeHead(Number(status), { location: to }).end();
    else if (request.url === '/bom') response.end('\ufeff{"a":1}');
    else if (request.url === '/text') response.end('no json');
    else {
      response.writeHead(Number(request.url.match(/^\/status\/(\d+)/)?.[1] ?? 200), {
        'content-type': 'application/json', 'retry-after': '3', 'set-cookie': ['a=1', 'b=2'],
      }).end(JSON.stringify({ method: request.method, url: request.url, body }));
    }
  });
}

before(async () => {
  echo = http.createServer(answer);
  await new Promise((resolve) => echo.listen(0, '127.0.0.1', resolve));
});

after(() => {
  open.forEach((phone) => phone.close());
  echo.closeAllConnections();
  echo.close();
});

/** A phone, its `wx`, and `call`: a promise of `[callback, result]` of a network call. */
function started(options) {
  seen = [];
  const phone = new Phone({ hurry: 100, ...options });
  open.add(phone);
  const realm = phone.launch();
  const wx = realm.run('wx');
  const base = `http://127.0.0.1:${echo.address().port}`;
  const call = (path, given = {}, api = 'request') => new Promise((resolve) => {
    wx[api]({
      url: path.startsWith('http') ? path : base + path,
      ...given,
      success: (result) => resolve(['success', result]),
      fail: (result) => resolve(['fail', result]),
    });
  });
  return { phone, realm, wx, base, call };
}

// --- the realm -----------------------------------------------------------------------------------

const MISSING = [
  'AbortController', 'Buffer', 'FormData', 'Headers', 'Intl', 'TextEncoder', 'URL', 'URLSearchParams', 'XMLHttpRequest',
  'fetch', 'globalThis', 'localStorage', 'process', 'queueMicrotask', 'require', 'structuredClone', 'window',
  '[].flat', '"".replaceAll', 'Object.fromEntries', 'Promise.allSettled', 'crypto', 'btoa',
];

test('the realm has no name of a browser or of Node, and nothing later than ES2018', () => {
  const { realm } = started();
  deepEqual(MISSING.filter((name) => realm.run(`typeof ${name}`) !== 'undefined'), []);
  equal(realm.run('(() => { try { return eval("1"); } catch (error) { return error.name; } })()'), 'EvalError');
});

const DATES = {
  '2026-11-23T08:15:30.123Z': 1795421730123,
  '2026-11-23': 1795392000000,
  '2026/11/23 08:15:30 GMT': 1795421730000,
  'Mon, 23 Nov 2026 08:15:30 GMT': 1795421730000,
  '2026-11-23 08:15:30.123Z': NaN,
  '2026-11-23 08:15:30': NaN,
};

for (const [text, moment] of Object.entries(DATES)) {
  test(`the date ${text} is read as old JavaScriptCore reads it`, () => {
    equal(started().realm.run(`new Date(${JSON.stringify(text)}).getTime()`), moment);
  });
}

test('the clock is the phone\'s', () => {
  const { phone, realm } = started();
  phone.clockOffsetMs = 3_600_000_000;
  ok(realm.run('Date.now()') > Date.now() + 3_500_000_000);
  equal(realm.run('new Date() instanceof Date'), true);
});

test('a restart keeps storage and forgets variables', () => {
  const { phone, realm } = started();
  realm.run('var kept = 1; wx.setStorageSync("token", { a: [1] });');
  const again = phone.launch();
  equal(again.run('typeof kept'), 'undefined');
  equal(again.run('JSON.stringify(wx.getStorageSync("token"))'), '{"a":[1]}');
  equal(again.run('wx.getStorageSync("nothing")'), '');
});

// --- what is sent --------------------------------------------------------------------------------

const SENT = {
  'a GET puts its data into the query': [
    '/a?x=1', { data: { q: '小 白&', n: 1, u: undefined, z: null, list: [1, 2] } },
    { method: 'GET', url: '/a?x=1&q=%E5%B0%8F%20%E7%99%BD%26&n=1&u=undefined&z=null&list=1%2C2', body: '' },
  ],
  'a POST sends JSON without what is undefined': [
    '/a', { method: 'POST', data: { a: 1, b: undefined, c: null } },
    { method: 'POST', url: '/a', body: '{"a":1,"c":null}' },
  ],
  'a form is encoded': [
    '/a', { method: 'POST', data: { a: '1 &' }, header: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    { method: 'POST', url: '/a', body: 'a=1%20%26' },
  ],
  'a text goes as it is': ['/a', { method: 'POST', data: '[1]' }, { method: 'POST', url: '/a', body: '[1]' }],
  'no data is no body': ['/a', { method: 'DELETE' }, { method: 'DELETE', url: '/a', body: '' }],
};

for (const [name, [path, given, wanted]] of Object.entries(SENT)) {
  test(name, async () => {
    const [, result] = await started().call(path, given);
    deepEqual({ ...result.data }, wanted);
  });
}

test('the referer is WeChat\'s, the content type JSON, and no cookie comes back', async () => {
  const { call } = started();
  const [, first] = await call('/a', { header: { Referer: 'https://x', 'X-A': 'b', gone: undefined } });
  deepEqual([...first.cookies], ['a=1', 'b=2']);
  await call('/b');
  const [sent, later] = seen.map(({ headers }) => headers);
  match(sent.referer, /^https:\/\/servicewechat\.com\//);
  deepEqual([sent['content-type'], sent['x-a'], 'gone' in sent], ['application/json', 'b', false]);
  equal('cookie' in later, false);
});

test('an upload is a form with the file and texts, and its answer a text', async () => {
  const { phone, call } = started();
  const filePath = phone.keepFile('门头.png', Buffer.from('bytes'));
  const given = { filePath, name: 'attachments_link', formData: { n: 1, u: undefined } };
  const [outcome, result] = await call('/up', given, 'uploadFile');
  deepEqual([outcome, typeof result.data, result.statusCode, 'header' in result], ['success', 'string', 200, false]);
  const [{ headers, body, method }] = seen;
  match(headers['content-type'], /^multipart\/form-data; boundary=/);
  equal(method, 'POST');
  match(body, /name="n"\r\n\r\n1\r\n[^]*name="u"\r\n\r\nundefined\r\n/);
  match(body, /name="attachments_link"; filename="门头.png"\r\nContent-Type: image\/png\r\n\r\nbytes\r\n/);
});

test('a download lands in a file', async () => {
  const { phone, call } = started();
  const [, { tempFilePath, statusCode }] = await call('/text', {}, 'downloadFile');
  deepEqual([statusCode, phone.files.get(tempFilePath).toString()], [200, 'no json']);
});

// --- what comes back -----------------------------------------------------------------------------

for (const status of [200, 204, 401, 404, 429, 500, 503]) {
  test(`status ${status} is a success`, async () => {
    const [outcome, result] = await started().call(`/status/${status}`);
    deepEqual([outcome, result.statusCode, result.errMsg], ['success', status, 'request:ok']);
  });
}

test('header names are written as the platform writes them', async () => {
  const headers = async (platform) => (await started({ platform }).call('/a'))[1].header;
  equal((await headers('ios'))['Retry-After'], '3');
  equal((await headers('android'))['retry-after'], '3');
});

test('data is parsed where it can be, less one byte order mark', async () => {
  const { call, realm } = started();
  const [, { data }] = await call('/bom');
  equal(data.a, 1);
  equal(realm.run('(value) => value instanceof Object')(data), true);
  equal((await call('/text'))[1].data, 'no json');
  equal(typeof (await call('/bom', { dataType: 'text' }))[1].data, 'string');
  const [, binary] = await call('/text', { responseType: 'arraybuffer' });
  equal(Object.prototype.toString.call(binary.data), '[object ArrayBuffer]');
});

for (const [status, method] of [[301, 'GET'], [302, 'GET'], [303, 'GET'], [307, 'POST'], [308, 'POST']]) {
  test(`a POST that is answered ${status} goes on as a ${method}`, async () => {
    const [, result] = await started().call(`/to/${status}/there`, { method: 'POST', data: { a: 1 } });
    deepEqual([result.data.url, result.data.method], ['/there', method]);
  });
}

test('a redirect stays one where the mini program asks for that', async () => {
  equal((await started().call('/to/302/there', { redirect: 'manual' }))[1].statusCode, 302);
});

// --- what fails ----------------------------------------------------------------------------------

const FAILING = {
  'PATCH is no method': ['/a', { method: 'PATCH' }, /^request:fail method "PATCH" is not supported$/],
  'small letters are no method': ['/a', { method: 'post' }, /^request:fail method "post"/],
  'an address without a scheme': ['/a', { url: '/pb/api/health' }, /^request:fail invalid url/],
  'no address': ['/a', { url: undefined }, /should be String instead of Undefined/],
  'another domain': ['/a', { url: 'http://127.0.0.1:9/a' }, /^request:fail url not in domain list$/],
  'no answer in time': ['/slow', { timeout: 100 }, /^request:fail timeout$/],
};

for (const [name, [path, given, message]] of Object.entries(FAILING)) {
  test(`fails: ${name}`, async () => {
    const { phone, call, base } = started({ platform: 'android' });
    phone.domains = [base];
    const [outcome, result] = await call(path, given);
    equal(outcome, 'fail');
    match(result.errMsg, message);
  });
}

for (const [platform, message] of [['ios', /^request:fail 似乎已断开/], ['android', /ERR_INTERNET_DISCONNECTED$/]]) {
  test(`without a network ${platform} says so in its words`, async () => {
    const { phone, call } = started({ platform });
    phone.connect(false);
    match((await call('/a'))[1].errMsg, message);
    phone.connect(true);
    equal((await call('/a'))[0], 'success');
  });
}

test('a network slower than the time-out is one', async () => {
  const { phone, call } = started({ platform: 'android' });
  phone.network.latencyMs = 5000;
  equal((await call('/a', { timeout: 4000 }))[1].errMsg, 'request:fail timeout');
  equal((await call('/a', { timeout: 6000 }))[0], 'success');
});

test('a lost answer: the server did the work, the phone times out', async () => {
  const { phone, call } = started({ platform: 'android' });
  phone.network.trouble({ on: '/a', what: 'lose answer' });
  equal((await call('/a', { method: 'POST' }))[1].errMsg, 'request:fail timeout');
  phone.network.trouble({ on: '/a', what: 'lose request' });
  equal((await call('/a', { method: 'POST' }))[1].errMsg, 'request:fail timeout');
  equal(seen.length, 1);
});

test('a task can be aborted', async () => {
  const { wx, base } = started();
  const failed = await new Promise((fail) => wx.request({ url: `${base}/slow`, fail }).abort());
  equal(failed.errMsg, 'request:fail abort');
});

test('in the background what takes five seconds is interrupted, and nothing is sent', async () => {
  const { phone, call } = started();
  const before = call('/slow');
  phone.hide();
  equal((await call('/a'))[1].errMsg, 'request:fail interrupted');
  equal((await before)[1].errMsg, 'request:fail interrupted');
  phone.show();
  equal((await call('/a'))[0], 'success');
});

test('what is answered within five seconds of the background is a success', async () => {
  const { phone, call } = started({ hurry: 1 });
  phone.network.trouble({ on: '/a', what: 'hold' });
  const asked = call('/a');
  phone.hide();
  phone.network.release();
  equal((await asked)[0], 'success');
});

// --- ten connections -----------------------------------------------------------------------------

test('ten are in flight, others wait', async () => {
  const { phone, call } = started({ hurry: 1 });
  phone.network.trouble({ on: '/a', what: 'hold', times: 10 });
  const all = Array.from({ length: 25 }, () => call('/a'));
  equal(phone.network.inFlight.size, 10);
  phone.network.release();
  equal((await Promise.all(all)).filter(([outcome]) => outcome === 'success').length, 25);
  equal(phone.network.mostInFlight, 10);
});

test('an old base library refuses the eleventh', async () => {
  const { phone, call } = started({ hurry: 1, overflow: 'refuse' });
  phone.network.trouble({ on: '/a', what: 'hold', times: 10 });
  const all = Array.from({ length: 11 }, () => call('/a'));
  equal((await all[10])[1].errMsg, 'request:fail exceed max task count');
  phone.network.release();
  await Promise.all(all);
});

// --- login, storage, frameworks ------------------------------------------------------------------

test('a login code is the user\'s, and the demo server knows it', async () => {
  const { wx, call } = started({ user: 'host-login' });
  const { code, errMsg } = await wx.login();
  deepEqual([code, errMsg], ['demo-host-login', 'login:ok']);
  const [, result] = await call(`${SERVER}/pb/api/wechat/login`, { method: 'POST', data: { users_wx_code: code } });
  deepEqual([result.statusCode, result.data.data.user.openid.length > 0], [200, true]);
});

test('a call returns nothing where it is given callbacks, else a promise; a request never does', async () => {
  const { realm } = started();
  equal(realm.run('wx.login({ success() {} }) === undefined'), true);
  equal(realm.run('wx.login() instanceof Promise'), true);
  equal(realm.run('typeof wx.request({ url: "http://127.0.0.1:9/" }).then'), 'undefined');
});

test('a full storage throws', () => {
  const { phone, realm } = started();
  phone.storage.isFull = true;
  match(realm.run('(() => { try { wx.setStorageSync("a", 1); } catch (error) { return error.message; } })()'), /fail exceed/);
});

test('files are written and read', () => {
  const { realm } = started();
  const read = realm.run(`(() => {
    const manager = wx.getFileSystemManager();
    const path = wx.env.USER_DATA_PATH + '/a.txt';
    manager.writeFileSync(path, '小白', 'utf8');
    return [manager.readFileSync(path, 'utf8'), manager.readFileSync(path).byteLength];
  })()`);
  deepEqual([...read], ['小白', 6]);
});

for (const name of ['uni', 'Taro']) {
  test(`${name} answers requests with promises`, async () => {
    const { phone, base } = started();
    const framework = phone.launch([name]).run(name);
    const result = await framework.request({ url: `${base}/a` });
    equal(result.statusCode, 200);
    await assert.rejects(framework.request({ url: `${base}/a`, method: 'PATCH' }), ({ errMsg }) => /PATCH/.test(errMsg));
  });
}
