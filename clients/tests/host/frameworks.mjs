/** `uni` of uni-app and `Taro`, as far as a client of HTTP meets them: the calls of `wx`, with promises. */

/** uni-app (Vue 3): a call without callbacks returns a promise, requests too. */
export function uniOf(wx, realm) {
  return wrapped(wx, realm, (call) => (options = {}) => {
    if (options.success || options.fail || options.complete) return call(options);
    return realm.promise((success, fail) => call({ ...options, success, fail }));
  });
}

/** Taro 4: every call returns a promise, and calls back as well; a request's promise can abort it. */
export function taroOf(wx, realm) {
  return wrapped(wx, realm, (call) => (options = {}) => {
    let task;
    const promise = realm.promise((resolve, reject) => {
      const success = (result) => void (options.success?.(result), resolve(result));
      const fail = (error) => void (options.fail?.(error), reject(error));
      task = call({ ...options, success, fail });
    });
    return Object.assign(promise, { abort: () => task?.abort?.() });
  });
}

function wrapped(wx, realm, wrap) {
  const calls = ['request', 'uploadFile', 'downloadFile', 'login', 'checkSession', 'getStorage', 'setStorage'];
  return realm.object({ ...wx, ...Object.fromEntries(calls.map((name) => [name, wrap(wx[name])])) });
}
