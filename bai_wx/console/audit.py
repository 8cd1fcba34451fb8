"""The audit log: who changed what and when, kept in the transaction of the change.

Rows are added and never changed; triggers of the database refuse it (migrations 0013 and 0020). They are
removed when their time is over (`bai_wx.console.retention`), and that is an entry too.
Personal numbers and openids are kept masked, for a log that cannot be corrected must not hold them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson
from peewee import AutoField, Model, ModelSelect, TextField

from bai_wx.console import rows
from bai_wx.console.acting import Acting
from bai_wx.console.masking import for_log
from bai_wx.database.connection import database, insert_rows
from bai_wx.record import clock
from bai_wx.record.base import Record

PRODUCTS: Final = "tbl_product_list"
PRICE: Final = "prod_list_basic_price"
LONGEST_HISTORY: Final = 500  # entries of one record


class Action(StrEnum):
    """What is done to a row of the shop. Entries of accounts have actions of their own."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    RESTORE = "restore"
    MOVE = "move"
    DISABLE = "disable"
    ENABLE = "enable"
    UPLOAD = "upload"
    REVEAL = "reveal"
    IMPORT = "import"
    EXPORT = "export"
    ERASE = "erase"
    EXPIRE = "expire"


class AuditEntry(Model):
    """One row of the log. `before` and `after` are JSON objects of the contract's values by field."""

    seq = AutoField()
    created = TextField(index=True)
    operator_id = TextField()
    operator_name = TextField()
    role = TextField()
    address = TextField()
    action = TextField()
    collection = TextField()
    record_id = TextField()
    before = TextField()
    after = TextField()
    reason = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_audit"
        indexes = ((("collection", "record_id", "seq"), False),)


class AuditPass(Model):
    """Lets entries older than a moment be removed, while it is there: in the transaction that removes them."""

    before = TextField(primary_key=True)

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_audit_pass"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log. Amounts are yuan, moments are written as records hold them."""

    seq: int
    created: str
    operator_id: str
    operator_name: str
    role: str
    address: str
    action: str
    collection: str
    record_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price of a product, in yuan, from a moment on. `before` is None where the product was created."""

    at: str
    by: str
    before: float | None
    after: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for; an empty text asks for all. `since` is included, `until` is not."""

    operator_name: str = ""
    collection: str = ""
    record_id: str = ""
    action: str = ""
    since: str = ""
    until: str = ""


def note(
    acting: Acting,
    action: str,
    model_or_name: type[Record] | str,
    record_id: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str = "",
) -> None:
    """Add an entry, in the transaction of the change that it tells of.

    `before` and `after` hold the contract's values of the fields that changed; a new row has no `before`.
    """
    name = model_or_name if isinstance(model_or_name, str) else model_or_name.collection()
    values = _values(acting, action, name, reason)
    AuditEntry.insert(**values | _changes(record_id, before, after)).execute()


def note_all(
    acting: Acting,
    action: str,
    model: type[Record],
    changes: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]],
    reason: str = "",
) -> None:
    """Add an entry for each of many rows: its record id, its values before and after, as `note` has them."""
    values = _values(acting, action, model.collection(), reason)
    columns = [*values, *_CHANGES]
    rows_of = ([*values.values(), *_changes(*each).values()] for each in changes)
    insert_rows(AuditEntry, columns, rows_of)


_CHANGES: Final = ("record_id", "before", "after")


def _values(acting: Acting, action: str, collection: str, reason: str) -> dict[str, Any]:
    return {
        "created": clock.now(),
        "operator_id": acting.operator_id,
        "operator_name": acting.name,
        "role": str(acting.role),
        "address": acting.address,
        "action": str(action),
        "collection": collection,
        "reason": reason,
    }


def _changes(record_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    return dict(zip(_CHANGES, (record_id, _json(before), _json(after)), strict=True))


def remove_older(before: str, acting: Acting) -> int:
    """Remove the entries that are older than a moment. Returns: how many there were."""
    with database.atomic():
        AuditPass.insert(before=before).execute()
        removed = int(AuditEntry.delete().where(AuditEntry.created < before).execute())
        AuditPass.delete().execute()
        if removed:
            told = {"rows": removed, "before": before}
            note(acting, Action.EXPIRE, AuditEntry._meta.table_name, "", {}, told)
    return removed


def entries(asked: Filter = Filter(), *, limit: int = 50, offset: int = 0) -> list[Entry]:
    """The entries that are asked for, the newest first."""
    found = _asked(asked).order_by(AuditEntry.seq.desc()).limit(limit).offset(offset)
    return [_entry(row) for row in found]


def count(asked: Filter = Filter()) -> int:
    """How many entries are asked for."""
    return int(_asked(asked).count())


def history_of(collection: str, record_id: str, *, limit: int = LONGEST_HISTORY) -> list[Entry]:
    """The entries of one record, the newest first."""
    return entries(Filter(collection=collection, record_id=record_id), limit=limit)


def entries_of(collection: str, record_ids: Sequence[str], action: str) -> list[Entry]:
    """The entries of an action on some records, the oldest first."""
    query = _asked(Filter(collection=collection, action=action))
    found = query.where(AuditEntry.record_id << list(record_ids)).order_by(AuditEntry.seq)
    return [_entry(row) for row in found]


def giving_reason(collection: str, action: str, text: str) -> Any:
    """The ids of the records to which an action was done for a reason that contains a text, as a subquery."""
    of_action = (AuditEntry.collection == collection) & (AuditEntry.action == action)
    told = rows.holding(AuditEntry, ["reason"], text)
    return AuditEntry.select(AuditEntry.record_id).where(of_action & told)


def price_history(product_id: str) -> list[PriceChange]:
    """The changes of a product's price, the newest first. `product_id` is its record id."""
    return [
        PriceChange(each.created, each.operator_name, each.before.get(PRICE), each.after[PRICE])
        for each in history_of(PRODUCTS, product_id)
        if PRICE in each.after
    ]


def _asked(asked: Filter) -> "ModelSelect[AuditEntry]":
    query = AuditEntry.select()
    for name in ("operator_name", "collection", "record_id", "action"):
        if value := getattr(asked, name):
            query = query.where(getattr(AuditEntry, name) == value)
    if asked.since:
        query = query.where(AuditEntry.created >= asked.since)
    if asked.until:
        query = query.where(AuditEntry.created < asked.until)
    return query


def _entry(row: AuditEntry) -> Entry:
    values = {**row.__data__, "before": orjson.loads(row.before), "after": orjson.loads(row.after)}
    return Entry(**values)


def _json(values: Mapping[str, Any]) -> str:
    return orjson.dumps(for_log(values)).decode()
