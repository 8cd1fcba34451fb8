import { createClient } from 'bai-wx-miniprogram';
import type { Transport } from 'bai-wx-miniprogram';

import { BASE_URL, DEMO_USER } from '../config';

const LOGIN_PAGE = 'pages/login/login';

let isOpening = false;

/** The server, one method for each operation of its contract. */
export const api = createClient({
  baseUrl: BASE_URL,
  transport: DEMO_USER === '' ? wx : loggedInAs(DEMO_USER),
  onUnauthorized: openLogin,
});

/** The login page, once, however many requests are refused at the same time. */
export function openLogin(): void {
  const pages = getCurrentPages();
  if (isOpening || pages[pages.length - 1]?.route === LOGIN_PAGE) return;
  isOpening = true;
  void wx.navigateTo({
    url: `/${LOGIN_PAGE}`,
    complete() {
      isOpening = false;
    },
  });
}

/** `wx`, but for its login codes: the demo server asks no WeChat and knows `demo-<name>` alone. */
function loggedInAs(name: string): Transport {
  const login: Transport['login'] = ({ success }) => success?.({ code: `demo-${name}` });
  return Object.create(wx, { login: { value: login } }) as Transport;
}
