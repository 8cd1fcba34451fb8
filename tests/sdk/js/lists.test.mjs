// Reading: pages, whole lists, the first of a list, one record; expand, fields and sort.
import assert from "node:assert/strict";
import test from "node:test";
import { failureOf, guest, idsOf, login, MANUAL, PLAN, SWITCH, SWITCH_ICON } from "./shop.mjs";

const pb = guest();
const products = pb.collection("tbl_product_list");

test("getList answers a page and the totals", async () => {
    const page = await products.getList(2, 3, { sort: "prod_list_sort" });
    assert.deepEqual(
        [page.page, page.perPage, page.totalItems, page.totalPages, page.items.length],
        [2, 3, 10, 4, 3],
    );
    assert.deepEqual(page.items.map((item) => item.prod_list_sort), [40, 50, 60]);
});

test("getList without arguments is the first thirty", async () => {
    const page = await products.getList();
    assert.deepEqual([page.page, page.perPage, page.items.length], [1, 30, 10]);
});

test("getList past the end is empty, with the true totals", async () => {
    const page = await products.getList(99, 3);
    assert.deepEqual([page.page, page.items, page.totalItems], [99, [], 10]);
});

test("skipTotal leaves the totals out", async () => {
    const page = await products.getList(1, 3, { skipTotal: true });
    assert.deepEqual([page.totalItems, page.totalPages, page.items.length], [-1, -1, 3]);
});

test("getFullList puts all pages together", async () => {
    const whole = await products.getFullList();
    const inThrees = await products.getFullList({ batch: 3 });
    assert.equal(new Set(idsOf(whole)).size, 10);
    assert.deepEqual(idsOf(inThrees), idsOf(whole));
});

test("getFullList of exactly full pages ends", async () => {
    assert.equal((await products.getFullList(5)).length, 10);
});

test("getFullList filters and sorts", async () => {
    const sensors = await products.getFullList({
        filter: pb.filter("prod_list_category = {:kind}", { kind: "传感器" }),
        sort: "-prod_list_basic_price",
    });
    assert.deepEqual(sensors.map((item) => item.prod_list_basic_price), [179, 69.9]);
});

test("sort by several keys, one reversed", async () => {
    const items = await products.getFullList({ sort: "prod_list_category,-prod_list_basic_price" });
    const keys = items.map((item) => [item.prod_list_category, -item.prod_list_basic_price]);
    const expected = [...keys].sort(([a, x], [b, y]) => Buffer.compare(Buffer.from(a), Buffer.from(b)) || x - y);
    assert.ok(new Set(keys.map(([kind]) => kind)).size > 1);
    assert.deepEqual(keys, expected);
});

test("getFirstListItem finds the first", async () => {
    const cheapest = await products.getFirstListItem("prod_list_basic_price < 150", {
        sort: "prod_list_basic_price",
    });
    assert.equal(cheapest.prod_list_modelnumber, "BLV-DS-01");
});

test("getFirstListItem that finds nothing is the client's own 404", async () => {
    const error = await failureOf(products.getFirstListItem("prod_list_basic_price < 0"));
    assert.equal(error.status, 404);
    assert.equal(error.url, "", "no answer of the server has this error");
    assert.equal(error.message, "The requested resource wasn't found.");
});

test("getFirstListItem with a bad filter is the server's 400", async () => {
    const error = await failureOf(products.getFirstListItem("colour = 1"));
    assert.equal(error.status, 400);
    assert.match(error.url, /\/pb\/api\/collections\/tbl_product_list\/records\?/);
});

test("getOne shows a record", async () => {
    const record = await products.getOne(SWITCH);
    assert.equal(record.id, SWITCH);
    assert.equal(record.collectionName, "tbl_product_list");
    assert.equal(record.prod_list_name, "智能开关面板 三键");
    assert.equal(record.prod_list_basic_price, 199.5);
    assert.deepEqual(record.prod_list_function, ["场景联动", "断电记忆"]);
    assert.equal(record.prod_list_tags, "热销|新品");
    assert.equal(record.prod_list_parameters[0].name, "额定电压");
    assert.equal("expand" in record, false);
});

test("getOne by the collection's id", async () => {
    const { collectionId } = await products.getOne(SWITCH);
    assert.equal((await pb.collection(collectionId).getOne(SWITCH)).id, SWITCH);
});

test("getOne without an id asks nobody", async () => {
    const error = await failureOf(products.getOne(""));
    assert.deepEqual([error.status, error.message], [404, "Missing required record id."]);
});

test("expand a relation to one", async () => {
    const record = await products.getOne(SWITCH, { expand: "prod_list_icon" });
    assert.equal(record.expand.prod_list_icon.id, SWITCH_ICON);
    assert.equal(record.expand.prod_list_icon.collectionName, "tbl_attachments");
});

test("expand a relation to many, in its order", async () => {
    const record = await pb.collection("tbl_document").getOne(PLAN, { expand: "document_images" });
    assert.equal(record.document_images.length, 2);
    assert.deepEqual(idsOf(record.expand.document_images), record.document_images);
});

test("expand in a list, two relations deep", async () => {
    const user = await login("js-expand");
    const cart = user.collection("tbl_cart");
    const owner = user.authStore.record.openid;
    await cart.create({ cart_owner: owner, cart_product_id: SWITCH, cart_product_quantity: 2 });
    const [line] = await cart.getFullList({ expand: "cart_product_id.prod_list_icon" });
    assert.equal(line.expand.cart_product_id.id, SWITCH);
    assert.equal(line.expand.cart_product_id.expand.prod_list_icon.id, SWITCH_ICON);
});

test("expand of no relation adds nothing", async () => {
    const record = await products.getOne(SWITCH, { expand: "prod_list_name,nothing" });
    assert.equal("expand" in record, false);
});

test("fields picks, of records in a list and inside expand", async () => {
    const page = await products.getList(1, 2, {
        fields: "id,expand.prod_list_icon.attachments_filetype",
        expand: "prod_list_icon",
    });
    assert.equal(page.totalItems, 10);
    for (const item of page.items) {
        assert.deepEqual(Object.keys(item).sort(), ["expand", "id"]);
        assert.deepEqual(item.expand.prod_list_icon, { attachments_filetype: "image/png" });
    }
});

test("fields cuts a text with excerpt", async () => {
    const record = await pb.collection("tbl_document").getOne(MANUAL, {
        fields: "id,document_content:excerpt(4,true)",
    });
    assert.deepEqual(record, { id: MANUAL, document_content: "安装前请..." });
});

test("an unknown option becomes a query parameter that is ignored", async () => {
    assert.equal((await products.getList(1, 1, { colour: ["red", "blue"] })).totalItems, 10);
});
