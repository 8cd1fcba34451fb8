// What the example's pages of products and documents work out, and ask of the real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadExample } from './example.mjs';

const { api, document, documents, format, pagers, product, products } = await loadExample({
  api: 'utils/api',
  document: 'pages/document/document-view',
  documents: 'pages/documents/documents-view',
  format: 'utils/format',
  pagers: 'utils/pager',
  product: 'pages/product/product-view',
  products: 'pages/products/products-view',
});

const { deepEqual, equal } = assert;
const SWITCH = 'p9x2c5v8b1n4m7q';
const EVERYTHING = { word: '', plan: '', category: '' };

/** The realm's arrays and objects as ours, so that they can be compared. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

/** A test of its own for each case of a table. */
function cases(rule, table, check) {
  for (const [name, ...values] of table) test(`${rule}: ${name}`, () => check(...values));
}

cases(
  'parts of a price',
  [
    ['whole yuan have no fen', 1680, { whole: '1,680', fraction: '' }],
    ['fen have two digits', 199.5, { whole: '199', fraction: '.50' }],
    ['less than a yuan', 0.07, { whole: '0', fraction: '.07' }],
    ['a sum that JavaScript cannot hold', 0.1 + 0.2, { whole: '0', fraction: '.30' }],
    ['millions', 9999999.99, { whole: '9,999,999', fraction: '.99' }],
  ],
  (yuan, expected) => deepEqual(plain(format.moneyParts(yuan)), expected),
);

cases(
  'sizes',
  [
    ['bytes', 820, '820 B'],
    ['kilobytes', 2048, '2 KB'],
    ['megabytes', 2.4 * 1024 * 1024, '2.4 MB'],
  ],
  (bytes, expected) => equal(format.formatBytes(bytes), expected),
);

cases(
  'days',
  [
    ['none', '', ''],
    ['of a time of the server', '2026-11-20 11:00:00.000Z', '2026-11-20'],
  ],
  (time, expected) => equal(format.dayOf(time), expected),
);

cases(
  'searching products',
  [
    ['everything on sale', {}, 10],
    ['by name', { word: '温控' }, 2],
    ['by model', { word: 'BLV-SW' }, 2],
    ['by tag', { word: '节能' }, 2],
    ['by category', { category: '开关面板' }, 4],
    ['by plan', { plan: '智慧住宅' }, 4],
    ['by all of them', { word: '三键', plan: '酒店客控', category: '开关面板' }, 1],
    ['a wildcard is a letter', { word: '%' }, 0],
    ['a quote is a letter', { word: "' || 1=1 || '" }, 0],
    ['a backslash is a letter', { word: '\\' }, 0],
  ],
  async (search, expected) => {
    const filter = products.filterOf({ ...EVERYTHING, ...search });
    equal((await api.api.product_list({ filter })).totalItems, expected);
  },
);

cases(
  'sorting products',
  products.SORTS.map(({ value, label }) => [label, value]),
  async (sort) => equal((await api.api.product_list({ sort })).items.length, 10),
);

test('choices are what there are products for', () => {
  const kinds = [
    { plan: '酒店客控', category: '开关面板' },
    { plan: '酒店客控', category: '温控器' },
    { plan: '智慧住宅', category: '传感器' },
    { plan: '', category: '开关面板' },
  ];
  const labels = (choices) => choices.map((choice) => choice.label);
  deepEqual(plain(labels(products.planChoices(kinds))), ['全部', '酒店客控', '智慧住宅']);
  deepEqual(plain(labels(products.categoryChoices(kinds, ''))), ['全部分类', '开关面板', '温控器', '传感器']);
  deepEqual(plain(labels(products.categoryChoices(kinds, '智慧住宅'))), ['全部分类', '传感器']);
});

test('a product of the shop, as its page shows it', async () => {
  const view = product.viewOf(await api.api.product_view(SWITCH, { expand: 'prod_list_icon' }));
  const { picture, groups, facts, ...rest } = plain(view);
  deepEqual(groups.map(({ name, parameters }) => [name, parameters.length]), [['电气', 2], ['结构', 1]]);
  deepEqual(groups[0].parameters[0], { name: '额定电压', text: '220 V' });
  deepEqual(facts.map((fact) => fact.name), ['分类', '系列', '方案', '通讯', '条码']);
  deepEqual([rest.price, rest.tags, rest.functions], [199.5, ['热销', '新品'], ['场景联动', '断电记忆']]);
  equal((await fetch(picture)).headers.get('content-type'), 'image/png');
});

cases(
  'parameters',
  [
    ['none', [], []],
    ['in groups, sorted', [
      { name: 'b', value: '2', category: 'X', sort: 2 },
      { name: 'c', value: true, category: 'Y', sort: 3 },
      { name: 'a', value: 1, unit: 'm', category: 'X', sort: 1 },
    ], [['X', 'a=1 m', 'b=2'], ['Y', 'c=支持']]],
    ['without a group, value or sort', [{ name: 'a', value: null }, { name: 'b' }], [['其他', 'a=—', 'b=—']]],
  ],
  (given, expected) => {
    const groups = plain(product.groupsOf(given));
    const shown = groups.map(({ name, parameters }) => [name, ...parameters.map((p) => `${p.name}=${p.text}`)]);
    deepEqual(shown, expected);
  },
);

