/** 令牌到期的时刻，毫秒；读不懂的视为永不到期，由服务器判断。JSCore 里没有 `atob`。 */
export function expiryOf(token: string): number {
  let claims = '';
  let bits = 0;
  let size = 0;
  for (const letter of token.split('.')[1] || '') {
    const code = letter.charCodeAt(0);
    // base64url：a-z、_、A-Z、0-9、-
    bits = (bits << 6) | (code > 96 ? code - 71 : code > 94 ? 63 : code > 64 ? code - 65 : code > 47 ? code + 4 : 62);
    size += 6;
    if (size > 7) claims += String.fromCharCode((bits >> (size -= 8)) & 255);
  }
  const found = /"exp":(\d+)/.exec(claims);
  return found ? +found[1]! * 1000 : Infinity;
}
