type Value = string | number | boolean | Date | null;

/**
 * 写筛选表达式，值由它转义：``where`prod_list_name ~ ${word} && prod_list_sort > ${10}` ``。
 * `~` 之后的值按字面查找，其中的 `%` 与 `_` 不是通配符。
 *
 * @throws TypeError 值不是这里的类型，或是 `NaN`、无穷大、带指数的数（1e21）
 */
export function where(parts: TemplateStringsArray, ...values: Value[]): string {
  return values.reduce<string>(
    (filter, value, i) => filter + literal(value, /~\s*$/.test(parts[i]!)) + parts[i + 1],
    parts[0]!,
  );
}

type Filter = string | false | null | undefined;

/** 同时成立；空的条件略去，全空为 `''`。 */
export const and = joining(' && ');

/** 任一成立；空的条件略去，全空为 `''`。 */
export const or = joining(' || ');

function joining(by: string): (...filters: Filter[]) => string {
  return (...filters) =>
    filters
      .filter(Boolean)
      .map((filter) => `(${filter})`)
      .join(by);
}

function literal(value: Value, isPattern: boolean): string {
  if (value instanceof Date) value = value.toISOString().replace('T', ' ');
  if (typeof value !== 'string') {
    // 只有这些原样写出：对象与数组写成文字，可能正是一个条件。
    if (/^(-?[\d.]+|true|false|null)$/.test(`${value}`)) return `${value}`;
    throw TypeError('where');
  }
  // 服务器拒绝 NUL 与半个代理对，它们也不会出现在任何文字里。
  const text = value.replace(/[\0\uD800-\uDFFF]/gu, '');
  const pattern = isPattern ? text.replace(/[\\%_]/g, '\\$&') : text;
  return `'${pattern.replace(/[\\']/g, '\\$&')}'`;
}
