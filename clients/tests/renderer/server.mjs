/**
 * Serves a mini program to a browser on a free port of 127.0.0.1, and does what `wx` does outside of the page.
 *
 *     node renderer/server.mjs '{"app": "../example", "origins": {"http://127.0.0.1:8090": "http://127.0.0.1:43210"}}'
 *
 * prints `{"url": "http://127.0.0.1:…"}` when it is ready. `/?path=pages/cart/cart&user=alice` shows a page to the user
 * whose login code is `demo-alice`. It ends with its standard input.
 */

import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { Phone } from '../host/phone.mjs';
import { wxOf } from '../host/wx.mjs';
import { compileApp } from './compile.mjs';
import { pictureBytes } from './picture.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const TYPES = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.svg': 'image/svg+xml',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
};
const PICTURE = 'avatar.png';

/** Values of this process are the phone's own: there is one realm. */
const REALM = {
  object: (values) => values,
  copy: (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value))),
  parse: JSON.parse,
  bytes: (bytes) => bytes,
  promise: (executor) => new Promise(executor),
  error: (message) => new Error(message),
};

const { app: root, origins = {} } = JSON.parse(process.argv[2] ?? '{}');
const compiled = compileApp(root);
const runtime = esbuild.buildSync({
  entryPoints: [path.join(HERE, 'runtime', 'index.js')],
  bundle: true,
  write: false,
  format: 'iife',
  define: { global: 'window' },
  loader: { '.css': 'text' },
  logLevel: 'error',
}).outputFiles[0].text;
const phones = new Map();

/** The phone of a user, made when it is first asked for. */
function phoneOf(user) {
  if (!phones.has(user)) {
    const phone = new Phone({ user });
    phones.set(user, { phone, wx: wxOf(phone, REALM) });
  }
  return phones.get(user);
}

function shell(query) {
  const [baseUrl = ''] = Object.values(origins);
  const options = {
    path: query.get('path') ?? compiled.pages[0],
    baseUrl,
    origins,
    phone: { code: query.get('phone') ?? 'phone-13800138000' },
  };
  const json = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>renderer</title></head>
<body><script>window.compiledApp = ${json(compiled)}; window.rendererOptions = ${json(options)};</script><script src="/runtime.js"></script></body></html>`;
}

/** Calls `wx[name]` of the phone and answers `{ result }` or `{ failure }`. */
async function call({ phone, wx }, name, options) {
  if (name === 'temporaryPicture') return { result: phone.keepFile(PICTURE, pictureBytes()) };
  return new Promise((resolve) => {
    wx[name]({
      ...options,
      success: (result) => resolve({ result }),
      fail: (failure) => resolve({ failure }),
    });
  });
}

/** Changes what a user's phone meets: `{ connected }`, `{ trouble }` as host/network.mjs has it. */
function change({ phone }, { connected, trouble }) {
  if (connected !== undefined) phone.connect(connected);
  if (trouble) phone.network.trouble(trouble);
  return {};
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || '{}');
}

function file(name) {
  const found = path.join(root, path.posix.normalize(`/${decodeURIComponent(name)}`));
  return [TYPES[path.extname(found)] ?? 'application/octet-stream', readFileSync(found)];
}

async function answer(request) {
  const { pathname, searchParams } = new URL(request.url, 'http://renderer');
  const user = /(?:^|; )user=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? 'alice';
  if (pathname === '/') return ['text/html; charset=utf-8', shell(searchParams)];
  if (pathname === '/runtime.js') return ['text/javascript; charset=utf-8', runtime];
  if (pathname.startsWith('/app/')) return file(pathname.slice('/app/'.length));
  if (pathname === '/temporary')
    return ['image/png', phoneOf(user).phone.files.get(searchParams.get('path'))];
  if (pathname === '/phone')
    return ['application/json', JSON.stringify(change(phoneOf(user), await bodyOf(request)))];
  if (pathname.startsWith('/wx/')) {
    return [
      'application/json',
      JSON.stringify(await call(phoneOf(user), pathname.slice('/wx/'.length), await bodyOf(request))),
    ];
  }
  throw new Error(`nothing at ${pathname}`);
}

const server = http.createServer(async (request, response) => {
  try {
    const [type, body] = await answer(request);
    const user = new URL(request.url, 'http://renderer').searchParams.get('user');
    response.writeHead(200, {
      'content-type': type,
      'cache-control': 'no-store',
      ...(user && { 'set-cookie': `user=${user}` }),
    });
    response.end(body);
  } catch (error) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(String(error.stack));
  }
});
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })),
);
process.stdin.resume().on('end', () => process.exit(0));
