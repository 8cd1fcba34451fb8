// What every suite of the client starts from: a phone, the client running in its realm, and the demo's ids.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after } from 'node:test';
import { Phone } from './host/phone.mjs';

export const SERVER = process.env.SERVER_URL;
export const SWITCH = 'p9x2c5v8b1n4m7q'; // the demo's first product: 199.50 yuan, with an icon
export const SWITCH_ICON = 'a3f8k2m9q7x1c5v';
export const THERMOSTAT = 'p5t7y1r4x6h9g3k'; // 288 yuan
export const MANUAL = 'd4m7q1x8c5v2b9n'; // a document in effect since 2026-11-01
export const COMPANY = 'c5v1x9k3m7q2b8n';

const HOUR_S = 3600;
const open = [];

after(() => open.forEach((phone) => phone.close()));

/** A phone that is closed after the suite; its timers run fifty times as fast. */
export function phoneOf(user, options) {
  const phone = new Phone({ user, hurry: 50, domains: [SERVER], ...options });
  open.push(phone);
  return phone;
}

/**
 * Start the mini program on a phone.
 *
 * @returns what the package exports, and `api`, a client of the demo server.
 */
export function launched(phone, settings = {}, apis = ['wx']) {
  const realm = phone.launch(apis);
  const lib = realm.require(process.env.CLIENT);
  const given = typeof settings === 'function' ? settings(realm) : settings;
  return { phone, realm, ...lib, api: lib.createClient({ baseUrl: SERVER, ...given }) };
}

/** A user of one's own on a new phone, not logged in. */
export function guest(user, options, settings) {
  return launched(phoneOf(user, options), settings);
}

/** A user of one's own on a new phone, logged in. */
export async function loggedIn(user, options, settings) {
  const started = guest(user, options, settings);
  await started.api.login();
  return started;
}

/**
 * A phone of `demo-expired` whose mini program kept a token that ends in so many seconds, or ended.
 *
 * @param clockOffsetMs how far the phone's clock is ahead of the server's.
 */
export function withToken(secondsLeft, { clockOffsetMs = 0, ...options } = {}, settings) {
  const phone = phoneOf('expired', options);
  phone.clockOffsetMs = clockOffsetMs;
  const token = tokenOf(secondsLeft);
  phone.storage.values.set('bai-wx', JSON.stringify({ token, user: null }));
  return { token, ...launched(phone, settings) };
}

/** A token of `demo-expired`, signed as the server signs. */
export function tokenOf(secondsLeft = -HOUR_S) {
  const exp = Math.floor(Date.now() / 1000) + secondsLeft;
  const claims = { ...JSON.parse(process.env.TOKEN_CLAIMS), exp };
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', process.env.TOKEN_KEY).update(signed).digest('base64url')}`;
}

/** The error that a call fails with, which must be the client's own. */
export async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    assert.ok('code' in error && 'status' in error, `not an ApiError: ${error.stack ?? error}`);
    return error;
  }
  return assert.fail('the call was expected to fail');
}

/** A value without the prototypes of the realm that it was made in, to be compared. */
export function plain(value) {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Compare values of different realms by what they hold. */
export function same(actual, expected) {
  assert.deepEqual(plain(actual), expected);
}

/** The paths below /pb/api that the phone asked for, in order. */
export function pathsOf(phone) {
  return phone.sent().map(({ options }) => new URL(options.url).pathname.replace('/pb/api', ''));
}

/** The value of a header of a logged request. */
export function headerOf({ request }, name) {
  return request.headers[name];
}
