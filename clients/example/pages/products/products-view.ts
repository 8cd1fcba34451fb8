/** The list of products: what is searched for, and what a card shows. */

import { and, where } from 'bai-wx-miniprogram';
import type { Product } from 'bai-wx-miniprogram';

import { splitBars } from '../../utils/format';
import { productPicture } from '../../utils/product-pictures';

export interface ProductCard {
  id: string;
  name: string;
  model: string;
  /** Yuan. */
  price: number;
  /** Absolute address of the picture; empty without one. */
  icon: string;
  tags: string[];
}

export interface ProductSearch {
  word: string;
  /** `prod_list_plantype`; empty for all. */
  plan: string;
  /** `prod_list_category`; empty for all. */
  category: string;
}

export interface Choice {
  value: string;
  label: string;
}

/** A product as far as the choices above the list need it. */
export interface ProductKind {
  plan: string;
  category: string;
}

export const EVERYTHING: ProductSearch = { word: '', plan: '', category: '' };

export const SORTS: readonly Choice[] = [
  { value: 'prod_list_sort,id', label: '综合排序' },
  { value: 'prod_list_basic_price,id', label: '价格从低到高' },
  { value: '-prod_list_basic_price,id', label: '价格从高到低' },
  { value: '-created,id', label: '最近上新' },
];

export function cardOf(product: Product): ProductCard {
  return {
    id: product.id,
    name: product.prod_list_name,
    model: product.prod_list_modelnumber,
    price: product.prod_list_basic_price,
    icon: productPicture(product),
    tags: splitBars(product.prod_list_tags),
  };
}

/** The filter of a search; its texts are escaped, whatever the user typed. */
export function filterOf({ word, plan, category }: ProductSearch): string {
  return and(
    word !== '' &&
      where`prod_list_name ~ ${word} || prod_list_modelnumber ~ ${word} || prod_list_tags ~ ${word}`,
    plan !== '' && where`prod_list_plantype = ${plan}`,
    category !== '' && where`prod_list_category = ${category}`,
  );
}

/** The plans there are products for, behind “all”. */
export function planChoices(kinds: readonly ProductKind[]): Choice[] {
  return choices('全部', kinds.map((kind) => kind.plan));
}

/** The categories there are products in, of one plan or of all, behind “all”. */
export function categoryChoices(kinds: readonly ProductKind[], plan: string): Choice[] {
  const shown = kinds.filter((kind) => plan === '' || kind.plan === plan);
  return choices('全部分类', shown.map((kind) => kind.category));
}

function choices(all: string, values: readonly string[]): Choice[] {
  const known = values.filter((value, place) => value !== '' && values.indexOf(value) === place);
  return [{ value: '', label: all }, ...known.map((value) => ({ value, label: value }))];
}
