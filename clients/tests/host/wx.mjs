/** `wx` of one realm: what the documentation promises of network, login, storage, files and app events. */
import { randomBytes } from 'node:crypto';
import { fileApi, storageApi } from './storage.mjs';
import { InvalidOptions, dataOf, requestOf, textOf, uploadOf } from './wire.mjs';

/** @returns the `wx` object of a realm; `phone` holds everything that outlives the realm. */
export function wxOf(phone, realm) {
  const asynchronous = (name, work) => promised(realm, (options) => settle(realm, name, options, work));
  return realm.object({
    ...networkApi(phone, realm),
    ...storageApi(phone.storage, realm, asynchronous),
    ...fileApi(phone.files, realm, asynchronous),
    ...appApi(phone, realm, asynchronous),
    ...screenApi(phone, asynchronous),
  });
}

function networkApi(phone, realm) {
  const request = (options) => perform(phone, realm, 'request', options, () => requestOf(options), (answer) => ({
    data: dataOf(answer.bytes, options, realm),
    statusCode: answer.status,
    header: headerOf(answer.headers, phone.platform),
    cookies: answer.headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => value),
  }));
  const upload = (options) => perform(
    phone, realm, 'uploadFile', options, () => uploadRequest(phone, options),
    (answer) => ({ data: textOf(answer.bytes), statusCode: answer.status }),
  );
  const download = (options) => perform(
    phone, realm, 'downloadFile', options, () => requestOf({ ...options, method: 'GET', data: undefined }),
    (answer) => ({ ...saved(phone, options, answer.bytes), statusCode: answer.status }),
  );
  return { request, uploadFile: upload, downloadFile: download };
}

function uploadRequest(phone, options) {
  const bytes = phone.files.get(options.filePath);
  if (!bytes) throw new InvalidOptions('file not found');
  const file = { name: options.filePath.split('/').pop(), bytes };
  return uploadOf(options, file, `----WxUpload${randomBytes(8).toString('hex')}`);
}

function saved(phone, { filePath }, bytes) {
  const path = filePath ?? `http://tmp/${randomBytes(8).toString('hex')}`;
  phone.files.set(path, bytes);
  return filePath ? { filePath } : { tempFilePath: path };
}

/** Send one request and call back; every HTTP status is a success. Returns the task, never a promise. */
function perform(phone, realm, api, options, make, shape) {
  const told = phone.note(api, options);
  let task;
  try {
    const request = make();
    phone.checkDomain(request.url);
    told.request = request;
    const { timeout: timeoutMs, redirect } = options;
    task = phone.network.start(request, { timeoutMs, redirect });
  } catch (error) {
    if (!(error instanceof InvalidOptions)) throw error;
    task = { answer: Promise.reject(Object.assign(error, { isInvalid: true })), abort() {} };
  }
  task.answer.then((answer) => {
    told.status = answer.status;
    phone.onAnswer(told);
    return { ...shape(answer), errMsg: `${api}:ok` };
  }).then((result) => callBack(options, 'success', realm.object({ ...result, ...own(realm, result) })), (error) => {
    const failure = error.isInvalid
      ? { errMsg: `${api}:fail ${error.message}`, errno: 600009 }
      : phone.network.failure(error, api);
    told.error = failure.errMsg;
    callBack(options, 'fail', realm.copy(failure));
  });
  return realm.object({
    abort: task.abort, onHeadersReceived() {}, offHeadersReceived() {}, onProgressUpdate() {}, offProgressUpdate() {},
  });
}

/** `header` and `cookies` are made of the realm's own objects, as `data` is. */
function own(realm, { header, cookies }) {
  return header ? { header: realm.copy(header), cookies: realm.copy(cookies) } : {};
}

/** Callbacks come in a turn of the event loop of their own; `complete` follows either. */
function callBack(options, name, result) {
  setImmediate(() => {
    options[name]?.(result);
    options.complete?.(result);
  });
}

/** iOS writes header names as `Retry-After`, Android in small letters. */
function headerOf(pairs, platform) {
  const header = {};
  for (const [sent, value] of pairs) {
    const small = sent.toLowerCase();
    const name = platform === 'ios' ? small.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase()) : small;
    header[name] = name in header ? `${header[name]},${value}` : value;
  }
  return header;
}

/** Calls with callbacks; without any of them they return a promise, as all but network calls do. */
function promised(realm, call) {
  return (options = {}) => {
    if (options.success || options.fail || options.complete) return call(options);
    return realm.promise((success, fail) => call({ ...options, success, fail }));
  };
}

function settle(realm, name, options, work) {
  try {
    const result = work(options);
    callBack(options, 'success', realm.object({ ...result, errMsg: `${name}:ok` }));
  } catch (error) {
    callBack(options, 'fail', realm.copy({ errMsg: `${name}:fail ${error.message}` }));
  }
}

function appApi(phone, realm, asynchronous) {
  const listening = (name) => (listener) => void phone.listeners[name].add(listener);
  const ignoring = (name) => (listener) => void phone.listeners[name].delete(listener);
  const system = () => realm.copy({
    platform: phone.platform, SDKVersion: '3.8.0', version: '8.0.60', language: 'zh_CN', theme: 'light',
    windowWidth: 390, windowHeight: 844, pixelRatio: 3, brand: '', model: '', system: '',
  });
  const account = { miniProgram: { appId: 'wx0123456789abcdef', envVersion: 'develop', version: '' } };
  return {
    login: asynchronous('login', () => ({ code: phone.loginCode() })),
    checkSession: asynchronous('checkSession', () => ({})),
    getNetworkType: asynchronous('getNetworkType', () => ({ networkType: phone.network.online ? 'wifi' : 'none' })),
    onAppShow: listening('show'), offAppShow: ignoring('show'),
    onAppHide: listening('hide'), offAppHide: ignoring('hide'),
    onNetworkStatusChange: listening('network'), offNetworkStatusChange: ignoring('network'),
    getAccountInfoSync: () => realm.copy(account),
    getAppBaseInfo: system, getDeviceInfo: system, getSystemInfoSync: system, getWindowInfo: system,
    canIUse: () => true,
    nextTick: (callback) => void setImmediate(callback),
  };
}

/** What is shown, noted in `phone.shown`; a modal is answered by `phone.answerModal`. */
function screenApi(phone, asynchronous) {
  const noted = (name) => asynchronous(name, ({ success: _s, fail: _f, complete: _c, ...shown }) => {
    phone.shown.push({ name, ...shown });
    return name === 'showModal' ? phone.answerModal(shown) : {};
  });
  const names = [
    'hideLoading', 'hideToast', 'navigateBack', 'navigateTo', 'reLaunch', 'redirectTo', 'setNavigationBarTitle',
    'showLoading', 'showModal', 'showToast', 'stopPullDownRefresh', 'switchTab',
  ];
  return Object.fromEntries(names.map((name) => [name, noted(name)]));
}
