// The collection that CONTRIBUTING.md adds, by the client generated with it: tests/cli/test_contributing.py runs it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, loggedIn, same } from './shop.mjs';

const { equal } = assert;

test('a coupon is made, found, changed and deleted', async () => {
  const { api, where } = await loggedIn('coupon-phone');
  const made = await api.coupon_create({ coupon_owner: api.user.openid, coupon_code: 'PHONE', coupon_amount: 9.9 });
  equal(made.coupon_state, 'unused');
  const { items } = await api.coupon_list({ filter: where`coupon_amount >= ${9.9}` });
  same(items.map(({ id }) => id), [made.id]);
  equal((await api.coupon_update(made.id, { coupon_state: 'used' })).coupon_state, 'used');
  await api.coupon_delete(made.id);
  equal((await failureOf(api.coupon_view(made.id))).code, 'not_found');
});
