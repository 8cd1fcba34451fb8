/**
 * The module `operations.ts`: what the client knows of each operation while it runs, and the typed
 * method of each.
 *
 * A line of the table is `id flags path field`:
 * - flags: `h` answers the envelope of hooks (a download is kept in one), `b` takes a JSON body, `k` takes an Idempotency-Key,
 *   `t` takes a token, `r` only reads, `d` downloads a file; `G`, `P`, `D` are GET, PATCH and DELETE,
 *   without one it is POST; `hbt` where they and the path are left out;
 * - path: below `/pb/api`; `~cart` is `/collections/tbl_cart/records`, each `*` a path parameter;
 *   left out where it is the id with its first `_` as `/`;
 * - field: of an upload, the field of the form that holds the file.
 *
 * A line whose id ends with `_` is a whole family: its flags are the first letters of its `VERBS`;
 * without flags it is all of `HOOKS`. Lines are few because each costs a phone bytes.
 */
const API = '/pb/api';
const METHODS = ['get', 'post', 'patch', 'delete'];
const LETTERS = { get: 'G', patch: 'P', delete: 'D', post: '' };
/** What a family's verbs stand for, as `src/call.ts` reads them. */
const VERBS = { list: 'Gtr', create: 'bkt', view: 'Gtr', update: 'Pbt', delete: 'Dt' };
/** The hooks of a family, as `src/call.ts` reads them. */
const HOOKS = { list: 'hbtr', detail: 'hbtr', create: 'hbkt', update: 'hbt', delete: 'hbt' };
const USUAL = 'hbt';
const NATIVE = /^\/collections\/tbl_(\w+)\/records/;

export function operationsModule(contract) {
  const found = [...operationsOf(contract)];
  const methods = found.map((each) => `${comment(each)}\n  ${each.id}: ${methodType(each)};`);
  return `import type * as Methods from './methods';
import type { components } from './contract';

type Schemas = components['schemas'];

/** 每个操作的标志与路径；写法见 scripts/operations.mjs。 */
export const table = \`${tableOf(found).join('\n')}\`;

/** 每个集合的记录，以及指向其他集合的字段。 */
export interface Collections {
${collectionTypes(contract, found).join('\n')}
}

/** 契约中的每个操作。 */
export interface Operations {
${methods.join('\n')}
}
`;
}

function* operationsOf(contract) {
  for (const [path, item] of Object.entries(contract.paths)) {
    for (const method of METHODS.filter((each) => each in item)) {
      yield describe(contract, path, method, item);
    }
  }
}

function describe(contract, path, method, item) {
  const operation = item[method];
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((each) =>
    resolve(contract, each),
  );
  const content = Object.keys(operation.requestBody?.content ?? {});
  const native = path.slice(API.length).match(NATIVE);
  const answer = successOf(operation);
  return {
    id: operation.operationId,
    method,
    path: path.slice(API.length),
    operation,
    collection: native ? `tbl_${native[1]}` : undefined,
    hasBody: content.includes('application/json'),
    fileField: content.includes('application/json') ? undefined : fileField(contract, operation),
    isDownload: answer !== undefined && !('application/json' in answer),
    isHook: answer !== undefined && isEnvelope(contract, answer['application/json']?.schema),
    pathParameters: parameters.filter((each) => each.in === 'path'),
    hasQuery: parameters.some((each) => each.in === 'query'),
    takesKey: parameters.some((each) => each.name === 'Idempotency-Key'),
  };
}

function tableOf(found) {
  const lines = new Map();
  for (const each of found) {
    const verb = verbOf(each);
    const family = verb && each.id.slice(0, -verb.length);
    const hooks = hookFamilyOf(each, found);
    if (hooks) lines.set(hooks, hooks);
    else if (!verb) lines.set(each.id, line(each));
    else if (lines.has(family)) lines.get(family).verbs += verb[0];
    else lines.set(family, { verbs: verb[0], path: short(each).replace('/*', '') });
  }
  return [...lines].map(([id, text]) => (text.verbs ? `${id} ${text.verbs} ${text.path}` : text));
}

/** The verb that an operation of a collection is, where it is just what the verb stands for. */
function verbOf(each) {
  const verb = Object.keys(VERBS).find((name) => each.id.endsWith(`_${name}`));
  if (!verb || !each.collection) return undefined;
  return flagsOf(each) === VERBS[verb] ? verb : undefined;
}

