"""Uploads and downloads, from the handler down to the file and the row.

Covers: handlers/files.py, models/attachments.py, bai_wx/dialect/uploads.py, bai_wx/record/downloads.py
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bai_wx.database.connection import connect, disconnect
from bai_wx.errors import BadQuery, NotFound, RecordInvalid
from bai_wx.files.store import MAX_BYTES, FileStore, Upload
from bai_wx.process import schema
from bai_wx.request.tokens import Tokens
from handlers.attachments import attachment_create, attachment_list, attachment_view
from handlers.files import file_download, file_token
from models.attachments import INVALID, Attachment
from tests.databases import new_address
from tests.factories import ALICE, as_sent, caller, make_user
from tests.stores import content, holds, names

PDF = b"%PDF-1.7\n"
TOKENS = Tokens("s" * 40)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def database(tmp_path: Path) -> Iterator[None]:
    """A migrated database of each test's own."""
    chosen = connect(new_address(tmp_path))
    schema.migrate(chosen)
    yield
    disconnect()


@pytest.fixture
def files(store: FileStore) -> FileStore:
    """An empty store, of each kind."""
    return store


def upload(data: bytes = PDF, name: str = "价格表.pdf", field: str = "attachments_link") -> Upload:
    """The file part of a form."""
    return Upload(field, name, "application/octet-stream", data)


def create(files: FileStore, part: Upload | None = None, **form: Any) -> dict[str, Any]:
    """Upload as Alice."""
    return attachment_create(form, part or upload(), {}, ALICE, files)


def test_the_server_describes_the_file_itself(files: FileStore) -> None:
    """Whatever the form says of owner, type, size or state."""
    record = create(
        files,
        upload(PNG, "C:\\我的 头像.exe"),
        attachments_remark="头像",
        attachments_ocr="字",
        attachments_owner="somebody",
        attachments_filetype="text/html",
        attachments_size="1",
        attachments_status="invalid",
        attachments_id="A-1",
        is_delete="1",
        attachments_link="../../secret",
        created="2020-01-01 00:00:00.000Z",
    )
    assert record["attachments_link"].endswith(".png")
    assert record["attachments_id"] != "A-1"
    assert record["created"] > "2021"
    expected = {
        "collectionName": "tbl_attachments",
        "attachments_owner": "openid-alice",
        "attachments_filename": "C:\\我的 头像.exe",
        "attachments_filetype": "image/png",
        "attachments_size": len(PNG),
        "attachments_md5": hashlib.md5(PNG).hexdigest(),
        "attachments_status": "valid",
        "attachments_remark": "头像",
        "attachments_ocr": "字",
        "is_delete": 0,
    }
    assert {name: record[name] for name in expected} == expected
    stored = files.find("tbl_attachments", record["id"], record["attachments_link"])
    assert content(stored) == PNG
    assert attachment_view(record["id"], {}, ALICE) == record
    assert as_sent(attachment_list({}, ALICE)["items"]) == [record]


@pytest.mark.parametrize(
    ("form", "part", "problems"),
    [
        pytest.param({}, None, {"attachments_link": "validation_required"}, id="no file"),
        pytest.param(
            {},
            upload(field="file"),
            {"attachments_link": "validation_required"},
            id="a file under another name",
        ),
        pytest.param(
            {},
            upload(b"<svg/>", "a.png"),
            {"attachments_link": "validation_invalid_mime_type"},
            id="svg that calls itself png",
        ),
        pytest.param(
            {},
            upload(PDF + bytes(MAX_BYTES)),
            {"attachments_link": "validation_file_size_limit"},
            id="more than 10 MiB",
        ),
        pytest.param(
            {"id": "short", "attachments_remark": "长" * 1001},
            upload(b""),
            {
                "id": "validation_min_text_constraint",
                "attachments_remark": "validation_max_text_constraint",
                "attachments_link": "validation_invalid_mime_type",
            },
            id="everything at once",
        ),
    ],
)
def test_refused_uploads_leave_nothing(
    files: FileStore, form: dict[str, Any], part: Upload | None, problems: dict[str, str]
) -> None:
    """Every failing field is named; no row and no file is made."""
    with pytest.raises(RecordInvalid) as refused:
        attachment_create(form, part, {}, ALICE, files)
    assert {name: p["code"] for name, p in refused.value.problems.items()} == problems
    assert (refused.value.status, refused.value.sentence) == (400, "Failed to create record.")
    assert Attachment.select().count() == 0
    assert holds(files) == []


