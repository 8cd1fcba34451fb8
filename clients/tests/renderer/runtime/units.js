/** Lengths: a screen is 750rpx wide, here 390 px. */

export const WIDTH = 390;

/** `10rpx` in a text becomes `5.2px`. */
export function px(text) {
  return String(text).replace(/(-?\d*\.?\d+)rpx/g, (_, number) => `${(Number(number) * WIDTH) / 750}px`);
}

/** CSS that `wcsc` made, its marks replaced; `prefix` is put before class names, `host` stands for `:host`. */
export function css(compiled, { prefix = '', host = '' } = {}) {
  const prefixed = compiled
    .replaceAll('%%HERESUFFIX%%', prefix && `${prefix}--`)
    .replace(/%%\?(-?[\d.]+)rpx\?%%/g, (_, number) => px(`${number}rpx`))
    .replace(/env\(\s*safe-area-inset-bottom\s*(,[^()]*)?\)/g, 'var(--renderer-safe-bottom, 0px)')
    .replace(/env\(\s*safe-area-inset-top\s*(,[^()]*)?\)/g, 'var(--renderer-safe-top, 0px)');
  return host ? prefixed.replace(/:host(\(([^)]*)\))?/g, (_, __, more = '') => host + more) : prefixed;
}
