// Files: uploads from File, Blob and FormData, and the addresses pb.files.getURL() makes.
import assert from "node:assert/strict";
import test from "node:test";
import { failureOf, guest, login, SWITCH_ICON, URL_OF_SDK } from "./shop.mjs";

const pb = await login("js-files");
const attachments = pb.collection("tbl_attachments");
const icon = await attachments.getOne(SWITCH_ICON);
const picture = new Uint8Array(await bytesOf(pb.files.getURL(icon, icon.attachments_link)));

async function bytesOf(url) {
    const answer = await fetch(url);
    assert.equal(answer.status, 200, url);
    return answer.arrayBuffer();
}

/** Width and height of a PNG, in pixels. */
function sizeOf(png) {
    const view = new DataView(png);
    assert.equal(view.getUint32(0), 0x89504e47, "not a PNG");
    return [view.getUint32(16), view.getUint32(20)];
}

test("getURL has the base path, the collection's id, the record and the name", () => {
    assert.equal(
        pb.files.getURL(icon, icon.attachments_link),
        `${URL_OF_SDK}/api/files/${icon.collectionId}/${SWITCH_ICON}/${icon.attachments_link}`,
    );
});

test("getURL by the collection's name serves the same bytes", async () => {
    const named = { id: icon.id, collectionName: "tbl_attachments" };
    const bytes = await bytesOf(pb.files.getURL(named, icon.attachments_link));
    assert.deepEqual(new Uint8Array(bytes), picture);
});

test("thumb answers a small picture", async () => {
    const small = await bytesOf(pb.files.getURL(icon, icon.attachments_link, { thumb: "100x100" }));
    assert.deepEqual(sizeOf(picture.buffer), [480, 480]);
    assert.deepEqual(sizeOf(small), [100, 100]);
});

test("an unknown thumb is the original", async () => {
    const same = await bytesOf(pb.files.getURL(icon, icon.attachments_link, { thumb: "13x13" }));
    assert.deepEqual(new Uint8Array(same), picture);
});

test("download decides between showing and saving", async () => {
    const dispositions = [];
    for (const download of [undefined, true, false]) {
        const answer = await fetch(pb.files.getURL(icon, icon.attachments_link, { download }));
        await answer.arrayBuffer();
        dispositions.push(answer.headers.get("content-disposition").split(";")[0]);
    }
    assert.deepEqual(dispositions, ["inline", "attachment", "inline"]);
});

test("a File in a plain object is uploaded", async () => {
    const file = new File([picture], "门店 照片.png", { type: "image/png" });
    const record = await attachments.create({ attachments_link: file, attachments_remark: "门头" });
    assert.deepEqual(
        [record.attachments_filename, record.attachments_filetype, record.attachments_size],
        ["门店 照片.png", "image/png", picture.length],
    );
    assert.equal(record.attachments_remark, "门头");
    const bytes = await bytesOf(pb.files.getURL(record, record.attachments_link));
    assert.deepEqual(new Uint8Array(bytes), picture);
});

test("a Blob in FormData is uploaded", async () => {
    const form = new FormData();
    form.append("attachments_link", new Blob([picture]), "blob.png");
    form.append("attachments_remark", "123");
    const record = await attachments.create(form);
    assert.deepEqual(
        [record.attachments_filename, record.attachments_remark],
        ["blob.png", "123"],
    );
    assert.match(record.attachments_link, /^blob_[a-z0-9]{10}\.png$/);
});

test("a Blob without a name is uploaded", async () => {
    const record = await attachments.create({ attachments_link: new Blob([picture], { type: "image/png" }) });
    assert.equal(record.attachments_size, picture.length);
    assert.equal((await attachments.getOne(record.id)).attachments_md5, record.attachments_md5);
});

test("an upload picks fields, and its thumb can be made", async () => {
    const file = new File([picture], "thumb me.png", { type: "image/png" });
    const record = await attachments.create(
        { attachments_link: file },
        { fields: "id,collectionId,attachments_link" },
    );
    assert.deepEqual(Object.keys(record).sort(), ["attachments_link", "collectionId", "id"]);
    const thumb = await bytesOf(pb.files.getURL(record, record.attachments_link, { thumb: "200x200" }));
    assert.deepEqual(sizeOf(thumb), [200, 200]);
});

test("a text file is refused by name", async () => {
    const refused = attachments.create({ attachments_link: new File(["hello"], "a.txt") });
    const error = await failureOf(refused);
    assert.equal(error.status, 400);
    assert.equal(error.message, "Failed to create record.");
    assert.equal(error.response.data.attachments_link.code, "validation_invalid_mime_type");
});

test("an upload without a file, and one of a guest, are refused", async () => {
    const nothing = await failureOf(attachments.create({ attachments_remark: "x" }));
    assert.equal(nothing.response.data.attachments_link.code, "validation_required");
    const upload = { attachments_link: new File([picture], "a.png") };
    const error = await failureOf(guest().collection("tbl_attachments").create(upload));
    assert.deepEqual([error.status, error.response.data], [400, {}]);
});

test("getToken answers a token; a public file opens with it as without", async () => {
    const token = await pb.files.getToken();
    const claims = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    assert.deepEqual([claims.type, claims.id], ["file", pb.authStore.record.id]);
    const url = pb.files.getURL(icon, icon.attachments_link, { token });
    assert.ok(url.endsWith(`?token=${token}`), url);
    assert.deepEqual(new Uint8Array(await bytesOf(url)), picture);
});

test("a guest gets no file token", async () => {
    assert.equal((await failureOf(guest().files.getToken())).status, 401);
});

test("an identity paper opens by its owner's token alone", async () => {
    const papers = await login("js-papers");
    const [paper] = await papers.collection("tbl_attachments").getFullList({
        filter: `attachments_owner = "${papers.authStore.record.openid}"`,
    });
    assert.equal((await failureOf(attachments.getOne(paper.id))).status, 404);
    for (const token of [undefined, await pb.files.getToken(), papers.authStore.token]) {
        const url = papers.files.getURL(paper, paper.attachments_link, { token });
        assert.equal((await fetch(url)).status, 404);
    }
    const token = await papers.files.getToken();
    for (const thumb of [undefined, "100x100"]) {
        const answer = await fetch(papers.files.getURL(paper, paper.attachments_link, { token, thumb }));
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get("cache-control"), "private, no-store");
        await answer.arrayBuffer();
    }
});

test("a file that is not there is 404", async () => {
    const answer = await fetch(pb.files.getURL(icon, "nothing.png"));
    assert.equal(answer.status, 404);
    assert.equal((await answer.json()).message, "The requested resource wasn't found.");
});
