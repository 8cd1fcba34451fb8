/**
 * A JavaScript realm as a mini program's logic layer has it: the language of ES2018, timers, a console
 * and `wx`. No `fetch`, `URL`, `URLSearchParams`, `Headers`, `FormData`, `AbortController`, `TextEncoder`,
 * `localStorage`, `Buffer`, `process`, and no code from strings.
 *
 * It shows what is missing on an iPhone with an old JavaScriptCore, where most mini programs break first.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import vm from 'node:vm';

const LATER_GLOBALS = [
  'AggregateError', 'Atomics', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'FinalizationRegistry', 'Intl',
  'SharedArrayBuffer', 'WeakRef', 'WebAssembly', 'globalThis',
];

const LATER_METHODS = {
  'Array.prototype': [
    'at', 'findLast', 'findLastIndex', 'flat', 'flatMap', 'toReversed', 'toSorted', 'toSpliced', 'with',
  ],
  Error: ['captureStackTrace', 'stackTraceLimit'],
  Object: ['fromEntries', 'groupBy', 'hasOwn'],
  Promise: ['allSettled', 'any', 'withResolvers'],
  'String.prototype': ['at', 'isWellFormed', 'matchAll', 'replaceAll', 'toWellFormed', 'trimEnd', 'trimStart'],
  'Symbol.prototype': ['description'],
};

/** Takes away what came after ES2018. */
const STRIP = `(function (globals, methods) {
  for (const name in methods) {
    const holder = name.split('.').reduce((found, key) => found[key], this);
    methods[name].forEach((method) => delete holder[method]);
  }
  globals.forEach((name) => delete this[name]);
}).call(this, ${JSON.stringify(LATER_GLOBALS)}, ${JSON.stringify(LATER_METHODS)})`;

/**
 * Replaces `Date`: the clock is the phone's, and a text is read as old JavaScriptCore reads it, ISO 8601
 * with its `T` and what RFC 2822 and `2026/11/23 08:15:30` look like; `2026-11-23 08:15:30.123Z` is
 * an invalid date.
 */
const CLOCK = `(function (global, now) {
  const Native = global.Date;
  const ISO = /^[+-]?\\d{4,6}(-\\d\\d(-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:?\\d\\d)?)?)?)?$/;
  const parse = (text) => (ISO.test(text) || !/^\\s*\\d+-/.test(text) ? Native.parse(text) : NaN);
  class Date extends Native {
    constructor(...given) {
      if (given.length === 0) super(now());
      else if (given.length === 1 && typeof given[0] === 'string') super(parse(given[0]));
      else super(...given);
    }
    static now() { return now(); }
    static parse(text) { return parse(String(text)); }
  }
  Object.defineProperty(global, 'Date', { value: Date, writable: true, configurable: true });
})`;

/** One start of the mini program: a fresh realm in which modules run. */
export class Realm {
  /**
   * @param now the phone's clock, in milliseconds since 1970.
   * @param timers `{ setTimeout, clearTimeout, setInterval, clearInterval }`.
   * @param log called with `(level, values)` for what the realm's console is told.
   */
  constructor({ now, timers, log }) {
    this.context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
    this.modules = new Map();
    this.run(CLOCK)(this.global, now);
    this.run(STRIP);
    this.parse = this.run('(text) => JSON.parse(text)');
    this.promise = this.run('(executor) => new Promise(executor)');
    const levels = ['debug', 'error', 'info', 'log', 'warn'];
    const console = Object.fromEntries(levels.map((level) => [level, (...values) => log(level, values)]));
    this.define({ ...timers, console: this.object(console) });
  }

  /** The realm's global object. */
  get global() {
    return this.run('this');
  }

  /** Evaluate a script in the realm. */
  run(source, filename = 'mini-program.js') {
    return new vm.Script(source, { filename }).runInContext(this.context);
  }

  /** Give the realm global names. */
  define(values) {
    for (const [name, value] of Object.entries(values)) {
      Object.defineProperty(this.context, name, { value, writable: true, configurable: true });
    }
  }

  /** A copy of a value that JSON can hold, made of the realm's own objects. */
  copy(value) {
    return value === undefined ? undefined : this.parse(JSON.stringify(value));
  }

  /** An object of the realm with these properties, which may be functions. */
  object(values) {
    return Object.assign(this.run('({})'), values);
  }

  /** An ArrayBuffer of the realm with these bytes. */
  bytes(given) {
    const made = this.run('(length) => new Uint8Array(length)')(given.length);
    made.set(given);
    return made.buffer;
  }

  /** An error of the realm. */
  error(message) {
    return this.run('(message) => new Error(message)')(message);
  }

  /** Run a CommonJS file in the realm, once, and return what it exports. Only relative files are found. */
  require(file) {
    const path = resolve(file.endsWith('.js') ? file : `${file}.js`);
    const known = this.modules.get(path);
    if (known) return known.exports;
    const module = this.object({ exports: this.run('({})') });
    this.modules.set(path, module);
    const body = this.run(`(function (require, module, exports) {${readFileSync(path, 'utf8')}\n})`, path);
    body((name) => this.require(this.resolved(name, path)), module, module.exports);
    return module.exports;
  }

  resolved(name, from) {
    if (!name.startsWith('.')) throw this.error(`module '${name}' is not defined`);
    return resolve(dirname(from), name);
  }
}
