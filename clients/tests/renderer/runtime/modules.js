/** Runs the app's modules by the rules of a mini program: CommonJS, and no more of a browser than a phone has. */

/** What a browser has and a mini program has not: a module that touches one finds `undefined`. */
const ABSENT = `
  window self globalThis document location history navigator localStorage sessionStorage indexedDB
  caches crypto performance fetch Headers Request Response FormData XMLHttpRequest WebSocket
  EventSource AbortController AbortSignal URL URLSearchParams Blob File FileReader TextEncoder
  TextDecoder btoa atob structuredClone Intl Image Audio alert confirm prompt requestAnimationFrame
  cancelAnimationFrame queueMicrotask MutationObserver IntersectionObserver ResizeObserver Event
  CustomEvent EventTarget Function
`.split(/\s+/).filter(Boolean);

/** A loader of `texts`, modules by their path without ending; `given` are the globals that a mini program has. */
export function createLoader(texts, given) {
  const loaded = new Map();
  const names = [...Object.keys(given), ...ABSENT];

  function load(id) {
    if (loaded.has(id)) return loaded.get(id).exports;
    const module = { exports: {} };
    loaded.set(id, module);
    const run = new Function(
      'require',
      'module',
      'exports',
      ...names,
      `${texts[id]}\n//# sourceURL=app:///${id}.js`,
    );
    run.call(undefined, (name) => load(resolve(id, name)), module, module.exports, ...Object.values(given));
    return module.exports;
  }

  function resolve(from, name) {
    const base = name.startsWith('.')
      ? new URL(name, `http://app/${from}`).pathname.slice(1)
      : name.replace(/^\//, '');
    const found = [base, base.replace(/\.js$/, ''), `${base}/index`].find((id) => id in texts);
    if (found === undefined) throw new Error(`${from}: module '${name}' is not defined`);
    return found;
  }

  return { load, has: (id) => id in texts };
}
