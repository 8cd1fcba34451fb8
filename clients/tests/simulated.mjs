// The example's components in miniprogram-simulate: WeChat's component system and its WXML compiler in jsdom.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { JSDOM } from 'jsdom';
import { listFiles } from './renderer/files.mjs';

const EXAMPLE = fileURLToPath(new URL('../example/', import.meta.url));
const CLIENT = fileURLToPath(new URL('../miniprogram/src/index.ts', import.meta.url));
const MEGABYTES = 64 * 1024 * 1024;
const require = createRequire(import.meta.url);

const { window } = new JSDOM('<!doctype html><html><head></head><body></body></html>');
for (const name of ['document', 'Event', 'CustomEvent', 'TouchEvent', 'MutationObserver'])
  globalThis[name] = window[name];
globalThis.window = window;
window.__webview_engine_version__ = 0.02; // what wcc's script asks for
globalThis.__webview_engine_version__ = 0.02;

const simulate = require('miniprogram-simulate');
const { usingComponents } = JSON.parse(readFileSync(join(EXAMPLE, 'app.json'), 'utf8'));
const root = compiled();
const ids = new Map();

after(() => rmSync(root, { recursive: true }));

/** A copy of the components whose modules are JavaScript, as the simulator wants them. */
function compiled() {
  const made = mkdtempSync(join(tmpdir(), 'components-'));
  const files = listFiles(EXAMPLE).filter((file) => file.startsWith('components/'));
  files.forEach((file) => cpSync(join(EXAMPLE, file), join(made, file), { recursive: true }));
  files.filter((file) => file.endsWith('.json')).forEach((file) => nameComponents(join(made, file)));
  buildSync({
    entryPoints: files.filter((file) => file.endsWith('.ts')).map((file) => join(EXAMPLE, file)),
    alias: { 'bai-wx-miniprogram': CLIENT },
    bundle: true,
    format: 'cjs',
    target: 'es2018',
    outbase: EXAMPLE,
    outdir: made,
  });
  return made;
}

/** Writes into a component's JSON which of app.json's components it uses: the simulator reads no app.json. */
function nameComponents(file) {
  const wxml = readFileSync(file.replace(/\.json$/, '.wxml'), 'utf8');
  const used = Object.entries(usingComponents).filter(([tag]) => wxml.includes(`<${tag}`));
  const json = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(
    file,
    JSON.stringify({ ...json, usingComponents: { ...Object.fromEntries(used), ...json.usingComponents } }),
  );
}

/**
 * Show a component of clients/example/components.
 *
 * @param {string} name its folder, such as `stepper`.
 * @param {Record<string, unknown>} [properties] what the page gives it.
 * @param {string[]} [listened] the events that the page listens to.
 * @returns `{ component, text, has, send, events }`: `events` lists `[name, detail]` of what the page was told.
 */
export function show(name, properties = {}, listened = []) {
  const component = simulate.render(idOf(name), properties);
  component.attach(window.document.createElement('main'));
  const events = [];
  for (const event of listened)
    component.addEventListener(event, ({ detail }) => events.push([event, detail]));
  return {
    component,
    events,
    text: () => component.dom.textContent.replace(/\s+/g, ' ').trim(),
    has: (selector) => Boolean(component.querySelector(selector)),
    /** A tap, or another event, on the element of a selector (the `index`th), and what it does. */
    async send(selector, event = 'tap', detail = {}, index = 0) {
      component.querySelectorAll(selector)[index].dispatchEvent(event, { detail });
      await simulate.sleep(5);
    },
  };
}

function idOf(name) {
  if (!ids.has(name)) {
    const options = { rootPath: root, compilerOptions: { maxBuffer: MEGABYTES } };
    ids.set(name, simulate.load(join(root, 'components', name, name), `ui-${name}`, options));
  }
  return ids.get(name);
}
