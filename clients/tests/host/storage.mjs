/** What a mini program keeps on the phone: storage by key, and files. Both outlive a restart. */

const MOST_BYTES_OF_A_KEY = 1024 * 1024;
const ROOT = 'http://usr';

/** The synchronous storage calls of `wx`, and those with callbacks beside them. */
export function storageApi(storage, realm, asynchronous) {
  const set = (key, data) => {
    const text = JSON.stringify(data) ?? 'null';
    if (storage.isFull || Buffer.byteLength(text) > MOST_BYTES_OF_A_KEY) {
      throw realm.error('setStorageSync:fail exceed storage max size');
    }
    storage.values.set(String(key), text);
  };
  const has = (key) => storage.values.has(String(key));
  const get = (key) => (has(key) ? realm.parse(storage.values.get(String(key))) : '');
  const remove = (key) => void storage.values.delete(String(key));
  const info = () => ({ keys: [...storage.values.keys()], currentSize: 0, limitSize: 10240 });
  const found = (key) => {
    if (!has(key)) throw new Error('data not found');
    return { data: get(key) };
  };
  return {
    setStorageSync: set,
    getStorageSync: get,
    removeStorageSync: remove,
    clearStorageSync: () => storage.values.clear(),
    getStorageInfoSync: () => realm.copy(info()),
    setStorage: asynchronous('setStorage', ({ key, data }) => set(key, data)),
    getStorage: asynchronous('getStorage', ({ key }) => found(key)),
    removeStorage: asynchronous('removeStorage', ({ key }) => remove(key)),
  };
}

/** `wx.getFileSystemManager()`: files by their path, read as bytes or as text. */
export function fileApi(files, realm, asynchronous) {
  const bytesOf = (path) => {
    const bytes = files.get(path);
    if (!bytes) throw realm.error(`readFile:fail no such file or directory, open '${path}'`);
    return bytes;
  };
  const read = (path, encoding) => {
    const bytes = bytesOf(path);
    return encoding ? Buffer.from(bytes).toString(encoding) : realm.bytes(bytes);
  };
  const write = (path, data, encoding = 'utf8') => {
    files.set(path, typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(new Uint8Array(data)));
  };
  const manager = realm.object({
    accessSync: (path) => void bytesOf(path),
    readFileSync: read,
    unlinkSync: (path) => void (bytesOf(path) && files.delete(path)),
    writeFileSync: write,
    getFileInfo: asynchronous('getFileInfo', ({ filePath }) => ({ size: bytesOf(filePath).length })),
    readFile: asynchronous('readFile', ({ filePath, encoding }) => ({ data: read(filePath, encoding) })),
    writeFile: asynchronous('writeFile', ({ filePath, data, encoding }) => write(filePath, data, encoding)),
  });
  return { env: realm.copy({ USER_DATA_PATH: ROOT }), getFileSystemManager: () => manager };
}
