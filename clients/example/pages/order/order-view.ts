/** Orders as their pages show them: states in words, goods of the snapshot, what may be done. */

import type { OrderRecord } from 'bai-wx-miniprogram';
import { parseDate } from 'bai-wx-miniprogram';

export type OrderStatus = OrderRecord['order_status'];

/** The tones of `ui-tag`. */
export type Tone = 'warning' | 'primary' | 'neutral';

export interface StatusView {
  text: string;
  hint: string;
  tone: Tone;
  /** How far the order has come: 1 sent, 2 confirmed, 3 completed; 0 where it was cancelled. */
  step: number;
}

/** What the states are called. The contract has no other. */
export const STATUSES: Record<OrderStatus, StatusView> = {
  pending: { text: '待确认', hint: '商家确认后会与您联系', tone: 'warning', step: 1 },
  confirmed: { text: '已确认', hint: '商家已确认，正在备货', tone: 'primary', step: 2 },
  completed: { text: '已完成', hint: '感谢您的信任，期待再次合作', tone: 'primary', step: 3 },
  cancelled: { text: '已取消', hint: '订单已取消，商品没有回到购物车', tone: 'neutral', step: 0 },
};

/** The steps of an order that is not cancelled. */
export const STEPS = ['提交订单', '商家确认', '交易完成'];

export interface StatusTab {
  /** What goes into `order_status`; the empty text is sent for all. */
  value: OrderStatus | '';
  label: string;
}

export const TABS: StatusTab[] = [
  { value: '', label: '全部' },
  { value: 'pending', label: '待确认' },
  { value: 'confirmed', label: '已确认' },
  { value: 'completed', label: '已完成' },
  { value: 'cancelled', label: '已取消' },
];

/** Whether a text, of a page's query say, is a state that orders have. */
export function isStatus(text: string): text is OrderStatus {
  return Object.keys(STATUSES).includes(text);
}

export interface OrderItemView {
  productId: string;
  name: string;
  model: string;
  pictureUrl: string;
  /** Yuan a piece, as it was when the order was made. */
  price: number;
  quantity: number;
  subtotal: number;
}

export interface OrderView {
  id: string;
  number: string;
  createdAt: string;
  status: OrderStatus;
  statusText: string;
  hint: string;
  tone: Tone;
  step: number;
  items: OrderItemView[];
  /** What a card of the list shows of the items. */
  firstItems: OrderItemView[];
  kinds: number;
  pieces: number;
  /** Yuan. */
  amount: number;
  source: string;
  remark: string;
  canCancel: boolean;
  canEditRemark: boolean;
  canDelete: boolean;
}

const ITEMS_ON_CARD = 2;

/**
 * One order as its page and its card show it.
 *
 * @param pictures absolute address of a picture by `prod_list_id`; a snapshot has none of its own
 */
export function viewOrder(order: OrderRecord, pictures: Record<string, string>): OrderView {
  const state = STATUSES[order.order_status];
  const items = itemsOf(order, pictures);
  return {
    id: order.order_id,
    number: order.order_number,
    createdAt: formatTime(order.order_create || order.created),
    status: order.order_status,
    statusText: state.text,
    hint: state.hint,
    tone: state.tone,
    step: state.step,
    items,
    firstItems: items.slice(0, ITEMS_ON_CARD),
    kinds: items.length,
    pieces: items.reduce((sum, item) => sum + item.quantity, 0),
    amount: order.order_amount,
    source: order.order_source === 'cart' ? '购物车' : '直接购买',
    remark: order.order_remark,
    canCancel: order.order_status === 'pending',
    canEditRemark: order.order_status === 'pending',
    canDelete: order.order_status !== 'confirmed',
  };
}

/** The products that cards of orders show, each once: what they need pictures of. */
export function productIdsOfCards(orders: readonly OrderRecord[]): string[] {
  const ids = orders.reduce<string[]>((all, order) => all.concat(productIdsOf(order).slice(0, ITEMS_ON_CARD)), []);
  return ids.filter((id, place) => ids.indexOf(id) === place);
}

/** The products of one order. */
export function productIdsOf(order: OrderRecord): string[] {
  return snapshotItems(order).map((item) => item.prod_list_id);
}

/** `2026-11-27 16:30` in the phone's own time zone. */
export function formatTime(text: string): string {
  const date = parseDate(text);
  if (!date) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function itemsOf(order: OrderRecord, pictures: Record<string, string>): OrderItemView[] {
  return snapshotItems(order).map((item) => ({
    productId: item.prod_list_id,
    name: item.prod_list_name,
    model: item.prod_list_modelnumber,
    pictureUrl: pictures[item.prod_list_id] ?? '',
    price: item.at_price,
    quantity: item.quantity,
    subtotal: item.subtotal,
  }));
}

function snapshotItems(order: OrderRecord) {
  return order.order_snap ? order.order_snap.items : [];
}
