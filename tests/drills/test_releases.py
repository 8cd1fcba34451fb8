"""The next release and the way back, under orders, on one database."""

import shutil
from pathlib import Path

import pytest

from tests import databases
from tests.drills.load import NOBODY, Work, at_work, compare
from tests.faults.steps import eventually
from tests.running import Server
from tests.tree import PACKAGES, ROOT

pytestmark = [pytest.mark.long] if databases.IS_POSTGRES else []
"""`tests/failover` upgrades replicas on PostgreSQL; this one takes long there."""

EACH = 5  # orders by each release
PATIENCE_S = 30
MIGRATION = '''"""What a release may do: a table, an index and a column with a default."""

from typing import Any

from peewee import Database


def up(migrator: Any, db: Database) -> None:
    """Expand."""
    db.execute_sql("CREATE TABLE next_table (id TEXT PRIMARY KEY)")
    db.execute_sql("ALTER TABLE tbl_order ADD COLUMN order_next TEXT NOT NULL DEFAULT 'unknown'")
    db.execute_sql("CREATE INDEX order_next_of ON tbl_order (order_next)")
    db.execute_sql("ALTER TABLE tbl_cart ADD COLUMN cart_next TEXT")
'''


class Release(Server):
    """A server of the code in `root`, whatever is installed or lies in the working directory."""

    def __init__(self, home: Path, root: Path, address: str) -> None:
        super().__init__(
            home,
            workers=2,
            BAI_WX_DATABASE=address,
            PYTHONPATH=str(root),
            PYTHONSAFEPATH="1",
        )


def next_release(folder: Path) -> Path:
    """A copy of this code with one migration more. Returns: where it is."""
    for name in (*PACKAGES, "spec"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "models" / "migrations" / "9999_next.py").write_text(MIGRATION)
    return folder


def sell(work: Work) -> int:
    """Wait for some orders more. Returns: how many."""
    before = work.orders
    assert eventually(lambda: work.orders >= before + EACH, PATIENCE_S), work.orders - before
    return work.orders - before


def replace(running: Server, successor: Server) -> None:
    """Stop one, and start the other on its port."""
    port = int(running.url.rpartition(":")[2])
    assert running.stop() == 0
    successor.start(port)


def test_the_next_release_and_the_way_back_lose_no_order(tmp_path: Path) -> None:
    """Old code, old code beside the new schema, new code, and old code again."""
    home = tmp_path / "home"
    home.mkdir()
    address = databases.new_address(home)
    old = Release(home, ROOT, address)
    new = Release(home, next_release(tmp_path / "next"), address)
    with old:
        with at_work(old, buyers=2, readers=1) as work:
            sold = [sell(work)]
            assert "9999_next" in new.command("migrate").stdout
            sold.append(sell(work))
            replace(old, new)
            assert new.process is not None
            assert str(tmp_path / "next") in Path(f"/proc/{new.process.pid}/cmdline").read_text()
            sold.append(sell(work))
            replace(new, old)
            sold.append(sell(work))
            reads = work.reads()
        done = compare(work)
        names = {row["order_next"] for row in old.rows("SELECT order_next FROM tbl_order")}
        check = old.command("migrate", "--check", check=False)
        print(
            f"\norders by the old code, beside the new schema, by the new code, by the old code again: {sold};"
            f" reads {dict(reads)}; {done}"
        )
        assert set(reads) <= {200, NOBODY}
        assert done.is_clean, done
        assert names == {"unknown"}
        assert "9999" not in check.stderr
        assert "Traceback" not in old.log
