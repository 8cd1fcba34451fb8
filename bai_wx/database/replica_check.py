"""Tries the standbys of `BAI_WX_DATABASE_READS`, as `bai-wx doctor` does."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import psycopg
from peewee import Database, OperationalError

from bai_wx.database.replicas import ASK_PRIMARY, ASK_STANDBY, MAX_LAG_S, Standby, standbys_of

LOOK_S: Final = 0.005  # between two looks at a standby that is behind


def findings(address: str, primary: Database) -> Iterator[tuple[str, bool]]:
    """Try each standby of an address. Yields: what was found of it, and whether it can be read at."""
    for standby in standbys_of(address, MAX_LAG_S):
        try:
            yield _found(standby, primary)
        except (psycopg.Error, OperationalError) as exc:
            yield f"{standby.shown} cannot be read at: {exc}", False


def _found(standby: Standby, primary: Database) -> tuple[str, bool]:
    with closing(standby.open()) as connection:
        written, *whose = primary.execute_sql(ASK_PRIMARY).fetchone()  # type: ignore[no-untyped-call]  # Peewee is partly typed
        began = time.monotonic()
        while True:
            replayed, system, name, _, is_standby = _asked(connection)
            if [system, name] != whose:
                return f"{standby.shown} is no standby of BAI_WX_DATABASE", False
            if not is_standby:
                return f"{standby.shown} takes writes, so nothing is read there", True
            behind_s = time.monotonic() - began
            if replayed >= written:
                return f"{standby.shown} is {behind_s * 1000:.0f} ms behind", True
            if behind_s > MAX_LAG_S:
                return f"{standby.shown} is more than {MAX_LAG_S:g} s behind", False
            time.sleep(LOOK_S)


def _asked(connection: "psycopg.Connection[Any]") -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(ASK_STANDBY).fetchone()
    assert row is not None
    return row
