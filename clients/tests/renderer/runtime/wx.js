/** `wx` of the renderer: what draws and navigates is here, network and login go to clients/tests/host over the bridge. */

import IntersectionObserver from 'j-component/src/tool/intersectionobserver.js';
import SelectorQuery from 'j-component/src/tool/selectorquery.js';
import { WIDTH } from './units.js';

/** The `wx` object for `renderer`. What is not here is missing, as in an old base library. */
export function createWx(renderer) {
  return {
    ...later(networkCalls(renderer)),
    ...later(navigationCalls(renderer)),
    ...later(screenCalls(renderer)),
    ...later(storageCalls(renderer.storage)),
    ...later(recordedCalls(renderer)),
    ...storageSyncCalls(renderer.storage),
    ...systemCalls(renderer),
    ...tasks(renderer),
  };
}

/** Calls with `success`, `fail` and `complete`; without them they return a promise. */
function later(calls) {
  return Object.fromEntries(
    Object.entries(calls).map(([name, work]) => [name, (options = {}) => run(name, work, options)]),
  );
}

function run(name, work, options) {
  const { success, fail, complete, ...given } = options;
  const done = (async () => ({ errMsg: `${name}:ok`, ...(await work(given)) }))();
  const failed = (error) => ({
    errMsg: error.errMsg ?? `${name}:fail ${error.message}`,
    ...(error.errno && { errno: error.errno }),
  });
  if (!success && !fail && !complete) return done.catch((error) => Promise.reject(failed(error)));
  done.then(
    (result) => setTimeout(() => [success, complete].forEach((callback) => callback?.(result))),
    (error) => setTimeout(() => [fail, complete].forEach((callback) => callback?.(failed(error)))),
  );
  return undefined;
}

function networkCalls({ bridge }) {
  const names = ['login', 'checkSession', 'getNetworkType'];
  return {
    ...Object.fromEntries(names.map((name) => [name, (options) => bridge(name, options)])),
    chooseImage: async () => ({ tempFilePaths: [await bridge('temporaryPicture', {})] }),
    chooseMedia: async () => ({
      type: 'image',
      tempFiles: [{ tempFilePath: await bridge('temporaryPicture', {}), size: 1000, fileType: 'image' }],
    }),
  };
}

/** `request`, `uploadFile` and `downloadFile` give a task back, never a promise. */
function tasks({ bridge }) {
  const task = (name) => (options) => {
    const { success, fail, complete, ...given } = options;
    let isOver = false;
    const end = (callback, result) => {
      if (isOver) return;
      isOver = true;
      setTimeout(() => [callback, complete].forEach((each) => each?.(result)));
    };
    const failure = ({ errMsg, errno, message }) => ({ errMsg: errMsg ?? `${name}:fail ${message}`, errno });
    bridge(name, given).then(
      (result) => end(success, result),
      (error) => end(fail, failure(error)),
    );
    return {
      abort: () => end(fail, { errMsg: `${name}:fail abort`, errno: 600003 }),
      onProgressUpdate() {},
      offProgressUpdate() {},
      onHeadersReceived() {},
      offHeadersReceived() {},
    };
  };
  return { request: task('request'), uploadFile: task('uploadFile'), downloadFile: task('downloadFile') };
}

function navigationCalls({ pages, chrome }) {
  const absolute = (url) => {
    const from = pages.top?.path ?? 'app';
    return url.startsWith('/')
      ? url
      : `${new URL(url.split('?')[0], `http://app/${from}`).pathname}${/\?.*$/.exec(url)?.[0] ?? ''}`;
  };
  const noTab = (url) => {
    if (chrome.isTab(url.split('?')[0].slice(1))) throw new Error('can not navigateTo a tabbar page');
  };
  return {
    async navigateTo({ url, events = {} }) {
      noTab(absolute(url));
      const channel = new Channel(events);
      pages.push(absolute(url), channel.other);
      return { eventChannel: channel };
    },
    async redirectTo({ url }) {
      noTab(absolute(url));
      pages.replace(absolute(url));
    },
    async reLaunch({ url }) {
      pages.replace(absolute(url), { all: true });
    },
    async switchTab({ url }) {
      const path = absolute(url).split('?')[0].slice(1);
      if (!chrome.isTab(path)) throw new Error('can not switch to no-tabBar page');
      pages.switchTo(path);
    },
    async navigateBack({ delta = 1 }) {
      pages.pop(delta);
    },
  };
}

