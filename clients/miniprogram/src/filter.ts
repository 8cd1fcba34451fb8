type Value = string | number | boolean | Date | null;

/**
 * 写筛选表达式，值由它转义：``where`prod_list_name ~ ${word} && prod_list_sort > ${10}` ``。
 * `~` 之后的值按字面查找，其中的 `%` 与 `_` 不是通配符。
 *
 * @throws TypeError 值为 `undefined`、`NaN` 或无穷大：这样的条件会悄悄地查出别的东西。
 */
export function where(parts: TemplateStringsArray, ...values: Value[]): string {
  return values.reduce<string>(
    (filter, value, i) => filter + literal(value, /~\s*$/.test(parts[i]!)) + parts[i + 1],
    parts[0]!,
  );
}

/** 同时成立；空的条件略去，全空为 `''`。 */
export function and(...filters: (string | false | null | undefined)[]): string {
  return joined(filters, ' && ');
}

/** 任一成立；空的条件略去，全空为 `''`。 */
export function or(...filters: (string | false | null | undefined)[]): string {
  return joined(filters, ' || ');
}

function joined(filters: unknown[], by: string): string {
  const given = filters.filter(Boolean);
  return given.length > 1 ? `(${given.join(`)${by}(`)})` : given.join('');
}

function literal(value: Value, isPattern: boolean): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && isFinite(value)) return decimal(value);
  if (value instanceof Date) value = value.toISOString().replace('T', ' ');
  if (typeof value !== 'string') throw new TypeError(`不能用于筛选：${String(value)}`);
  // 服务器拒绝 NUL 与半个代理对，它们也不会出现在任何文字里。
  const text = value.replace(/[\0\uD800-\uDFFF]/gu, '');
  const pattern = isPattern ? text.replace(/[\\%_]/g, '\\$&') : text;
  return `'${pattern.replace(/[\\']/g, '\\$&')}'`;
}

/** 不带指数的写法：筛选语法里没有 `1e21`。 */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20) : text;
}
