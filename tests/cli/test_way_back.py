"""What `bai-wx export --pocketbase` refuses, and that it leaves nothing half-made.

What it makes is looked at in `tests/takeover/test_way_back.py`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.cli.commands import ALICE, BOB, Run, done, refused, world


def export(run: Run, folder: Path) -> Any:
    """Make `folder` a `pb_data`."""
    return run("export", "--pocketbase", str(folder), "--json")


def test_what_is_there_already_is_left_alone(bring: Any, run: Run, tmp_path: Path) -> None:
    """Only an empty folder may be there."""
    done(bring(**world()))
    held = tmp_path / "pb_data" / "mine"
    held.parent.mkdir()
    held.write_text("mine")
    assert "there already" in refused(export(run, held.parent))
    assert held.read_text() == "mine"
    assert not list(tmp_path.glob("*.unfinished"))


def test_it_is_complete_or_not_there(bring: Any, run: Run, tmp_path: Path) -> None:
    """What a killed run has left is removed, and a failing one leaves nothing."""
    done(bring(**world()))
    target = tmp_path / "new" / "pb_data"
    left = tmp_path / "new" / "pb_data.unfinished" / "storage"
    left.mkdir(parents=True)
    target.mkdir()
    told = done(export(run, target))
    assert told["pocketbase"] == "0.40.6"
    assert told["rows"]["tbl_auth_users"] == 1
    assert sorted(path.name for path in target.parent.iterdir()) == ["pb_data"]
    with closing(sqlite3.connect(target / "data.db")) as connection:
        [(amount,)] = connection.execute("SELECT order_amount FROM tbl_order").fetchall()
    assert amount == 9999999.99


def test_rows_that_pocketbase_cannot_hold_are_named(bring: Any, run: Run, tmp_path: Path) -> None:
    """It has one user a token key."""
    key = "k" * 50
    users = [{"openid": ALICE, "token_key": key}, {"openid": BOB, "token_key": key}]
    done(bring(tbl_auth_users=users))
    told = refused(export(run, tmp_path / "pb_data"))
    assert "tbl_auth_users.tokenKey" in told
    assert "defect" not in told
    assert not list(tmp_path.glob("pb_data*"))
