"""PocketBase with the same rows, and the collections, indexes and hooks a careful user would give it."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

from bench import dataset
from bench.copies import multiply
from bench.peers import SECRET, Peer

SHOP = Path(__file__).parent / "peer"
RENAMED = {"token_key": "tokenKey"}
"""Columns that PocketBase calls otherwise."""


class PocketBase(Peer):
    """The Go server on both cores, its request log off, its code in `bench/peer`."""

    name = "PocketBase"
    prefix: ClassVar[str] = ""
    health: ClassVar[str] = "/api/health"

    def environment(self) -> dict[str, str]:
        given = super().environment()
        kept = {name: given[name] for name in given if name.startswith("WECHAT_")}
        return {"PATH": os.environ["PATH"], "BENCH_SECRET": SECRET, **kept}

    def command(self) -> list[str]:
        return self._pocketbase("serve", "--http", self.url.removeprefix("http://"))

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "pb_data" / "data.db"

    def fill(self) -> None:
        subprocess.run(
            self._pocketbase("migrate", "up"),
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for collection, rows in dataset.COLLECTIONS.items():
                _insert(connection, collection, rows())
        multiply(self.database, self.times)
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute("ANALYZE")  # as its own nightly PRAGMA optimize would

    def _pocketbase(self, *arguments: str) -> list[str]:
        folders = {
            "--dir": self.folder / "pb_data",
            "--publicDir": self.folder / "none",
            "--migrationsDir": SHOP / "pb_migrations",
            "--hooksDir": SHOP / "pb_hooks",
        }
        options = [str(part) for pair in folders.items() for part in pair]
        return ["pocketbase", *arguments, *options, "--automigrate=0", "--hooksWatch=0"]


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[dataset.Row]) -> None:
    sql = ""
    for row in rows:
        if not sql:
            columns = ", ".join(RENAMED.get(name, name) for name in row)
            sql = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})"
        connection.execute(sql, [_held(value) for value in row.values()])


def _held(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value
