// Tokens: the auth store, authRefresh, and what the server makes of a token that does not hold.
import assert from "node:assert/strict";
import test from "node:test";
import { getTokenPayload } from "pocketbase";
import { DEMO_COMPANY, EXPIRED_TOKEN, failureOf, guest, login, SWITCH } from "./shop.mjs";

const AUTH = "tbl_auth_users";
const NO_TOKEN = "The request requires valid record authorization token.";

/** Send a call through a fetch that notes what the SDK puts on the wire. */
async function onTheWire(call) {
    let seen;
    await call((url, options) => {
        seen = { url, method: options.method, body: options.body, headers: new Headers(options.headers) };
        return fetch(url, options);
    });
    return seen;
}

test("the auth store takes a login's token", async () => {
    const pb = await login("js-auth");
    assert.equal(pb.authStore.isValid, true);
    assert.equal(pb.authStore.isSuperuser, false);
    assert.equal(pb.authStore.record.users_status, "active");
    const claims = getTokenPayload(pb.authStore.token);
    assert.deepEqual(
        Object.keys(claims).sort(),
        ["collectionId", "exp", "id", "refreshable", "type"],
    );
    assert.deepEqual([claims.type, claims.id], ["auth", pb.authStore.record.id]);
});

test("authRefresh answers token and record, and saves both", async () => {
    const pb = await login("js-refresh");
    const { id, openid } = pb.authStore.record;
    const changes = [];
    pb.authStore.onChange((token, record) => changes.push([token, record.id]));
    const answer = await pb.collection(AUTH).authRefresh();
    assert.deepEqual(Object.keys(answer).sort(), ["record", "token"]);
    assert.deepEqual(
        [answer.record.id, answer.record.openid, answer.record.collectionName],
        [id, openid, AUTH],
    );
    assert.equal(getTokenPayload(answer.token).collectionId, answer.record.collectionId);
    assert.equal("token_key" in answer.record, false);
    assert.deepEqual(changes, [[answer.token, id]]);
    assert.deepEqual(pb.authStore.record, answer.record);
    assert.equal(pb.authStore.isValid, true);
});

test("the refreshed token and the old one both hold", async () => {
    const pb = await login("js-refresh-twice");
    const old = pb.authStore.token;
    const { token } = await pb.collection(AUTH).authRefresh();
    for (const held of [old, token]) {
        pb.authStore.save(held, pb.authStore.record);
        assert.ok((await pb.collection(AUTH).authRefresh()).token);
    }
});

test("authRefresh expands", async () => {
    const pb = await login("js-refresh-expand");
    const company = await pb.collection("tbl_company").getOne(DEMO_COMPANY);
    await pb.send("/api/wechat/profile", { method: "POST", body: { company_id: company.company_id } });
    const { record } = await pb.collection(AUTH).authRefresh({ expand: "company" });
    assert.equal(record.company, DEMO_COMPANY);
    assert.deepEqual(record.expand.company, company);
});

test("authRefresh picks fields of the whole answer", async () => {
    const pb = await login("js-refresh-fields");
    const answer = await pb.collection(AUTH).authRefresh({ fields: "token,record.id,record.openid" });
    assert.deepEqual(Object.keys(answer).sort(), ["record", "token"]);
    assert.deepEqual(Object.keys(answer.record).sort(), ["id", "openid"]);
});

test("authRefresh of a guest is 401", async () => {
    const error = await failureOf(guest().collection(AUTH).authRefresh());
    assert.deepEqual([error.status, error.message, error.response.data], [401, NO_TOKEN, {}]);
});

test("authRefresh in another collection is 403", async () => {
    const pb = await login("js-refresh-elsewhere");
    const error = await failureOf(pb.collection("tbl_company").authRefresh());
    assert.deepEqual(
        [error.status, error.message],
        [403, "The request requires auth record from tbl_auth_users collection."],
    );
});

test("authRefresh in an unknown collection is 404", async () => {
    const pb = await login("js-refresh-nowhere");
    const error = await failureOf(pb.collection("nothing").authRefresh());
    assert.deepEqual([error.status, error.message], [404, "Missing or invalid collection context."]);
});

test("an expired token: not valid, still sent, 401 on refresh", async () => {
    const pb = guest();
    pb.authStore.save(EXPIRED_TOKEN, null);
    assert.equal(pb.authStore.isValid, false);
    const error = await failureOf(pb.collection(AUTH).authRefresh());
    assert.deepEqual([error.status, error.message], [401, NO_TOKEN]);
});

for (const [what, token] of [["an expired", EXPIRED_TOKEN], ["a nonsense", "nonsense"]]) {
    test(`${what} token makes a guest of its bearer`, async () => {
        const pb = guest();
        pb.authStore.save(token, null);
        assert.equal((await pb.collection("tbl_product_list").getOne(SWITCH)).id, SWITCH);
        assert.equal((await pb.collection("tbl_product_list").getList()).totalItems, 10);
        assert.deepEqual((await pb.collection("tbl_cart").getList()).items, []);
        const refused = pb.collection("tbl_company").create({ company_name: "x" });
        assert.equal((await failureOf(refused)).status, 400);
    });
}

test("the token goes bare in the Authorization header", async () => {
    const pb = await login("js-bare");
    const seen = await onTheWire((fetch) => pb.collection("tbl_cart").getList(1, 1, { fetch }));
    assert.equal(seen.headers.get("authorization"), pb.authStore.token);
});

test("a header of one's own with Bearer counts too", async () => {
    const { token } = (await login("js-bearer")).authStore;
    const headers = { Authorization: `Bearer ${token}` };
    assert.ok((await guest().collection(AUTH).authRefresh({ headers })).token);
});

test("a GET and a DELETE say JSON and have no body", async () => {
    const pb = await login("js-headers");
    const cart = pb.collection("tbl_cart");
    const { id } = await cart.create({
        cart_owner: pb.authStore.record.openid,
        cart_product_id: SWITCH,
        cart_product_quantity: 1,
    });
    const seen = [
        await onTheWire((fetch) => cart.getOne(id, { fetch })),
        await onTheWire((fetch) => cart.delete(id, { fetch })),
    ];
    assert.deepEqual(seen.map(({ method, body }) => [method, body]), [["GET", undefined], ["DELETE", undefined]]);
    for (const { headers } of seen) {
        assert.equal(headers.get("content-type"), "application/json");
        assert.equal(headers.get("accept-language"), "en-US");
    }
});

test("logging out is forgetting the token", async () => {
    const pb = await login("js-logout");
    pb.authStore.clear();
    assert.equal(pb.authStore.isValid, false);
    assert.equal((await failureOf(pb.collection(AUTH).authRefresh())).status, 401);
});

test("the store travels in a cookie", async () => {
    const pb = await login("js-cookie");
    const other = guest();
    other.authStore.loadFromCookie(pb.authStore.exportToCookie({ httpOnly: false }));
    assert.equal((await other.collection(AUTH).authRefresh()).record.id, pb.authStore.record.id);
});
