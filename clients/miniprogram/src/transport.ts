import { errorOf } from './errors';

/** 网络、登录与存储都经由它：`wx`、`uni` 与 `Taro` 都符合，也可以自己给一个。 */
export interface Transport {
  request(options: RequestOptions): unknown;
  uploadFile(options: UploadOptions): unknown;
  downloadFile(options: TransferOptions): unknown;
  login(options: Callbacks): unknown;
  // `any`：三个平台各有各的声明
  getStorageSync(key: string): any;
  setStorageSync(key: string, value: unknown): void;
}

/** `any`：三个平台各有各的声明。 */
interface Callbacks {
  success?(result: any): void;
  fail?(error: any): void;
}

export interface TransferOptions extends Callbacks {
  url: string;
  header?: Record<string, string>;
  timeout?: number;
}

export interface RequestOptions extends TransferOptions {
  method?: 'GET' | 'POST';
  data?: string;
}

export interface UploadOptions extends TransferOptions {
  filePath: string;
  name: string;
  formData?: Record<string, string>;
}

/** 平台回答的原样。 */
export interface Reply {
  statusCode: number;
  data?: unknown;
  header?: Record<string, string | undefined>;
  tempFilePath?: string;
  code?: string;
}

declare const uni: Transport;
declare const Taro: Transport;

/** 当前平台。 @throws ReferenceError 三者都没有 */
export function findTransport(): Transport {
  return attempt(() => wx) || attempt(() => uni) || Taro;
}

/** 做不成时什么也不给。 */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return;
  }
}

/** 同时最多十个请求，其余排队：旧基础库对第十一个请求直接报错。 */
export function createQueue(): <T>(start: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = 10;
  return async (start) => {
    if (free) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return start().finally(() => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    });
  };
}

/** 以 Promise 调用回调式接口；失败为 `ApiError`。 */
export function ask(
  transport: Transport,
  name: 'request' | 'uploadFile' | 'downloadFile' | 'login',
  options: object,
): Promise<Reply> {
  return new Promise((success, reject) => {
    const fail = (failure: unknown): void => reject(errorOf(0, failure));
    // Taro 同时返回 Promise：它的失败已由 `fail` 处理。
    const task = (transport[name] as (options: object) => unknown)({ ...options, success, fail });
    Promise.resolve(task).catch(() => 0);
  });
}
