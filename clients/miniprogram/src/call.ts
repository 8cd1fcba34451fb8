/** 把一次方法调用写成一个请求。 */
import type { Options } from './methods';
import { table } from './operations';

/** 交给平台的请求，还没有令牌。 */
export interface Request {
  url: string;
  method: 'GET' | 'POST';
  header: Record<string, string>;
  /** JSON 请求体。 */
  data?: string;
  /** 上传：表单里放文件的字段、手机上的路径与其余的字段。 */
  name?: string;
  filePath?: string;
  formData?: Record<string, string>;
}

/** 标志见 scripts/operations.mjs。 */
export type Flags = Record<string, 1 | undefined>;
export type Call = [flags: Flags, request: Request, options: Options];

/** 每个操作的标志、路径与上传的字段。 */
export const operations: Record<string, [flags: Flags, path: string, field?: string]> = {};
for (const line of table.replace(/^(\w+_)(?: (\w+) (.+))?$/gm, family).split('\n')) {
  const [id = '', letters = 'hbt', path = `/${id.replace('_', '/')}`, field] = line.split(' ');
  const flags: Flags = {};
  for (const letter of letters) flags[letter] = 1;
  operations[id] = [flags, path, field];
}

/** 一族操作的一行，写成每个操作一行；不带标志的是 hooks 的一族。 */
function family(_: string, id: string, verbs: string | undefined, path: string): string {
  const found = verbs
    ? 'list Gtr #,create bkt #,view Gtr #/*,update Pbt #/*,delete Dt #/*'.match(
        RegExp(`\\b[${verbs}][^,]+`, 'g'),
      )!
    : 'list hbtr,detail hbtr,create hbkt,update,delete'.split(',');
  return found.map((verb) => id + verb.replace('#', path)).join('\n');
}

/** `given`：路径参数，然后是请求体或查询参数，最后是选项。 */
export function describe(base: string, id: string, given: unknown[]): Call {
  const [flags, path, name] = operations[id]!;
  const address = path
    .replace(/~(\w+)/, '/collections/tbl_$1/records')
    .replace(/\*/g, () => encodeURIComponent(given.shift() as string));
  const [input, options = {}] = given as [object?, Options?];
  const query = { ...options.query };
  let body: Partial<Request> = {};
  if (name) {
    const { filePath, ...form } = input as { filePath: string };
    body = { name, filePath, formData: JSON.parse(JSON.stringify(form)) };
  } else if (flags.b) body = { data: JSON.stringify(input || {}) };
  else Object.assign(query, input);
  let search = '';
  for (const key in query) {
    const value = query[key];
    if (value != null) search += `${search ? '&' : '?'}${key}=${encodeURIComponent(value as string)}`;
  }
  const header: Record<string, string> = {};
  const method = flags.P ? 'PATCH' : flags.D && 'DELETE';
  if (method) header['X-HTTP-Method-Override'] = method;
  const url = base + '/pb/api' + address + search;
  return [flags, { url, method: flags.G ? 'GET' : 'POST', header, ...body }, options];
}
