"""The journal of a take-over: which row of the source became which of ours, and what it was then.

An entry is written in the transaction that writes its row. So a take-over that was killed goes on where it
stopped, and one that is run again finds what has changed since, in the source and here.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from peewee import CompositeKey, IntegerField, Model, TextField

from bai_wx.database.connection import database, insert_rows
from bai_wx.database.statement import Statement

LOOKUP: Final = 500  # ids a query


class TakenRow(Model):
    """A row of the source, by our collection's name and the source's record id.

    `row_id` is our row's id, another one where a user had logged in here before. `fingerprint` is that of
    the translated row, `updated` our row's when it was written. `has_files` is 1 when its files are here.
    """

    collection = TextField()
    source_id = TextField()
    row_id = TextField()
    fingerprint = TextField()
    updated = TextField()
    has_files = IntegerField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "taken_row"
        primary_key = CompositeKey("collection", "source_id")
        indexes = ((("collection", "row_id"), False),)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal says of a row of the source; see `TakenRow`."""

    row_id: str
    fingerprint: str
    updated: str
    has_files: bool


_COLUMNS: Final = ("collection", "source_id", "row_id", "fingerprint", "updated", "has_files")


def fingerprint(values: Mapping[str, Any]) -> str:
    """The fingerprint of a translated row: equal values have equal ones, whatever their order."""
    text = repr(sorted(values.items()))  # not JSON: a mangled row may hold what JSON cannot
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def find(collection: str, source_ids: Iterable[str]) -> dict[str, Entry]:
    """The entries of these rows of the source, by their ids."""
    found: dict[str, Entry] = {}
    columns = (getattr(TakenRow, name) for name in _COLUMNS[1:])
    of_collection = TakenRow.select(*columns).where(TakenRow.collection == collection)
    for some in _chunks(_storable(source_ids)):
        for source_id, row_id, mark, updated, has_files in Statement(
            of_collection.where(TakenRow.source_id << some)
        ).rows({}):
            found[source_id] = Entry(row_id, mark, updated, bool(has_files))
    return found


def count(collection: str) -> int:
    """How many rows of the source were taken over into a collection."""
    return int(TakenRow.select().where(TakenRow.collection == collection).count())


def taken(collection: str, row_ids: Iterable[str]) -> set[str]:
    """Which of these rows of ours were taken over."""
    found: set[str] = set()
    of_collection = TakenRow.select(TakenRow.row_id).where(TakenRow.collection == collection)
    for some in _chunks(row_ids):
        rows = Statement(of_collection.where(TakenRow.row_id << some)).rows({})
        found.update(row_id for (row_id,) in rows)
    return found


def write(collection: str, entries: Mapping[str, Entry]) -> None:
    """Write entries by the source's ids, over those there are, in the caller's transaction."""
    for some in _chunks(entries):
        of_these = (TakenRow.collection == collection) & (TakenRow.source_id << some)
        TakenRow.delete().where(of_these).execute()
    insert_rows(
        TakenRow,
        _COLUMNS,
        [
            (
                collection,
                source_id,
                each.row_id,
                each.fingerprint,
                each.updated,
                int(each.has_files),
            )
            for source_id, each in entries.items()
        ],
    )


def note_files(collection: str, source_ids: Iterable[str]) -> None:
    """Note that the files of these rows are here, in the caller's transaction."""
    for some in _chunks(source_ids):
        of_these = (TakenRow.collection == collection) & (TakenRow.source_id << some)
        TakenRow.update(has_files=1).where(of_these).execute()


def _storable(source_ids: Iterable[str]) -> list[str]:
    """The ids that a database can be asked for: no other is in the journal."""
    return [each for each in source_ids if each.isascii() and "\0" not in each]


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while some := list(islice(left, LOOKUP)):
        yield some
