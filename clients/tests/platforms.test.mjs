// wx, uni and Taro, iOS and Android, and moments that old JavaScriptCore cannot read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, guest, launched, phoneOf, SERVER, SWITCH } from './shop.mjs';

const { deepEqual, equal, ok, throws } = assert;

/** The platforms: which global names there are, and what the client is given. */
const PLATFORMS = {
  'wx, found by itself': [['wx'], {}],
  'uni, found by itself': [['uni'], {}],
  'Taro, found by itself': [['Taro'], {}],
  'wx beside uni': [['wx', 'uni'], {}],
  'uni, given': [['wx', 'uni'], (realm) => ({ transport: realm.run('uni') })],
  'Taro, given': [['wx', 'Taro'], (realm) => ({ transport: realm.run('Taro') })],
};

for (const [name, [apis, settings]] of Object.entries(PLATFORMS)) {
  test(`from login to an upload with ${name}`, async () => {
    const phone = phoneOf(`mp-${name}`.replace(/\W+/g, '-'));
    const { api } = launched(phone, settings, apis);
    ok((await api.login()).openid);
    equal((await api.cart_create({ cart_product_id: SWITCH, cart_product_quantity: 1 })).cart_product_quantity, 1);
    equal((await api.product_view(SWITCH)).id, SWITCH);
    const { prod_list_icon } = await api.product_view(SWITCH);
    const icon = await api.attachment_view(prod_list_icon);
    const { tempFilePath } = await api.file_download('tbl_attachments', icon.id, icon.attachments_link);
    ok((await api.setAvatar(phone.keepFile('a.png', phone.files.get(tempFilePath)))).users_picture);
    equal((await failureOf(api.company_view('zzzzzzzzzzzzzzz'))).code, 'not_found');
    phone.connect(false);
    equal((await failureOf(api.product_view(SWITCH, {}, { retries: 0 }))).code, 'network');
  });
}

test('without wx, uni and Taro no client is made', () => {
  throws(() => launched(phoneOf('mp-nothing'), {}, []));
});

test('a base address may end in a slash', async () => {
  const { phone, api } = guest('mp-slash', {}, { baseUrl: `${SERVER}/` });
  equal((await api.product_view(SWITCH)).id, SWITCH);
  equal(phone.log[0].request.url, `${SERVER}/pb/api/collections/tbl_product_list/records/${SWITCH}`);
});

for (const platform of ['ios', 'android']) {
  test(`${platform}: a time-out and a lost network are told apart, Retry-After and Date are read`, async () => {
    const { phone, api } = guest(`mp-${platform}`, { platform });
    phone.network.trouble({ on: '/tbl_product_list', what: 'lose request' });
    equal((await failureOf(api.product_view(SWITCH, {}, { retries: 0 }))).code, 'timeout');
    phone.network.trouble({ on: '/tbl_product_list', what: 'break' });
    equal((await failureOf(api.product_view(SWITCH, {}, { retries: 0 }))).code, 'network');
    phone.codes.push('status-503-x');
    await api.login();
    ok(phone.waits.includes(1000));
  });
}

const MOMENTS = {
  '2026-11-23 08:15:30.123Z': '2026-11-23T08:15:30.123Z',
  '2026-11-23 08:15:30Z': '2026-11-23T08:15:30.000Z',
  '2026-11-23T08:15:30.123Z': '2026-11-23T08:15:30.123Z',
  '1999-12-31 23:59:59.999Z': '1999-12-31T23:59:59.999Z',
};

for (const [text, wanted] of Object.entries(MOMENTS)) {
  test(`parseDate reads ${text}`, () => {
    const { parseDate, realm } = guest('mp-dates');
    const moment = parseDate(text);
    equal(moment.toISOString(), wanted);
    equal(realm.run('(moment) => moment instanceof Date')(moment), true);
  });
}

test('parseDate of nothing, or of what is no moment, is null', () => {
  const { parseDate } = guest('mp-no-date');
  deepEqual(['', null, undefined, 'tomorrow'].map((text) => parseDate(text)), [null, null, null, null]);
});

test('the moments of a record are read', async () => {
  const { api, parseDate } = guest('mp-record-date');
  const { created } = await api.product_view(SWITCH);
  equal(parseDate(created).toISOString(), created.replace(' ', 'T'));
});
