"""Every statement that the API runs on carts, orders and keys names their owner: where rows lie apart by owner,
each asks one place and locks nothing of another's.

The statements are those that went over the wire to PostgreSQL while everything was asked once.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bench.relay import Relay
from tests import databases
from tests.api import buying, shop
from tests.databases import IS_POSTGRES
from tests.paths import CART_RECORDS, ORDER_RECORDS
from tests.running import Client, Server

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="what PostgreSQL is sent")

OWNERS = {"tbl_cart": "cart_owner", "tbl_order": "order_owner", "idempotency_key": "owner"}
"""The tables that grow with the shop, and whose their rows are."""

EVERYBODYS = (
    # A new number is looked for among the orders of all, for clients send numbers of their own.
    r'^SELECT 1 FROM "tbl_order" AS "t1" WHERE \("t1"."order_number" = \$1\) LIMIT \$2$',
)
"""Statements of the API that ask all owners, and why."""


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """What was sent while a client did everything with cart and orders."""
    folder = tmp_path_factory.mktemp("owners")
    with (
        Relay(databases.migrated_address(folder)) as relay,
        Server(
            folder / "home", BAI_WX_DATABASE=relay.address, BAI_WX_QUOTAS="open-orders:9"
        ) as server,
    ):
        server.take(shop.ROWS)
        client = Client(server.url).login("owner")
        relay.said()
        for _ in range(3):  # a text is prepared the second time it comes
            everything(client)
        yield relay.said().statements


def everything(client: Client) -> None:
    """Each operation of the cart and of orders, by hook and as a record, and twice with a key."""
    line = buying.add(client, shop.DIME)
    client.data("/cart/list", {"keyword": "x", "cart_status": "active"})
    client.data("/cart/detail", {"cart_id": line["cart_id"]})
    client.data("/cart/update", {"cart_id": line["cart_id"], "cart_product_quantity": 3})
    order = buying.order(client, line)
    client.data("/order/list", {"keyword": "x", "order_status": "pending"})
    client.data("/order/detail", {"order_id": order["order_id"]})
    client.data("/order/update", {"order_id": order["order_id"], "order_status": "cancelled"})
    client.data("/order/delete", {"order_id": order["order_id"]})
    body = {"order_source": "product", "items": [buying.item(shop.DIME)], "order_number": ""}
    for _ in range(2):
        headers = {"Idempotency-Key": f"key-{order['order_id']}"}
        assert client.hook("/order/create", body, headers=headers).status_code == 200
    own = client.hook("/order/create", {**body, "order_number": f"N-{order['order_id']}"})
    client.data("/order/delete", {"order_id": own.json()["data"]["order_id"]})
    records(client, CART_RECORDS, buying.record_of(client, shop.PERCENT), cart_product_quantity=4)
    snap = {"items": [buying.item(shop.DIME)]}
    new = {"order_owner": client.openid, "order_source": "product", "order_snap": snap}
    records(client, ORDER_RECORDS, new, order_remark="later")
    removed = buying.add(client, shop.SHIFTY)
    client.data("/cart/delete", {"cart_id": removed["cart_id"]})


def records(client: Client, path: str, body: dict[str, Any], **changes: Any) -> None:
    """Create, list, view, change and delete a record."""
    made = client.request("POST", path, json=body).json()
    assert client.get(path, params={"sort": "-created", "expand": "cart_product_id"}).json()[
        "items"
    ]
    one = f"{path}/{made['id']}"
    assert client.get(one).status_code == 200
    assert client.request("PATCH", one, json=changes).status_code == 200
    assert client.request("DELETE", one).status_code in (204, 400)


@pytest.mark.parametrize(("table", "owner"), OWNERS.items(), ids=OWNERS)
def test_each_statement_names_the_owner(table: str, owner: str, statements: list[str]) -> None:
    """As an equality with a value that is sent, or as a column of what is inserted."""
    asked = [text for text in statements if re.search(rf'"{table}"', text)]
    kinds = {text.split()[0] for text in asked}
    assert kinds >= {"SELECT", "INSERT", "UPDATE"}, kinds
    assert [text for text in asked if not _names(text, owner) and not _is_everybodys(text)] == []


def _names(text: str, owner: str) -> bool:
    if text.startswith("INSERT"):
        return f'"{owner}"' in text.split("VALUES")[0]
    return re.search(rf'"{owner}" = \$\d+', text) is not None


def _is_everybodys(text: str) -> bool:
    return any(re.match(each, text) for each in EVERYBODYS)
