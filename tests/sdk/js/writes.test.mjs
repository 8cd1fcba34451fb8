// Writing: create, update and delete, as JSON and as forms.
import assert from "node:assert/strict";
import test from "node:test";
import { failureOf, login, SWITCH, SWITCH_ICON, THERMOSTAT } from "./shop.mjs";

const pb = await login("js-writes");
const openid = pb.authStore.record.openid;
const companies = pb.collection("tbl_company");
const cart = pb.collection("tbl_cart");
const orders = pb.collection("tbl_order");
const line = { cart_owner: openid, cart_product_id: SWITCH, cart_product_quantity: 2 };

test("create answers the whole record", async () => {
    const record = await companies.create({ company_name: "一号公司", company_city: "深圳" });
    assert.match(record.id, /^[a-z0-9]{15}$/);
    assert.equal(record.collectionName, "tbl_company");
    assert.deepEqual([record.company_name, record.company_city], ["一号公司", "深圳"]);
    assert.equal(record.company_remark, "");
    assert.deepEqual(await companies.getOne(record.id), record);
});

test("create with an id of one's own", async () => {
    const id = "jssdkcompany001";
    assert.equal((await companies.create({ id, company_name: "二号" })).id, id);
    const error = await failureOf(companies.create({ id, company_name: "三号" }));
    assert.equal(error.response.data.id.code, "validation_not_unique");
});

test("create with an id the SDK must escape asks for that very id", async () => {
    const error = await failureOf(companies.getOne("a/b c?d#e"));
    assert.equal(error.status, 404);
    assert.match(error.url, /records\/a%2Fb%20c%3Fd%23e$/);
});

test("create from FormData", async () => {
    const form = new FormData();
    form.append("company_name", "表单公司");
    form.append("company_postalcode", "00518");
    form.append("company_remark", "一行\n两行");
    const record = await companies.create(form);
    assert.deepEqual(
        [record.company_name, record.company_postalcode, record.company_remark.replace("\r\n", "\n")],
        ["表单公司", "00518", "一行\n两行"],
    );
});

test("create expands and picks fields", async () => {
    const record = await cart.create(line, {
        expand: "cart_product_id.prod_list_icon",
        fields: "cart_at_price,expand.cart_product_id.expand.prod_list_icon.id",
    });
    assert.deepEqual(record, {
        cart_at_price: 199.5,
        expand: { cart_product_id: { expand: { prod_list_icon: { id: SWITCH_ICON } } } },
    });
});

test("a number as text in a body counts", async () => {
    const record = await cart.create({
        ...line,
        cart_product_id: THERMOSTAT,
        cart_product_quantity: "3",
    });
    assert.equal(record.cart_product_quantity, 3);
});

test("update changes what it names, and nothing else", async () => {
    const before = await cart.getFirstListItem(pb.filter("cart_product_id = {:id}", { id: SWITCH }));
    const after = await cart.update(before.id, { cart_product_quantity: 7 });
    assert.deepEqual(
        { ...after, updated: "" },
        { ...before, cart_product_quantity: 7, updated: "" },
    );
});

test("update from FormData", async () => {
    const { id } = await cart.getFirstListItem(pb.filter("cart_product_id = {:id}", { id: SWITCH }));
    const form = new FormData();
    form.append("cart_product_quantity", "9");
    form.append("cart_remark", "尽快");
    const after = await cart.update(id, form);
    assert.deepEqual([after.cart_product_quantity, after.cart_remark], [9, "尽快"]);
});

test("update with a modifier adds", async () => {
    const { id } = await cart.getFirstListItem(pb.filter("cart_product_id = {:id}", { id: SWITCH }));
    await cart.update(id, { cart_product_quantity: 5 });
    assert.equal((await cart.update(id, { "cart_product_quantity+": 2 })).cart_product_quantity, 7);
    assert.equal((await cart.update(id, { "cart_product_quantity-": 3 })).cart_product_quantity, 4);
});

test("update of nothing answers the record", async () => {
    const [before] = await cart.getFullList();
    const after = await cart.update(before.id, {});
    assert.deepEqual({ ...after, updated: "" }, { ...before, updated: "" });
});

test("an order's snapshot travels as JSON and comes back filled", async () => {
    const record = await orders.create({
        order_owner: openid,
        order_source: "product",
        order_snap: { items: [{ prod_list_id: SWITCH, quantity: 2 }] },
        order_remark: "JSON",
    });
    assert.deepEqual([record.order_amount, record.order_status], [399, "pending"]);
    assert.deepEqual(
        [record.order_snap.total, record.order_snap.items[0].at_price],
        [399, 199.5],
    );
});

test("an order from FormData, its snapshot as JSON text", async () => {
    const form = new FormData();
    form.append("order_owner", openid);
    form.append("order_source", "product");
    form.append("order_snap", JSON.stringify({ items: [{ prod_list_id: SWITCH, quantity: 1 }] }));
    assert.equal((await orders.create(form)).order_amount, 199.5);
});

test("update moves an order on", async () => {
    const order = await orders.getFirstListItem("order_status = 'pending'");
    assert.equal((await orders.update(order.id, { order_status: "cancelled" })).order_status, "cancelled");
});

test("delete answers true, and the record is gone", async () => {
    const record = await orders.create({
        order_owner: openid,
        order_source: "product",
        order_snap: { items: [{ prod_list_id: SWITCH, quantity: 1 }] },
    });
    assert.equal(await orders.delete(record.id), true);
    assert.equal((await failureOf(orders.getOne(record.id))).status, 404);
    assert.equal((await failureOf(orders.delete(record.id))).status, 404);
});

test("another user can neither see nor change the records", async () => {
    const other = await login("js-writes-other");
    const [mine] = await cart.getFullList();
    const theirs = other.collection("tbl_cart");
    assert.deepEqual(await theirs.getFullList(), []);
    assert.equal((await failureOf(theirs.getOne(mine.id))).status, 404);
    assert.equal((await failureOf(theirs.update(mine.id, { cart_remark: "x" }))).status, 404);
    assert.equal((await failureOf(theirs.delete(mine.id))).status, 404);
});
