// The example's components by themselves: what they show, and what they tell the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { show } from './simulated.mjs';

const { deepEqual, equal } = assert;
const TABS = [
  { value: '', label: '全部' },
  { value: 'pending', label: '待确认' },
];
const GOODS = { name: '开关', model: 'SW-1', price: 199.5, quantity: 3 };
const PRODUCT = { id: 'p1', name: '开关', model: 'SW-1', price: 129, tags: ['热销', '新品'] };
const AFTER_TYPING_MS = 400;

/** A test of its own for each case of a table. */
function cases(rule, table, check) {
  for (const [name, ...values] of table) test(`${rule}: ${name}`, () => check(...values));
}

cases(
  'what is shown',
  [
    ['a price groups thousands', 'price', { amount: 34063.12 }, '¥34,063.12'],
    ['a price of whole yuan has no fen', 'price', { amount: 1680 }, '¥1,680'],
    [
      'a cell has label, note and value',
      'cell',
      { label: '订单号', note: '可复制', value: '2026' },
      '订单号可复制2026',
    ],
    [
      'nothing there, in words',
      'empty',
      { title: '购物车还是空的', action: '去看看' },
      '购物车还是空的去看看',
    ],
    ['nothing there has no button by itself', 'empty', { title: '没有订单' }, '没有订单'],
    ['an error says why', 'error', { text: '没有网络' }, '没有加载出来没有网络重新加载'],
    ['the end of a list', 'list-end', { state: 'end' }, '已经到底了'],
    ['a list that could not go on', 'list-end', { state: 'error' }, '没有加载出来，点此重试'],
    ['more of a list is said by nothing', 'list-end', { state: 'more' }, ''],
    ['goods of an order', 'goods', { item: GOODS }, '开关SW-1¥199.50× 3'],
    ['a card has one tag', 'product-card', { product: PRODUCT }, '热销开关SW-1¥129'],
    ['tabs have a label each', 'tabs', { items: TABS }, '全部待确认'],
    ['a sheet has a title', 'sheet', { title: '订单备注', visible: true }, '订单备注'],
  ],
  (component, properties, expected) => equal(show(component, properties).text(), expected),
);

cases(
  'a tap tells the page',
  [
    ['less of a stepper', 'stepper', { value: 2 }, '.stepper-side', 'change', [{ value: 1 }]],
    ['no less than its least', 'stepper', { value: 1 }, '.stepper-side', 'change', []],
    ['nothing while it is disabled', 'stepper', { value: 2, disabled: true }, '.stepper-side', 'change', []],
    ['a check', 'check', {}, '.check', 'toggle', [undefined]],
    ['no check that is disabled', 'check', { disabled: true }, '.check', 'toggle', []],
    ['a button', 'button', {}, '.button', 'press', [undefined]],
    ['no button that is busy', 'button', { loading: true }, '.button', 'press', []],
    ['no button that is disabled', 'button', { disabled: true }, '.button', 'press', []],
    [
      'the card of a product opens it',
      'product-card',
      { product: PRODUCT },
      '.product',
      'open',
      [{ id: 'p1' }],
    ],
    ['its plus adds it', 'product-card', { product: PRODUCT }, '.product-add', 'add', [{ id: 'p1' }]],
    ['its plus does not open it', 'product-card', { product: PRODUCT }, '.product-add', 'open', []],
    ['beside a sheet', 'sheet', { visible: true }, '.sheet-mask', 'close', [undefined]],
    ['to try a list again', 'list-end', { state: 'error' }, '.end-retry', 'retry', [undefined]],
    ['the chosen tab is chosen', 'tabs', { items: TABS, value: '' }, '.tab', 'change', []],
  ],
  async (component, properties, selector, event, expected) => {
    const shown = show(component, properties, [event]);
    await shown.send(selector);
    deepEqual(
      shown.events,
      expected.map((detail) => [event, detail]),
    );
  },
);

cases(
  'a stepper takes what is typed',
  [
    ['a number', { value: 1 }, '12', [12]],
    ['its most at most', { value: 1, max: 50 }, '99', [50]],
    ['no words', { value: 4 }, '四', []],
  ],
  async (properties, typed, expected) => {
    const shown = show('stepper', properties, ['change']);
    await shown.send('.stepper-value', 'blur', { value: typed });
    deepEqual(
      shown.events,
      expected.map((value) => ['change', { value }]),
    );
  },
);

cases(
  'a skeleton has the shape of what will come',
  [
    ['cards', { kind: 'cards', count: 3 }, '.skeleton-picture', 3],
    ['rows', { kind: 'rows', count: 2 }, '.skeleton-thumb', 2],
    ['a detail page', { kind: 'detail' }, '.skeleton-hero', 1],
  ],
  (properties, selector, expected) =>
    equal(show('skeleton', properties).component.querySelectorAll(selector).length, expected),
);

test('another tab is chosen once', async () => {
  const shown = show('tabs', { items: TABS, value: '' }, ['change']);
  await shown.send('.tab', 'tap', {}, 1);
  await shown.send('.tab', 'tap', {}, 1);
  deepEqual(shown.events, [['change', { value: 'pending' }]]);
});

test('a search is told after a pause in the typing, once, and at once on confirming', async () => {
  const shown = show('search', {}, ['search']);
  for (const value of ['开', '开关 ']) await shown.send('.search-input', 'input', { value });
  deepEqual(shown.events, []);
  await sleep(AFTER_TYPING_MS);
  await shown.send('.search-input', 'confirm', {});
  deepEqual(shown.events, Array(2).fill(['search', { value: '开关' }]));
});

test('a search that is cleared is told', async () => {
  const shown = show('search', { value: '开关' }, ['search']);
  await shown.send('.search-clear');
  deepEqual(shown.events, [['search', { value: '' }]]);
});

test('a price follows its amount', () => {
  const shown = show('price', { amount: 1 });
  shown.component.setData({ amount: 0.07 });
  equal(shown.text(), '¥0.07');
});

test('a toast has the words that the page gives it', () => {
  const shown = show('toast');
  shown.component.instance.show('已加入购物车', 'check');
  equal(shown.text(), '已加入购物车');
  equal(shown.has('.toast-shown'), true);
  shown.component.detach();
});
