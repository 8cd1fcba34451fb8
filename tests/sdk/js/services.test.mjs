// What is no collection: health, hooks through pb.send(), and services the contract does not have.
import assert from "node:assert/strict";
import test from "node:test";
import PocketBase from "pocketbase";
import { failureOf, guest, login, SWITCH, URL_OF_SDK } from "./shop.mjs";

test("health.check() says that all is well", async () => {
    assert.deepEqual(await guest().health.check(), {
        code: 200,
        message: "API is healthy.",
        data: {},
    });
});

test("health.check() picks fields", async () => {
    assert.deepEqual(await guest().health.check({ fields: "code" }), { code: 200 });
});

test("health.check() with a token that does not hold", async () => {
    const pb = guest();
    pb.authStore.save("nonsense", null);
    assert.equal((await pb.health.check()).code, 200);
});

test("a base address with a slash at its end", async () => {
    const pb = new PocketBase(`${URL_OF_SDK}/`);
    assert.equal((await pb.health.check()).code, 200);
    assert.equal((await pb.collection("tbl_product_list").getOne(SWITCH)).id, SWITCH);
});

test("hooks answer pb.send()", async () => {
    const pb = await login("js-hooks");
    const post = (path, body) => pb.send(path, { method: "POST", body });
    const added = await post("/api/cart/create", { cart_product_id: SWITCH, cart_product_quantity: 2 });
    const placed = await post("/api/order/create", { order_source: "cart", cart_ids: [added.data.cart_id] });
    assert.equal(placed.data.order_amount, 399);
    const found = await pb.collection("tbl_order").getFirstListItem(
        pb.filter("order_id = {:id}", { id: placed.data.order_id }),
    );
    assert.equal(found.id, placed.data.pb_id);
});

const OUTSIDE = [
    ["listAuthMethods", (pb) => pb.collection("tbl_auth_users").listAuthMethods()],
    ["authWithPassword", (pb) => pb.collection("tbl_auth_users").authWithPassword("a@b.co", "12345678")],
    ["collections.getList", (pb) => pb.collections.getList()],
];

for (const [what, call] of OUTSIDE) {
    test(`${what} is outside the contract and refused in PocketBase's shape`, async (t) => {
        const error = await failureOf(call(await login("js-outside")));
        t.diagnostic(`${what}: ${error.status} ${error.message}`);
        assert.ok([403, 404].includes(error.status), String(error.status));
        assert.deepEqual(Object.keys(error.response).sort(), ["data", "message", "status"]);
    });
}
