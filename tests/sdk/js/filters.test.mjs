// pb.filter(): whatever a value holds, the rows of exactly this value are found, and no others.
import assert from "node:assert/strict";
import test from "node:test";
import { guest, idsOf, login, MANUAL, NOTICE, PLAN, SWITCH, THERMOSTAT } from "./shop.mjs";

const pb = guest();
const author = await login("js-filter");

const NAMES = {
    "a single quote": "O'Neil 商行",
    "double quotes": '"引号" Ltd.',
    "both quotes": `'"'"`,
    "a backslash": "C:\\shop\\name",
    "a backslash at the end": "end\\",
    "two backslashes at the end": "end\\\\",
    "a backslash before a quote": "a\\'b\\\"c",
    "a line feed": "line\nfeed",
    "a carriage return and a tab": "return\r\n\ttab",
    "a backslash and an n": "not a\\nline",
    "Chinese": "深圳市百益智能",
    "an emoji": "🛒👩‍👩‍👧 shop",
    "a percent sign": "100%",
    "an underscore": "a_b",
    "a comment": "a // b",
    "SQL": "x' OR '1'='1' --",
    "a filter": '" || id != "',
    "a placeholder": "{:name}",
    "a JavaScript replacement": "$& $1 $$",
    "digits": "00123",
    "the word null": "null",
    "the word true": "true",
    "a space at each end": " padded ",
};

// Rows that only a filter too wide would find beside them.
const LOOKALIKES = ["100x", "axb", "LINE\nFEED", "123", "end", "padded", "not a\nline"];

const created = {};
for (const name of [...Object.values(NAMES), ...LOOKALIKES]) {
    created[name] = (await author.collection("tbl_company").create({ company_name: name })).id;
}

for (const [what, name] of Object.entries(NAMES)) {
    test(`a text with ${what} is found by =`, async () => {
        const found = await pb.collection("tbl_company").getFullList({
            filter: pb.filter("company_name = {:name}", { name }),
        });
        assert.deepEqual(found.map((row) => row.company_name), [name]);
        assert.deepEqual(idsOf(found), [created[name]]);
    });
}

for (const [what, name] of Object.entries(NAMES)) {
    test(`a text with ${what} is left out by !=`, async () => {
        const found = await pb.collection("tbl_company").getFullList({
            filter: pb.filter("company_name != {:name}", { name }),
        });
        const others = Object.values(created).filter((id) => id !== created[name]);
        const ids = new Set(idsOf(found));
        assert.ok(!ids.has(created[name]));
        assert.ok(others.every((id) => ids.has(id)));
    });
}

const PRODUCTS = [
    ["a decimal number", "prod_list_basic_price = {:v}", 199.5, [SWITCH]],
    ["a number of two decimals that no float holds", "prod_list_basic_price = {:v}", 69.9, ["p2q4v7n1u3d6c9g"]],
    ["an integer", "prod_list_sort = {:v}", 50, [THERMOSTAT]],
    ["a negative number", "prod_list_sort > {:v} && prod_list_sort < 20", -1.5, [SWITCH]],
    ["zero", "prod_list_sort > {:v} && prod_list_sort < 20", 0, [SWITCH]],
    ["false for a number of 0", "prod_list_sort < 20 && is_delete = {:v}", false, [SWITCH]],
    ["true for a number of 0", "is_delete = {:v}", true, []],
    ["null for an empty text", "prod_list_sort < 20 && prod_list_remark = {:v}", null, [SWITCH]],
    ["null for a text that is not empty", "prod_list_name = {:v}", null, []],
    ["undefined, which is null", "prod_list_name = {:v}", undefined, []],
    ["an array for JSON", "prod_list_function = {:v} && prod_list_sort < 20", ["场景联动", "断电记忆"], [SWITCH]],
    ["a word of an array", "prod_list_function ~ {:v} && prod_list_sort < 20", "场景联动", [SWITCH]],
];

for (const [what, filter, v, ids] of PRODUCTS) {
    test(what, async () => {
        const found = await pb.collection("tbl_product_list").getFullList({
            filter: pb.filter(filter, { v }),
        });
        assert.deepEqual(idsOf(found), ids);
    });
}

const EFFECT = new Date("2026-11-01T00:00:00Z");
const DOCUMENTS = [
    ["a Date is found by =", "document_effect_date = {:v}", EFFECT, [MANUAL]],
    ["a Date a millisecond later is not", "document_effect_date = {:v}", new Date(EFFECT.getTime() + 1), []],
    ["a Date as a lower bound", "document_effect_date >= {:v}", EFFECT, [MANUAL]],
    ["a Date as an open lower bound", "document_effect_date > {:v}", EFFECT, []],
    ["a Date as an upper bound meets unset dates", "document_effect_date < {:v}", EFFECT, [PLAN, NOTICE]],
    ["a state that is derived", "document_status = {:v}", "过期", [NOTICE]],
    ["null for an unset date", "document_effect_date = {:v}", null, [PLAN]],
];

for (const [what, filter, v, ids] of DOCUMENTS) {
    test(what, async () => {
        const found = await pb.collection("tbl_document").getFullList({
            filter: pb.filter(filter, { v }),
        });
        assert.deepEqual(idsOf(found), ids);
    });
}

test("several placeholders, one of them twice", async () => {
    const filter = pb.filter(
        "(prod_list_name ~ {:word} || prod_list_description ~ {:word}) && prod_list_basic_price > {:least}",
        { word: "三键", least: 100 },
    );
    assert.deepEqual(idsOf(await pb.collection("tbl_product_list").getFullList({ filter })), [SWITCH]);
});

test("a Date finds the row that was written then", async () => {
    const [row] = await pb.collection("tbl_company").getFullList({ sort: "-created" });
    const filter = pb.filter("created = {:at} && id = {:id}", {
        at: new Date(row.created.replace(" ", "T")),
        id: row.id,
    });
    assert.equal((await pb.collection("tbl_company").getFirstListItem(filter)).id, row.id);
});
