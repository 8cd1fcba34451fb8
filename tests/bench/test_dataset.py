"""The benchmark's rows and requests: as many as are promised, and within the contract's limits."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bench import copies, dataset
from bench.dataset import Sample
from bench.workloads import ADDED, ADDED_BY_MIX, MIX, MIX_TURNS, WORKLOADS, Ask
from models.cart import MAX_ACTIVE_LINES

SIZES = {
    "tbl_auth_users": 2_000,
    "tbl_product_list": 1_000,
    "tbl_cart": 20_000,
    "tbl_order": 20_000,
}


@pytest.mark.parametrize(("collection", "size"), SIZES.items())
def test_dataset_has_its_size_and_a_time_for_every_row(collection: str, size: int) -> None:
    """No two rows share an id, or the moment lists are sorted by."""
    rows = list(dataset.COLLECTIONS[collection]())
    assert len(rows) == size
    assert len({row["id"] for row in rows}) == len({row["created"] for row in rows}) == size


@pytest.mark.parametrize(
    ("collection", "owner", "state", "owners", "least"),
    [
        pytest.param("tbl_cart", "cart_owner", None, 2_000, 10, id="cart lines"),
        pytest.param("tbl_order", "order_owner", None, 500, 40, id="orders"),
        pytest.param("tbl_order", "order_owner", "pending", 500, 30, id="pending orders"),
    ],
)
def test_every_owner_has_a_full_list(
    collection: str, owner: str, state: str | None, owners: int, least: int
) -> None:
    rows = dataset.COLLECTIONS[collection]()
    found = Counter(row[owner] for row in rows if state in (None, row.get("order_status")))
    assert len(found) == owners
    assert min(found.values()) >= least


def test_carts_never_fill_up() -> None:
    """The dataset's places and those of both workloads lie beside one another, below the limit."""
    first, last = ADDED, ADDED_BY_MIX
    assert first[0] >= dataset.CART_LINES_EACH
    assert sum(first) <= last[0]
    assert sum(last) < MAX_ACTIVE_LINES


@pytest.mark.parametrize(
    "key", [pytest.param(key, id=f"{key} {each.title}") for key, each in WORKLOADS.items()]
)
def test_requests_fit_a_line_each(key: str) -> None:
    """turns.lua splits lines at tabs; every request is of the contract's paths."""
    asks = WORKLOADS[key].asks("/pb", Sample(), str)
    assert asks
    assert all(ask.path.startswith("/pb/api/") for ask in asks)
    assert not any(set("\t\n") & set("".join(ask)) for ask in asks)


def test_mix_has_its_shares() -> None:
    """70 % products, half of them lists; 20 % carts, 8 % cart creates, 2 % orders; shuffled."""
    asks = WORKLOADS["W9"].asks("/pb", Sample(), str)
    assert Counter(map(_kind, asks)) == {kind: n * MIX_TURNS for kind, n in MIX.items()}
    assert sum(MIX.values()) == 100
    assert len({_kind(ask) for ask in asks[:100]}) > 3


def _kind(ask: Ask) -> str:
    paths = {"cart/list": "cart list", "cart/create": "cart create", "order/create": "order create"}
    hook = paths.get(ask.path.removeprefix("/pb/api/"))
    return hook or ("product list" if "?" in ask.path else "product view")


def test_cart_creates_of_the_mix_take_turns() -> None:
    """No user puts something into the cart twice in a turn: the second would find its line."""
    asks = WORKLOADS["W9"].asks("/pb", Sample(), str)
    tokens = [ask.token for ask in asks if ask.varies]
    assert len(tokens) == len(set(tokens)) == 800


def test_a_larger_shop_holds_copies(tmp_path: Path) -> None:
    """Whoever is asked in it has the same rows, at the numbers the workloads reckon with."""
    file = tmp_path / "shop.db"
    with closing(sqlite3.connect(file)) as database, database:
        for table, rows in dataset.COLLECTIONS.items():
            _fill(database, table, list(rows()))
    copies.multiply(file, 3)
    sample = Sample(3)
    assert max(sample.users) >= 2 * dataset.USERS
    with closing(sqlite3.connect(file)) as database:
        for table, size in SIZES.items():
            counted = database.execute(f"SELECT COUNT(*), COUNT(DISTINCT id) FROM {table}")
            assert counted.fetchone() == (3 * size, 3 * size)
        for user in sample.users[:50]:
            _check_cart(database, user)
        for buyer in sample.buyers[:50]:
            owned = "SELECT COUNT(*) FROM tbl_order WHERE order_owner = ?"
            found = database.execute(owned, [dataset.openid(buyer)]).fetchone()
            assert found == (dataset.ORDERS_EACH,)


def _fill(database: sqlite3.Connection, table: str, rows: list[dataset.Row]) -> None:
    names = list(rows[0])
    database.execute(f"CREATE TABLE {table} ({', '.join(names)})")
    if "order_owner" in names:
        database.execute(f"CREATE INDEX owners ON {table} (order_owner)")
    else:
        database.execute(f"CREATE INDEX {table}_ids ON {table} (id)")
    values = [
        [json.dumps(each) if isinstance(each, (list, dict)) else each for each in row.values()]
        for row in rows
    ]
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)


def _check_cart(database: sqlite3.Connection, user: int) -> None:
    line = dataset.record_id("c", dataset.cart_line_number(user, 3))
    asked = "SELECT cart_owner, cart_product_id FROM tbl_cart WHERE id = ?"
    product = dataset.record_id("p", dataset.product_number(user, 3))
    assert database.execute(asked, [line]).fetchone() == (dataset.openid(user), product)
    key = database.execute(
        "SELECT token_key FROM tbl_auth_users WHERE id = ?", [dataset.record_id("u", user)]
    )
    assert key.fetchone() == (dataset.token_key(user),)
