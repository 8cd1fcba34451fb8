/**
 * Writes src/contract.d.ts (openapi-typescript) and src/operations.ts from the bundled contract.
 *
 * `npm run generate` asks the command `bai-wx contract` for it (another one: BAI_WX=/path/to/bai-wx);
 * `npm run generate -- FILE [FOLDER]` reads it from a JSON file and may write elsewhere than to src/.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

import { operationsModule } from './operations.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const HEADER = '// 由 `npm run generate` 从接口契约生成，请勿手改。\n';

function bundledContract(file) {
  if (file) return JSON.parse(readFileSync(file, 'utf8'));
  const command = process.env.BAI_WX || 'bai-wx';
  const root = join(HERE, '..', '..', '..');
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 };
  return JSON.parse(execFileSync(command, ['contract'], options));
}

/** The contract without examples and refusals: `ErrorCode` names every refusal, and types stay small. */
function forTypes(contract) {
  const succeeds = ([status]) => status.startsWith('2');
  return JSON.parse(JSON.stringify(contract), function keep(key, value) {
    if (key === 'responses') return Object.fromEntries(Object.entries(value).filter(succeeds));
    if (key === 'links' || key === 'headers') return undefined;
    const isKeyword = !Array.isArray(this) && (key === 'example' || key === 'examples');
    return isKeyword && !('type' in Object(value)) ? undefined : value;
  });
}

const [file, folder = join(HERE, '..', 'src')] = process.argv.slice(2);
const contract = bundledContract(file);
const types = astToString(await openapiTS(forTypes(contract)));
writeFileSync(join(folder, 'contract.d.ts'), HEADER + types);
writeFileSync(join(folder, 'operations.ts'), HEADER + operationsModule(contract));
