/** What the user is about to order, before it is an order: goods, sum and the body of the request. */

import { ApiError } from 'bai-wx-miniprogram';
import type { CartRecord } from 'bai-wx-miniprogram';

import { isAvailable, totalOf } from '../cart/cart-view';

export interface DraftItem {
  /** `cart_id` of a line, or `prod_list_id` of a product that is bought directly. */
  id: string;
  name: string;
  model: string;
  pictureUrl: string;
  /** Yuan a piece, now. */
  price: number;
  quantity: number;
}

export interface Draft {
  source: 'cart' | 'product';
  items: DraftItem[];
  /** Yuan. */
  total: number;
  pieces: number;
  /** Names of what was asked for and cannot be ordered any more. */
  missing: string[];
}

export interface PriceChange {
  name: string;
  /** Yuan a piece. */
  before: number;
  after: number;
}

/** The draft of cart lines. `ids` are `cart_id`s; `lines` the active lines of the cart. */
export function draftOfCart(
  ids: readonly string[],
  lines: readonly CartRecord[],
  absolute: (path: string) => string,
): Draft {
  const asked = lines.filter((line) => ids.includes(line.cart_id));
  const items = asked.filter(isAvailable).map((line) => itemOf(line, absolute));
  return draftOf('cart', items, asked.filter((line) => !isAvailable(line)).map((line) => line.product_name));
}

/** The draft of products bought directly. */
export function draftOfProducts(items: DraftItem[]): Draft {
  return draftOf('product', items, []);
}

/** The body of `order_create`. The sum sent along is what the user has seen: the server refuses another. */
export function orderBody(draft: Draft, amount: number, remark: string) {
  const common = { order_amount: amount, order_remark: remark.trim() };
  if (draft.source === 'cart') {
    return { ...common, order_source: 'cart', cart_ids: draft.items.map((item) => item.id) };
  }
  const items = draft.items.map((item) => ({ prod_list_id: item.id, quantity: item.quantity }));
  return { ...common, order_source: 'product', items };
}

/** The sum that the server names when it refuses the one sent along, in yuan; else undefined. */
export function changedAmount(error: unknown): number | undefined {
  if (!(error instanceof ApiError) || error.code !== 'amount_changed') return undefined;
  const { order_amount: amount } = (error.data ?? {}) as { order_amount?: unknown };
  return typeof amount === 'number' ? amount : undefined;
}

/** The goods whose price is another than before. */
export function priceChanges(before: Draft, after: Draft): PriceChange[] {
  return after.items.reduce<PriceChange[]>((changes, item) => {
    const old = before.items.find((each) => each.id === item.id);
    if (!old || old.price === item.price) return changes;
    return [...changes, { name: item.name, before: old.price, after: item.price }];
  }, []);
}

function draftOf(source: Draft['source'], items: DraftItem[], missing: string[]): Draft {
  const pieces = items.reduce((sum, item) => sum + item.quantity, 0);
  return { source, items, total: totalOf(items), pieces, missing };
}

function itemOf(line: CartRecord, absolute: (path: string) => string): DraftItem {
  const picture = line.product ? line.product.prod_list_icon_url : '';
  return {
    id: line.cart_id,
    name: line.product_name,
    model: line.product_modelnumber,
    pictureUrl: picture && absolute(picture),
    price: line.product_basic_price,
    quantity: line.cart_product_quantity,
  };
}
