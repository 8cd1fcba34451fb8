"""What the real PocketBase makes of an empty folder: the part of an export that is not ours.

`python -m tests.takeover.empty_pocketbase POCKETBASE >bai_wx/transfer/pocketbase/empty.json` writes it anew.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

MADE_ANEW: Final = ("created", "updated")
"""Columns that say when, which an export writes itself."""

JSON_COLUMNS: Final = ("fields", "indexes", "options")


def layout(pb_data: Path) -> dict[str, Any]:
    """Tables, migrations, settings and collections of PocketBase's own; no moments, no secrets."""
    with closing(sqlite3.connect(pb_data / "data.db")) as connection:
        connection.row_factory = sqlite3.Row
        tables = list(_statements(connection))
        migrations = [row["file"] for row in connection.execute("SELECT file FROM _migrations")]
        settings = connection.execute("SELECT value FROM _params WHERE id = 'settings'").fetchone()
        own = connection.execute("SELECT * FROM _collections WHERE system = 1").fetchall()
    return {
        "tables": tables,
        "migrations": migrations,
        "settings": json.loads(settings["value"]),
        "collections": [_collection(row) for row in own],
    }


def _statements(connection: sqlite3.Connection) -> Iterator[str]:
    """The SQL of its own tables and of their indexes. `users` is a collection that nobody must have."""
    rows = connection.execute("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    for row in rows:
        if row["tbl_name"].startswith("_"):
            yield row["sql"]


def _collection(row: sqlite3.Row) -> dict[str, Any]:
    kept = {name: row[name] for name in row.keys() if name not in MADE_ANEW}  # noqa: SIM118  # a Row has no other names
    kept |= {name: json.loads(kept[name]) for name in JSON_COLUMNS}
    kept["options"] = {name: _without_secret(each) for name, each in kept["options"].items()}
    return kept


def _without_secret(option: Any) -> Any:
    if isinstance(option, Mapping) and "secret" in option:
        return {**option, "secret": ""}
    return option


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        command = [sys.argv[1], "migrate", "up", "--dir", made, "--migrationsDir", f"{made}/none"]
        subprocess.run([*command, "--hooksDir", f"{made}/none"], stdout=sys.stderr, check=True)
        print(json.dumps(layout(Path(made)), ensure_ascii=False, indent=1))
