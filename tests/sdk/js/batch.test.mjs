// Batches: createBatch() with create, update, upsert and delete, and files among them.
import assert from "node:assert/strict";
import test from "node:test";
import { failureOf, guest, login, SWITCH, SWITCH_ICON, THERMOSTAT } from "./shop.mjs";

const pb = await login("js-batch");
const openid = pb.authStore.record.openid;
const cart = pb.collection("tbl_cart");
const icon = await pb.collection("tbl_attachments").getOne(SWITCH_ICON);
const picture = await (await fetch(pb.files.getURL(icon, icon.attachments_link))).arrayBuffer();

/** The body of a cart line. */
function line(product, more = {}) {
    return { cart_owner: openid, cart_product_id: product, cart_product_quantity: 1, ...more };
}

/** A batch of what `fill` puts into it. */
function batchOf(client, fill) {
    const batch = client.createBatch();
    fill((name) => batch.collection(name));
    return batch.send();
}

/** What a batch that must fail says of its requests, by their places. */
async function problemsOf(client, fill) {
    const error = await failureOf(batchOf(client, fill));
    assert.deepEqual([error.status, error.message], [400, "Batch transaction failed."]);
    return error.response.data.requests;
}

test("create, update, upsert and delete", async () => {
    const results = await batchOf(pb, (of) => {
        of("tbl_cart").create(line(SWITCH, { id: "jsbatchline0001" }), { fields: "id,cart_remark" });
        of("tbl_cart").update("jsbatchline0001", { cart_remark: "改" }, { expand: "cart_product_id" });
        of("tbl_cart").upsert({ id: "jsbatchline0001", "cart_product_quantity+": 4 });
        of("tbl_cart").upsert(line(THERMOSTAT, { id: "jsbatchline0002" }));
        of("tbl_cart").delete("jsbatchline0002");
    });
    assert.deepEqual(results.map((result) => result.status), [200, 200, 200, 200, 204]);
    assert.deepEqual(results[0].body, { id: "jsbatchline0001", cart_remark: "" });
    assert.equal(results[1].body.expand.cart_product_id.id, SWITCH);
    assert.deepEqual(await cart.getOne("jsbatchline0001"), results[2].body);
    assert.equal(results[2].body.cart_product_quantity, 5);
    assert.equal(results[3].body.cart_product_id, THERMOSTAT);
    assert.equal(results[4].body, null);
    assert.equal((await cart.getFullList()).length, 1);
    await cart.delete("jsbatchline0001");
});

test("a File and a Blob among the requests", async () => {
    const [first, second, third] = await batchOf(pb, (of) => {
        const file = new File([picture], "门头.png", { type: "image/png" });
        of("tbl_attachments").create({ attachments_link: file, attachments_remark: "门头" });
        of("tbl_cart").create(line(SWITCH));
        const form = new FormData();
        form.append("attachments_link", new Blob([picture], { type: "image/png" }), "b.png");
        of("tbl_attachments").create(form);
    });
    assert.equal(first.body.attachments_remark, "门头");
    assert.equal(first.body.attachments_filename, "门头.png");
    for (const { body } of [first, third]) {
        const answer = await fetch(pb.files.getURL(body, body.attachments_link));
        assert.deepEqual(await answer.arrayBuffer(), picture);
    }
    await cart.delete(second.body.id);
});

test("one refused request undoes all", async () => {
    const problems = await problemsOf(pb, (of) => {
        const file = new File([picture], "a.png", { type: "image/png" });
        of("tbl_attachments").create({ attachments_link: file, id: "jsbatchfile0001" });
        of("tbl_cart").create(line(SWITCH));
        of("tbl_cart").create(line(THERMOSTAT, { cart_product_quantity: 0 }));
    });
    assert.deepEqual(Object.keys(problems), ["2"]);
    assert.equal(problems[2].code, "batch_request_failed");
    assert.equal(problems[2].response.data.cart_product_quantity.code, "validation_required");
    assert.deepEqual(await cart.getFullList(), []);
    const lost = pb.collection("tbl_attachments").getOne("jsbatchfile0001");
    assert.equal((await failureOf(lost)).status, 404);
});

test("another's record is not found", async () => {
    const mine = await cart.create(line(SWITCH));
    const other = await login("js-batch-other");
    const calls = [
        (of) => of("tbl_cart").update(mine.id, { cart_remark: "x" }),
        (of) => of("tbl_cart").upsert({ id: mine.id, cart_remark: "x" }),
        (of) => of("tbl_cart").delete(mine.id),
    ];
    for (const call of calls) {
        assert.equal((await problemsOf(other, call))[0].response.status, 404);
    }
    assert.equal((await cart.getOne(mine.id)).cart_remark, "");
    await cart.delete(mine.id);
});

test("a guest's batch is refused", async () => {
    const problems = await problemsOf(guest(), (of) => of("tbl_cart").create(line(SWITCH)));
    assert.equal(problems[0].response.status, 400);
});

test("an empty batch is none", async () => {
    const error = await failureOf(pb.createBatch().send());
    assert.deepEqual([error.status, error.message], [400, "Invalid batch request data."]);
    assert.equal(error.response.data.requests.code, "validation_required");
});
