import { parseDate } from 'bai-wx-miniprogram';

import { formatYuan } from './money';

/** The whole yuan of an amount and what follows them: `1,680` and `.50`; of a whole amount `''`. */
export function moneyParts(yuan: number): { whole: string; fraction: string } {
  const [whole = '0', fen = '00'] = formatYuan(yuan).split('.');
  return { whole, fraction: fen === '00' ? '' : `.${fen}` };
}

/** The day of a time of the server, where the phone is: `2026-11-20`; empty without one. */
export function dayOf(time: string): string {
  const date = parseDate(time);
  if (!date) return '';
  return [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-');
}

/** The values of a text joined by `|`, as tags and keywords are stored. */
export function splitBars(text: string): string[] {
  return text.split('|').filter((part) => part !== '');
}

/** A size as people read it: `820 KB`, `2.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.round(kilobytes)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
