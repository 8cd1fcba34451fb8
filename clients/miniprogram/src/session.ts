/** 当前用户的令牌，存在手机上；以及服务器的钟。 */
import type { components } from './contract';
import type { Transport } from './transport';
import { expiryOf } from './token';

export type UserInfo = components['schemas']['UserInfo'];

interface Stored {
  token: string;
  user: UserInfo | null;
  /** 服务器的钟比手机快多少毫秒。 */
  skew: number;
}

const NEAR = 60_000;

export interface Session extends Stored {
  /** 换上新的令牌；没有给 `user` 时保留原来的。 */
  keep(token: string, user?: UserInfo | null): void;
  /** 由回答的 `Date` 对钟。 */
  setClock(date: string | undefined): void;
  isExpired(token: string): boolean;
  isNearExpiry(token: string): boolean;
}

export function openSession(transport: Transport, storageKey: string): Session {
  const stored: Partial<Stored> = Object(transport.getStorageSync(storageKey));
  const left = (token: string): number => expiryOf(token) - Date.now() - session.skew;
  const session: Session = {
    token: stored.token || '',
    user: stored.user || null,
    skew: stored.skew || 0,
    keep(token, user = session.user) {
      session.token = token;
      session.user = user;
      if (token) transport.setStorageSync(storageKey, { token, user, skew: session.skew });
      else transport.removeStorageSync(storageKey);
    },
    setClock(date) {
      const now = Date.parse(date || '');
      if (now) session.skew = now - Date.now();
    },
    isExpired: (token) => left(token) <= 0,
    isNearExpiry: (token) => left(token) < NEAR,
  };
  return session;
}
