type Value = string | number | boolean | Date | null;

/**
 * 写筛选表达式，值由它转义：``where`prod_list_name ~ ${word} && prod_list_sort > ${10}` ``。
 * `~` 之后的值按字面查找，其中的 `%` 与 `_` 不是通配符。
 * 其余的原样写出：`undefined`、`NaN` 不是条件，服务器以 400 拒绝。
 */
export function where(parts: TemplateStringsArray, ...values: Value[]): string {
  return values.reduce<string>(
    (filter, value, i) => filter + literal(value, /~\s*$/.test(parts[i]!)) + parts[i + 1],
    parts[0]!,
  );
}

/** 同时成立；空的条件略去，全空为 `''`。 */
export function and(...filters: (string | false | null | undefined)[]): string {
  return filters.filter(Boolean).map((filter) => `(${filter})`).join(' && ');
}

function literal(value: Value, isPattern: boolean): string {
  if (value instanceof Date) value = value.toISOString().replace('T', ' ');
  if (typeof value !== 'string') return `${value}`;
  // 服务器拒绝 NUL 与半个代理对，它们也不会出现在任何文字里。
  const text = value.replace(/[\0\uD800-\uDFFF]/gu, '');
  const pattern = isPattern ? text.replace(/[\\%_]/g, '\\$&') : text;
  return `'${pattern.replace(/[\\']/g, '\\$&')}'`;
}
