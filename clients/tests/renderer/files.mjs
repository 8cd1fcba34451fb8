/** Reads a mini program as it is shipped: its JSON, which components each file uses, where packages lie. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const LEFT_OUT = new Set(['node_modules', 'miniprogram_npm', 'dist']);

/** Every file under `root`, as paths relative to it with `/`. */
export function listFiles(root, folder = '') {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : listFiles(root, name);
    return [name];
  });
}

/** A JSON file's value, or `missing` where there is none. */
export function readJson(file, missing = {}) {
  if (!existsSync(file)) return missing;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error.message}`);
  }
}

/** The paths of all pages of `app.json`, those of sub-packages too. */
export function pagesOf(app) {
  const packages = app.subPackages ?? app.subpackages ?? [];
  const inPackages = packages.flatMap(({ root, pages }) => pages.map((page) => path.posix.join(root, page)));
  return [...app.pages, ...inPackages];
}

/** `value` of `usingComponents` in the file `from`, as a path from the app's root. */
function resolveComponent(from, value) {
  return value.startsWith('/') ? value.slice(1) : path.posix.join(path.posix.dirname(from), value);
}

/**
 * Every page and component that is reachable, with its JSON:
 * `{ 'pages/cart/cart': { json, using: { 'ui-tag': 'components/tag/tag' }, isPage, isMissing } }`.
 * What is named and does not exist is missing: it fails when it is first needed, and the rest can be looked at.
 */
export function readUnits(root, app) {
  const common = app.usingComponents ?? {};
  const units = {};
  const read = (unit, isPage) => {
    if (units[unit]) return;
    if (!existsSync(path.join(root, `${unit}.wxml`))) {
      units[unit] = { json: {}, using: {}, isPage, isMissing: true };
      return;
    }
    const json = readJson(path.join(root, `${unit}.json`));
    const shared = Object.fromEntries(
      Object.entries(common).map(([tag, value]) => [tag, `/${resolveComponent('app', value)}`]),
    );
    const using = {};
    units[unit] = { json, using, isPage };
    for (const [tag, value] of Object.entries({ ...shared, ...json.usingComponents })) {
      using[tag] = resolveComponent(unit, value);
      read(using[tag], false);
    }
  };
  pagesOf(app).forEach((page) => read(page, true));
  return units;
}
