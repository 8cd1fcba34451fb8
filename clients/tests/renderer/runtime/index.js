/**
 * The renderer in the browser: it runs the app that compile.mjs made, on `window.renderer` for whoever drives it.
 *
 * `renderer.idle()` resolves when nothing is asked for any more, every picture is there and nothing moves; `renderer.pages.top` is the page that is shown.
 */

import './builtin/index.js';
import { Chrome } from './chrome.js';
import { createLoader } from './modules.js';
import { install } from './nodes.js';
import { Pages } from './pages.js';
import { Registry } from './registry.js';
import { Storage } from './storage.js';
import { createWx } from './wx.js';

const QUIET_MS = 120;

class Renderer {
  /** `compiled` is compile.mjs's value, `options` is `{ path, baseUrl, origins, phone }` of the server. */
  constructor(compiled, options) {
    Object.assign(this, { compiled, options, recorded: [], asked: 0, storage: new Storage() });
    this.bridge = this.bridge.bind(this);
  }

  start() {
    install();
    const { app, units, wxss } = this.compiled;
    const switchTab = (path, tab) => this.tapTab(path, tab);
    this.chrome = new Chrome({
      app,
      themed: (value) => this.themed(value),
      switchTab,
      back: () => this.pages.pop(1),
    });
    window.__webview_engine_version__ = 0.02; // what wcc's script asks for
    const templates = new Function(`${this.compiled.wxml}\nreturn $gwx`)();
    this.registry = new Registry({ units, wxss, templates, load: (path) => this.loader.load(path) });
    const settingsOf = (path) => ({ ...app.window, ...units[path].json });
    this.pages = new Pages({ app, registry: this.registry, chrome: this.chrome, settingsOf });
    this.wx = createWx(this);
    this.loader = createLoader(this.compiled.modules, this.globals());
    this.launch();
  }

  globals() {
    const App = (definition) => (this.app = definition);
    const getApp = () => this.app;
    const getCurrentPages = () => this.pages.stack.map(({ instance }) => instance);
    return { wx: this.wx, App, getApp, getCurrentPages, ...this.registry.globals };
  }

  launch() {
    this.app = {};
    if (this.loader.has('app')) this.loader.load('app');
    const [path, search = ''] = this.options.path.split('?');
    const launched = { path, query: Object.fromEntries(new URLSearchParams(search)), scene: 1001 };
    this.app.onLaunch?.(launched);
    this.app.onShow?.(launched);
    this.pages.open(`/${this.options.path}`);
  }

  tapTab(path, { index, text }) {
    this.pages.switchTo(path);
    this.pages.call(this.pages.top, 'onTabItemTap', { index, text, pagePath: path });
  }

  /** app.json's values, those that begin with `@` taken from theme.json. */
  themed(value) {
    const theme =
      this.compiled.theme[matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'] ?? {};
    const look = (text) => (typeof text === 'string' && text.startsWith('@') ? theme[text.slice(1)] : text);
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, look(text)]));
  }

  unitOf(node) {
    return this.registry.pathOf(node);
  }

  prefixOf(node) {
    return this.registry.prefixOf(node);
  }

  /** An address of the app as the browser can load it: the server of this test stands in for the app's own. */
  mapUrl(url) {
    if (/^http:\/\/(tmp|usr)\//.test(url) || url.startsWith('wxfile://'))
      return `/temporary?path=${encodeURIComponent(url)}`;
    const found = Object.keys(this.options.origins).find((origin) => url.startsWith(origin));
    return found ? this.options.origins[found] + url.slice(found.length) : url;
  }

  /** Calls clients/tests/host's `wx[name]` in the renderer's server. */
  async bridge(name, given) {
    const options = given.url ? { ...given, url: this.mapUrl(given.url) } : given;
    this.asked += 1;
    try {
      const answer = await fetch(`/wx/${name}`, { method: 'POST', body: JSON.stringify(options) });
      const { result, failure } = await answer.json();
      if (failure) throw Object.assign(new Error(failure.errMsg), failure);
      return result;
    } finally {
      this.asked -= 1;
    }
  }

  async idle() {
    let since = Date.now();
    while (Date.now() - since < QUIET_MS) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (!this.isQuiet()) since = Date.now();
    }
  }

  isQuiet() {
    const pictures = [...this.pages.top.frame.contentDocument.images, ...document.images].filter((each) =>
      each.hasAttribute('src'),
    );
    return this.asked === 0 && pictures.every((each) => each.complete) && !this.isMoving();
  }

  /** Whether a part of the page, such as a sheet, is on its way: a finger would miss it. Spinners turn for ever. */
  isMoving() {
    const animations = this.pages.top.frame.contentDocument.getAnimations();
    return animations.some((each) => each.playState === 'running' && each.effect.getTiming().iterations !== Infinity);
  }
}

window.renderer = new Renderer(window.compiledApp, window.rendererOptions);
window.renderer.start();
