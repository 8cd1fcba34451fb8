"""Random writes of carts and orders by both families at once: every piece that was answered is there.

pytest -s tests/stories/test_soak.py            # 10 s; BAI_WX_TEST_DATABASE=postgresql for PostgreSQL
pytest -s -m long tests/stories/test_soak.py    # 10 min, into docs/runs/soak.md
"""

import json
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.running import Client, Server
from tests.stories.cart_writers import SHARED, Writer, price_fen, product
from tests.stories.crowd import crowd

SHORT_S = 10
LONG_S = 600
OWNERS = 3
CLIENTS = 4  # of each owner
PAGE = Path(__file__).parents[2] / "docs/runs/soak.md"

HEAD = """# The soak of carts and orders

Random writes of both families by {clients} clients of {owners} owners, two workers, against a model that sums
what was answered (`tests/stories/test_soak.py`). A row for each database, of its last long run.

| database | seconds | writes answered | expected pieces | found | different | 500s | openids in the log |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def product_row(number: int) -> dict[str, Any]:
    return {
        "id": product(number),
        "prod_list_id": f"P-SOAK-{number:04d}",
        "prod_list_name": f"开关 {number}",
        "prod_list_basic_price": price_fen(number) / 100,
        "prod_list_status": "on_sale",
    }


def test_every_piece_that_was_answered_is_there_after_10_s(tmp_path: Path) -> None:
    """On the database that the environment chooses."""
    _soak(tmp_path, SHORT_S)


@pytest.mark.long
def test_every_piece_that_was_answered_is_there_after_10_minutes(tmp_path: Path) -> None:
    """The same for longer; the page of runs keeps what came out."""
    _note(_soak(tmp_path, LONG_S))


def _soak(folder: Path, seconds: float) -> str:
    """Let the clients write, and compare. Returns: the page's row."""
    # Checked answers would be half the work; here it is writes that count.
    with Server(folder / "home", workers=2, BAI_WX_CHECK_RESPONSES="0") as shop:
        shop.take({"tbl_product_list": map(product_row, range(SHARED + CLIENTS))})
        owners = [Client(shop.url).login(f"soak-{number}") for number in range(OWNERS)]
        writers = {
            owner.openid: [
                Writer(client, number, f"{owner.openid} {number}")
                for number, client in enumerate(crowd(owner, CLIENTS))
            ]
            for owner in owners
        }
        everybody = [writer for group in writers.values() for writer in group]
        stop = threading.Event()
        with ThreadPoolExecutor(len(everybody)) as pool:
            runs = [pool.submit(writer.run, stop) for writer in everybody]
            time.sleep(seconds)
            stop.set()
            for run in runs:
                run.result()
        statuses = sum((writer.sums.statuses for writer in everybody), Counter[int]())
        strange = [line for writer in everybody for line in writer.sums.strange]
        expected = found = different = 0
        for openid, group in writers.items():
            for asked, kept in pieces(shop, openid, group):
                expected, found = expected + asked, found + kept
                different += abs(asked - kept)
        openids = sum(shop.log.count(openid) for openid in writers)
        fails = sum(count for status, count in statuses.items() if status >= 500)
        writes = sum(writer.sums.writes for writer in everybody)
    print(f"\n{databases.KIND}: {writes} writes answered {dict(sorted(statuses.items()))}")
    print(f"{expected} pieces expected, {found} pieces found, different {different}")
    print(f"500s {fails}, openids in the log {openids}")
    assert strange == []
    assert (different, fails, openids) == (0, 0, 0)
    cells = (databases.KIND, seconds, writes, expected, found, different, fails, openids)
    return f"| {' | '.join(map(str, cells))} |"


def pieces(shop: Server, openid: str, group: list[Writer]) -> list[tuple[int, int]]:
    """What was answered and what is kept of an owner, each kind by itself; rules of rows are asserted."""
    lines = shop.rows("SELECT * FROM tbl_cart WHERE cart_owner = ?", openid)
    orders = shop.rows("SELECT * FROM tbl_order WHERE order_owner = ?", openid)
    prices = {product(number): price_fen(number) for number in range(SHARED + CLIENTS)}
    assert all(line["cart_at_price"] == prices[line["cart_product_id"]] for line in lines)
    active = Counter(
        line["cart_product_id"]
        for line in lines
        if line["cart_status"] == "active" and not line["is_delete"]
    )
    assert set(active.values()) <= {1}
    quantity = {line["cart_id"]: line["cart_product_quantity"] for line in lines}
    own = [pair for writer in group for pair in writer.sums.own]
    shared = sum(quantity.values()) - sum(quantity[cart_id] for cart_id, _ in own)
    snapped: dict[str, int] = defaultdict(int)
    for order in orders:
        items = json.loads(order["order_snap"])["items"]
        snapped[order["order_source"]] += sum(item["quantity"] for item in items)
    taken = [
        cart_id
        for order in orders
        if order["order_source"] == "cart"
        for cart_id in order["order_source_id"].split(",")
    ]
    ordered = [line["cart_id"] for line in lines if line["cart_status"] == "ordered"]
    assert sorted(taken) == sorted(ordered), "each ordered line stands in one order"
    return [
        (sum(writer.sums.in_lines for writer in group), shared),
        (sum(writer.sums.in_orders for writer in group), snapped["product"]),
        (sum(quantity[cart_id] for cart_id in taken), snapped["cart"]),
        *((asked, quantity[cart_id]) for cart_id, asked in own),
    ]


def _note(row: str) -> None:
    """Keep the row of this database; the other's stays."""
    old = PAGE.read_text("utf-8").splitlines() if PAGE.exists() else []
    other = [line for line in old if line.startswith(("| sqlite", "| postgresql"))]
    rows = sorted([*(line for line in other if line.split()[1] != row.split()[1]), row])
    head = HEAD.format(clients=OWNERS * CLIENTS, owners=OWNERS)
    PAGE.write_text(head + "".join(f"{line}\n" for line in rows), "utf-8")