/** Both ends of what `navigateTo` and the page that it opens tell each other. */
class Channel {
  constructor(events, other) {
    this.listeners = new Map(Object.entries(events).map(([name, listener]) => [name, [listener]]));
    this.other = other ?? new Channel({}, this);
  }

  on(name, listener) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  once(name, listener) {
    this.on(name, listener);
  }

  off(name) {
    this.listeners.delete(name);
  }

  emit(name, ...values) {
    (this.other.listeners.get(name) ?? []).forEach((listener) => listener(...values));
  }
}

function screenCalls(renderer) {
  const { chrome, pages } = renderer;
  const draw = (changes) => {
    Object.assign(pages.top.window, changes);
    chrome.show({ window: pages.top.window, path: pages.top.path, depth: pages.stack.length - 1 });
  };
  return {
    showToast: async (options) => chrome.toast(options),
    hideToast: async () => chrome.hideToast(),
    showLoading: async ({ title }) => chrome.toast({ title, icon: 'loading' }, true),
    hideLoading: async () => chrome.hideToast(),
    showModal: (options) => chrome.modal(options),
    async showActionSheet({ itemList, alertText, itemColor }) {
      const tapIndex = await chrome.sheet(itemList, { title: alertText, color: itemColor });
      if (tapIndex < 0) throw new Error('cancel');
      return { tapIndex };
    },
    setNavigationBarTitle: async ({ title }) => draw({ navigationBarTitleText: title }),
    setNavigationBarColor: async ({ frontColor, backgroundColor }) =>
      draw({
        navigationBarTextStyle: frontColor === '#000000' ? 'black' : 'white',
        navigationBarBackgroundColor: backgroundColor,
      }),
    setBackgroundColor: async () => undefined,
    showNavigationBarLoading: async () => undefined,
    hideNavigationBarLoading: async () => undefined,
    setTabBarBadge: async ({ index, text }) => chrome.setBadge(index, text),
    removeTabBarBadge: async ({ index }) => chrome.setBadge(index, undefined),
    showTabBarRedDot: async ({ index }) => chrome.setBadge(index, ''),
    hideTabBarRedDot: async ({ index }) => chrome.setBadge(index, undefined),
    startPullDownRefresh: async () => void pages.call(pages.top, 'onPullDownRefresh'),
    stopPullDownRefresh: async () => undefined,
    async pageScrollTo({ scrollTop, selector }) {
      const inside = pages.top.frame.contentWindow;
      const node = selector && pages.top.root._exparserNode.shadowRoot.querySelector(selector);
      inside.scrollTo(0, node ? node.$$.getBoundingClientRect().top + inside.scrollY : scrollTop);
    },
  };
}

/** What leaves the mini program or cannot be seen: it is recorded in `renderer.recorded` and answered ok. */
function recordedCalls(renderer) {
  const names = [
    'setClipboardData',
    'makePhoneCall',
    'previewImage',
    'previewMedia',
    'openDocument',
    'openLocation',
    'vibrateShort',
    'showShareMenu',
    'hideShareMenu',
    'reportEvent',
    'openSetting',
    'authorize',
    'saveImageToPhotosAlbum',
    'requestSubscribeMessage',
    'hideKeyboard',
    'setKeepScreenOn',
    'openPrivacyContract',
    'saveFile',
    'shareFileMessage',
  ];
  return Object.fromEntries(
    names.map((name) => [name, async (options) => void renderer.recorded.push({ name, ...options })]),
  );
}

