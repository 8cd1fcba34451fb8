"""What `bai-wx export --pocketbase` refuses, and that it leaves nothing half-made.

What it makes is looked at in `tests/takeover/test_way_back.py`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import ALICE, BOB, Run, done, refused, world

LEFT = ("data.db.unfinished", "data.db.unfinished-journal", "storage/pbc_1/x/a.png")
"""What an export has left that was killed."""


def export(run: Run, folder: Path) -> Any:
    """Make `folder` a `pb_data`."""
    return run("export", "--pocketbase", "--plain-private", str(folder), "--json")


def test_what_is_there_already_is_left_alone(bring: Any, run: Run, tmp_path: Path) -> None:
    """Only an empty folder may be there, or what a killed export has left."""
    done(bring(**world()))
    held = tmp_path / "pb_data" / "mine"
    held.parent.mkdir()
    held.write_text("mine")
    for more in ("data.db", "data.db.unfinished"):
        (held.parent / more).touch()
        assert "is not empty" in refused(export(run, held.parent))
        (held.parent / more).unlink()
    assert held.read_text() == "mine"
    assert list(held.parent.iterdir()) == [held]


@pytest.mark.parametrize(
    "left", [pytest.param((), id="nothing"), pytest.param(LEFT, id="what a killed one left")]
)
def test_it_is_complete_or_has_no_database(
    bring: Any, run: Run, tmp_path: Path, left: tuple[str, ...]
) -> None:
    """It begins anew; the database comes last."""
    done(bring(**world()))
    target = tmp_path / "new" / "pb_data"
    for name in left:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("left")
    told = done(export(run, target))
    assert told["pocketbase"] == "0.40.6"
    assert told["rows"]["tbl_auth_users"] == 1
    assert [path.name for path in target.iterdir()] == ["data.db"]
    assert (target / "data.db").stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(target / "data.db")) as connection:
        [(amount,)] = connection.execute("SELECT order_amount FROM tbl_order").fetchall()
    assert amount == 9999999.99


@pytest.mark.parametrize("is_there", [True, False], ids=["an empty folder", "no folder"])
def test_rows_that_pocketbase_cannot_hold_are_named(
    bring: Any, run: Run, tmp_path: Path, is_there: bool
) -> None:
    """It has one user a token key. All is as it was before."""
    key = "k" * 50
    users = [{"openid": ALICE, "token_key": key}, {"openid": BOB, "token_key": key}]
    done(bring(tbl_auth_users=users))
    target = tmp_path / "pb_data"
    if is_there:
        target.mkdir()
    told = refused(export(run, target))
    assert "cannot hold two such rows" in told
    assert "tbl_auth_users.tokenKey" in told
    assert target.exists() is is_there
    assert not list(target.glob("*"))
