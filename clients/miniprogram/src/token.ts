const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 令牌到期的时刻，毫秒；读不懂的视为永不到期，由服务器判断。JSCore 里没有 `atob`。 */
export function expiryOf(token: string): number {
  let claims = '';
  let bits = 0;
  let size = 0;
  for (const letter of token.split('.')[1] || '') {
    bits = (bits << 6) | LETTERS.indexOf(letter);
    size += 6;
    if (size > 7) claims += String.fromCharCode((bits >> (size -= 8)) & 255);
  }
  const found = /"exp":(\d+)/.exec(claims);
  return found ? +found[1]! * 1000 : Infinity;
}
