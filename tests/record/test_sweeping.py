"""Old rows go owner by owner: no statement that locks asks about two of them."""

import re
from pathlib import Path

import psycopg
import pytest
from peewee import Database

from bai_wx.database.connection import connect, disconnect
from bai_wx.record import clock
from bai_wx.record.idempotency import IdempotencyKey
from bai_wx.record.sweeping import CHUNK, remove_older
from bench.relay import Relay
from tests.databases import IS_POSTGRES, migrated_address

OLD, YOUNG = clock.ago(3600), clock.ago(-3600)


def _keys(owner: str, created: str, number: int) -> None:
    columns = IdempotencyKey._meta.sorted_fields
    rows = [(owner, f"{created}{each}", "", 200, b"", created) for each in range(number)]
    IdempotencyKey.insert_many(rows, columns).execute()


def _sweep() -> int:
    return remove_older(IdempotencyKey, IdempotencyKey.created, clock.now())


def _left() -> dict[str, int]:
    found: dict[str, int] = {}
    for row in IdempotencyKey.select():
        found[row.owner] = found.get(row.owner, 0) + 1
    return found


@pytest.mark.usefixtures("database")
def test_old_rows_of_every_owner_go() -> None:
    """Of more owners, and of one more rows, than one look finds; young rows stay."""
    _keys("alice", OLD, 2 * CHUNK)
    _keys("bob", YOUNG, 3)
    for number in range(CHUNK + 10):
        _keys(f"owner{number}", OLD, 1)
    _keys("owner1", YOUNG, 1)
    assert _sweep() == 3 * CHUNK + 10
    assert _left() == {"bob": 3, "owner1": 1}
    assert _sweep() == 0


@pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has one writer at a time")
def test_rows_in_use_keep_nobody_elses(database: Database) -> None:
    """What is locked stays for the next time; all others go."""
    _keys("alice", OLD, 3)
    _keys("bob", OLD, 2)
    with psycopg.connect(database.database) as other:
        other.execute("SELECT 1 FROM idempotency_key WHERE owner = 'alice' LIMIT 1 FOR UPDATE")
        assert _sweep() == 4
        assert _left() == {"alice": 1}
    assert _sweep() == 1


@pytest.mark.skipif(not IS_POSTGRES, reason="what PostgreSQL is sent")
def test_each_statement_that_locks_names_one_owner(tmp_path: Path) -> None:
    """By what went over the wire."""
    with Relay(migrated_address(tmp_path)) as relay:
        connect(relay.address)
        _keys("alice", OLD, 2)
        relay.said()
        assert _sweep() == 2
        disconnect()
        asked = [text for text in relay.said().statements if "idempotency_key" in text]
    locking = [text for text in asked if text.startswith("DELETE") or "FOR UPDATE" in text]
    assert len(locking) == 1
    assert len(re.findall(r'"owner" = \$\d+', locking[0])) == 2  # in the query in it, too
