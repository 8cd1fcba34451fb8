/** Draws the phone around a page from app.json: bars, tabs, and WeChat's own toasts, questions and lists. */

import css from './chrome.css';

const SAFE_BOTTOM = 34;
const SIGNS = { success: '✓', error: '×', loading: '◌' };

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export class Chrome {
  /** `app` is app.json with the theme's values put in by `themed`; `switchTab(path)` opens a tab. */
  constructor({ app, themed, switchTab, back }) {
    Object.assign(this, { app, themed, switchTab, back, badges: new Map() });
    document.head.append(Object.assign(element('style'), { textContent: css }));
    this.phone = Object.assign(element('div'), { id: 'phone' });
    this.bar = Object.assign(element('div'), { id: 'bar' });
    this.pages = Object.assign(element('div'), { id: 'pages' });
    this.tabs = Object.assign(element('div'), { id: 'tabs' });
    this.phone.append(this.bar, this.pages, this.tabs, element('div', 'home'));
    document.body.append(this.phone);
  }

  /** Draws the bars for a page: `window` is its settings over app.json's, `depth` the pages below it. */
  show({ window: settings, path, depth }) {
    this.shown = { settings, path, depth };
    this.drawBar(this.themed(settings), depth);
    this.drawTabs(path);
    document.body.style.background = this.themed(settings).backgroundColor ?? '';
  }

  drawBar(settings, depth) {
    const isBlack = (settings.navigationBarTextStyle ?? 'white') === 'black';
    this.bar.dataset.style = settings.navigationStyle ?? 'default';
    this.bar.style.cssText = `background:${settings.navigationBarBackgroundColor ?? '#000'};color:${isBlack ? '#000' : '#fff'}`;
    const capsule = element('div', 'capsule');
    capsule.append(element('i', 'dots'), element('i', 'round'));
    const title = element('div', 'title', settings.navigationBarTitleText ?? '');
    const parts = [element('div', 'time', '9:41'), title, capsule];
    if (depth > 0) parts.push(Object.assign(element('div', 'back'), { onclick: this.back }));
    this.bar.replaceChildren(...parts);
  }

  isTab(path) {
    return (this.app.tabBar?.list ?? []).some(({ pagePath }) => pagePath === path);
  }

  drawTabs(path) {
    this.tabs.hidden = !this.isTab(path);
    if (this.tabs.hidden) return;
    const bar = this.themed(this.app.tabBar);
    this.tabs.style.background = bar.backgroundColor;
    this.tabs.replaceChildren(...bar.list.map((tab, index) => this.tab(this.themed(tab), index, path, bar)));
  }

  tab({ pagePath, text, iconPath, selectedIconPath }, index, path, bar) {
    const isShown = pagePath === path;
    const made = element('div');
    made.style.color = isShown ? bar.selectedColor : bar.color;
    const icon = (isShown && selectedIconPath) || iconPath;
    if (icon) made.append(Object.assign(element('img'), { src: `/app/${icon.replace(/^\//, '')}`, alt: '' }));
    made.append(text);
    if (this.badges.has(index)) made.append(element('b', '', this.badges.get(index)));
    made.onclick = () => this.switchTab(pagePath, { index, text });
    return made;
  }

  /** A badge on a tab, `''` for a red dot, `undefined` for none. */
  setBadge(index, text) {
    if (text === undefined) this.badges.delete(index);
    else this.badges.set(index, text);
    this.drawTabs(this.shown.path);
  }

  /** The room at the bottom of a page that the phone's edge takes. */
  safeBottom(path) {
    return this.isTab(path) ? 0 : SAFE_BOTTOM;
  }

  /** A toast until `hideToast`, or for `duration` ms. */
  toast({ title, icon = 'success', duration = 1500, mask = false }, stays = false) {
    this.hideToast();
    this.toastElement = element('div', 'toast');
    this.toastElement.dataset.icon = icon;
    if (SIGNS[icon]) this.toastElement.append(element('span', 'sign', SIGNS[icon]));
    this.toastElement.append(title);
    if (mask) this.toastElement.dataset.mask = '';
    this.phone.append(this.toastElement);
    if (!stays) this.toastTimer = setTimeout(() => this.hideToast(), duration);
  }

  hideToast() {
    clearTimeout(this.toastTimer);
    this.toastElement?.remove();
  }

  /** Asks a question; resolves to `{ confirm, cancel, content }`. */
  modal({
    title = '',
    content = '',
    showCancel = true,
    cancelText = '取消',
    confirmText = '确定',
    confirmColor,
    editable,
    placeholderText,
  }) {
    const box = element('div', 'modal');
    const field = element('textarea');
    field.placeholder = placeholderText ?? '';
    field.value = editable ? content : '';
    const text = editable ? field : element('p', '', content);
    if (title) box.append(element('h3', '', title));
    box.append(text);
    return this.ask(box, (answer) => {
      const footer = element('footer');
      const button = (label, confirm) =>
        Object.assign(element('button', '', label), {
          onclick: () => answer({ confirm, cancel: !confirm, content: field.value }),
        });
      const confirm = button(confirmText, true);
      if (confirmColor) confirm.style.color = confirmColor;
      footer.append(...(showCancel ? [button(cancelText, false)] : []), confirm);
      box.append(footer);
    });
  }

  /** A list at the bottom; resolves to the index that was tapped, -1 for none. */
  sheet(texts, { title = '', color } = {}) {
    const box = element('div', 'sheet');
    if (title) box.append(element('header', '', title));
    return this.ask(box, (answer) => {
      const button = (label, index, className) =>
        Object.assign(element('button', className, label), { onclick: () => answer(index) });
      const items = texts.map((text, index) => button(text, index));
      if (color) items.forEach((item) => (item.style.color = color));
      box.append(...items, button('取消', -1, 'cancel'));
    });
  }

  ask(box, fill) {
    const mask = element('div', 'mask');
    mask.append(box);
    this.phone.append(mask);
    return new Promise((resolve) => {
      fill((answer) => {
        mask.remove();
        resolve(answer);
      });
    });
  }
}
