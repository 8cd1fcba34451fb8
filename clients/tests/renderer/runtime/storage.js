/** `wx`'s storage: JSON by key, kept by the browser until its context ends, so over a restart of the mini program. */

const PREFIX = 'wx:';

export class Storage {
  set(key, value) {
    localStorage.setItem(PREFIX + key, JSON.stringify(value) ?? 'null');
  }

  has(key) {
    return localStorage.getItem(PREFIX + key) !== null;
  }

  /** The value of a key, `''` where there is none. */
  get(key) {
    return this.has(key) ? JSON.parse(localStorage.getItem(PREFIX + key)) : '';
  }

  remove(key) {
    localStorage.removeItem(PREFIX + key);
  }

  clear() {
    localStorage.clear();
  }

  keys() {
    return Object.keys(localStorage).map((key) => key.slice(PREFIX.length));
  }
}
