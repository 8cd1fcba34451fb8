"""The journal of a table that is written all or not at all: what to take back where a row is refused meanwhile.

Entries are written with the rows they tell of, and go when the table is written. They stay after a killed
process: the same table goes on from there, and is taken back with what came before.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from peewee import AutoField, Model, TextField

from bai_wx.database.connection import database
from bai_wx.record import clock

KEPT_S: Final = 30 * 24 * 3600
"""How long the entries of a table are kept that was never finished."""


class JournalRow(Model):
    """What one transaction wrote. `entries` is a JSON list of `[record id, updated, columns before]`."""

    seq = AutoField()
    created = TextField()
    load = TextField(index=True)
    collection = TextField()
    entries = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_import_journal"


@dataclass(frozen=True, slots=True)
class Written:
    """A row that was written: its `updated` since then, and its columns before; None for one that was made."""

    record_id: str
    updated: str
    before: dict[str, Any] | None


class Journal:
    """The journal of one table in one collection."""

    def __init__(self, sha256: str, collection: str) -> None:
        self._load = f"{sha256}:{collection}"

    def add(self, collection: str, written: Sequence[Written]) -> None:
        """Note what is written in this transaction."""
        entries = [[each.record_id, each.updated, each.before] for each in written]
        JournalRow.insert(
            created=clock.now(),
            load=self._load,
            collection=collection,
            entries=orjson.dumps(entries).decode(),
        ).execute()

    def newest_first(self) -> Iterator[tuple[int, str, list[Written]]]:
        """What was written, the last transaction first: its number, its collection and its rows."""
        mine = JournalRow.select().where(JournalRow.load == self._load)
        newest = mine.order_by(JournalRow.seq.desc())
        # One at a time: `before` of many rows may be large, and the caller drops each. A query keeps
        # the rows that it found.
        while (row := newest.clone().first()) is not None:
            written = [Written(*each) for each in orjson.loads(row.entries)]
            yield row.seq, row.collection, written

    def drop(self, seq: int) -> None:
        """Remove the entry of one transaction, in the transaction that takes it back."""
        JournalRow.delete().where(JournalRow.seq == seq).execute()

    def clear(self) -> None:
        """Remove the entries of this table, and outlived ones of others."""
        outlived = JournalRow.created < clock.text_of(time.time() - KEPT_S)
        JournalRow.delete().where((JournalRow.load == self._load) | outlived).execute()
