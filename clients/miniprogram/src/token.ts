const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 令牌到期的时刻，毫秒；读不懂的视为永不到期，由服务器判断。 */
export function expiryOf(token: string): number {
  const found = /"exp":\s*(\d+)/.exec(decoded(token.split('.')[1] || ''));
  return found ? +found[1]! * 1000 : Infinity;
}

/** base64url 到 ASCII：JSCore 里没有 `atob`。 */
function decoded(text: string): string {
  let out = '';
  let bits = 0;
  let size = 0;
  for (const letter of text) {
    bits = ((bits << 6) | ALPHABET.indexOf(letter)) & 0xfff;
    size += 6;
    if (size >= 8) {
      size -= 8;
      out += String.fromCharCode((bits >> size) & 0xff);
    }
  }
  return out;
}
