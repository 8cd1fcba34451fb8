/**
 * What `wx.request` and `wx.uploadFile` put on the wire, by WeChat's documentation. Nothing of Node:
 * the renderer uses this module in a browser.
 *
 * Source: developers.weixin.qq.com/miniprogram/dev/api/network/request/wx.request.html and
 * .../api/network/upload/wx.uploadFile.html
 */

/** The methods of `wx.request`; PATCH is not among them. */
export const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'];

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const FILE_TYPES = {
  gif: 'image/gif', jpeg: 'image/jpeg', jpg: 'image/jpeg', mp4: 'video/mp4', pdf: 'application/pdf',
  png: 'image/png', webp: 'image/webp',
};

/** Options that no request can be made of; the message follows `request:fail `. */
export class InvalidOptions extends Error {}

/**
 * The HTTP request that options of `wx.request` make.
 *
 * @returns `{ method, url, headers, body }`; header names in small letters; `body` is a text, bytes or null.
 * @throws InvalidOptions where the `fail` callback is called before anything is sent.
 */
export function requestOf({ url, method = 'GET', data, header }) {
  checkUrl(url);
  if (!METHODS.includes(method)) throw new InvalidOptions(`method "${method}" is not supported`);
  const headers = headersOf(header);
  headers['content-type'] = headers['content-type'] ?? JSON_TYPE;
  if (data === undefined) return { method, url, headers, body: null };
  if (method === 'GET' && isPlain(data)) {
    return { method, url: withQuery(url, data), headers, body: null };
  }
  return { method, url, headers, body: bodyOf(data, headers['content-type']) };
}

/**
 * The multipart request that options of `wx.uploadFile` make.
 *
 * @param file `{ name, bytes }` of the file that `filePath` names.
 * @param boundary text that is in none of the parts.
 */
export function uploadOf({ url, name, formData, header }, file, boundary) {
  checkUrl(url);
  if (!name) throw new InvalidOptions('parameter error: parameter.name should be String;');
  const texts = Object.entries(formData ?? {}).map(([key, value]) => (
    `--${boundary}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${String(value)}\r\n`
  ));
  const type = FILE_TYPES[file.name.split('.').pop().toLowerCase()] ?? 'application/octet-stream';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; `
    + `filename="${file.name}"\r\nContent-Type: ${type}\r\n\r\n`;
  const body = joined([utf8(texts.join('') + head), file.bytes, utf8(`\r\n--${boundary}--\r\n`)]);
  const headers = { ...headersOf(header), 'content-type': `multipart/form-data; boundary=${boundary}` };
  return { method: 'POST', url, headers, body };
}

/**
 * What the `success` callback gets as `data`: JSON is parsed where it can be, else the text stays.
 *
 * @param realm `{ parse, bytes }`: `JSON.parse`, and what makes an ArrayBuffer, of the realm that will read it.
 */
export function dataOf(bytes, { dataType = 'json', responseType = 'text' }, realm) {
  if (responseType === 'arraybuffer') return realm.bytes(bytes);
  const text = textOf(bytes);
  if (dataType !== 'json') return text;
  try {
    return realm.parse(text);
  } catch {
    return text;
  }
}

/** The text of an answer; one byte order mark at its beginning is dropped, as WeChat does. */
export function textOf(bytes) {
  return new TextDecoder('utf-8').decode(bytes);
}

/** `data` of a GET as a query: every value becomes `String(value)`, so `undefined` is sent as that word. */
export function withQuery(url, data) {
  const pairs = Object.entries(data).map(([key, value]) => (
    `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`
  ));
  if (!pairs.length) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

function checkUrl(url) {
  if (typeof url !== 'string') {
    const found = url === undefined ? 'Undefined' : url === null ? 'Null' : typeof url;
    throw new InvalidOptions(`parameter error: parameter.url should be String instead of ${found};`);
  }
  if (!/^https?:\/\/[^/]/.test(url)) throw new InvalidOptions(`invalid url "${url}"`);
}

/** Header names are compared without case; `Referer` is WeChat's own; what is undefined is not sent. */
function headersOf(header) {
  const named = Object.entries(header ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const sent = named.filter(([name, value]) => value !== undefined && name !== 'referer');
  return Object.fromEntries(sent.map(([name, value]) => [name, String(value)]));
}

function bodyOf(data, type) {
  if (typeof data === 'string') return data;
  if (isBuffer(data)) return new Uint8Array(data);
  if (type.startsWith(FORM_TYPE)) return withQuery('', data).slice(1);
  return JSON.stringify(data);
}

function isPlain(data) {
  return typeof data === 'object' && data !== null && !isBuffer(data);
}

/** By its name: a buffer of another realm is no instance of this realm's class. */
function isBuffer(data) {
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]';
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