def test_a_guests_upload_is_refused_without_a_word_on_fields(files: FileStore) -> None:
    """As PocketBase answers a create rule that does not hold."""
    with pytest.raises(RecordInvalid) as refused:
        attachment_create({}, None, {}, None, files)
    assert refused.value.problems == {}


def test_unreadable_fields_are_refused_before_anything_is_stored(files: FileStore) -> None:
    """Unlike PocketBase, which creates the record and answers 400."""
    with pytest.raises(BadQuery):
        attachment_create({}, upload(), {"fields": "id:nope(1)"}, ALICE, files)
    assert Attachment.select().count() == 0
    assert holds(files) == []


def test_a_taken_id_keeps_the_first_file(files: FileStore) -> None:
    """The second upload leaves neither row nor file."""
    first = create(files, id="a" * 15)
    with pytest.raises(RecordInvalid) as refused:
        create(files, upload(PNG), id="a" * 15)
    assert refused.value.problems["id"]["code"] == "validation_not_unique"
    assert content(download(files, first)) == PDF
    assert names(files) == [first["attachments_link"]]


def download(files: FileStore, record: dict[str, Any], **query: str) -> Any:
    """Ask for a record's file, as a guest but for a token in the query."""
    place = record["collectionName"], record["id"], record["attachments_link"]
    return file_download(*place, query, files, TOKENS)


def test_the_file_is_answered_by_collection_name_in_any_case_or_id(files: FileStore) -> None:
    """As PocketBase finds collections."""
    record = create(files)
    for name in ("tbl_attachments", "TBL_Attachments", record["collectionId"]):
        reply = download(files, {**record, "collectionName": name})
        assert content(reply) == PDF
        assert (reply.content_type, reply.inline) == ("application/pdf", True)
        assert reply.download_name == record["attachments_link"]


@pytest.mark.parametrize(
    ("value", "inline"),
    [(yes, False) for yes in ("1", "t", "T", "true", "TRUE", "True")]
    + [(no, True) for no in ("0", "false", "", "yes")],
)
def test_download_is_forced_by_what_pocketbase_calls_true(
    files: FileStore, value: str, inline: bool
) -> None:
    """Anything else leaves it to the type."""
    assert download(files, create(files), download=value).inline is inline


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"collectionName": "nope"}, "collection context", id="unknown collection"),
        pytest.param({"collectionName": "tbl_product_list"}, "resource", id="without files"),
        pytest.param({"collectionName": "tbl_auth_users"}, "resource", id="users"),
        pytest.param({"id": "nobody000000000"}, "resource", id="unknown record"),
        pytest.param({"id": ".."}, "resource", id="no record id"),
        pytest.param({"attachments_link": "other_1.pdf"}, "resource", id="another file name"),
        pytest.param({"attachments_link": ""}, "resource", id="no file name"),
    ],
)
def test_missing_files(files: FileStore, change: dict[str, str], sentence: str) -> None:
    """404, with PocketBase's sentence."""
    record = {**create(files), **change}
    with pytest.raises(NotFound) as missing:
        download(files, record)
    assert sentence in missing.value.sentence


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"is_delete": 1}, id="deleted"),
        pytest.param({"attachments_status": INVALID}, id="invalid"),
        pytest.param({"attachments_link": ""}, id="replaced"),
    ],
)
def test_a_file_is_gone_with_its_row(files: FileStore, change: dict[str, Any]) -> None:
    """Though it still lies in the store."""
    record = create(files)
    Attachment.update(change).execute()
    with pytest.raises(NotFound):
        download(files, record)


def test_a_row_whose_file_is_missing_is_404(files: FileStore) -> None:
    """An imported row without its file, say."""
    record = create(files)
    files.remove("tbl_attachments", record["id"])
    with pytest.raises(NotFound):
        download(files, record)


def test_an_identity_paper_opens_by_its_owners_token_alone(files: FileStore) -> None:
    """And nobody may keep it."""
    record = create(files)
    assert download(files, record).max_age_s > 0
    Attachment.mark_identity_papers(ALICE, {"users_id_pic_a": record["attachments_id"]})
    owner, other = make_user(openid=ALICE.openid), make_user()
    for token in ("", "junk", TOKENS.issue_for_files(other), TOKENS.issue(owner)):
        with pytest.raises(NotFound):
            download(files, record, token=token)
    reply = download(files, record, token=file_token(caller(owner), TOKENS, {})["token"])
    assert content(reply) == PDF
    assert reply.max_age_s == 0
