"""What a batch does that its answers over HTTP do not show: its bounds, its locks, failures of ours.

Covers: bai_wx/request/batch.py
"""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError

from bai_wx.contract import loader
from bai_wx.contract.schemas import Schemas
from bai_wx.contract.spec import Spec
from bai_wx.dialect.input.batch import InnerRequest
from bai_wx.dialect.input.multipart import Part
from bai_wx.errors import BatchRefused, ServiceUnavailable
from bai_wx.files.store import FileStore, Upload
from bai_wx.request import batch
from bai_wx.request.batch import InnerRequests, is_short
from bai_wx.request.operation import Operation
from bai_wx.request.tokens import Tokens
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from tests.api.pictures import PNG
from tests.factories import ALICE, make_product
from tests.paths import ATTACHMENTS, CART_RECORDS, COMPANIES

pytestmark = pytest.mark.usefixtures("database")
CONTROLLER = "x-openapi-router-controller"


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """An empty folder."""
    return FileStore.at(str(tmp_path / "files"))


@pytest.fixture
def inner(files: FileStore) -> InnerRequests:
    """Whatever the contract offers to batches."""
    made = InnerRequests(files)
    bundle = loader.load()
    schemas = Schemas(bundle, check_responses=True)
    given = {"tokens": Tokens("s" * 40), "wechat": None, "files": files, "inner": made}
    not_given = {"document", "readiness"}
    made.offer(
        Operation(Spec(d["operationId"], method.upper(), path, d, function), schemas, given)
        for path, method, d in loader.operations(bundle)
        if not_given.isdisjoint(inspect.signature(function := _function(d)).parameters)
    )
    return made


def _function(definition: dict[str, Any]) -> Any:
    return getattr(import_module(definition[CONTROLLER]), definition["operationId"])


def line(**more: Any) -> InnerRequest:
    """A request that creates a cart line."""
    body = {
        "cart_owner": ALICE.openid,
        "cart_product_id": make_product().id,
        "cart_product_quantity": 1,
    }
    return InnerRequest("POST", f"/api{CART_RECORDS}", body | more)


def company(**more: Any) -> InnerRequest:
    """A request that creates a company."""
    return InnerRequest("POST", f"/pb/api{COMPANIES}", {"company_name": "甲"} | more)


def picture() -> InnerRequest:
    """A request with a file."""
    part = Part("attachments_link", "a.png", True, "image/png", PNG)
    return InnerRequest("POST", f"/api{ATTACHMENTS}", {}, (part,))


def test_a_batch_that_takes_too_long_is_given_up(
    inner: InnerRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In PocketBase's words, and nothing is written."""
    monkeypatch.setattr(batch, "MAX_SECONDS", -1)
    with pytest.raises(BatchRefused) as refused:
        inner.answer([line(), company()], {}, ALICE)
    assert (refused.value.sentence, refused.value.problems) == ("Batch transaction failed.", {})
    assert CartLine.select().count() == 0


def test_a_failure_of_ours_is_no_refused_request(
    inner: InnerRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, so that the client sends the batch again as it is; nothing is written."""

    def fail(**_: Any) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(Company, "insert", fail)
    with pytest.raises(ServiceUnavailable):
        inner.answer([line(), company()], {}, ALICE)
    assert CartLine.select().count() == 0


def test_files_are_stored_before_the_transaction(inner: InnerRequests, files: FileStore) -> None:
    """And lie where their rows say."""
    uploads: dict[int, Upload] = {}
    requests = [company(), picture()]
    with inner.files_stored(requests, uploads, ALICE):
        [(collection, record_id, name)] = uploads[1].stored
        assert files.find(collection, record_id, name) is not None
        inner.answer(requests, uploads, ALICE)
    row = Attachment.get()
    assert (row.id, row.attachments_link) == (record_id, name)
    assert files.find(collection, record_id, name) is not None


def test_files_of_a_batch_that_is_not_done_are_removed(
    inner: InnerRequests, files: FileStore
) -> None:
    """As when the key of the batch has an answer already."""
    uploads: dict[int, Upload] = {}
    with inner.files_stored([picture()], uploads, ALICE):
        [place] = uploads[0].stored
    assert files.find(*place) is None


def test_a_store_that_fails_fails_the_batch(
    inner: InnerRequests, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is written."""

    def fail(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(files, "put", fail)
    with (
        pytest.raises(OSError, match="no space"),
        inner.files_stored([line(), picture()], {}, ALICE),
    ):
        pytest.fail("it goes on")


def test_all_batches_lock_in_one_order(
    inner: InnerRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner first, then each record that is named, once, sorted; what names none or is none is left out."""
    locked: list[str] = []
    monkeypatch.setattr(batch, "lock_name", locked.append)
    ids = [letter * 15 for letter in "cab"]
    requests = [
        company(id=ids[0]),
        InnerRequest("PUT", f"/api{CART_RECORDS}", {"id": ids[1]}),
        InnerRequest("PATCH", f"/api{COMPANIES}/{ids[2]}", {}),
        InnerRequest("DELETE", f"/api{COMPANIES}/{ids[2]}", {}),
        InnerRequest("GET", f"/api{COMPANIES}/{ids[2]}", {}),
        company(),
    ]
    with pytest.raises(BatchRefused):
        inner.answer(requests, {}, ALICE)
    assert locked == [
        ALICE.openid,
        f"tbl_cart/{ids[1]}",
        f"tbl_company/{ids[2]}",
        f"tbl_company/{ids[0]}",
    ]


@pytest.mark.parametrize(
    ("number", "query", "short"),
    [
        pytest.param(1, "", True, id="one"),
        pytest.param(10, "?fields=id", True, id="ten"),
        pytest.param(11, "", False, id="eleven"),
        pytest.param(1, "?expand=cart_product_id", False, id="one that expands relations"),
        pytest.param(1, "?%65xpand=cart_product_id", False, id="A13-the same, escaped"),
        pytest.param(1, "?fields=id&e%78pand=cart_product_id", False, id="A13-the same, later"),
        pytest.param(1, "?fields=cart_remark:excerpt(9)", False, id="one with an excerpt"),
        pytest.param(1, "?cart_remark=expand", True, id="a value of that word"),
    ],
)
def test_which_batches_are_short(number: int, query: str, short: bool) -> None:
    """The others are not written on the event loop."""
    assert is_short([InnerRequest("POST", f"/api{CART_RECORDS}{query}", {})] * number) is short
