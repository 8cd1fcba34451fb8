/** The stack of pages: each is an exparser component in a frame of its own, as each has its own web view in WeChat. */

import exparser from 'miniprogram-exparser';
import jComponent from 'j-component';
import builtinCss from './builtin/builtin.css';
import v2Css from './builtin/v2.css';

const REACH_BOTTOM = 50;
const MOST_PAGES = 10;

/** Taps are made of touches. The click that a browser adds would hit what the tap has just put there. */
function withoutClick(event) {
  if (event.cancelable && !event.target.closest('input, textarea')) event.preventDefault();
}

export class Pages {
  /** `units` registers pages and components (units.js of this folder); `chrome` draws around them. */
  constructor({ app, registry, chrome, settingsOf }) {
    Object.assign(this, { app, registry, chrome, settingsOf, stack: [], tabs: new Map() });
  }

  get top() {
    return this.stack.at(-1);
  }

  /** Opens the first page. */
  open(url) {
    this.stack.push(this.create(url));
    this.keepTab();
    this.appear();
  }

  /** Opens a page above the others. */
  push(url, events) {
    if (this.stack.length >= MOST_PAGES) throw new Error(`webview count limit exceed`);
    this.hide(this.top);
    this.stack.push(this.create(url, events));
    this.appear();
    return this.top;
  }

  /** Closes `delta` pages. */
  pop(delta) {
    const closed = this.stack.splice(Math.max(1, this.stack.length - delta));
    closed.reverse().forEach((page) => this.destroy(page));
    if (closed.length > 0) this.appear();
  }

  /** Opens a page in the place of the one on top, or, with `all`, of every page. */
  replace(url, { all = false } = {}) {
    const gone = all ? this.stack.splice(0) : [this.stack.pop()];
    gone.reverse().forEach((page) => this.destroy(page));
    if (all) {
      [...this.tabs.values()].forEach((page) => this.destroy(page));
      this.tabs.clear();
    }
    this.stack.push(this.create(url));
    this.keepTab();
    this.appear();
  }

  keepTab() {
    if (this.chrome.isTab(this.top.path)) this.tabs.set(this.top.path, this.top);
  }

  /** Shows a tab, as it was left. */
  switchTo(path) {
    if (this.top.path === path) return;
    const [first, ...above] = this.stack;
    above.reverse().forEach((page) => this.destroy(page));
    if (this.chrome.isTab(first.path)) this.tabs.set(first.path, first);
    else this.destroy(first);
    if (first.path !== path) this.hide(first);
    if (!this.tabs.has(path)) this.tabs.set(path, this.create(`/${path}`));
    this.stack = [this.tabs.get(path)];
    this.appear();
  }

  create(url, events) {
    const [given, search = ''] = url.split('?');
    const path = given.replace(/^\//, '');
    const options = Object.fromEntries(
      search
        .split('&')
        .filter(Boolean)
        .map((pair) => pair.split('=').map(decodeURIComponent)),
    );
    const id = this.registry.page(path);
    const frame = this.frame();
    const root = jComponent.create(id);
    const page = {
      path,
      options,
      frame,
      root,
      instance: root.instance,
      window: { ...this.settingsOf(path) },
      isReady: false,
    };
    Object.assign(page.instance, { route: path, options, getOpenerEventChannel: () => events });
    this.style(page);
    root.attach(frame.contentDocument.body);
    this.call(page, 'onLoad', options);
    return page;
  }

  frame() {
    const frame = document.createElement('iframe');
    this.chrome.pages.append(frame);
    frame.contentDocument.open();
    frame.contentDocument.write('<!doctype html><html lang="zh-CN"><head></head><body></body></html>');
    frame.contentDocument.close();
    frame.contentDocument.addEventListener('touchend', withoutClick, { capture: true, passive: false });
    return frame;
  }

  style(page) {
    const { path, frame, window: settings } = page;
    const inside = frame.contentDocument;
    const background = this.chrome.themed(settings).backgroundColor ?? 'transparent';
    const variables = `:root{--renderer-safe-bottom:${this.chrome.safeBottom(path)}px;--renderer-safe-top:47px;background:${background}}`;
    for (const text of [
      builtinCss,
      this.app.style === 'v2' ? v2Css : '',
      variables,
      this.registry.css('app'),
      ...this.registry.componentCss(),
      this.registry.css(path),
    ]) {
      inside.head.append(Object.assign(inside.createElement('style'), { textContent: text }));
    }
    frame.contentWindow.addEventListener('scroll', () => this.scrolled(page));
  }

  appear() {
    const page = this.top;
    this.chrome.show({ window: page.window, path: page.path, depth: this.stack.length - 1 });
    page.frame.hidden = false;
    this.call(page, 'onShow');
    this.tellComponents(page, 'show');
    if (page.isReady) return;
    page.isReady = true;
    this.call(page, 'onReady');
  }

  hide(page) {
    if (!page) return;
    page.frame.hidden = true;
    this.call(page, 'onHide');
    this.tellComponents(page, 'hide');
  }

  destroy(page) {
    this.call(page, 'onUnload');
    this.tabs.delete(page.path);
    page.root.detach();
    page.frame.remove();
  }

  /** Calls a page's own function of that name, if it has one. */
  call(page, name, ...values) {
    return page.instance[name]?.(...values);
  }

  tellComponents(page, name) {
    const visit = (node) => {
      if (node instanceof exparser.Component) {
        if (node !== page.root._exparserNode) node.triggerPageLifeTime(name, []);
        if (node.shadowRoot instanceof exparser.Element) visit(node.shadowRoot);
      }
      node.childNodes.forEach((child) => child instanceof exparser.Element && visit(child));
    };
    visit(page.root._exparserNode);
  }

  scrolled(page) {
    const inside = page.frame.contentWindow;
    const { scrollHeight } = inside.document.documentElement;
    this.call(page, 'onPageScroll', { scrollTop: inside.scrollY });
    const isLow =
      inside.scrollY + inside.innerHeight >=
      scrollHeight - (page.window.onReachBottomDistance ?? REACH_BOTTOM);
    if (isLow && !page.wasLow) this.call(page, 'onReachBottom');
    page.wasLow = isLow;
  }
}
