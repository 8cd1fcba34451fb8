// The page of docs/quick-start.md, bundled into the file SCRIPT: what it holds after each tap.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { Phone } from './host/phone.mjs';

const { deepEqual, equal, match } = assert;
const { DATABASE, SCRIPT } = process.env;
const SWITCH = 'p9x2c5v8b1n4m7q'; // 199.50 yuan
const phone = new Phone({ user: 'nobody' }); // the page logs in as demo-xiaobai by itself
after(() => phone.close());

/** The page as the mini program holds it: what `Page` was given, with `setData`. */
function opened() {
  const realm = phone.launch();
  let page;
  realm.define({
    Page(definition) {
      page = definition;
      page.setData = (changed) => Object.assign(page.data, changed);
    },
  });
  realm.require(SCRIPT);
  return page;
}

function tapOn(id) {
  return { currentTarget: { dataset: { id } } };
}

/** Change the price of a product, as the operator would. */
function reprice(fen) {
  const change = `import sqlite3; c = sqlite3.connect(r'${DATABASE}', timeout=10); `
    + `c.execute("UPDATE tbl_product_list SET prod_list_basic_price = ${fen} WHERE id = '${SWITCH}'"); c.commit()`;
  execFileSync('python3', ['-c', change]);
}

const page = opened();

test('it logs in and shows ten products with their pictures', async () => {
  await page.onLoad();
  deepEqual(phone.shown, []);
  equal(page.data.goods.length, 10);
  const [first] = page.data.goods;
  deepEqual([first.id, first.name, first.price], [SWITCH, '智能开关面板 三键', '199.50']);
  match(first.picture, /\/pb\/api\/files\/tbl_attachments\/.*\.png\?thumb=200x200$/);
  equal((await fetch(first.picture)).status, 200);
  deepEqual([page.data.lines.length, page.data.total], [0, '0.00']);
});

test('a tap puts a product into the cart, another tap one more', async () => {
  await page.add(tapOn(SWITCH));
  await page.add(tapOn(SWITCH));
  const [line] = page.data.lines;
  deepEqual([page.data.lines.length, line.cart_product_quantity, page.data.total], [1, 2, '399.00']);
});

test('a changed amount is asked about; the answer decides', async () => {
  const asked = [];
  phone.answerModal = ({ content }) => {
    asked.push(content);
    return { confirm: asked.length > 1, cancel: asked.length <= 1 };
  };
  reprice(20950);
  await page.order();
  deepEqual([asked, page.data.orderNumber], [['现在是 419 元，仍要下单吗？'], '']);
  await page.order();
  reprice(19950);
  equal(asked.length, 2);
  match(page.data.orderNumber, /^\d{24}$/);
  deepEqual([page.data.lines.length, page.data.total], [0, '0.00']);
});

test('a failure is told in Chinese', async () => {
  const told = phone.shown.length;
  await page.order();
  equal(phone.shown.length, told + 1);
  match(JSON.stringify(phone.shown.at(-1)), /[一-龥]/);
});
