// Modules of the example mini program, running in a phone's realm against the demo server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Phone } from './host/phone.mjs';

const EXAMPLE = fileURLToPath(new URL('../example/', import.meta.url));
const CLIENT = fileURLToPath(new URL('../miniprogram/src/index.ts', import.meta.url));
const SERVER = process.env.SERVER_URL;

/**
 * @param {Record<string, string>} modules paths below clients/example by the name they get.
 * @param {string} [user] who holds the phone.
 * @returns {Promise<{ phone: Phone } & Record<string, object>>} what each module exports.
 */
export async function loadExample(modules, user = 'alice') {
  const made = mkdtempSync(join(tmpdir(), 'example-'));
  const phone = new Phone({ user, domains: [SERVER] });
  after(() => {
    phone.close();
    rmSync(made, { recursive: true });
  });
  const outfile = join(made, 'modules.js');
  await build({
    stdin: { contents: exportsOf(modules), resolveDir: EXAMPLE, loader: 'ts' },
    alias: { 'bai-wx-miniprogram': CLIENT },
    bundle: true,
    format: 'cjs',
    target: 'es2018',
    outfile,
  });
  const realm = phone.launch();
  Object.assign(realm.run('wx'), { getExtConfigSync: () => realm.object({ baseUrl: SERVER }) });
  return { phone, ...realm.require(outfile) };
}

function exportsOf(modules) {
  const lines = Object.entries(modules).map(([name, path]) => `export * as ${name} from './${path}';`);
  return lines.join('\n');
}
