"""From SQLite into PostgreSQL and back; several machines that start at once on one PostgreSQL."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer import manifest
from tests import databases
from tests.cli.commands import world
from tests.databases import IS_POSTGRES, new_address
from tests.running import Client, Server

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="needs both databases")

MANY = 20_000
PATIENCE_S = 60
WECHAT = {"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "hush"}


def bai_wx(home: Path, address: str, *arguments: str) -> Any:
    """Run a command on a database. Returns: its JSON answer."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("BAI_WX_", "WECHAT_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "bai_wx.cli.main", *arguments, "--json"],
        env={**ours, "BAI_WX_HOME": str(home), "BAI_WX_DATABASE": address, **WECHAT},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return orjson.loads(ran.stdout)


def test_everything_moves_there_and_back(tmp_path: Path) -> None:
    """Seven collections, deleted rows and hidden fields too: the files' checksums stay the same."""
    rows = tmp_path / "rows"
    rows.mkdir()
    for name, values in world().items():
        (rows / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(v) + b"\n" for v in values))
    counts = {name: len(values) for name, values in world().items()}
    assert set(counts) == set(COLLECTIONS)
    stations = [
        f"sqlite:///{tmp_path}/first.db",
        new_address(tmp_path),
        f"sqlite:///{tmp_path}/last.db",
    ]
    source, written = rows, []
    for number, address in enumerate(stations):
        assert bai_wx(tmp_path, address, "import", str(source))["imported"] == counts
        source = tmp_path / f"export-{number}"
        assert bai_wx(tmp_path, address, "export", str(source))["exported"] == counts
        written.append((source / manifest.NAME).read_bytes())
        bai_wx(tmp_path, address, "migrate", "--check")
        assert bai_wx(tmp_path, address, "doctor")["ok"]
    assert written[0] == written[1] == written[2]


def test_many_rows_are_imported_in_bulk(tmp_path: Path) -> None:
    """By COPY: a statement a row would wait for the network as often as there are rows."""
    address = new_address(tmp_path)
    with (tmp_path / "tbl_auth_users.jsonl").open("wb") as file:
        file.writelines(b'{"openid":"openid-%d"}\n' % number for number in range(MANY))
    began = time.monotonic()
    counts = bai_wx(tmp_path, address, "import", str(tmp_path))["imported"]
    print(f"{MANY} rows in {time.monotonic() - began:.1f} s")
    assert counts == {"tbl_auth_users": MANY}
    (found,) = databases.read(address, "SELECT count(*) AS n, max(seq) AS last FROM tbl_auth_users")
    assert found == {"n": MANY, "last": MANY}


def test_replicas_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    """Two servers with homes of their own on one empty database: both serve, the shop is there once."""
    address = new_address(tmp_path)
    replicas = [
        Server(
            tmp_path / name,
            BAI_WX_DATABASE=address,
            BAI_WX_SECRET="q8Zr2LxV0tNw5yKd7uHj3mBs9cFg1aEp",
        )
        for name in ("one", "two")
    ]
    for replica in replicas:
        replica.spawn()
    try:
        for replica in replicas:
            replica.await_health()
        # What the parents opened was closed before they forked: two would speak on one connection.
        others = "datname = current_database() AND application_name = 'bai-wx'"
        assert databases.read(address, f"SELECT pid FROM pg_stat_activity WHERE {others}") == []
        token = Client(replicas[0].url).login("alice").token
        assert Client(replicas[1].url, token).hook("/cart/list").status_code == 200
    finally:
        stopped = [replica.stop() for replica in replicas]
    assert stopped == [0, 0]
    applied = databases.read(address, "SELECT name FROM schema_migration")
    assert len(applied) == len({row["name"] for row in applied})
    products = databases.read(address, "SELECT prod_list_id FROM tbl_product_list")
    assert len(products) == len({row["prod_list_id"] for row in products})
