import { ApiError, lostError, refusalError } from './errors';
import { describe, search, type Call } from './call';
import type { OperationId } from './methods';
import { operations, type Operations } from './operations';
import { openSession, type UserInfo } from './session';
import { ask, createQueue, findTransport, type Reply, type Transport } from './transport';

export interface Settings {
  /** 服务器的地址，例如 `https://shop.example.com`。 */
  baseUrl: string;
  /** `wx`、`uni` 或 `Taro`；不给时自己找。 */
  transport?: Transport;
  /** 单次请求的超时，毫秒；默认 15000，上传与下载 60000。 */
  timeout?: number;
  /** 失败后最多再试几次，默认 2。 */
  retries?: number;
  /** 存放令牌的键，默认 `bai-wx`；一个小程序用几个服务器时各给一个。 */
  storageKey?: string;
  /** 需要登录而没有登录，或重新登录也被拒绝时：通常去登录页。 */
  onUnauthorized?(error: ApiError): void;
}

export interface Client extends Operations {
  /** 登录后的用户；退出后为 `null`。 */
  readonly user: UserInfo | null;
  /** 当前的令牌；没有登录时为 `''`。 */
  readonly token: string;
  readonly isLoggedIn: boolean;
  /** `wx.login` 并登录，首次登录自动注册。 */
  login(): Promise<UserInfo>;
  /** 忘记令牌与用户。 */
  logout(): void;
  /** 上传 `chooseAvatar` 得到的头像，并存入资料。 */
  setAvatar(filePath: string): Promise<UserInfo>;
  /** 回答里的路径（`users_picture_url`、`prod_list_icon_url`…）的完整地址；空的仍为空。 */
  url(path: string): string;
  /** 记录中一个文件的完整地址；`thumb` 形如 `100x100`。 */
  fileUrl(
    record: { collectionName?: string; id?: string },
    filename: string | undefined,
    query?: { thumb?: string; token?: string; download?: boolean },
  ): string;
}

const LONGEST_PAUSE_S = 10;
const UNSURE_MS = 300_000;

