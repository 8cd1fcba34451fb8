/**
 * The network of a phone: ten connections, time-outs, the background, and what can go wrong on the way.
 *
 * Source: developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html
 */
import { connections, exchange } from './exchange.mjs';

export const MOST_CONNECTIONS = 10;
export const DEFAULT_TIMEOUT_MS = 60_000;
export const BACKGROUND_MS = 5_000;

/** What a phone says of a failure, after `request:fail `; the texts differ between iOS and Android. */
const FAILURES = {
  abort: { ios: 'abort', android: 'abort', errno: 600003 },
  interrupted: { ios: 'interrupted', android: 'interrupted', errno: 600003 },
  offline: {
    ios: '似乎已断开与互联网的连接。',
    android: 'errcode:-106 cronet_error_code:-106 error_msg:net::ERR_INTERNET_DISCONNECTED',
    errno: 600001,
  },
  reset: {
    ios: '网络连接已中断。',
    android: 'errcode:-101 cronet_error_code:-101 error_msg:net::ERR_CONNECTION_RESET',
    errno: 600001,
  },
  timeout: { ios: '请求超时。', android: 'timeout', errno: 5 },
  'too many': { ios: 'exceed max task count', android: 'exceed max task count', errno: 600000 },
};

/** Why a request failed; `reason` is a key of the table above. */
export class NetworkFailure extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * @typedef {object} Trouble What goes wrong with the next requests whose path contains `on`.
 * @property {string} on part of the path; '' for any.
 * @property {'lose request'|'lose answer'|'break'|'hold'} what
 *   - `lose request`: the server never sees it, the phone times out;
 *   - `lose answer`: the server has answered, the answer is lost and the phone times out;
 *   - `break`: the same, and the phone says that the connection was reset;
 *   - `hold`: nothing happens until `release()`, the time-out or the background ends it.
 * @property {number} [times] how many requests, 1 where it is left out.
 */

export class Network {
  /**
   * @param platform 'ios' or 'android': whose words failures are told in.
   * @param overflow what an eleventh request does: 'queue' (since base library 1.4.0) or 'refuse' (before it).
   * @param wait `(callback, ms)` starts a timer of the phone and returns a function that stops it.
   * @param waitReally the same in real time, however much the phone hurries: for what a server takes.
   */
  constructor({ platform, overflow, wait, waitReally }) {
    Object.assign(this, { platform, overflow, wait, waitReally });
    this.latencyMs = 0;
    this.online = true;
    this.inBackground = false;
    this.isSuspended = false;
    this.troubles = [];
    this.inFlight = new Set();
    this.queue = [];
    this.held = [];
    this.mostInFlight = 0;
    this.agents = connections(MOST_CONNECTIONS);
  }

  /** Have something go wrong: see `Trouble`. */
  trouble(rule) {
    this.troubles.push({ times: 1, ...rule });
  }

  /** Let requests go on that a `hold` keeps. */
  release() {
    this.held.splice(0).forEach((go) => go());
  }

  /** The mini program leaves the screen: what is not answered in five seconds is interrupted. */
  enterBackground() {
    this.inBackground = true;
    this.stopWaiting = this.wait(() => this.suspend(), BACKGROUND_MS);
  }

  enterForeground() {
    this.stopWaiting?.();
    this.inBackground = this.isSuspended = false;
  }

  suspend() {
    this.isSuspended = true;
    [...this.inFlight, ...this.queue].forEach((task) => task.end(new NetworkFailure('interrupted')));
  }

  /** What a failure is called by this phone. */
  failure(error, api) {
    const found = FAILURES[error.reason] ?? FAILURES.reset;
    return { errMsg: `${api}:fail ${found[this.platform]}`, errno: found.errno };
  }

  /**
   * Send a request when there is a connection for it. The time it waits counts for its time-out.
   *
   * @returns `{ answer, abort }`: a promise of `{ status, headers, bytes }`, and what ends it.
   * Rejects with `NetworkFailure`, or with what the socket failed with.
   */
  start(request, { timeoutMs = DEFAULT_TIMEOUT_MS, redirect } = {}) {
    const task = { request, redirect, timeoutMs, abort: new AbortController() };
    const answer = new Promise((resolve, reject) => Object.assign(task, { resolve, reject }));
    const stop = this.waitReally(() => task.end(new NetworkFailure('timeout')), timeoutMs);
    task.end = (error, value) => {
      stop();
      this.leave(task);
      if (!error) return task.resolve(value);
      task.reject(error);
      return task.abort.abort();
    };
    this.enter(task);
    return { answer, abort: () => task.end(new NetworkFailure('abort')) };
  }

  enter(task) {
    if (!this.online) this.refuse(task, 'offline');
    else if (this.inBackground) this.refuse(task, 'interrupted');
    else if (this.inFlight.size < MOST_CONNECTIONS) this.go(task);
    else if (this.overflow === 'queue') this.queue.push(task);
    else this.refuse(task, 'too many');
  }

  refuse(task, reason) {
    setImmediate(() => task.end(new NetworkFailure(reason)));
  }

  leave(task) {
    this.queue = this.queue.filter((each) => each !== task);
    if (this.inFlight.delete(task) && this.queue.length) this.go(this.queue.shift());
  }

  go(task) {
    this.inFlight.add(task);
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.size);
    this.travel(task).then((value) => task.end(null, value), (error) => task.end(error));
  }

  async travel(task) {
    const trouble = this.troubleOf(task.request);
    await this.delay(task, trouble);
    if (trouble === 'lose request') throw new NetworkFailure('timeout');
    const { redirect, abort } = task;
    const answer = await exchange(task.request, { agents: this.agents, redirect, signal: abort.signal });
    if (trouble === 'lose answer') throw new NetworkFailure('timeout');
    if (trouble === 'break') throw new NetworkFailure('reset');
    return answer;
  }

  /** Let the network's time pass, which ends at the request's time-out. */
  async delay({ timeoutMs }, trouble) {
    const isHeld = trouble === 'hold';
    const released = isHeld ? new Promise((go) => this.held.push(go)) : null;
    const ms = isHeld ? timeoutMs : Math.min(this.latencyMs, timeoutMs);
    if (!ms) return;
    let stop;
    const passed = new Promise((go) => { stop = this.wait(() => go('passed'), ms); });
    const end = await Promise.race([passed, released].filter(Boolean));
    stop();
    if (end === 'passed' && ms === timeoutMs) throw new NetworkFailure('timeout');
  }

  troubleOf({ url }) {
    const rule = this.troubles.find(({ on, times }) => times > 0 && new URL(url).pathname.includes(on));
    if (!rule) return null;
    rule.times -= 1;
    return rule.what;
  }

  close() {
    this.enterForeground();
    [...this.inFlight, ...this.queue].forEach((task) => task.end(new NetworkFailure('abort')));
    this.agents.close();
  }
}
