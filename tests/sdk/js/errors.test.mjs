// What a failing call tells: status, message, the fields; and calls that were cancelled.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import test from "node:test";
import PocketBase, { ClientResponseError } from "pocketbase";
import { failureOf, guest, login, SWITCH } from "./shop.mjs";

const GENERIC = "Something went wrong while processing your request.";
const MISSING = "The requested resource wasn't found.";
const SUPERUSERS = "Only superusers can perform this action.";

const pb = await login("js-errors");
const openid = pb.authStore.record.openid;
const nobody = guest();
const missing = "zzzzzzzzzzzzzzz";

const REFUSED = [
    ["a missing record", () => pb.collection("tbl_company").getOne(missing), 404, MISSING],
    ["an update of a missing record", () => pb.collection("tbl_cart").update(missing, {}), 404, MISSING],
    ["a delete of a missing record", () => pb.collection("tbl_cart").delete(missing), 404, MISSING],
    ["a list of no collection", () => pb.collection("nothing").getList(), 404, "Missing collection context."],
    ["a create in no collection", () => pb.collection("nothing").create({}), 404, "Missing or invalid collection context."],
    ["a bad filter", () => pb.collection("tbl_company").getList(1, 1, { filter: "company_name =" }), 400, GENERIC],
    ["a bad sort", () => pb.collection("tbl_company").getList(1, 1, { sort: "colour" }), 400, GENERIC],
    ["a bad page", () => pb.collection("tbl_company").getList("x"), 400, GENERIC],
    ["a bad modifier in fields", () => pb.collection("tbl_company").getList(1, 1, { fields: "id:upper" }), 400, GENERIC],
    ["a filter only rules may use", () => pb.collection("tbl_company").getList(1, 1, { filter: "@request.auth.id != ''" }), 403, "Only superusers can filter by @request."],
    ["a write to products", () => pb.collection("tbl_product_list").create({ prod_list_name: "x" }), 403, SUPERUSERS],
    ["a change of a product", () => pb.collection("tbl_product_list").update(SWITCH, {}), 403, SUPERUSERS],
    ["a delete of a company", () => pb.collection("tbl_company").delete(missing), 403, SUPERUSERS],
    ["a list of users", () => pb.collection("tbl_auth_users").getList(), 403, SUPERUSERS],
    ["a guest's create", () => nobody.collection("tbl_company").create({ company_name: "x" }), 400, "Failed to create record."],
    ["a guest's look at a cart", () => nobody.collection("tbl_cart").getOne(missing), 404, MISSING],
    ["a page that is not there", () => pb.send("/api/nothing", { method: "GET" }), 404, "File not found."],
];

for (const [what, call, status, message] of REFUSED) {
    test(`${what} is ${status}`, async () => {
        const error = await failureOf(call());
        assert.deepEqual([error.status, error.message], [status, message]);
        assert.deepEqual(error.response, { status, message, data: {} });
        assert.equal(error.isAbort, false);
        assert.equal(error.name, `ClientResponseError ${status}`);
    });
}

test("a validation error names the field, its code and its message", async () => {
    const error = await failureOf(pb.collection("tbl_company").create({ company_name: "" }));
    assert.deepEqual([error.status, error.message], [400, "Failed to create record."]);
    assert.deepEqual(error.response.data, {
        company_name: { code: "validation_required", message: "Cannot be blank." },
    });
    assert.equal(error.data, error.response);
});

test("all failing fields are named at once", async () => {
    const error = await failureOf(
        pb.collection("tbl_company").create({
            company_name: "名".repeat(201),
            company_usci: "123",
            company_status: "s".repeat(51),
        }),
    );
    const codes = Object.entries(error.response.data).map(([field, { code }]) => [field, code]);
    assert.deepEqual(codes.sort(), [
        ["company_name", "validation_max_text_constraint"],
        ["company_status", "validation_max_text_constraint"],
        ["company_usci", "validation_invalid_format"],
    ]);
    assert.deepEqual(error.response.data.company_name.params, { max: 200 });
});

test("an update that is refused says so", async () => {
    const line = await pb.collection("tbl_cart").create({
        cart_owner: openid,
        cart_product_id: SWITCH,
        cart_product_quantity: 1,
    });
    const error = await failureOf(
        pb.collection("tbl_cart").update(line.id, { cart_product_quantity: 10000 }),
    );
    assert.deepEqual([error.status, error.message], [400, "Failed to update record."]);
    const { code, params } = error.response.data.cart_product_quantity;
    assert.deepEqual([code, params], ["validation_max_number_constraint", { max: 9999 }]);
});

test("an error can be written as JSON and read back", async () => {
    const error = await failureOf(pb.collection("tbl_company").getOne(missing));
    const read = JSON.parse(JSON.stringify(error));
    assert.equal(read.status, 404);
    assert.match(read.url, new RegExp(`/pb/api/collections/tbl_company/records/${missing}$`));
    assert.deepEqual(read.response, { status: 404, message: MISSING, data: {} });
});

test("a hook's error keeps its envelope", async () => {
    const error = await failureOf(nobody.send("/api/cart/list", { method: "POST", body: {} }));
    assert.equal(error.status, 401);
    assert.deepEqual(error.response.data, { code: "unauthorized", fields: {} });
    assert.equal(typeof error.response.errMsg, "string");
});

test("a refused connection has status 0", async () => {
    const closed = createServer();
    await new Promise((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    const nowhere = new PocketBase(`http://127.0.0.1:${port}/pb`);
    const error = await failureOf(nowhere.collection("tbl_company").getList());
    assert.deepEqual([error.status, error.isAbort, error.response], [0, false, {}]);
    assert.equal(error.originalError.cause.code, "ECONNREFUSED");
});

test("the same call again cancels the one before", async () => {
    const client = guest();
    const first = failureOf(client.collection("tbl_product_list").getList(1, 1));
    const second = client.collection("tbl_product_list").getList(2, 1);
    const error = await first;
    assert.deepEqual([error.isAbort, error.status], [true, 0]);
    assert.ok(error instanceof ClientResponseError);
    assert.equal((await second).page, 2);
});

test("requestKey null lets both calls finish", async () => {
    const products = guest().collection("tbl_product_list");
    const pages = await Promise.all(
        [1, 2, 3].map((page) => products.getList(page, 1, { requestKey: null })),
    );
    assert.deepEqual(pages.map(({ page }) => page), [1, 2, 3]);
});

test("request keys of one's own, and cancelRequest", async () => {
    const client = guest();
    const products = client.collection("tbl_product_list");
    const cancelled = failureOf(products.getList(1, 1, { requestKey: "a" }));
    const kept = products.getList(1, 1, { requestKey: "b" });
    client.cancelRequest("a");
    assert.equal((await cancelled).isAbort, true);
    assert.equal((await kept).page, 1);
});

test("cancelAllRequests, and autoCancellation(false)", async () => {
    const client = guest();
    const products = client.collection("tbl_product_list");
    const cancelled = ["a", "b"].map((requestKey) => failureOf(products.getList(1, 1, { requestKey })));
    client.cancelAllRequests();
    assert.deepEqual((await Promise.all(cancelled)).map(({ isAbort }) => isAbort), [true, true]);
    client.autoCancellation(false);
    const pages = await Promise.all([products.getList(1, 1), products.getList(2, 1)]);
    assert.deepEqual(pages.map(({ page }) => page), [1, 2]);
});
