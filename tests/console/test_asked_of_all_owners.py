"""What asks carts, orders and keys of all owners: the operator's, by name, and nothing of the API's.

Of the API `tests/api/test_named_owners.py` says so. Where rows lie apart by owner each of these asks all parts.
Covers: docs/growth.md
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bai_wx.console import figures, search
from bai_wx.console.sales import carts, orders
from bai_wx.database.connection import connect, disconnect
from bai_wx.files.store import FileStore
from bai_wx.record import clock, idempotency, quotas, upkeep
from bai_wx.transfer import exporter
from bench.relay import Relay
from models.orders import Order
from tests.databases import IS_POSTGRES, migrated_address
from tests.factories import make_order
from tests.partitions import OWNERS
from tests.tree import ROOT

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="what PostgreSQL is sent")

OPERATORS: dict[str, Callable[[Path], object]] = {
    "upkeep.undelete": lambda _: upkeep.undelete("tbl_order", make_order(is_delete=1).order_id),
    "upkeep.purge": lambda folder: upkeep.purge(clock.now(), FileStore.at(str(folder))),
    "Order.move": lambda _: Order.move(make_order().order_id, "confirmed"),
    "search.search": lambda _: search.search("2026"),
    "figures.read": lambda _: figures.read("2026-11-29"),
    "orders.tallies": lambda _: orders.tallies(None),
    "carts.page": lambda _: carts.page(None, 0, 10),
    "quotas.owners_above": lambda _: quotas.owners_above({"open-orders": 1}),
    "exporter.lines": lambda _: list(exporter.lines(Order)),
    "idempotency.remove_older": lambda _: idempotency.remove_older(0),
}


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    """Sees what this process asks the connected database."""
    with Relay(migrated_address(tmp_path)) as running:
        connect(running.address)
        yield running
        disconnect()


@pytest.mark.parametrize("name", OPERATORS)
def test_it_asks_all_owners_and_the_page_says_so(relay: Relay, tmp_path: Path, name: str) -> None:
    """By what went over the wire."""
    relay.said()
    OPERATORS[name](tmp_path)
    asked = [text for text in relay.said().statements if _asks_all(text)]
    assert asked
    assert f"`{name}`" in (ROOT / "docs/growth.md").read_text("utf-8")


def _asks_all(text: str) -> bool:
    return not text.startswith("INSERT") and any(
        f'"{table}"' in text and not re.search(rf'"{owner}" = \$\d+', text)
        for table, owner in OWNERS.items()
    )