cases(
  'functions',
  [
    ['a list of texts', ['场景联动'], ['场景联动']],
    ['a list with other things', ['场景联动', 3, {}], ['场景联动']],
    ['another JSON', { a: 1 }, []],
    ['none', null, []],
  ],
  (given, expected) => deepEqual(plain(product.functionsOf(given)), expected),
);

cases(
  'searching documents',
  [
    ['everything in effect', {}, 3],
    ['by title', { word: '说明' }, 1],
    ['by keyword', { word: '节能' }, 1],
    ['by type', { type: '手册' }, 1],
    ['by an unknown type', { type: '合同' }, 0],
  ],
  async (search, expected) => {
    const filter = documents.filterOf({ word: '', type: '', ...search });
    equal((await api.api.document_list({ filter })).totalItems, expected);
  },
);

cases(
  'types of documents',
  [
    ['no dictionary', undefined, ['全部']],
    ['joined by bars', ['a|b', '甲|乙', '1|1', '2|1'], ['全部', '乙', '甲']],
    ['as JSON', ['["a","b"]', '["甲","乙"]', '[true,true]', '[1,2]'], ['全部', '甲', '乙']],
    ['one is switched off', ['a|b', '甲|乙', '1|0', '1|2'], ['全部', '甲']],
    ['without words and order', ['a|b', '', '', ''], ['全部', 'a', 'b']],
  ],
  (stored, expected) => {
    const [values, words, enabled, order] = stored ?? [];
    const dictionary = stored && {
      dict_word_enum: values,
      dict_word_description: words,
      dict_word_is_enabled: enabled,
      dict_word_sort_order: order,
    };
    deepEqual(plain(documents.typeChoices(dictionary).map((choice) => choice.label)), expected);
  },
);

test('the expired document is marked', async () => {
  const page = await api.api.document_list({ expand: 'document_images' });
  const cards = plain(page.items.map(documents.cardOf));
  deepEqual(cards.filter((card) => card.isExpired).map((card) => card.title), ['国庆促销公告']);
});

cases(
  'HTML of a document',
  [
    ['gets our spacing', '<p>a</p>', '<p style="margin:0 0 .8em">a</p>'],
    ['keeps its own', '<p style="color:red">a</p>', '<p style="color:red">a</p>'],
    ['keeps attributes', '<img src="a.png">', '<img style="max-width:100%;height:auto;border-radius:8px" src="a.png">'],
    ['other tags are left alone', '<pre>a</pre><b>c</b>', '<pre>a</pre><b>c</b>'],
  ],
  (html, expected) => equal(document.styled(html), expected),
);

/** A pager over pages of rows; `answer` decides what a page holds, and when. */
function pagerOf(answer) {
  const shown = [];
  const pager = pagers.createPager({
    load: answer,
    view: (row) => row,
    show: (list) => shown.push(plain(list)),
    messageOf: (error) => error.message,
  });
  const ids = () => shown.at(-1).items.map((item) => item.id).join('');
  return { pager, shown, ids, last: () => shown.at(-1) };
}

function pageOf(letters, page, totalPages) {
  return { items: [...letters].map((id) => ({ id })), page, totalPages, totalItems: 9 };
}

test('pages follow each other until the last one', async () => {
  const asked = [];
  const { pager, ids, last } = pagerOf(async (page) => {
    asked.push(page);
    return pageOf(page === 1 ? 'ab' : 'cd', page, 2);
  });
  await pager.restart();
  equal(last().end, 'more');
  await Promise.all([pager.next(), pager.next()]);
  await pager.next();
  deepEqual([asked, ids(), last().end], [[1, 2], 'abcd', 'end']);
});

test('a row that moved to the next page is shown once', async () => {
  const { pager, ids } = pagerOf(async (page) => pageOf(page === 1 ? 'ab' : 'bc', page, 2));
  await pager.restart();
  await pager.next();
  equal(ids(), 'abc');
});

test('what a superseded search is answered later is dropped', async () => {
  const answers = [];
  const { pager, ids } = pagerOf(() => new Promise((resolve) => answers.push(resolve)));
  const first = pager.restart();
  const second = pager.restart();
  answers[1](pageOf('new', 1, 1));
  await second;
  answers[0](pageOf('old', 1, 1));
  await first;
  equal(ids(), 'new');
});

test('a first page that cannot be had is an error; a later one leaves what there is', async () => {
  let isDown = true;
  const { pager, ids, last } = pagerOf(async (page) => {
    if (isDown) throw new Error('网络连接失败');
    return pageOf(page === 1 ? 'ab' : 'cd', page, 2);
  });
  await pager.restart();
  deepEqual([last().state, last().errorText], ['error', '网络连接失败']);
  isDown = false;
  await pager.restart();
  isDown = true;
  await pager.next();
  deepEqual([last().state, last().end, ids()], ['ready', 'error', 'ab']);
  isDown = false;
  await pager.next();
  deepEqual([last().end, ids()], ['end', 'abcd']);
});

test('pulling to refresh keeps the list until the new one is there', async () => {
  const { pager, shown } = pagerOf(async () => pageOf('ab', 1, 1));
  await pager.restart();
  await pager.restart(true);
  deepEqual(shown.map((list) => list.items.length), [0, 2, 2]);
});
