/**
 * A phone with one mini program: what `wx` of WeChat does, over real sockets, and what goes wrong there.
 *
 *     const phone = new Phone({ user: 'alice' });
 *     const { createClient } = phone.launch().require('.../miniprogram_dist/index.js');
 *     phone.network.trouble({ on: '/order/create', what: 'lose answer' });
 *     phone.close();
 */
import { taroOf, uniOf } from './frameworks.mjs';
import { Network } from './network.mjs';
import { Realm } from './realm.mjs';
import { InvalidOptions } from './wire.mjs';
import { wxOf } from './wx.mjs';

export class Phone {
  /**
   * @param {object} [options]
   * @param {string} [options.user] who holds the phone: `wx.login` gives the code `demo-<user>`.
   * @param {'ios'|'android'} [options.platform] how failures and headers are written.
   * @param {'queue'|'refuse'} [options.overflow] what an eleventh request does.
   * @param {number} [options.hurry] how many times faster timers, latency and the background run here
   *   than they would; what a server takes is waited for in real time.
   * @param {string[]} [options.domains] origins that may be asked; any where it is left out.
   */
  constructor({ user = 'alice', platform = 'ios', overflow = 'queue', hurry = 1, domains = null } = {}) {
    Object.assign(this, { user, platform, hurry, domains });
    this.clockOffsetMs = 0;
    this.codes = [];
    this.logins = 0;
    this.storage = { values: new Map(), isFull: false };
    this.files = new Map();
    this.log = [];
    this.console = [];
    this.shown = [];
    this.waits = [];
    this.onAnswer = () => {};
    this.answerModal = () => ({ confirm: true, cancel: false });
    this.timers = new Set();
    this.listeners = { show: new Set(), hide: new Set(), network: new Set() };
    const waitReally = (callback, ms) => this.stopped(setTimeout(callback, ms));
    const wait = (callback, ms) => waitReally(callback, ms / this.hurry);
    this.network = new Network({ platform, overflow, wait, waitReally });
  }

  /**
   * Start the mini program anew, as after a restart of WeChat: storage and files are still there.
   *
   * @param {string[]} [apis] the global names it finds: any of `wx`, `uni`, `Taro`.
   * @returns {Realm} where its modules run.
   */
  launch(apis = ['wx']) {
    Object.values(this.listeners).forEach((listeners) => listeners.clear());
    const realm = new Realm({
      now: () => Date.now() + this.clockOffsetMs,
      timers: this.timersOf(),
      log: (level, values) => this.console.push({ level, values }),
    });
    const wx = wxOf(this, realm);
    const made = { wx: () => wx, uni: () => uniOf(wx, realm), Taro: () => taroOf(wx, realm) };
    realm.define(Object.fromEntries(apis.map((name) => [name, made[name]()])));
    return realm;
  }

  /** The requests whose address contains a text: `{ api, options, request, status, error }`, in order. */
  sent(text = '') {
    return this.log.filter(({ options, request }) => (request?.url ?? options.url ?? '').includes(text));
  }

  /** Leave the mini program; after five seconds what is in flight is interrupted. */
  hide() {
    this.network.enterBackground();
    this.tell('hide');
  }

  /** Come back to it. */
  show() {
    this.network.enterForeground();
    this.tell('show');
  }

  /** Lose the network, or have it again. */
  connect(isConnected) {
    this.network.online = isConnected;
    this.tell('network', { isConnected, networkType: isConnected ? 'wifi' : 'none' });
  }

  /** Put a file where `wx.chooseMedia` and `chooseAvatar` would: returns its temporary path. */
  keepFile(name, bytes) {
    const path = `http://tmp/${name}`;
    this.files.set(path, bytes);
    return path;
  }

  /** Stop timers and connections. */
  close() {
    this.network.close();
    this.timers.forEach((timer) => clearTimeout(timer));
  }

  loginCode() {
    this.logins += 1;
    if (!this.network.online) throw new Error('network is not connected');
    return this.codes.shift() ?? `demo-${this.user}`;
  }

  /** @throws InvalidOptions for an address that is not among the domains of the mini program. */
  checkDomain(url) {
    const { origin } = new URL(url);
    if (this.domains && !this.domains.includes(origin)) throw new InvalidOptions('url not in domain list');
  }

  note(api, options) {
    const entry = { api, options, status: null, error: null, request: null };
    this.log.push(entry);
    return entry;
  }

  tell(name, event = {}) {
    this.listeners[name].forEach((listener) => listener(event));
  }

  stopped(timer) {
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
      clearTimeout(timer);
    };
  }

  timersOf() {
    const start = (set) => (callback, ms = 0, ...values) => {
      this.waits.push(ms);
      const timer = set(callback, ms / this.hurry, ...values);
      this.timers.add(timer);
      return Number(timer);
    };
    const clear = (timer) => {
      const found = [...this.timers].find((each) => Number(each) === timer);
      if (found) this.stopped(found)();
    };
    return {
      setTimeout: start(setTimeout), setInterval: start(setInterval), clearTimeout: clear, clearInterval: clear,
    };
  }
}
