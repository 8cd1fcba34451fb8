/** Pictures of products. The snapshot of an order has none: they are asked for by `prod_list_id`. */

import { or, where } from 'bai-wx-miniprogram';
import type { Product } from 'bai-wx-miniprogram';

import { api } from './api';

const THUMB = '400x400';

/** A filter names so many products at once, so that the address stays short enough for every proxy. */
const IDS_OF_A_REQUEST = 30;

/** What was answered before; of a product without a picture, or off sale, the empty text. */
const known: Record<string, string> = {};

/** The absolute address of a product's picture; empty without one. The record needs `expand: 'prod_list_icon'`. */
export function productPicture(product: Product): string {
  const icon = product.expand?.prod_list_icon;
  return icon ? api.fileUrl(icon, icon.attachments_link, { thumb: THUMB }) : '';
}

/**
 * The pictures of products by `prod_list_id`. Never rejects: a page without pictures is better than none.
 * Products that are off sale have no picture: guests and users do not see them any more.
 */
export async function loadPictures(ids: readonly string[]): Promise<Record<string, string>> {
  const missing = ids.filter((id, place) => !(id in known) && ids.indexOf(id) === place);
  try {
    for (let i = 0; i < missing.length; i += IDS_OF_A_REQUEST) await ask(missing.slice(i, i + IDS_OF_A_REQUEST));
  } catch {
    // They are asked for again with the next page.
  }
  return known;
}

async function ask(ids: readonly string[]): Promise<void> {
  const filter = or(...ids.map((id) => where`prod_list_id = ${id}`));
  const { items } = await api.product_list({
    filter,
    expand: 'prod_list_icon',
    perPage: ids.length,
    skipTotal: true,
  });
  for (const id of ids) known[id] = '';
  for (const product of items) known[product.prod_list_id] = productPicture(product);
}
