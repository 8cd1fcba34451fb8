const MOMENT = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?/;

/**
 * 服务器的时间（UTC，形如 `2026-11-23 08:15:30.123Z`）。空字符串与读不懂的为 `null`。
 * 不经过 `Date.parse`：iOS 的 JSCore 读不懂中间是空格的写法。
 */
export function parseDate(text: string | null | undefined): Date | null {
  const [, year, month, day, hour, minute, second, milli] = MOMENT.exec(text || '') || [];
  if (!year) return null;
  return new Date(Date.UTC(+year, +month! - 1, +day!, +hour!, +minute!, +second!, +(milli || 0)));
}
