"""How often a request waits for PostgreSQL: its round trips, counted by a relay between the two.

BAI_WX_TEST_DATABASE=postgresql pytest -s tests/api/test_round_trips.py
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.relay import Relay
from tests import databases
from tests.api import buying, shop
from tests.databases import IS_POSTGRES
from tests.faults import wire
from tests.paths import CART_RECORDS, COMPANIES
from tests.running import Client, Server

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite is in the process itself")

OFTEN = 4
"""How often each is asked.

One that comes in two pieces has its token checked twice, before its body and with it: a round trip more.
"""

Ask = Callable[[Client, int], Any]


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    """The way to a database of the test's own."""
    with Relay(databases.migrated_address(tmp_path_factory.mktemp("trips"))) as running:
        yield running


@pytest.fixture(scope="module")
def far(relay: Relay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that reaches it through the relay."""
    home = tmp_path_factory.mktemp("far") / "home"
    with Server(home, BAI_WX_DATABASE=relay.address) as running:
        running.take(shop.ROWS)
        yield running


PRODUCTS = (shop.ODD, shop.DEAREST, shop.PERCENT, shop.SHIFTY)


def _cart_create(client: Client, number: int) -> Any:
    return buying.add(client, PRODUCTS[number])


def _cart_addition(client: Client, _number: int) -> Any:
    return buying.add(client, shop.DIME)


def _record_create(client: Client, number: int) -> Any:
    return client.request("POST", CART_RECORDS, json=buying.record_of(client, PRODUCTS[number]))


def _order_create(client: Client, _number: int) -> Any:
    return buying.buy(client, buying.item(shop.DIME, 2))


def _order_with_a_key(client: Client, number: int) -> Any:
    body = {"order_source": "product", "items": [buying.item(shop.DIME)]}
    return client.hook("/order/create", body, headers={"Idempotency-Key": f"key-{number}"})


def _native_order(client: Client, _number: int) -> Any:
    return buying.native(client, buying.item(shop.DIME, 2))


def _login(client: Client, _number: int) -> Any:
    return client.login("again")


def _first_login(client: Client, number: int) -> Any:
    return client.login(f"trips-{number}")


def _view(client: Client, _number: int) -> Any:
    return client.get(f"/collections/tbl_product_list/records/{shop.DIME['id']}")


@pytest.mark.parametrize(
    ("ask", "most"),
    [
        pytest.param(_view, 1, id="view"),
        pytest.param(_cart_create, 3, id="cart create"),
        pytest.param(_cart_addition, 3, id="more of a product"),
        pytest.param(_record_create, 5, id="native cart create"),
        pytest.param(_order_create, 3, id="order create"),
        pytest.param(_order_with_a_key, 5, id="order create with a key"),
        pytest.param(_native_order, 3, id="native order create"),
        pytest.param(_login, 1, id="login"),
        pytest.param(_first_login, 5, id="first login"),
    ],
)
def test_round_trips(ask: Ask, most: int, far: Server, relay: Relay) -> None:
    """No more than the goal, once everything is prepared."""
    client = Client(far.url).login(f"trips-{ask.__name__}")
    counted = []
    for number in range(OFTEN):
        before = relay.said().trips
        ask(client, number)
        counted.append(relay.said().trips - before)
    print(f"\n{ask.__name__.strip('_')}: {counted} round trips")
    assert min(counted) <= most


@pytest.mark.parametrize(
    ("path", "body", "most", "has_key"),
    [
        pytest.param("/cart/list", {}, 1, False, id="cart list"),
        pytest.param(
            "/cart/create",
            {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 1},
            2,
            False,
            id="cart create",
        ),
        pytest.param(
            "/order/create",
            {"order_source": "product", "items": [buying.item(shop.DIME, 2)]},
            2,
            False,
            id="order create",
        ),
        pytest.param(
            "/order/create",
            {"order_source": "product", "items": [buying.item(shop.DIME, 2)]},
            4,
            True,
            id="order create with a key",
        ),
    ],
)
def test_a_request_in_one_piece(
    path: str, body: dict[str, Any], most: int, has_key: bool, far: Server, relay: Relay
) -> None:
    """Its token is checked with what it reads first, as its body need not be waited for."""
    client = Client(far.url).login("in-one-piece")
    content = json.dumps(body, ensure_ascii=False).encode()
    counted = []
    for number in range(OFTEN):
        fields = [b"Connection: close", *([b"Idempotency-Key: %d" % number] if has_key else [])]
        sent = wire.posted(*fields, body=content)
        sent = sent.replace(wire.HOOK, f"/pb/api{path}".encode()).replace(
            b"@TOKEN@", client.token.encode()
        )
        before = relay.said().trips
        assert wire.statuses(wire.exchange(far.url, sent)) == (200,)
        counted.append(relay.said().trips - before)
    print(f"\n{path} in one piece{' with a key' * has_key}: {counted} round trips")
    assert min(counted) <= most


def test_a_note_of_an_own_write_is_no_round_trip(relay: Relay, tmp_path: Path) -> None:
    """It goes with COMMIT, and is read with the token's user."""
    reads = {"BAI_WX_DATABASE_READS": relay.address}  # the primary: it is passed over
    with Server(tmp_path / "home", BAI_WX_DATABASE=relay.address, **reads) as server:
        client = Client(server.url).login("noted")
        created, viewed = [], []
        for number in range(OFTEN):
            before = relay.said().trips
            answer = client.request("POST", COMPANIES, json={"company_name": f"noted {number}"})
            between = relay.said().trips
            company = answer.json()["id"]
            assert client.get(f"{COMPANIES}/{company}").status_code == 200
            created.append(between - before)
            viewed.append(relay.said().trips - between)
        assert server.rows("SELECT count(*) AS n FROM own_write") == [{"n": 1}]
    print(f"\ncompany create: {created} round trips, its view: {viewed}")
    assert (min(created), min(viewed)) == (2, 2)
