"""Records of a collection as JSON, cached for as long as the collection does not change.

A catalogue is read far more often than it changes, and looks the same to everybody. So a list asks the
database for its rows' keys alone, and in the same statement for the collection's version. What is cached
of that version is what the statement would have read. The database decides each time which rows are
visible, filtered and sorted.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import orjson
from peewee import Alias, Database, ModelSelect

from bai_wx.database.connection import database, is_embedded, primary_number
from bai_wx.database.statement import Statement, Values
from bai_wx.database.versions import number_of
from bai_wx.metrics import CACHE
from bai_wx.record.pages import UNCOUNTED, Page, Pages
from bai_wx.record.shape import Shape

MAX_BYTES: Final = 12 * 1024 * 1024  # of one collection in one process: some ten thousand products
BYTES_PER_RECORD: Final = 200  # what an entry costs beside its text, roughly
MAX_TOTALS: Final = 1024

_HIT, _MISS, _TOTAL_HIT, _TOTAL_MISS = (
    CACHE.series(cache=cache, result=result)
    for cache in ("records", "totals")
    for result in ("hit", "miss")
)

RowKey = tuple[int, int | None]
"""A row's `seq`, and the version of the collection that the statement saw; None where none is counted."""
CachedRecord = tuple[int, int | None, bytes]
"""The same with the record's JSON."""
TotalKey = tuple[Any, ...]
"""A counting statement: its text and what is bound to it."""


@dataclass
class _Switch:
    is_on: bool = True


_switch = _Switch()


def enable(is_on: bool) -> None:
    """Cache records from now on, or read all of them each time."""
    _switch.is_on = is_on


class RecordCache:
    """The cached records and totals of one collection in this process, each with its version."""

    def __init__(self, primary: int = 0) -> None:
        """`primary` is that of `primary_number` which they are read from."""
        self.primary = primary
        self._records: dict[int, tuple[int | None, bytes]] = {}  # by `seq`, the oldest first
        self._bytes = 0
        self._totals: dict[TotalKey, tuple[int | None, int]] = {}
        self._adding = threading.Lock()

    def texts(self, keys: Iterable[RowKey]) -> list[bytes] | None:
        """The records of these rows; None unless all are cached of just these versions."""
        texts = []
        for seq, version in keys:
            cached = self._records.get(seq)
            if cached is None or version is None or cached[0] != version:
                return None
            texts.append(cached[1])
        return texts

    def add(self, records: Iterable[CachedRecord]) -> None:
        """Cache records; the oldest go when there are too many."""
        with self._adding:
            for seq, version, text in records:
                self._drop(seq)
                self._records[seq] = version, text
                self._bytes += BYTES_PER_RECORD + len(text)
            while self._bytes > MAX_BYTES:
                self._drop(next(iter(self._records)))

    def _drop(self, seq: int) -> None:
        cached = self._records.pop(seq, None)
        if cached is not None:
            self._bytes -= BYTES_PER_RECORD + len(cached[1])

    def total(self, key: TotalKey, version: int | None) -> int | None:
        """The number of rows that a statement counted at this version, if it is cached."""
        cached = self._totals.get(key)
        is_known = cached is not None and version is not None and cached[0] == version
        return cached[1] if cached is not None and is_known else None

    def add_total(self, key: TotalKey, version: int | None, total: int) -> None:
        """Cache the number of rows that a statement counted."""
        if len(self._totals) >= MAX_TOTALS:
            self._totals.clear()
        self._totals[key] = version, total


_caches: WeakKeyDictionary[Database, dict[str, RecordCache]] = WeakKeyDictionary()


def record_cache(collection: str) -> RecordCache:
    """This process's cache of a collection of the database that is chosen now.

    Take it before the statement is sent whose rows it gets: a promoted standby that lacks a change counts to
    the same versions again, for other rows.
    """
    by_collection = _caches.setdefault(database.obj, {})
    found, primary = by_collection.get(collection), primary_number()
    if found is None or found.primary != primary:
        found = by_collection[collection] = RecordCache(primary)
    return found


class CachedPages(Pages):
    """Pages of a collection whose changes are counted (`bai_wx.database.versions`)."""

    def __init__(
        self,
        shape: Shape,
        rows: "ModelSelect[Any]",
        count: "ModelSelect[Any]",
        *,
        caches_total: bool,
    ) -> None:
        """`caches_total`: the number of rows follows from the collection and the bound values alone."""
        super().__init__(shape, rows, count)
        collection = rows.model.collection()
        self._collection = collection
        self._caches_total = caches_total
        key = rows.model.seq, number_of(collection)
        self._keys = Statement(rows.select(*key))
        self._texts = Statement(rows.select(*key, Alias(shape.json_column, "item")))
        self._values = Statement(rows.select(*key, *shape.columns))

    def read(self, values: Values, *, is_counted: bool = True) -> Page:
        """One page; see `Pages.read`."""
        # A transaction may yet take back what it changed, and the version with it.
        if not _switch.is_on or database.in_transaction():
            return super().read(values, is_counted=is_counted)
        cache = record_cache(self._collection)
        keys = self._keys.rows(values)
        texts = cache.texts(keys)
        (_HIT if texts is not None else _MISS).inc()
        if texts is None:
            records = self._records(values)
            cache.add(records)
            keys = [(seq, version) for seq, version, _ in records]
            texts = [text for *_, text in records]
        items = orjson.Fragment(b"[%b]" % b",".join(texts))
        return Page(items, self._total_of(keys, values, cache) if is_counted else UNCOUNTED)

    def _records(self, values: Values) -> list[CachedRecord]:
        if is_embedded():
            return [(seq, number, text.encode()) for seq, number, text in self._texts.rows(values)]
        rows = self._values.rows(values)
        records = self._shape.encode(row[2:] for row in rows)
        return [(*row[:2], orjson.dumps(record)) for row, record in zip(rows, records, strict=True)]

    def _total_of(self, keys: list[RowKey], values: Values, cache: RecordCache) -> int:
        if len(keys) < values["limit"] or not self._caches_total:
            return self.total(len(keys), values)
        sql, bound = self.count.prepare(values)
        # With their types: to Python 1, 1.0 and True are one key, to SQLite they are several texts.
        key, version = (sql, *((type(value), value) for value in bound)), keys[0][1]
        total = cache.total(key, version)
        (_TOTAL_HIT if total is not None else _TOTAL_MISS).inc()
        if total is None:
            total = self.total(len(keys), values)
            cache.add_total(key, version, total)
        return total
