/** 服务器的时间（UTC，形如 `2026-11-23 08:15:30.123Z`）；空字符串与读不懂的为 `null`。 */
export function parseDate(text: string | null | undefined): Date | null {
  // iOS 的 JSCore 读不懂中间是空格的写法。
  const date = new Date((text || '').replace(' ', 'T'));
  return isNaN(+date) ? null : date;
}
