// The lines of the client in README.md, bundled into MODULE: whoever copies them has an order.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Phone } from './host/phone.mjs';

const phone = new Phone({ user: `reader-${process.env.USER_NAME}` });
after(() => phone.close());

test('a word, two of the first product that has it, an order', async () => {
  const { buy } = phone.launch().require(process.env.MODULE);
  const order = await buy('开关');
  assert.equal(order.order_status, 'pending');
  assert.equal(order.order_amount, 399);
  const [item] = order.order_snap.items;
  assert.equal(item.prod_list_name, '智能开关面板 三键');
  assert.equal(item.quantity, 2);
});
