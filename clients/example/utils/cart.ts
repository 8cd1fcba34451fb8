/** Adding to the cart from any page, and the number on the cart's tab. */

import { api } from './api';
import { messageOf } from './errors';
import { showToast } from './toast';

type PageWithToast = Parameters<typeof showToast>[0];

const CART_TAB = 2;
const LOGIN_PAGE = '/pages/login/login';

let lines = 0;

/** How many lines the cart held when it was last asked for. */
export function cartCount(): number {
  return lines;
}

/** Show a number that the page knows: the cart's own, which has just read its lines. */
export function setCartCount(count: number): void {
  lines = count;
  showCartBadge();
}

/** Ask how many lines the cart holds, and show it on the tab. Never rejects: it is an ornament. */
export async function refreshCartBadge(): Promise<number> {
  try {
    lines = api.isLoggedIn ? await countLines() : 0;
  } catch {
    // The number of before stays.
  }
  showCartBadge();
  return lines;
}

/** Show the number on the tab; WeChat allows it on pages with the tab bar alone. */
export function showCartBadge(): void {
  const ignored = () => undefined;
  if (lines === 0) wx.removeTabBarBadge({ index: CART_TAB, fail: ignored });
  else wx.setTabBarBadge({ index: CART_TAB, text: lines > 99 ? '99+' : String(lines), fail: ignored });
}

/** Whether the user is logged in; a guest is sent to the login page. */
export function requireLogin(): boolean {
  if (!api.isLoggedIn) void wx.navigateTo({ url: LOGIN_PAGE });
  return api.isLoggedIn;
}

/**
 * Put a product into the cart and tell the user how it went.
 *
 * @param group the line's group; empty: none, or the one it is in already
 * @returns whether it is there
 */
export async function addToCart(
  page: PageWithToast,
  productId: string,
  quantity = 1,
  group = '',
): Promise<boolean> {
  if (!requireLogin()) return false;
  try {
    await api.cart_create({
      cart_product_id: productId,
      cart_product_quantity: quantity,
      cart_number: group.trim(),
    });
  } catch (error) {
    showToast(page, messageOf(error));
    return false;
  }
  showToast(page, '已加入购物车', 'check');
  await refreshCartBadge();
  return true;
}

async function countLines(): Promise<number> {
  const page = await api.cart_list({ cart_status: 'active', page: 1, perPage: 1 });
  return page.totalItems;
}
