"""Fields that show an expression: one's own openid, and a state that follows from the time.

Covers: bai_wx/record/record_field.py, models/documents.py
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from peewee import Database

from bai_wx import dialect
from bai_wx.dialect import layout
from bai_wx.record import clock
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Shown
from models.attachments import Attachment
from models.documents import DRAFT, EXPIRED, VALID, Document
from models.products import Product
from tests.dialect.sample import Sample, listed, make_sample, valid
from tests.factories import (
    ALICE,
    BOB,
    FUTURE,
    PAST,
    as_sent,
    make_attachment,
    make_document,
    make_product,
)

PICTURE: Final = "picture00000000"


@pytest.fixture(scope="module", autouse=True)
def rows(database: Database) -> Iterator[None]:
    """Documents of every state that point at a picture, which a product points at."""
    make_attachment(id=PICTURE)
    make_product(prod_list_icon=PICTURE)
    images = f'["{PICTURE}"]'
    for title, columns in {
        "valid": {},
        "later": {"document_expiry_date": FUTURE},
        "expired": {"document_expiry_date": PAST},
        "unset": {"document_status": ""},
        "draft": {"document_status": DRAFT, "document_expiry_date": PAST},
        "to come": {"document_effect_date": FUTURE, "document_expiry_date": FUTURE},
        "deleted": {"document_expiry_date": PAST, "is_delete": 1},
    }.items():
        make_document(
            document_title=title,
            document_images=images,
            document_owner=ALICE.openid if title == "expired" else "",
            **columns,
        )
    yield
    for model in (Document, Product, Attachment):
        model.delete().execute()


def titles(caller: Any = None, **query: str) -> list[str]:
    """The titles of a list of documents."""
    return [item["document_title"] for item in listed(Document, query, caller)["items"]]


def test_an_expired_document_is_listed_and_says_so() -> None:
    """Drafts, and what is not yet in effect, are not listed."""
    items = listed(Document, {}, None)["items"]
    assert [(item["document_title"], item["document_status"]) for item in items] == [
        ("valid", VALID),
        ("later", VALID),
        ("expired", EXPIRED),
        ("unset", ""),
    ]


def test_a_view_and_an_expand_show_what_a_list_does() -> None:
    """Back from the picture, too; the column still holds what was stored."""
    expired = Document.get(Document.document_title == "expired")
    assert expired.document_status == VALID
    assert as_sent(dialect.view(Document, expired.id, {}, None))["document_status"] == EXPIRED
    back = "tbl_document_via_document_images"
    [picture] = listed(Attachment, {"expand": back}, None)["items"]
    assert [each["document_status"] for each in picture["expand"][back]] == [
        *(VALID, VALID, EXPIRED, "")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"document_status = '{EXPIRED}'", ["expired"], id="the derived one"),
        pytest.param(f"document_status = '{VALID}'", ["valid", "later"], id="the stored one"),
        pytest.param(
            f"document_status != '{EXPIRED}'", ["valid", "later", "unset"], id="not the derived one"
        ),
        pytest.param("document_status = ''", ["unset"], id="unset"),
        pytest.param("document_status = null", ["unset"], id="null"),
        pytest.param("document_status ~ '过'", ["expired"], id="a part of it"),
        pytest.param(f"'{EXPIRED}' = document_status", ["expired"], id="value first"),
        pytest.param(f"document_status:lower = '{EXPIRED}'", ["expired"], id="lower"),
        pytest.param(f"document_status:each = '{EXPIRED}'", ["expired"], id="each"),
        pytest.param(
            "document_status:length = 1", ["valid", "later", "expired"], id="how many there are"
        ),
        pytest.param(f"document_status = '{DRAFT}'", [], id="drafts are not there"),
    ],
)
def test_a_filter_compares_what_is_shown(text: str, found: list[str]) -> None:
    """And so does the count."""
    assert titles(filter=text) == found
    page = listed(Document, {"filter": text, "perPage": "1"}, None)
    assert page["totalItems"] == len(found)


@pytest.mark.parametrize(
    ("model", "text", "count"),
    [
        pytest.param(
            Attachment, "tbl_document_via_document_images.document_status ?= '过期'", 1, id="back"
        ),
        pytest.param(
            Attachment, "tbl_document_via_document_images.document_status ?= '草稿'", 0, id="draft"
        ),
        pytest.param(
            Product,
            "prod_list_icon.tbl_document_via_document_images.document_status ?= '过期'",
            1,
            id="forward and back",
        ),
        pytest.param(
            Attachment, "tbl_document_via_document_images.document_status = '过期'", 0, id="all"
        ),
    ],
)
def test_a_filter_through_relations_compares_what_is_shown(
    model: Any, text: str, count: int
) -> None:
    assert listed(model, {"filter": text}, None)["totalItems"] == count


def test_a_sort_orders_by_what_is_shown() -> None:
    """有 is U+6709, 过 is U+8FC7: by their bytes."""
    assert titles(sort="document_status") == ["unset", "valid", "later", "expired"]
    assert titles(sort="-document_status") == ["expired", "valid", "later", "unset"]


def test_a_state_follows_the_clock(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    """The same statement, a moment later; the last moment of a document is its expiry."""
    moment = "2030-05-06 07:08:09.000Z"
    make_document(id="clock0000000000", document_title="clock", document_expiry_date=moment)
    shown = []
    for now in ("2030-05-06 07:08:08.999Z", moment):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        shown.append(as_sent(dialect.view(Document, "clock0000000000", {}, None)))
    assert [record["document_status"] for record in shown] == [VALID, EXPIRED]
    Document.delete().where(Document.id == "clock0000000000").execute()


def test_the_owner_of_a_document_is_private() -> None:
    """Shown to that user alone, and found by nobody else."""
    mine = f"document_owner = '{ALICE.openid}'"
    assert titles(ALICE, filter=mine) == ["expired"]
    assert titles(BOB, filter=mine) == titles(None, filter=mine) == []
    assert {item["document_owner"] for item in listed(Document, {}, BOB)["items"]} == {""}


@pytest.mark.parametrize("model", COLLECTIONS.values(), ids=COLLECTIONS)
def test_records_that_differ_by_caller_or_time_are_not_cached(model: Any) -> None:
    """Whatever their collection says of its changes."""
    has_shown = any(isinstance(field, Shown) for field in model.record_fields().values())
    assert layout.of(model).is_constant is not has_shown


def test_a_client_writes_the_stored_states_alone() -> None:
    """Where a collection lets clients write the field at all."""
    record = as_sent(dialect.create(Sample, valid(phase="open", due=PAST), {}, ALICE))
    assert record["phase"] == "late"
    assert Sample.get(Sample.id == record["id"]).phase == "open"
    with pytest.raises(dialect.writing.RecordInvalid) as refused:
        dialect.update(Sample, record["id"], {"phase": "late"}, {}, ALICE)
    assert refused.value.problems["phase"]["code"] == "validation_invalid_value"
    make_sample(phase="shut", due=FUTURE)
    phases = [item["phase"] for item in listed(Sample, {"sort": "phase"}, ALICE)["items"]]
    assert phases == ["late", "shut"]
    Sample.delete().execute()
