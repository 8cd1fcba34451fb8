// where`…`: whatever a value holds, the rows of exactly this value are found, and no others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, loggedIn, MANUAL, same, SWITCH, THERMOSTAT } from './shop.mjs';

const { deepEqual, equal, ok, throws } = assert;
const { api, where, and, or, realm } = await loggedIn('mp-filter');

/** Dates of the realm: those of the test's own are no instances of its class. */
const date = realm.run('(text) => new Date(text)');
const FIND = { perPage: 100 };

const NAMES = {
  'a single quote': 'O\'Neil 商行',
  'double quotes': '"引号" Ltd.',
  'both quotes': `'"'"`,
  'a backslash': 'C:\\shop\\name',
  'a backslash at the end': 'end\\',
  'two backslashes at the end': 'end\\\\',
  'a backslash before a quote': 'a\\\'b\\"c',
  'a line feed': 'line\nfeed',
  'a carriage return and a tab': 'return\r\n\ttab',
  'a backslash and an n': 'not a\\nline',
  Chinese: '深圳市百益智能',
  'an emoji': '🛒👩‍👩‍👧 shop',
  'a percent sign': '100%',
  'an underscore': 'a_b',
  'a comment': 'a // b',
  SQL: 'x\' OR \'1\'=\'1\' --',
  'a filter': '" || id != "',
  'a placeholder': '{:name}',
  'a JavaScript replacement': '$& $1 $$',
  'a template': '${word}',
  digits: '00123',
  'the word null': 'null',
  'the word true': 'true',
  'a space at each end': ' padded ',
};

/** Rows that only a filter too wide would find beside them. */
const LOOKALIKES = ['100x', 'axb', 'LINE\nFEED', '123', 'end', 'padded', 'not a\nline'];

const created = {};
for (const name of [...Object.values(NAMES), ...LOOKALIKES]) {
  created[name] = (await api.company_create({ company_name: name })).id;
}

const idsOf = ({ items }) => items.map(({ id }) => id);

for (const [what, name] of Object.entries(NAMES)) {
  test(`a text with ${what} is found by =, and left out by !=`, async () => {
    same(idsOf(await api.company_list({ ...FIND, filter: where`company_name = ${name}` })), [created[name]]);
    const others = new Set(idsOf(await api.company_list({ ...FIND, filter: where`company_name != ${name}` })));
    ok(!others.has(created[name]));
    ok(Object.values(created).every((id) => id === created[name] || others.has(id)));
  });

  test(`a text with ${what} is found by ~ as it is written`, async () => {
    const found = new Set(idsOf(await api.company_list({ ...FIND, filter: where`company_name ~ ${name}` })));
    ok(found.has(created[name]));
    const lower = name.toLowerCase();
    const wrong = Object.entries(created).filter(([other, id]) => found.has(id) && !other.toLowerCase().includes(lower));
    deepEqual(wrong, []);
  });
}

const EFFECT = '2026-11-01T00:00:00Z';

/** Filters by their values: the collection, the filter, the ids it finds. */
const VALUES = {
  'a decimal number': ['product_list', where`prod_list_basic_price = ${199.5}`, [SWITCH]],
  'a number that no float holds': ['product_list', where`prod_list_basic_price = ${69.9}`, ['p2q4v7n1u3d6c9g']],
  'a negative number': ['product_list', where`prod_list_sort > ${-1.5} && prod_list_sort < ${20}`, [SWITCH]],
  'false': ['product_list', where`prod_list_sort < ${20} && is_delete = ${false}`, [SWITCH]],
  'true': ['product_list', where`is_delete = ${true}`, []],
  'null for an empty text': ['product_list', where`prod_list_sort < ${20} && prod_list_remark = ${null}`, [SWITCH]],
  'two conditions': ['product_list', and(where`prod_list_name ~ ${'三键'}`, where`prod_list_basic_price > ${100}`), [SWITCH]],
  'conditions of which some are empty': ['product_list', and('', where`id = ${SWITCH}`, null, undefined, false), [SWITCH]],
  'one or the other': [
    'product_list', and(or(where`id = ${SWITCH}`, where`id = ${THERMOSTAT}`), where`prod_list_basic_price > ${200}`), [THERMOSTAT],
  ],
  'a moment': ['document_list', where`document_effect_date = ${date(EFFECT)}`, [MANUAL]],
  'a moment a millisecond later': ['document_list', where`document_effect_date = ${date('2026-11-01T00:00:00.001Z')}`, []],
  'a moment as a bound': ['document_list', where`document_effect_date >= ${date(EFFECT)}`, [MANUAL]],
};

for (const [what, [list, filter, ids]] of Object.entries(VALUES)) {
  test(`where takes ${what}`, async () => same(idsOf(await api[list]({ filter })), ids));
}

test('a text that names @request is refused by the server, as PocketBase refuses it', async () => {
  const { code } = await failureOf(api.company_list({ filter: where`company_name = ${'@request.auth.id'}` }));
  equal(code, 'forbidden');
});

test('nothing to filter is no filter', async () => {
  equal(and(), '');
  equal((await api.product_list({ filter: and('', null) })).totalItems, 10);
});

for (const [what, value] of Object.entries({ undefined: undefined, NaN, Infinity, 'an exponent': 1e-7, object: {}, array: ['id'] })) {
  test(`where refuses ${what}: such a filter would find something else`, () => {
    throws(() => where`id = ${value}`, (error) => error.name === 'TypeError');
  });
}
