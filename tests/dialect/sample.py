"""A collection with a field of every kind, and one each of rules that real ones have."""

from typing import Any, ClassVar

from peewee import Expression, Node

from bai_wx import dialect
from bai_wx.errors import RecordInvalid
from bai_wx.record.base import Caller, Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import (
    Date,
    Derived,
    Editor,
    Int,
    Joined,
    Json,
    Money,
    Relation,
    Relations,
    Select,
    Text,
    Url,
)
from bai_wx.record.problems import INVALID_TRANSITION, Problems
from tests.factories import ALICE, as_sent


def _is_late(rows: Any, now: Node) -> Expression:
    late: Expression = (rows.due != "") & (rows.due <= now)
    return late


class Sample(Record):
    """Owned rows; `secret` is hidden, `number` is the server's, `locked` rows may not be deleted."""

    owner = Text(required=True)
    number = Text(server_made=True)
    secret = Text(hidden=True)
    title = Text(20, required=True)
    slug = Text(30, pattern="[a-z0-9-]+", unique=True, null=False)
    first = Text()
    second = Text()
    link = Url(100)
    body = Editor()
    views = Int(-5, 100)
    big = Int()
    price = Money()
    kind = Select("a", "b")
    due = Date()
    data = Json()
    company = Relation("tbl_company")
    product = Relation("tbl_product_list")
    pictures = Relations("tbl_attachments")
    pictured = Joined("pictures", 300)
    phase = Derived("open", "shut", derived="late", when=_is_late)

    OWNER: ClassVar[str | None] = "owner"
    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {"owner", "title", "slug", "first", "second", "link", "body", "views", "big", "price"}
        | {"kind", "due", "data", "company", "product", "pictures", "phase"}
    )
    UPDATABLE: ClassVar[frozenset[str]] = CREATABLE - {"owner"} | {"is_delete"}

    class Meta:
        table_name = "tbl_sample"
        indexes = ((("first", "second"), True),)

    @classmethod
    def may_create(cls, values: dict[str, Any], caller: Caller | None) -> bool:
        return caller is not None and values.get("owner") == caller.openid

    def may_update(self, caller: Caller | None, values: dict[str, Any]) -> bool:
        return values.get("owner", self.owner) == self.owner

    @classmethod
    def prepare_create(cls, values: dict[str, Any], caller: Caller, problems: Problems) -> None:
        values["number"] = "made here"

    def mark_deleted(self) -> None:
        if self.kind == "b":
            raise RecordInvalid({"kind": INVALID_TRANSITION}, status=409)
        super().mark_deleted()


del COLLECTIONS[Sample.collection()]  # of these tests, not of the shop


def valid(**fields: Any) -> dict[str, Any]:
    """The body of a create that is let through; the keywords replace parts of it."""
    made = {"owner": ALICE.openid, "title": "Title", "slug": f"s-{next(_numbers)}"}
    return {**made, "first": made["slug"], **fields}


_numbers = iter(range(10**9))


def make_sample(**columns: Any) -> Sample:
    """Write a row of Alice's directly; the keywords are columns."""
    return Sample.create(**valid(**columns))


def listed(model: type[Record], query: dict[str, str], caller: Caller | None) -> dict[str, Any]:
    """A page of records as a client reads it."""
    page: dict[str, Any] = as_sent(dialect.list_page(model, query, caller))
    return page
