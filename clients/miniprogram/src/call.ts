/** 把一次方法调用写成一个请求。 */
import type { OperationId, Options } from './methods';
import { operations } from './operations';

export interface Call {
  /** 是否带有 scripts/operations.mjs 所列的某个标志。 */
  has(flag: string): boolean;
  url: string;
  header: Record<string, string>;
  method: 'GET' | 'POST';
  options: Options;
  /** JSON 请求体。 */
  data?: string;
  /** 上传：表单里放文件的字段、手机上的路径与其余的字段。 */
  name?: string;
  filePath?: string;
  formData?: Record<string, string>;
}

const API = '/pb/api';

export function describe(base: string, id: OperationId, given: readonly unknown[]): Call {
  const [method, path, flags, name] = operations[id].split(' ') as [string, string, string, string?];
  const rest = given.slice();
  const address = path
    .replace(/^~(\w+)/, '/collections/tbl_$1/records')
    .replace(/\*/g, () => encodeURIComponent(String(rest.shift())));
  const input = Object(rest.shift());
  const options: Options = Object(rest.shift());
  const has = (flag: string): boolean => flags.includes(flag);
  const call: Call = { has, url: base + API + address, header: {}, method: 'POST', options };
  if (has('f')) {
    const { filePath, ...form } = input;
    Object.assign(call, { name, filePath, formData: texts(form) });
  } else if (has('b')) {
    call.data = JSON.stringify(input);
    call.header['content-type'] = 'application/json';
  }
  call.url += search({ ...(call.data || call.name ? {} : input), ...options.query });
  if (method === 'GET') call.method = method;
  else if (method !== 'POST') call.header['X-HTTP-Method-Override'] = method;
  return call;
}

/** `?a=1&b=2`；`undefined` 与 `null` 略去。 */
export function search(query: object = {}): string {
  const given = texts(query);
  const pairs = Object.keys(given).map((key) => `${key}=${encodeURIComponent(given[key]!)}`);
  return pairs.length ? `?${pairs.join('&')}` : '';
}

function texts(values: object): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) kept[key] = String(value);
  }
  return kept;
}
