"""What docs/operations.md says of backups, done while the shop serves, gives a whole shop."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

from tests.failover.cluster import DATABASE, Cluster
from tests.running import Client, Server
from tests.stories.accounts import half_made
from tests.stories.shoppers import Shopper, products_of

SHOPPERS = 4
FEWEST = 20  # orders before the backup
PATIENCE_S = 60
ORDERS = "SELECT order_id FROM tbl_order ORDER BY order_id"


@contextmanager
def orders_coming_in(server: Server) -> Iterator[list[Shopper]]:
    """Some orders are there, and more are being made meanwhile."""
    stop, products = Event(), products_of(Client(server.url))
    shoppers = [
        Shopper(Client(server.url).login(f"shopper-{n}"), products, stop, f"backup-{n}")
        for n in range(SHOPPERS)
    ]
    with ThreadPoolExecutor(SHOPPERS) as pool:
        shopping = [pool.submit(shopper.shop) for shopper in shoppers]
        try:
            while sum(len(each.journal.orders) for each in shoppers) < FEWEST:
                assert not any(done.done() for done in shopping), shopping
                time.sleep(0.05)
            yield shoppers
        finally:
            stop.set()
        for done in shopping:
            done.result(PATIENCE_S)


def acknowledged(shoppers: list[Shopper]) -> set[str]:
    """The orders their clients know of."""
    return {order_id for each in shoppers for order_id in dict(each.journal.orders)}


def test_a_dump_of_postgresql_restores_the_shop(tmp_path: Path) -> None:
    """`pg_dump -Fc`, `createdb`, `pg_restore`; what was acknowledged before the dump is in it, whole."""
    with Cluster(standby=False) as cluster:
        node = cluster.primary
        dump, restored = (
            node.data.parent / "shop.dump",
            cluster.address.replace(DATABASE, "restored"),
        )
        with Server(tmp_path / "home", BAI_WX_DATABASE=cluster.address) as server:
            with orders_coming_in(server) as shoppers:
                before = acknowledged(shoppers)
                node.run("pg_dump", "-Fc", "-f", str(dump), cluster.address)
            node.run(
                "createdb", "-h", "127.0.0.1", "-p", str(node.port), "-U", "postgres", "restored"
            )
            node.run("pg_restore", "--no-owner", "--exit-on-error", "-d", restored, str(dump))
        copy = Server(tmp_path / "copy", BAI_WX_DATABASE=restored)
        assert {row["order_id"] for row in copy.rows(ORDERS)} >= before
        assert half_made(copy) == []
        assert copy.command("migrate", "--check").returncode == 0


def test_a_copy_of_sqlite_restores_the_shop(tmp_path: Path) -> None:
    """SQLite's own backup, which `sqlite3 … ".backup …"` calls; the WAL is in it, and no half order."""
    server = Server(tmp_path / "home", BAI_WX_DATABASE=f"sqlite:///{tmp_path}/shop.db")
    with server, orders_coming_in(server) as shoppers:
        before = acknowledged(shoppers)
        with (
            closing(sqlite3.connect(tmp_path / "shop.db")) as source,
            closing(sqlite3.connect(tmp_path / "copy.db")) as target,
        ):
            source.backup(target)
    copy = Server(tmp_path / "copy", BAI_WX_DATABASE=f"sqlite:///{tmp_path}/copy.db")
    assert {row["order_id"] for row in copy.rows(ORDERS)} >= before
    assert half_made(copy) == []
    assert copy.command("migrate", "--check").returncode == 0
