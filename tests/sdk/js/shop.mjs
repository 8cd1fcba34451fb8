// What every suite starts from: an SDK client of the server under test, and users logged in to it.
import assert from "node:assert/strict";
import PocketBase, { ClientResponseError } from "pocketbase";

export const URL_OF_SDK = process.env.SDK_URL;
export const EXPIRED_TOKEN = process.env.EXPIRED_TOKEN;

export const SWITCH = "p9x2c5v8b1n4m7q"; // the demo's first product: 199.50 yuan, with an icon
export const SWITCH_ICON = "a3f8k2m9q7x1c5v";
export const THERMOSTAT = "p5t7y1r4x6h9g3k";
export const MANUAL = "d4m7q1x8c5v2b9n"; // a document in effect since 2026-11-01
export const PLAN = "d2g5h8j3k6m9n4p"; // a document with two pictures and no dates
export const NOTICE = "d4j7k1m5n8p2q6r"; // a document that has expired
export const DEMO_COMPANY = "c5v1x9k3m7q2b8n";

/** A client without a token. */
export function guest() {
    return new PocketBase(URL_OF_SDK);
}

/** A client logged in as `demo-<name>` with a WeChat code; its store holds what the login answered. */
export async function login(name) {
    const pb = guest();
    const answer = await pb.send("/api/wechat/login", {
        method: "POST",
        body: { users_wx_code: `demo-${name}` },
    });
    const { token, user } = answer.data;
    pb.authStore.save(token, { ...user, id: user.pb_id, collectionName: "tbl_auth_users" });
    return pb;
}

/** The error a call of the SDK fails with. */
export async function failureOf(promise) {
    try {
        await promise;
    } catch (error) {
        assert.ok(error instanceof ClientResponseError, `not an SDK error: ${error}`);
        return error;
    }
    assert.fail("the call was expected to fail");
}

/** The ids of records. */
export function idsOf(records) {
    return records.map((record) => record.id);
}