/** The family that a hook belongs to, where all of its `HOOKS` are there and just what they stand for. */
function hookFamilyOf({ id }, found) {
  const family = id.slice(0, id.lastIndexOf('_') + 1);
  const isUsual = ([verb, flags]) =>
    found.some((each) => each.id === family + verb && flagsOf(each) === flags && isAtItsId(each));
  const isOne = Object.keys(HOOKS).some((verb) => id === family + verb);
  return isOne && Object.entries(HOOKS).every(isUsual) ? family : undefined;
}

function isAtItsId(each) {
  return short(each) === `/${each.id.replace('_', '/')}`;
}

function line(each) {
  const { id, fileField } = each;
  const path = isAtItsId(each) && !fileField ? undefined : short(each);
  const flags = flagsOf(each) === USUAL && !path ? undefined : flagsOf(each);
  return [id, flags, path, fileField].filter(Boolean).join(' ');
}

function short({ path }) {
  return path.replace(NATIVE, '~$1').replace(/\{\w+\}/g, '*');
}

function flagsOf({ method, operation, ...each }) {
  const flags = {
    h: each.isHook || each.isDownload,
    b: each.hasBody,
    k: each.takesKey,
    t: operation.security?.length > 0,
    r: method === 'get' || operation['x-read-only'] === true,
    d: each.isDownload,
  };
  return LETTERS[method] + Object.keys(flags).filter((letter) => flags[letter]).join('');
}

function methodType({ id, method, collection, operation, ...each }) {
  const row = `'${collection}'`;
  const own = `'${id}'`;
  if (each.isDownload) return `Methods.Download<${own}>`;
  if (each.fileField) return `Methods.Upload<${own}, ${row}, '${each.fileField}'>`;
  if (collection && !each.isHook) {
    if (method === 'post') return `Methods.Create<${own}, ${row}>`;
    if (method === 'patch') return `Methods.Update<${own}, ${row}>`;
    if (method === 'delete') return 'Methods.Delete';
    return each.pathParameters.length
      ? `Methods.View<${own}, ${row}>`
      : `Methods.List<${own}, ${row}>`;
  }
  if (!each.hasBody) return each.hasQuery ? `Methods.Ask<${own}>` : `Methods.Plain<${own}>`;
  return operation.requestBody.required ? `Methods.Send<${own}>` : `Methods.MaySend<${own}>`;
}

function comment({ operation, method, path }) {
  const text = `${operation.summary}\n\n${operation.description ?? ''}`.trim();
  const lines = [...text.replaceAll('*/', '*\\/').split('\n'), '', `${method.toUpperCase()} ${API}${path}`];
  return ['  /**', ...lines.map((line) => `   * ${line}`.trimEnd()), '   */'].join('\n');
}

function collectionTypes(contract, found) {
  const views = found.filter((each) => each.collection && each.method === 'get' && each.pathParameters.length);
  return views.map((each) => {
    const name = successOf(each.operation)['application/json'].schema.$ref.split('/').pop();
    const relations = Object.entries(propertiesOf(contract, { $ref: `#/components/schemas/${name}` }))
      .filter(([, schema]) => views.some((other) => other.collection === target(schema)))
      .map(([field, schema]) => `${field}: ${relation(schema)}`);
    return `  ${each.collection}: { record: Schemas['${name}']; relations: ${relations.length ? `{ ${relations.join('; ')} }` : '{}'} };`;
  });
}

function relation(schema) {
  return Array.isArray(schema['x-relation']) || schema.type === 'array' ? `'${target(schema)}'[]` : `'${target(schema)}'`;
}

function target(schema) {
  return [schema['x-relation']].flat()[0];
}

function successOf(operation) {
  const [, answer] = Object.entries(operation.responses).find(([status]) => status === '200') ?? [];
  return answer?.content;
}

/** The property of a form that holds a file. */
function fileField(contract, operation) {
  const form = operation.requestBody?.content['multipart/form-data'];
  const fields = form ? Object.entries(propertiesOf(contract, form.schema)) : [];
  return fields.find(([, schema]) => resolve(contract, schema).format === 'binary')?.[0];
}

function isEnvelope(contract, schema) {
  return schema !== undefined && 'errMsg' in propertiesOf(contract, schema);
}

function propertiesOf(contract, schema) {
  const { properties = {}, allOf = [] } = resolve(contract, schema);
  return Object.assign({}, ...allOf.map((part) => propertiesOf(contract, part)), properties);
}

function resolve(contract, node) {
  if (!node.$ref) return node;
  const keys = node.$ref.split('/').slice(1);
  const found = keys.reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], contract);
  return { ...resolve(contract, found), ...node, $ref: undefined };
}
