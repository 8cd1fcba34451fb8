/**
 * The module `operations.ts`: what the client knows of each operation while it runs, and the typed
 * method of each.
 *
 * A row of the table is `METHOD path flags`:
 * - path: below `/pb/api`; `~cart` is `/collections/tbl_cart/records`, each `*` a path parameter;
 * - flags: `h` answers the envelope of hooks, `b` takes a JSON body, `k` takes an Idempotency-Key,
 *   `t` takes a token, `u` means nothing without a user, `r` only reads, `f` uploads a file,
 *   `d` downloads one.
 * An upload's row ends with the field of the form that holds the file.
 */
const API = '/pb/api';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const NATIVE = /^\/collections\/tbl_(\w+)\/records/;

export function operationsModule(contract) {
  const found = [...operationsOf(contract)];
  const rows = found.map((each) => `  ${each.id}: '${row(each)}',`);
  const methods = found.map((each) => `${comment(each)}\n  ${each.id}: ${methodType(each)};`);
  return `import type * as Methods from './methods';
import type { components } from './contract';

type Schemas = components['schemas'];

/** 每个操作：方法、路径与标志（含义见 scripts/operations.mjs）。 */
export const operations = {
${rows.join('\n')}
};

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
    isOwned: answer !== undefined && isOwned(contract, answer['application/json']?.schema),
  };
}

function row({ id, method, path, ...each }) {
  if (!path || !id) throw new Error(`an operation without path or id: ${id}`);
  const security = each.operation.security ?? [];
  const demandsToken = security.length > 0 && security.every((way) => Object.keys(way).length > 0);
  const readsOnly = method === 'get' || each.operation['x-read-only'] === true;
  const logsIn = each.operation['x-beside']?.includes('token') === true;
  const needsUser = demandsToken || each.isOwned || (security.length > 0 && !readsOnly && !logsIn);
  const flags = {
    h: each.isHook,
    b: each.hasBody,
    k: each.takesKey,
    t: security.length > 0,
    u: needsUser,
    r: readsOnly,
    f: each.fileField,
    d: each.isDownload,
  };
  const letters = Object.keys(flags).filter((letter) => flags[letter]);
  const short = path.replace(NATIVE, '~$1').replace(/\{\w+\}/g, '*');
  return [method.toUpperCase(), short, letters.join(''), each.fileField].filter(Boolean).join(' ');
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

/** Whether the rows that are answered are somebody's own. */
function isOwned(contract, schema) {
  if (schema === undefined) return false;
  const { items } = propertiesOf(contract, schema);
  const record = items?.items ?? schema;
  return 'x-owner' in resolve(contract, record);
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
