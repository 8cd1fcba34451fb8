"""Records kept as JSON for as long as their collection does not change.

A catalogue is read far more often than it changes, and looks the same to everybody. So a list asks the
database for its rows' keys alone, and in the same statement for the version they are of: what was kept of
that version is what the statement would have read. Who may see what, filters and sorts are the database's
to decide each time.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import orjson
from peewee import Alias, Database, ModelSelect

from bai_wx.database.connection import database, is_embedded
from bai_wx.database.statement import Statement, Values
from bai_wx.database.versions import number_of
from bai_wx.record.pages import UNCOUNTED, Page, Pages
from bai_wx.record.shape import Shape

MOST_BYTES: Final = 12 * 1024 * 1024  # of one collection in one process: some ten thousand products
RECORD_BYTES: Final = 200  # what keeping a record costs beside its text, roughly
MOST_TOTALS: Final = 1024

Key = tuple[int, int | None]
"""A row's `seq`, and the version of the collection that the statement saw; None where nobody counts."""
Written = tuple[int, int | None, bytes]
"""The same with the record's JSON."""
Asked = tuple[Any, ...]
"""A count: its text and what is bound to it."""


@dataclass
class _Switch:
    is_on: bool = True


_keeping = _Switch()


def keep(is_on: bool) -> None:
    """Keep records from now on, or read all of them each time."""
    _keeping.is_on = is_on


class Kept:
    """What is kept of one collection in this process, each record and number with its version."""

    def __init__(self) -> None:
        self._records: dict[int, tuple[int | None, bytes]] = {}  # by `seq`, the oldest first
        self._bytes = 0
        self._totals: dict[Asked, tuple[int | None, int]] = {}
        self._keeping = threading.Lock()

    def texts(self, keys: Iterable[Key]) -> list[bytes] | None:
        """The records of these rows; None unless all are kept of just these versions."""
        texts = []
        for seq, version in keys:
            kept = self._records.get(seq)
            if kept is None or version is None or kept[0] != version:
                return None
            texts.append(kept[1])
        return texts

    def keep(self, written: Iterable[Written]) -> None:
        """Keep records; the oldest go when there are too many."""
        with self._keeping:
            for seq, version, text in written:
                self._drop(seq)
                self._records[seq] = version, text
                self._bytes += RECORD_BYTES + len(text)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._records)))

    def _drop(self, seq: int) -> None:
        kept = self._records.pop(seq, None)
        if kept is not None:
            self._bytes -= RECORD_BYTES + len(kept[1])

    def total(self, asked: Asked, version: int | None) -> int | None:
        """The number of rows that a count found at this version, if it is kept."""
        kept = self._totals.get(asked)
        is_known = kept is not None and version is not None and kept[0] == version
        return kept[1] if kept is not None and is_known else None

    def keep_total(self, asked: Asked, version: int | None, total: int) -> None:
        """Keep the number a count found."""
        if len(self._totals) >= MOST_TOTALS:
            self._totals.clear()
        self._totals[asked] = version, total


_kept: WeakKeyDictionary[Database, dict[str, Kept]] = WeakKeyDictionary()


def kept_of(collection: str) -> Kept:
    """What this process keeps of a collection of the database that is chosen now."""
    by_collection = _kept.setdefault(database.obj, {})
    kept = by_collection.get(collection)
    return kept if kept is not None else by_collection.setdefault(collection, Kept())


class KeptPages(Pages):
    """Pages of a collection whose changes are counted (`bai_wx.database.versions`)."""

    def __init__(
        self,
        shape: Shape,
        rows: "ModelSelect[Any]",
        count: "ModelSelect[Any]",
        *,
        keeps_total: bool,
    ) -> None:
        """`keeps_total`: how many rows there are follows from the collection and what is bound alone."""
        super().__init__(shape, rows, count)
        collection = rows.model.collection()
        self._collection = collection
        self._keeps_total = keeps_total
        key = rows.model.seq, number_of(collection)
        self._keys = Statement(rows.select(*key))
        self._texts = Statement(rows.select(*key, Alias(shape.json_column, "item")))
        self._values = Statement(rows.select(*key, *shape.columns))

    def read(self, values: Values, *, is_counted: bool = True) -> Page:
        """One page; see `Pages.read`."""
        # A transaction may yet take back what it changed, and the version with it.
        if not _keeping.is_on or database.in_transaction():
            return super().read(values, is_counted=is_counted)
        keys = self._keys.rows(values)
        kept = kept_of(self._collection)
        texts = kept.texts(keys)
        if texts is None:
            written = self._written(values)
            kept.keep(written)
            keys = [(seq, version) for seq, version, _ in written]
            texts = [text for *_, text in written]
        items = orjson.Fragment(b"[%b]" % b",".join(texts))
        return Page(items, self._total_of(keys, values, kept) if is_counted else UNCOUNTED)

    def _written(self, values: Values) -> list[Written]:
        if is_embedded():
            return [(seq, number, text.encode()) for seq, number, text in self._texts.rows(values)]
        rows = self._values.rows(values)
        records = self._shape.encode(row[2:] for row in rows)
        return [(*row[:2], orjson.dumps(record)) for row, record in zip(rows, records, strict=True)]

    def _total_of(self, keys: list[Key], values: Values, kept: Kept) -> int:
        if len(keys) < values["limit"] or not self._keeps_total:
            return self.total(len(keys), values)
        sql, bound = self.count.prepare(values)
        # With their types: to Python 1, 1.0 and True are one key, to SQLite they are several texts.
        asked, version = (sql, *((type(value), value) for value in bound)), keys[0][1]
        total = kept.total(asked, version)
        if total is None:
            total = self.total(len(keys), values)
            kept.keep_total(asked, version, total)
        return total