function storageCalls(storage) {
  return {
    setStorage: async ({ key, data }) => storage.set(key, data),
    removeStorage: async ({ key }) => storage.remove(key),
    clearStorage: async () => storage.clear(),
    async getStorage({ key }) {
      if (!storage.has(key)) throw new Error('data not found');
      return { data: storage.get(key) };
    },
  };
}

function storageSyncCalls(storage) {
  return {
    setStorageSync: (key, data) => storage.set(key, data),
    getStorageSync: (key) => storage.get(key),
    removeStorageSync: (key) => storage.remove(key),
    clearStorageSync: () => storage.clear(),
    getStorageInfoSync: () => ({ keys: storage.keys(), currentSize: 1, limitSize: 10240 }),
  };
}

function systemCalls(renderer) {
  const listeners = new Set();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const theme = () => (dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', () => listeners.forEach((listener) => listener({ theme: theme() })));
  const windowInfo = () => ({
    pixelRatio: 2,
    screenWidth: WIDTH,
    screenHeight: 844,
    windowWidth: WIDTH,
    windowHeight: renderer.chrome.pages.clientHeight,
    statusBarHeight: 47,
    screenTop: 91,
    safeArea: { left: 0, right: WIDTH, top: 47, bottom: 810, width: WIDTH, height: 763 },
  });
  const base = () => ({
    SDKVersion: '3.8.0',
    version: '8.0.60',
    language: 'zh_CN',
    theme: theme(),
    host: { env: 'WeChat' },
    enableDebug: false,
  });
  const device = () => ({
    brand: 'renderer',
    model: 'renderer',
    system: 'iOS 18.0',
    platform: 'ios',
    benchmarkLevel: 40,
  });
  const node = () => ({ _exparserNode: renderer.pages.top.root._exparserNode });
  return {
    env: { USER_DATA_PATH: 'http://usr' },
    getWindowInfo: windowInfo,
    getAppBaseInfo: base,
    getDeviceInfo: device,
    getSystemInfoSync: () => ({ ...windowInfo(), ...base(), ...device(), fontSizeSetting: 16 }),
    getMenuButtonBoundingClientRect: () => ({
      top: 53,
      bottom: 85,
      left: 296,
      right: 383,
      width: 87,
      height: 32,
    }),
    getAccountInfoSync: () => ({
      miniProgram: { appId: 'wx0123456789abcdef', envVersion: 'develop', version: '' },
    }),
    getExtConfigSync: () => ({ baseUrl: renderer.options.baseUrl }),
    getLaunchOptionsSync: () => ({
      path: renderer.options.path,
      query: {},
      scene: 1001,
      shareTicket: '',
      referrerInfo: {},
    }),
    getEnterOptionsSync: () => ({
      path: renderer.options.path,
      query: {},
      scene: 1001,
      shareTicket: '',
      referrerInfo: {},
    }),
    canIUse: () => true,
    nextTick: (callback) => void setTimeout(callback),
    onThemeChange: (listener) => void listeners.add(listener),
    offThemeChange: (listener) => void listeners.delete(listener),
    onNetworkStatusChange() {},
    offNetworkStatusChange() {},
    onMemoryWarning() {},
    onWindowResize() {},
    offWindowResize() {},
    onKeyboardHeightChange() {},
    offKeyboardHeightChange() {},
    onAppShow() {},
    offAppShow() {},
    onAppHide() {},
    offAppHide() {},
    onUserCaptureScreen() {},
    getUpdateManager: () => ({
      onCheckForUpdate() {},
      onUpdateReady() {},
      onUpdateFailed() {},
      applyUpdate() {},
    }),
    createSelectorQuery: () => new SelectorQuery(node()),
    createIntersectionObserver: (self, options) => new IntersectionObserver(self ?? node(), options),
  };
}
