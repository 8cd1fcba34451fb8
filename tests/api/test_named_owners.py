"""Every statement that the API runs on carts, orders and keys names their owner: where rows lie apart by owner,
each asks one place and locks nothing of another's.

The statements are those that went over the wire to PostgreSQL while everything was asked once. The tables are
parted by owner, and PostgreSQL's own plans say how many parts each statement reads.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest

from bench.relay import Relay
from tests import databases, partitions
from tests.api import buying, shop
from tests.databases import IS_POSTGRES
from tests.partitions import OWNERS
from tests.paths import CART_RECORDS, ORDER_RECORDS
from tests.running import Client, Server

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="what PostgreSQL is sent")

ASKED = ("tbl_cart", "tbl_order", "idempotency_key")


class Sent(NamedTuple):
    """What was sent, and the address of the database that it was sent to."""

    statements: list[str]
    address: str


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    """What was sent while a client did everything with cart and orders."""
    folder = tmp_path_factory.mktemp("owners")
    address = databases.migrated_address(folder)
    partitions.partition(address)
    with (
        Relay(address) as relay,
        Server(
            folder / "home", BAI_WX_DATABASE=relay.address, BAI_WX_QUOTAS="open-orders:9"
        ) as server,
    ):
        server.take(shop.ROWS)
        client = Client(server.url).login("owner")
        relay.said()
        for _ in range(3):  # a text is prepared the second time it comes
            everything(client)
        yield Sent(relay.said().statements, address)


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


@pytest.mark.parametrize("table", ASKED)
def test_each_statement_names_the_owner(table: str, sent: Sent) -> None:
    """As an equality with a value that is sent, or as a column of what is inserted."""
    asked = [text for text in sent.statements if f'"{table}"' in text]
    kinds = {text.split()[0] for text in asked}
    assert kinds >= {"SELECT", "INSERT", "UPDATE"}, kinds
    assert [text for text in asked if not _names(text, OWNERS[table])] == []


@pytest.mark.parametrize("table", ASKED)
def test_each_statement_reads_one_part(table: str, sent: Sent) -> None:
    """By the plan that PostgreSQL keeps for a prepared statement, whatever its values are."""
    asked = [
        text
        for text in sent.statements
        if f'"{table}"' in text and not text.startswith("INSERT") and "$1" in text
    ]
    with psycopg.connect(sent.address) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        parts = {text: _parts(table, _plan(connection, text)) for text in asked}
    assert len(parts) >= 3
    assert [text for text, read in parts.items() if len(read) != 1] == []


def test_a_statement_without_the_owner_reads_all_parts(sent: Sent) -> None:
    """So that the test above can fail."""
    with psycopg.connect(sent.address) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        plan = _plan(connection, 'SELECT 1 FROM "tbl_order" WHERE "order_number" = $1')
    assert len(_parts("tbl_order", plan)) == partitions.PARTS


def _parts(table: str, plan: str) -> set[str]:
    """The parts of a table that a plan reads."""
    return set(re.findall(rf"\bon ({table}_\d)\b", plan))


def _plan(connection: Any, text: str) -> str:
    """The plan of a statement that is prepared, with some values of its parameters' types."""
    connection.execute(f"PREPARE asked AS {text}")
    (types,) = connection.execute(
        "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'asked'"
    ).fetchone()
    values = ", ".join(f"'1'::{each}" for each in types)
    rows = connection.execute(f"EXPLAIN EXECUTE asked({values})").fetchall()
    connection.execute("DEALLOCATE asked")
    return "\n".join(row[0] for row in rows)


def _names(text: str, owner: str) -> bool:
    if text.startswith("INSERT"):
        return f'"{owner}"' in text.split("VALUES")[0]
    return re.search(rf'"{owner}" = \$\d+', text) is not None
