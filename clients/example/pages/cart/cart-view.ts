/** The cart as its page shows it: named groups of lines, what is chosen, and what that costs. */

import type { CartRecord } from 'bai-wx-miniprogram';

import { toFen, toYuan } from '../../utils/money';

/** The heading of the lines that nobody put into a group. */
export const UNGROUPED = '未分组';

/** The longest name of a group, in characters. */
export const LONGEST_GROUP_NAME = 64;

/** A line that was added without a group has a number of the server's own: 24 digits. */
const NUMBER_OF_SERVER = /^\d{24}$/;

export interface CartLineView {
  id: string;
  productId: string;
  name: string;
  model: string;
  pictureUrl: string;
  group: string;
  /** Yuan a piece, now: an order takes this price, not that of the day when the line was added. */
  price: number;
  /** Yuan a piece that it has become dearer since it was added, negative where cheaper, else 0. */
  dearerBy: number;
  quantity: number;
  remark: string;
  /** False where the product was taken off sale or deleted: the line can only be deleted. */
  isAvailable: boolean;
  isChosen: boolean;
}

export interface CartGroupView {
  name: string;
  lines: CartLineView[];
  /** True where every line that can be ordered is chosen. */
  isChosen: boolean;
  canBeChosen: boolean;
}

export interface CartView {
  groups: CartGroupView[];
  isEmpty: boolean;
  isAllChosen: boolean;
  canBeChosen: boolean;
  /** Lines chosen, and the pieces in them. */
  chosenLines: number;
  chosenPieces: number;
  /** Yuan. */
  total: number;
}

/** The name under which a line is shown. */
export function groupOf(line: Pick<CartRecord, 'cart_number'>): string {
  return NUMBER_OF_SERVER.test(line.cart_number) ? UNGROUPED : line.cart_number;
}

/** Whether the line can go into an order. */
export function isAvailable(line: CartRecord): boolean {
  return line.product !== null && line.product.prod_list_status === 'on_sale';
}

/** The names of the groups there are, in the order of the cart; lines without a group name none. */
export function groupNames(lines: readonly CartRecord[]): string[] {
  const names = lines.map(groupOf).filter((name) => name !== UNGROUPED);
  return names.filter((name, place) => names.indexOf(name) === place);
}

/**
 * Everything the page shows.
 *
 * @param lines active lines, the newest first
 * @param chosen `cart_id`s that the user ticked; of lines that are gone or off sale nothing is counted
 * @param absolute makes an absolute address of the path of a picture
 */
export function viewCart(
  lines: readonly CartRecord[],
  chosen: readonly string[],
  absolute: (path: string) => string,
): CartView {
  const shown = lines.map((line) => viewLine(line, chosen, absolute));
  const names = lines.map(groupOf);
  const groups = inOrder(names).map((name) => viewGroup(name, shown.filter((_, i) => names[i] === name)));
  const ready = shown.filter((line) => line.isAvailable);
  const taken = ready.filter((line) => line.isChosen);
  return {
    groups,
    isEmpty: lines.length === 0,
    isAllChosen: ready.length > 0 && taken.length === ready.length,
    canBeChosen: ready.length > 0,
    chosenLines: taken.length,
    chosenPieces: taken.reduce((sum, line) => sum + line.quantity, 0),
    total: totalOf(taken),
  };
}

/** What lines cost together, in yuan. */
export function totalOf(lines: readonly Pick<CartLineView, 'price' | 'quantity'>[]): number {
  return toYuan(lines.reduce((sum, line) => sum + toFen(line.price) * line.quantity, 0));
}

/** The ids chosen after a tap on one line, on a whole group or on everything. */
export function toggle(chosen: readonly string[], ids: readonly string[]): string[] {
  const areAllChosen = ids.every((id) => chosen.includes(id));
  const others = chosen.filter((id) => !ids.includes(id));
  return areAllChosen ? others : [...others, ...ids];
}

/** The lines of one group, or of the whole cart, that can be ordered. */
export function availableIds(view: CartView, group?: string): string[] {
  const groups = view.groups.filter((each) => group === undefined || each.name === group);
  const lines = groups.reduce<CartLineView[]>((all, each) => all.concat(each.lines), []);
  return lines.filter((line) => line.isAvailable).map((line) => line.id);
}

/** What is chosen among the lines that are there, in the order of the cart. */
export function chosenIds(lines: readonly CartRecord[], chosen: readonly string[]): string[] {
  const ready = lines.filter((line) => isAvailable(line) && chosen.includes(line.cart_id));
  return ready.map((line) => line.cart_id);
}

/** A sentence for what is wrong with the name of a group; empty where it can be used, or none is named. */
export function refuseGroupName(name: string): string {
  const trimmed = name.trim();
  if (Array.from(trimmed).length > LONGEST_GROUP_NAME) return `分组名称不能超过 ${LONGEST_GROUP_NAME} 个字`;
  if (trimmed === UNGROUPED || NUMBER_OF_SERVER.test(trimmed)) return '请换一个分组名称';
  return '';
}

function inOrder(names: readonly string[]): string[] {
  const named = names.filter((name, place) => name !== UNGROUPED && names.indexOf(name) === place);
  return names.includes(UNGROUPED) ? [...named, UNGROUPED] : named;
}

function viewGroup(name: string, lines: CartLineView[]): CartGroupView {
  const ready = lines.filter((line) => line.isAvailable);
  return {
    name,
    lines,
    isChosen: ready.length > 0 && ready.every((line) => line.isChosen),
    canBeChosen: ready.length > 0,
  };
}

function viewLine(
  line: CartRecord,
  chosen: readonly string[],
  absolute: (path: string) => string,
): CartLineView {
  const available = isAvailable(line);
  const picture = line.product ? line.product.prod_list_icon_url : '';
  return {
    id: line.cart_id,
    productId: line.cart_product_id,
    name: line.product_name || '商品已删除',
    model: line.product_modelnumber,
    pictureUrl: picture && absolute(picture),
    group: groupOf(line),
    price: line.product_basic_price,
    dearerBy: available ? difference(line.product_basic_price, line.cart_at_price) : 0,
    quantity: line.cart_product_quantity,
    remark: line.cart_remark,
    isAvailable: available,
    isChosen: available && chosen.includes(line.cart_id),
  };
}

function difference(yuan: number, otherYuan: number): number {
  return toYuan(toFen(yuan) - toFen(otherYuan));
}
