// What the example's pages of cart, orders, profile and company work out, before anything is drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const EXAMPLE = fileURLToPath(new URL('../example/', import.meta.url));
const CLIENT = fileURLToPath(new URL('../miniprogram/src/index.ts', import.meta.url));

const MODULES = {
  cart: 'pages/cart/cart-view',
  saver: 'pages/cart/quantity-saver',
  company: 'pages/company/company-form',
  draft: 'pages/checkout/draft',
  errors: 'bai-wx-miniprogram',
  me: 'pages/me/me-view',
  order: 'pages/order/order-view',
  profile: 'pages/profile/profile-form',
};

/** The modules as the mini program has them, the client's own beside them. */
async function load() {
  const lines = Object.entries(MODULES).map(([name, path]) => {
    const from = path.startsWith('pages/') ? `./${path}` : path;
    return `export * as ${name} from '${from}';`;
  });
  const built = await build({
    stdin: { contents: lines.join('\n'), resolveDir: EXAMPLE, loader: 'ts' },
    alias: { 'bai-wx-miniprogram': CLIENT },
    bundle: true,
    format: 'esm',
    target: 'es2018',
    write: false,
  });
  const text = Buffer.from(built.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${text}`);
}

const { cart, saver, company, draft, errors, me, order, profile } = await load();

const { deepEqual, equal } = assert;
const absolute = (path) => `https://shop.example.com${path}`;

const PRODUCT = {
  prod_list_id: 'P-1',
  prod_list_name: '智能开关面板',
  prod_list_modelnumber: 'BLV-SW-03',
  prod_list_basic_price: 199.5,
  prod_list_status: 'on_sale',
  prod_list_icon_url: '/pb/api/files/a.png',
};

/** A line of the cart; `price` is what the product costs now. */
function line(id, { group = '', price = 199.5, before = price, quantity = 1, status = 'on_sale' } = {}) {
  return {
    cart_id: id,
    cart_number: group || '202611280030401492386399',
    cart_product_id: `product-${id}`,
    cart_product_quantity: quantity,
    cart_at_price: before,
    cart_remark: '',
    product_name: PRODUCT.prod_list_name,
    product_modelnumber: PRODUCT.prod_list_modelnumber,
    product_basic_price: price,
    product: { ...PRODUCT, prod_list_basic_price: price, prod_list_status: status },
  };
}

const GONE = { ...line('gone'), product: null, product_name: '', product_modelnumber: '', product_basic_price: 0 };

/** A test of its own for each case of a table. */
function cases(rule, table, check) {
  for (const [name, ...values] of table) test(`${rule}: ${name}`, () => check(...values));
}

cases(
  'groups of the cart',
  [
    ['none', [], []],
    ['a number of the server is no name', [line('a'), line('b')], [['未分组', 'a', 'b']]],
    [
      'named ones first, in the order of their newest lines',
      [line('a'), line('b', { group: '卧室' }), line('c', { group: '客厅' }), line('d', { group: '卧室' })],
      [['卧室', 'b', 'd'], ['客厅', 'c'], ['未分组', 'a']],
    ],
  ],
  (lines, expected) => {
    const { groups } = cart.viewCart(lines, [], absolute);
    deepEqual(groups.map((group) => [group.name, ...group.lines.map((each) => each.id)]), expected);
  },
);

cases(
  'total of what is chosen',
  [
    ['nothing', [line('a')], [], 0],
    ['prices of now, not of then', [line('a', { price: 120, before: 99, quantity: 2 })], ['a'], 240],
    ['whole fen: 0.1 × 3', [line('a', { price: 0.1, quantity: 3 })], ['a'], 0.3],
    ['without what is off sale', [line('a'), line('b', { status: 'off_sale' })], ['a', 'b'], 199.5],
    ['without what was deleted', [GONE], ['gone'], 0],
    ['without an id that is gone', [line('a')], ['a', 'z'], 199.5],
  ],
  (lines, chosen, total) => equal(cart.viewCart(lines, chosen, absolute).total, total),
);

cases(
  'dearer since it was added',
  [
    ['the same', { price: 99 }, 0],
    ['dearer', { price: 120.3, before: 100.1 }, 20.2],
    ['cheaper', { price: 99, before: 100.5 }, -1.5],
    ['off sale: of no interest', { price: 99, before: 100, status: 'off_sale' }, 0],
  ],
  (values, expected) => {
    const [group] = cart.viewCart([line('a', values)], [], absolute).groups;
    equal(group.lines[0].dearerBy, expected);
  },
);

cases(
  'ticks',
  [
    ['a tap chooses', ['a'], ['b'], ['a', 'b']],
    ['a second tap takes it back', ['a', 'b'], ['b'], ['a']],
    ['a group that is chosen in part becomes whole', ['a'], ['a', 'b'], ['a', 'b']],
    ['a whole group is taken back', ['a', 'b', 'c'], ['a', 'b'], ['c']],
  ],
  (chosen, tapped, expected) => deepEqual(cart.toggle(chosen, tapped), expected),
);

test('a group with a line that is off sale is chosen when the others are', () => {
  const lines = [line('a', { group: '客厅' }), line('b', { group: '客厅', status: 'off_sale' })];
  const view = cart.viewCart(lines, ['a'], absolute);
  equal(view.groups[0].isChosen, true);
  equal(view.isAllChosen, true);
  deepEqual(cart.availableIds(view, '客厅'), ['a']);
});

cases(
  'names of groups',
  [
    ['a room', ' 客厅 ', ''],
    ['none', '  ', ''],
    ['too long', '长'.repeat(65), '分组名称不能超过 64 个字'],
    ['the heading of lines without a group', '未分组', '请换一个分组名称'],
    ['like a number of the server', '202611280030401492386399', '请换一个分组名称'],
  ],
  (name, expected) => equal(cart.refuseGroupName(name), expected),
);

test('of many taps on a stepper the last quantity is sent, and a line that failed is told', async () => {
  const sent = [];
  const failed = [];
  const quantities = saver.createQuantitySaver(
    async (id, quantity) => {
      sent.push([id, quantity]);
      if (id === 'b') throw new Error('refused');
    },
    (error) => failed.push(error.message),
  );
  quantities.put('a', 2);
  quantities.put('a', 3);
  quantities.put('b', 9);
  await quantities.flush();
  quantities.put('a', 4);
  await quantities.flush();
  deepEqual(sent, [['a', 3], ['b', 9], ['a', 4]]);
  deepEqual(failed, ['refused']);
});

test('an order of cart lines names the lines that are on sale and the sum that was seen', () => {
  const lines = [line('a', { quantity: 2 }), line('b', { status: 'off_sale' }), line('c')];
  const made = draft.draftOfCart(['a', 'b'], lines, absolute);
  deepEqual(made.missing, ['智能开关面板']);
  deepEqual(draft.orderBody(made, made.total, ' 周末送货 '), {
    order_amount: 399,
    order_remark: '周末送货',
    order_source: 'cart',
    cart_ids: ['a'],
  });
});

test('an order of a product names it by its business id', () => {
  const item = { id: 'P-1', name: '', model: '', pictureUrl: '', price: 69.9, quantity: 3 };
  const made = draft.draftOfProducts([item]);
  deepEqual(draft.orderBody(made, made.total, ''), {
    order_amount: 209.7,
    order_remark: '',
    order_source: 'product',
    items: [{ prod_list_id: 'P-1', quantity: 3 }],
  });
});

/** A refusal as the client makes it. */
const refusal = (code, data = {}) => Object.assign(new errors.ApiError(code), { status: 409, code, fields: {}, data });

cases(
  'the new amount',
  [
    ['of the refusal', refusal('amount_changed', { order_amount: 420 }), 420],
    ['of another refusal: none', refusal('cart_already_ordered'), undefined],
    ['of anything else: none', new TypeError('x'), undefined],
  ],
  (error, expected) => equal(draft.changedAmount(error), expected),
);

test('the question about a changed amount names the goods whose price changed', () => {
  const before = draft.draftOfCart(['a', 'b'], [line('a'), line('b')], absolute);
  const after = draft.draftOfCart(['a', 'b'], [line('a', { price: 210 }), line('b')], absolute);
  deepEqual(draft.priceChanges(before, after), [{ name: '智能开关面板', before: 199.5, after: 210 }]);
});

/** An order of `count` products. */
function orderOf(status, count = 1) {
  const items = Array.from({ length: count }, (_, i) => ({
    prod_list_id: `P-${i}`,
    prod_list_name: `产品 ${i}`,
    prod_list_modelnumber: '',
    quantity: 2,
    at_price: 10,
    subtotal: 20,
  }));
  return {
    order_id: 'O-1',
    order_number: '2026112800',
    order_create: '2026-11-27 16:30:40.149Z',
    order_source: 'cart',
    order_status: status,
    order_amount: 20 * count,
    order_remark: '',
    order_snap: { items, total: 20 * count },
  };
}

cases(
  'what may be done with an order',
  [
    ['pending', 'pending', { cancel: true, remark: true, remove: true }],
    ['confirmed', 'confirmed', { cancel: false, remark: false, remove: false }],
    ['completed', 'completed', { cancel: false, remark: false, remove: true }],
    ['cancelled', 'cancelled', { cancel: false, remark: false, remove: true }],
  ],
  (status, expected) => {
    const view = order.viewOrder(orderOf(status), {});
    deepEqual({ cancel: view.canCancel, remark: view.canEditRemark, remove: view.canDelete }, expected);
  },
);

test('a card of an order shows two products and counts all', () => {
  const view = order.viewOrder(orderOf('pending', 5), { 'P-0': 'https://shop.example.com/a.png' });
  equal(view.firstItems.length, 2);
  equal(view.firstItems[0].pictureUrl, 'https://shop.example.com/a.png');
  deepEqual([view.kinds, view.pieces, view.amount], [5, 10, 100]);
  deepEqual(order.productIdsOfCards([orderOf('pending', 5), orderOf('pending', 1)]), ['P-0', 'P-1']);
});

test('an order without a snapshot, from an import say, has a page too', () => {
  const view = order.viewOrder({ ...orderOf('completed'), order_snap: null }, {});
  deepEqual([view.items, view.pieces], [[], 0]);
});

test('the tab for all orders sends the empty status', () => {
  deepEqual(order.TABS.map((tab) => tab.value), ['', 'pending', 'confirmed', 'completed', 'cancelled']);
  deepEqual(['', 'pending', 'toString'].map((text) => order.isStatus(text)), [false, true, false]);
});

cases(
  'credit codes',
  [
    ['of the demo shop', '91440300MA5GWX013E', true],
    ['small letters', '91440300ma5gwx013e', true],
    ['a wrong check digit', '91440300MA5GWX013F', false],
    ['two digits changed places', '91440300MA5GWX031E', false],
    ['a letter that is not in the alphabet', '91440300MA5GWXO13E', false],
    ['too short', '91440300MA5GWX013', false],
  ],
  (code, expected) => equal(company.isCreditCode(code), expected),
);

cases(
  'the form of a company',
  [
    ['a name is enough', { company_name: '百益' }, {}],
    ['without a name', { company_name: ' ' }, { company_name: '请填写企业名称' }],
    ['a bad postal code', { company_name: '百益', company_postalcode: '5180' }, { company_postalcode: '邮政编码为 6 位数字' }],
  ],
  (values, wrong) => deepEqual(company.refuseCompany({ ...company.EMPTY_FORM, ...values }), wrong),
);

test('a municipality is named once in an address', () => {
  const address = { company_province: '上海市', company_city: '上海市', company_district: '徐汇区', company_add: '漕河泾 1 号' };
  equal(company.addressOf(address), '上海市 徐汇区 漕河泾 1 号');
});

cases(
  'what the profile sends',
  [
    ['nothing where nothing changed', { name: '小白', phone: '' }, {}],
    ['the name', { name: ' 小黑 ', phone: '' }, { users_name: '小黑' }],
    ['a phone', { name: '小白', phone: '13800138000' }, { users_phone: '13800138000' }],
  ],
  (form, expected) => deepEqual(profile.changesOf(form, { users_name: '小白', users_phone: '' }), expected),
);

cases(
  'the form of the profile',
  [
    ['complete', { name: '小白', phone: '13800138000' }, ''],
    ['a number of Hong Kong', { name: '小白', phone: '+85291234567' }, ''],
    ['no name', { name: ' ', phone: '' }, '请填写昵称'],
    ['no phone', { name: '小白', phone: '12' }, '手机号格式不正确'],
  ],
  (form, expected) => equal(profile.refuseProfile(form), expected),
);

cases(
  'what a profile lacks',
  [
    ['name and picture', { users_name: '小白', users_picture: 'A-1' }, ''],
    ['no picture', { users_name: '小白', users_picture: '' }, '头像'],
    ["WeChat's name for nobody", { users_name: '微信用户', users_picture: 'A-1' }, '昵称'],
    ['both', { users_name: '', users_picture: '' }, '头像与昵称'],
  ],
  (user, expected) => equal(profile.missingOf(user), expected),
);

test('a guest has a page of their own', () => {
  deepEqual([me.viewUser(null, absolute).isLoggedIn, me.viewUser(null, absolute).name], [false, '']);
});
