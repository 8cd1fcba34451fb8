import { describe, operations, type Call } from './call';
import type { components } from './contract';
import { errorOf, LOST, type ApiError } from './errors';
import type { Operations } from './operations';
import { expiryOf } from './token';
import { ask, attempt, createQueue, findTransport, type Transport } from './transport';

export type UserInfo = components['schemas']['UserInfo'];

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

/** 存在手机上的。`skew`：服务器的钟比手机快多少毫秒。 */
interface Stored {
  token?: string;
  user?: UserInfo | null;
  skew?: number;
}

interface Identity {
  token?: string;
  user?: UserInfo;
}

/** 再晚些时候同样的创建是另一件事：购物车里的可能已经删了。 */
const KEPT_MS = 180_000;

export function createClient(settings: Settings): Client {
  const {
    baseUrl,
    transport = findTransport(),
    storageKey = 'bai-wx',
    timeout: usualTimeout = 15_000,
    retries: usualRetries = 2,
    onUnauthorized,
  } = settings;
  const base = baseUrl.replace(/\/+$/, '');
  let { token = '', user = null, skew = 0 }: Stored = Object(
    attempt(() => transport.getStorageSync(storageKey)),
  );
  /** 每次退出加一：退出之前发出的，回答时不再改变谁登录着。 */
  let session = 0;
  const enqueue = createQueue();
  /** 正在路上的写操作与登录：连点两下是同一个请求。 */
  const inFlight: Record<string, Promise<unknown>> = {};
  /** 还没有成功的创建，其幂等键：几分钟内再做同样的事时沿用，其实做成了的不会做两次；被拒绝的不占用它的键。 */
  const keys: Record<string, string> = {};

  function keep(newToken: string, newUser = user): void {
    token = newToken;
    user = newUser;
    // 手机存不下：这一次仍然登录着，下次打开再登录。
    attempt(() => transport.setStorageSync(storageKey, { token, user, skew }));
  }

  /** 按服务器的钟，令牌是否在 `margin` 毫秒内到期。 */
  function isExpired(bearer: string, margin = 0): boolean {
    return expiryOf(bearer) - Date.now() - skew <= margin;
  }

  /** 发出一次，不重试。 */
  async function exchange([flags, request, options]: Call, bearer: string): Promise<unknown> {
    const name = request.name ? 'uploadFile' : flags.d ? 'downloadFile' : 'request';
    const { timeout = name === 'request' ? usualTimeout : usualTimeout * 4 } = options;
    if (bearer) request.header.Authorization = `Bearer ${bearer}`;
    const reply = await enqueue(() => ask(transport, name, { ...request, timeout }));
    const { statusCode, tempFilePath, header: sent = {} } = reply;
    const now = Date.parse(sent.date || sent.Date!);
    if (now) skew = now - Date.now();
    if (statusCode === 204) return;
    // 下载到的拒绝在文件里：只看状态码。
    const file = tempFilePath && { data: { tempFilePath } };
    // 上传的回答是文字。
    const answer = file || attempt(() => JSON.parse(reply.data as string)) || reply.data;
    if (statusCode < 300 && Object(answer) === answer) {
      return flags.h ? (answer as { data: unknown }).data : answer;
    }
    throw errorOf(statusCode, answer, +(sent['retry-after'] || sent['Retry-After'])! || undefined);
  }

  /** 发出，必要时换令牌、重试；`prepare` 每次写出请求。 */
  async function perform(prepare: () => Call | Promise<Call>): Promise<unknown> {
    const began = session;
    for (let tried = 0, isRenewed = false; ; tried++) {
      const call = await prepare();
      const [flags, , { retries = usualRetries }] = call;
      const bearer = flags.t ? await currentToken() : '';
      let error: ApiError | undefined;
      const answer = await exchange(call, bearer).catch((problem) => {
        if (began !== session) throw problem;
        error = problem;
      });
      const { status, code, retryAfter = (2 ** tried * (1 + Math.random())) / 3 } =
        error || ({} as Partial<ApiError>);
      // 原生接口把过期的令牌当作游客：按服务器的钟已过期，这就不是本人的回答。
      const isGuests = isExpired(bearer) && (error ? status : flags.r);
      // 服务器说什么也没写的，以及只读的、带幂等键的没有等到回答，可以再来一次。
      const isSafe = /service_/.test(code!) || ((flags.r || flags.k) && LOST.test(code!));
      if (bearer && !isRenewed && (isGuests || status === 401)) {
        isRenewed = true;
        if (token === bearer) await login();
      } else if (!error) return answer;
      else if (tried < retries && retryAfter <= 10 && isSafe) {
        await new Promise((resolve) => setTimeout(resolve, retryAfter * 1000));
      } else {
        if (status === 401 || /user_/.test(code!)) {
          keep('', null);
          if (onUnauthorized) onUnauthorized(error);
        }
        throw error;
      }
    }
  }

  /** 当前的令牌：正在登录时等它，快要到期时先换。 */
  async function currentToken(): Promise<string> {
    try {
      if (!token) await inFlight[session];
    } catch {
      // 登录失败已告诉了要登录的人；这里以游客的身份继续。
    }
    if (token && isExpired(token, 60_000)) await login();
    return token;
  }

  function login(): Promise<UserInfo> {
    const began = session;
    return share(began, async () => {
      const answer = (await perform(async () => {
        const { code } = await ask(transport, 'login', {});
        const call = describe(base, 'wechat_login', [{ users_wx_code: code }]);
        call[0] = { h: 1, r: 1 }; // 每次都是新的 code，所以可以重试
        return call;
      })) as Required<Identity>;
      if (began === session) keep(answer.token, answer.user);
      return answer.user;
    }) as Promise<UserInfo>;
  }

  /** 同样的事正在做时，等它的结果。 */
  function share(tap: string | number, begin: () => Promise<unknown>): Promise<unknown> {
    return (inFlight[tap] = inFlight[tap] || begin().finally(() => delete inFlight[tap]));
  }

  /** 写操作：创建带幂等键；回答里有新的令牌或用户时记住。 */
  async function write(call: Call, tap: string): Promise<unknown> {
    const [flags, { header }, { key }] = call;
    const began = session;
    const now = Date.now();
    // 键以它的时刻开头。
    if (!(parseInt(keys[tap]!) > now - KEPT_MS)) keys[tap] = `${now}.${Math.random()}`;
    if (flags.k) header['Idempotency-Key'] = key || keys[tap]!;
    const answer = await perform(() => call);
    delete keys[tap];
    const { token: newToken, user: newUser }: Identity = Object(answer);
    if (began === session && (newToken || newUser)) keep(newToken || token, newUser);
    return answer;
  }

  const api = {
    get user() {
      return user;
    },
    get token() {
      return token;
    },
    get isLoggedIn() {
      return !!token;
    },
    login,
    logout() {
      session++;
      keep('', null);
    },
    async setAvatar(filePath) {
      const { attachments_id } = await api.attachment_create({ filePath });
      return (await api.wechat_profile({ users_picture: attachments_id })).user;
    },
    url: (path) => (path[0] === '/' ? base + path : path),
    fileUrl: ({ collectionName, id }, filename, query) =>
      filename ? describe(base, 'file_download', [collectionName, id, filename, query])[1].url : '',
  } as Client;
  for (const id in operations) {
    (api as unknown as Record<string, unknown>)[id] = async (...given: unknown[]) => {
      const tap = id + JSON.stringify(given);
      const call = describe(base, id, given);
      return call[0].r ? perform(() => call) : share(tap, () => write(call, tap));
    };
  }
  return api;
}
