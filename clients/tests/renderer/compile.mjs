/**
 * Compiles a mini program for the browser: WXML and WXSS by WeChat's own compilers `wcc` and `wcsc`
 * (npm `miniprogram-compiler`), TypeScript file by file by esbuild, as WeChat's tools do.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { listFiles, pagesOf, readJson, readUnits } from './files.mjs';

const require = createRequire(import.meta.url);
const TARGET = 'es2018';
const MEGABYTES = 64 * 1024 * 1024;
const FOLDERS = { darwin: 'mac', linux: 'linux', win32: 'windows' };

/** Everything the runtime needs of the mini program in the folder `root`, as one JSON value. */
export function compileApp(root) {
  const files = listFiles(root);
  const app = readJson(path.join(root, 'app.json'), null);
  if (app === null) throw new Error(`${root} holds no app.json`);
  const units = readUnits(root, app);
  return {
    app,
    pages: pagesOf(app),
    theme: readJson(path.join(root, app.themeLocation ?? 'theme.json')),
    units,
    wxml: compileWxml(root, files, units),
    wxss: compileAllWxss(root, files),
    modules: { ...compileModules(root, files), ...compilePackages(root) },
  };
}

/** One script that defines `$gwx`, the function from a file's name to its template. */
function compileWxml(root, files, units) {
  const wxml = files.filter((file) => file.endsWith('.wxml'));
  const wxs = files.filter((file) => file.endsWith('.wxs'));
  const existing = Object.entries(units).filter(([, { isMissing }]) => !isMissing);
  const using = existing.map(([unit, { using: tags }]) => {
    const names = Object.keys(tags);
    return [`${unit}.wxml`, names.length, ...names].join(' ');
  });
  return runCompiler('wcc', root, [
    '-d',
    '-cc',
    [using.length, ...using].join(' '),
    ...wxml,
    ...wxs,
    '-gn',
    '$gwx',
  ]);
}

/** The CSS of each .wxss with `@import`s put in; class prefixes and lengths in rpx are still marked. */
function compileAllWxss(root, files) {
  const wxss = files.filter((file) => file.endsWith('.wxss'));
  const compiled = wxss.map((file) => {
    const others = wxss.filter((other) => other !== file);
    return [file.slice(0, -'.wxss'.length), runCompiler('wcsc', root, ['-lc', file, ...others])];
  });
  return Object.fromEntries(compiled);
}

function runCompiler(name, root, options) {
  const folder = path.join(
    path.dirname(require.resolve('miniprogram-compiler')),
    'bin',
    FOLDERS[process.platform],
  );
  const program = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name);
  chmodSync(program, 0o755); // npm unpacks it without the right to run it
  const done = spawnSync(program, options, { cwd: root, maxBuffer: MEGABYTES, encoding: 'utf8' });
  if (done.status !== 0)
    throw new Error(`${name}: ${done.error ?? (done.stderr + done.stdout).slice(-2000)}`);
  return done.stdout;
}

/** The CommonJS text of each .ts and .js of the app, by its path without the ending. */
function compileModules(root, files) {
  const scripts = files.filter((file) => /(?<!\.d)\.(ts|js)$/.test(file));
  return Object.fromEntries(
    scripts.map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const options = {
        loader: 'ts',
        format: 'cjs',
        target: TARGET,
        sourcefile: file,
        supported: { 'dynamic-import': false },
      };
      return [file.replace(/\.(ts|js)$/, ''), esbuild.transformSync(text, options).code];
    }),
  );
}

/** The packages of `dependencies`, each one file by its name, as "构建 npm" makes them. */
function compilePackages(root) {
  const { dependencies = {} } = readJson(path.join(root, 'package.json'));
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, version]) => {
      const local = version.startsWith('file:') ? path.join(root, version.slice('file:'.length)) : '';
      return [name, packageText(name, local || path.join(root, 'node_modules', name))];
    }),
  );
}

function packageText(name, folder) {
  const manifest = readJson(path.join(folder, 'package.json'), null);
  if (manifest === null) throw new Error(`${name} is not in ${folder}`);
  const built = path.join(folder, manifest.miniprogram ?? 'miniprogram_dist', 'index.js');
  const entry = existsSync(built) ? built : path.join(folder, 'src', 'index.ts');
  const options = {
    bundle: true,
    write: false,
    format: 'cjs',
    target: TARGET,
    platform: 'neutral',
    logLevel: 'silent',
  };
  return esbuild.buildSync({ ...options, entryPoints: [entry] }).outputFiles[0].text;
}