export function createClient(settings: Settings): Client {
  const { retries: usualRetries = 2, timeout: usualTimeout, onUnauthorized } = settings;
  const base = settings.baseUrl.replace(/\/+$/, '');
  const transport = settings.transport || findTransport();
  const session = openSession(transport, settings.storageKey || 'bai-wx');
  const enqueue = createQueue();
  /** 正在路上的写操作：连点两下是同一个请求。 */
  const inFlight: Record<string, Promise<unknown>> = {};
  /** 没有等到回答的创建：再做同样的事时沿用它的幂等键。 */
  const unsure: Record<string, { key: string; at: number }> = {};
  let renewal: Promise<unknown> | undefined;

  /** 发出一次，不重试。 */
  async function exchange(call: Call, token: string): Promise<unknown> {
    const isTransfer = call.has('f') || call.has('d');
    const { has: _, options, ...request } = call;
    const header = { ...call.header };
    if (token) header['Authorization'] = `Bearer ${token}`;
    const timeout = options.timeout || usualTimeout || (isTransfer ? 60_000 : 15_000);
    const name = call.has('f') ? 'uploadFile' : call.has('d') ? 'downloadFile' : 'request';
    const reply = await enqueue(() => ask(transport, name, { ...request, header, timeout })).catch(
      (failure) => {
        throw lostError(failure);
      },
    );
    return read(call, reply);
  }

  function read(call: Call, reply: Reply): unknown {
    const { statusCode: status, tempFilePath } = reply;
    const header = headersOf(reply);
    session.setClock(header['date']);
    const answer = tempFilePath ? { message: '-', tempFilePath } : parsed(reply.data);
    if (status === 204) return undefined;
    if (status >= 200 && status < 300 && typeof answer === 'object') {
      return call.has('h') ? (answer as { data: unknown }).data : answer;
    }
    throw refusalError(status, answer, +header['retry-after']! || undefined);
  }

  /** 发出，必要时换令牌、重试。 */
  async function perform(call: Call): Promise<unknown> {
    const { retries = usualRetries } = call.options;
    for (let tried = 0, isRenewed = false; ; tried++) {
      const token = await tokenFor(call);
      const mayRenew = token && !isRenewed;
      try {
        const answer = await exchange(call, token);
        // 原生接口把过期的令牌当作游客：按服务器的钟已过期，这就不是本人的回答。
        if (!(mayRenew && call.has('r') && session.isExpired(token))) return answer;
      } catch (problem) {
        const error = problem as ApiError;
        const isGuests = error.status > 0 && session.isExpired(token);
        if (!(mayRenew && (error.code === 'unauthorized' || isGuests))) {
          if (tried >= retries || !isWorthRepeating(call, error)) throw refused(error);
          await pause(tried, error);
          continue;
        }
      }
      isRenewed = true;
      await renew(token, true);
    }
  }

  async function tokenFor(call: Call): Promise<string> {
    if (!call.has('t')) return '';
    if (renewal && call.has('u')) await renewal.catch(() => undefined);
    if (session.token && session.isNearExpiry(session.token)) await renew(session.token);
    return session.token;
  }

  /** 换一个令牌；同时要换的只换一次。 */
  function renew(stale: string, isRejected = false): Promise<unknown> {
    if (stale !== session.token) return Promise.resolve();
    return once(async () => {
      if (!isRejected && !session.isExpired(stale)) {
        try {
          const call = describe(base, 'refresh_token', []);
          return session.keep(((await exchange(call, stale)) as { token: string }).token);
        } catch (error) {
          if ((error as ApiError).code !== 'unauthorized') return undefined; // 旧的还能用
        }
      }
      return signIn().catch((error: ApiError) => {
        if (error.status === 401 || error.status === 403) session.keep('', null);
        throw refused(error);
      });
    });
  }

  function once<T>(begin: () => Promise<T>): Promise<T> {
    const done = (): void => {
      renewal = undefined;
    };
    if (!renewal) {
      renewal = begin();
      renewal.then(done, done);
    }
    return renewal as Promise<T>;
  }

  async function signIn(): Promise<UserInfo> {
    for (let tried = 0; ; tried++) {
      try {
        const { code } = await ask(transport, 'login', {}).catch((failure) => {
          throw new ApiError(0, 'login_failed', '微信登录失败，请重试', {}, Object(failure));
        });
        const call = describe(base, 'wechat_login', [{ users_wx_code: code }]);
        const data = (await exchange(call, '')) as { token: string; user: UserInfo };
        session.keep(data.token, data.user);
        return data.user;
      } catch (problem) {
        const error = problem as ApiError;
        if (tried >= usualRetries || !/^(network|timeout|wechat_code|.*_unavailable)/.test(error.code)) {
          throw error;
        }
        await pause(tried, error);
      }
    }
  }

  function refused(error: ApiError): ApiError {
    const isRefused = error.code === 'unauthorized' || error.code === 'user_disabled';
    if (isRefused && onUnauthorized) onUnauthorized(error);
    return error;
  }

  /** 调用一个操作。 */
  function run(id: OperationId, given: unknown[]): Promise<unknown> {
    const call = describe(base, id, given);
    if (call.has('r')) return perform(call);
    const { url, data, filePath, formData, options } = call;
    const tap = JSON.stringify([id, url, data, filePath, formData, options.key]);
    return inFlight[tap] || (inFlight[tap] = write(id, call, tap));
  }

  async function write(id: OperationId, call: Call, tap: string): Promise<unknown> {
    const left = unsure[tap];
    delete unsure[tap];
    if (call.has('k')) {
      const isFresh = left && Date.now() - left.at < UNSURE_MS;
      call.header['Idempotency-Key'] = call.options.key || (isFresh ? left.key : newKey());
    }
    try {
      const answer = await perform(call);
      if (call.has('h') || id === 'auth_refresh') keepIdentity(Object(answer));
      return answer;
    } catch (error) {
      const { status } = error as ApiError;
      const key = call.header['Idempotency-Key'];
      if (key && (status === 0 || status >= 500)) unsure[tap] = { key, at: Date.now() };
      throw error;
    } finally {
      delete inFlight[tap];
    }
  }

  /** 登录、换令牌与改资料的回答里有新的令牌或用户。 */
  function keepIdentity({ token, user }: { token?: string; user?: UserInfo }): void {
    if (token || user) session.keep(token || session.token, user);
  }

  const api = {
    get user() {
      return session.user;
    },
    get token() {
      return session.token;
    },
    get isLoggedIn() {
      return session.token !== '';
    },
    login: () => once(signIn),
    logout: () => session.keep('', null),
    async setAvatar(filePath) {
      const { attachments_id } = await api.attachment_create({ filePath });
      return (await api.wechat_profile({ users_picture: attachments_id })).user;
    },
    url: (path) => (/^\//.test(path) ? base + path : path),
    fileUrl: ({ collectionName, id }, filename, query) =>
      filename
        ? `${base}/pb/api/files/${collectionName}/${id}/${encodeURIComponent(filename)}${search(query)}`
        : '',
  } as Client;
  for (const id of Object.keys(operations) as OperationId[]) {
    (api as unknown as Record<string, unknown>)[id] = (...given: unknown[]) => run(id, given);
  }
  return api;
}

/** 只读的、带幂等键的，以及服务器说什么也没写的，可以再来一次。 */
function isWorthRepeating(call: Call, { status, code, retryAfter = 0 }: ApiError): boolean {
  if (retryAfter > LONGEST_PAUSE_S) return false;
  if (code === 'service_unavailable') return true;
  const isLost = status === 0 || code === 'unexpected_answer' || code === 'request_timeout';
  return isLost && (call.has('r') || 'Idempotency-Key' in call.header);
}

function pause(tried: number, { retryAfter }: ApiError): Promise<void> {
  const usual = 300 * 2 ** tried * (1 + Math.random());
  return new Promise((resolve) => setTimeout(resolve, retryAfter ? retryAfter * 1000 : usual));
}

function newKey(): string {
  const random = (): string => Math.random().toString(36).slice(2);
  return `${Date.now().toString(36)}-${random()}${random()}`;
}

function headersOf(reply: Reply): Record<string, string> {
  const named: Record<string, string> = {};
  const header = Object(reply.header);
  for (const name of Object.keys(header)) named[name.toLowerCase()] = String(header[name]);
  return named;
}

/** 上传的回答是文字。 */
function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
