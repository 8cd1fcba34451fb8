/** 构建：dist/（ESM 与类型）、miniprogram_dist/（“构建 npm”用的 CommonJS，ES2018）；并说出大小。 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT = 6_000;
const options = {
  absWorkingDir: root,
  bundle: true,
  target: 'es2018',
  charset: 'utf8',
  platform: 'neutral',
  // 不写 "use strict"：模块本来就是。
  tsconfigRaw: { compilerOptions: { alwaysStrict: false, useDefineForClassFields: false } },
};

for (const folder of ['dist', 'miniprogram_dist']) rmSync(join(root, folder), { recursive: true, force: true });
const commonjs = { ...options, format: 'cjs', entryPoints: ['src/miniprogram.ts'] };
await build({ ...options, format: 'esm', entryPoints: ['src/index.ts'], outfile: 'dist/index.mjs' });
await build({ ...commonjs, outfile: 'miniprogram_dist/index.js' });
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' });
rmSync(join(root, 'dist', 'miniprogram.d.ts')); // 只有“构建 npm”用它
copyFileSync(join(root, 'src', 'contract.d.ts'), join(root, 'dist', 'contract.d.ts'));

const small = await build({ ...commonjs, minify: true, write: false });
const size = small.outputFiles[0].contents.length;
console.log(`bai-wx-miniprogram: ${size} bytes minified (limit ${LIMIT})`);
