/** Components that hold others or a text. */

import { builtin, elementOf, onTap, tapOn, componentOf, tell } from './define.js';
import { px } from '../units.js';

for (const name of [
  'view',
  'cover-view',
  'root-portal',
  'page-container',
  'match-media',
  'movable-area',
  'movable-view',
  'keyboard-accessory',
]) {
  builtin(name);
}
for (const name of ['page-meta', 'navigation-bar', 'ad', 'official-account', 'open-data'])
  builtin(name, { template: null });

builtin('text', { properties: { userSelect: Boolean, selectable: Boolean, space: String, decode: Boolean } });

builtin('navigator', {
  properties: {
    url: String,
    openType: { type: String, value: 'navigate' },
    delta: { type: Number, value: 1 },
    target: String,
  },
  created(self) {
    onTap(self, () => navigate(self.data));
  },
});

const NAVIGATIONS = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
  navigateBack: 'navigateBack',
};

function navigate({ openType, url, delta }) {
  const name = NAVIGATIONS[openType];
  if (name) window.renderer.wx[name]({ url, delta, fail: ({ errMsg }) => console.error(errMsg) });
}

builtin('label', {
  properties: { for: String },
  created(self, element) {
    onTap(self, (event) => {
      const controls = 'wx-switch, wx-checkbox, wx-radio, wx-button, wx-input, wx-textarea';
      if (event.target.$$?.closest?.(controls)) return;
      const named = self.data.for && element.ownerDocument.getElementById(self.data.for);
      const control = named || element.querySelector(controls);
      if (control) tapOn(componentOf(control));
    });
  },
});

builtin('rich-text', {
  properties: { nodes: null, space: String },
  template: null,
  changed(self, element) {
    element.innerHTML =
      typeof self.data.nodes === 'string' ? self.data.nodes : (self.data.nodes ?? []).map(html).join('');
  },
});

function html(node) {
  const text = (value) => String(value ?? '').replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  if (node.type === 'text') return text(node.text);
  const attrs = Object.entries(node.attrs ?? {}).map(([name, value]) => ` ${name}="${text(px(value))}"`);
  return `<${node.name}${attrs.join('')}>${(node.children ?? []).map(html).join('')}</${node.name}>`;
}

builtin('progress', {
  properties: {
    percent: Number,
    strokeWidth: { type: null, value: 6 },
    activeColor: { type: String, value: '#09bb07' },
    backgroundColor: { type: String, value: '#ebebeb' },
    showInfo: Boolean,
  },
  template: null,
  changed({ data }, element) {
    element.innerHTML = '<div><div></div></div>';
    const [bar, done] = element.querySelectorAll('div');
    bar.style.cssText = `flex:1;height:${data.strokeWidth}px;background:${data.backgroundColor}`;
    done.style.cssText = `height:100%;width:${data.percent}%;background:${data.activeColor}`;
    if (data.showInfo) element.append(`${data.percent}%`);
  },
});

builtin('form', {
  methods: {
    submit() {
      const named = [...elementOf(this).querySelectorAll('*')]
        .map(componentOf)
        .filter((field) => field?.fieldValue && field.data.name);
      const value = Object.fromEntries(named.map((field) => [field.data.name, field.fieldValue()]));
      tell(this, 'submit', { value, formId: '' });
    },
    reset() {
      tell(this, 'reset');
    },
  },
});
