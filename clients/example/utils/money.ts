/**
 * Money on the phone. The server answers yuan as a number of at most two decimals; sums are made in
 * whole fen, because 0.1 + 0.2 is not 0.3 in JavaScript either.
 */

/** Whole fen of an amount in yuan. */
export function toFen(yuan: number): number {
  return Math.round(yuan * 100);
}

/** Yuan of whole fen, as the server takes it in `order_amount`. */
export function toYuan(fen: number): number {
  return fen / 100;
}

/** Whole fen as people read them: `34,063.12`, without the sign of the currency. */
export function formatFen(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0 ? '-' : ''}${yuan}.${digits.slice(-2)}`;
}

/** An amount in yuan as people read it. */
export function formatYuan(yuan: number): string {
  return formatFen(toFen(yuan));
}
