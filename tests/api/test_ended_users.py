"""A token that was used a moment ago, of a user who was disabled since: nothing is shown, nothing is written.

Covers: bai_wx/request/execution.py
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.api import buying, shop
from tests.paths import CART_RECORDS, ORDER_RECORDS
from tests.running import Client, Server

Ask = Callable[[Client], Any]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: its users come and go."""
    with Server(tmp_path_factory.mktemp("ended") / "home") as running:
        running.take(shop.ROWS)
        yield running


def _order(client: Client, **headers: str) -> Any:
    body = {"order_source": "product", "items": [buying.item(shop.DIME)]}
    return client.hook("/order/create", body, headers=headers)


def _add(client: Client) -> Any:
    return client.hook(
        "/cart/create", {"cart_product_id": shop.ODD["id"], "cart_product_quantity": 1}
    )


def _batch(client: Client) -> Any:
    inner = {
        "method": "POST",
        "url": "/api/collections/tbl_cart/records",
        "body": buying.record_of(client, shop.PERCENT),
    }
    return client.request("POST", "/batch", json={"requests": [inner]})


ASKS: dict[str, Ask] = {
    "list": lambda client: client.request("GET", f"{CART_RECORDS}?perPage=1"),
    "list by hook": lambda client: client.hook("/cart/list", {}),
    "cart create": _add,
    "native create": lambda client: client.request(
        "POST", CART_RECORDS, json=buying.record_of(client, shop.DEAREST)
    ),
    "order create": _order,
    "order create with a key": lambda client: _order(client, **{"Idempotency-Key": "ended"}),
    "an order of nothing": lambda client: client.hook(
        "/order/create", {"order_source": "product", "items": []}
    ),
    "an order of what is not on sale": lambda client: client.hook(
        "/order/create",
        {"order_source": "product", "items": [{"prod_list_id": "none", "quantity": 1}]},
    ),
    "native order": lambda client: client.request(
        "POST", ORDER_RECORDS, json={"order_owner": client.openid, "order_source": "product"}
    ),
    "batch": _batch,
    "profile": lambda client: client.hook("/wechat/profile", {"users_name": "新名字"}),
    "refresh": lambda client: client.request("POST", "/collections/tbl_auth_users/auth-refresh"),
}


def test_an_ended_user_is_refused_at_once(shops: Server) -> None:
    """As somebody without a token is, though its token was remembered and its row is asked for with others."""
    client = Client(shops.url).login("ended")
    buying.add(client, shop.SHIFTY)
    held = _held(client)
    nobody = Client(shops.url, openid=client.openid)
    shops.command("user", "disable", client.openid)
    refused = {name: _shown(ask(client)) for name, ask in ASKS.items()}
    assert refused == {name: _shown(ask(nobody)) for name, ask in ASKS.items()}
    shops.command("user", "enable", client.openid)
    assert _held(client) == held
    assert [name for name, ask in ASKS.items() if _shown(ask(client)) == refused[name]] == []


def _shown(answer: requests.Response) -> tuple[int, Any]:
    """Its status and what it says, but for the number of the request."""
    said = answer.json()
    if isinstance(said, dict):
        said.pop("request_id", None)
    return answer.status_code, said


def _held(client: Client) -> list[int]:
    answers = [client.request("GET", path) for path in (CART_RECORDS, ORDER_RECORDS)]
    assert [answer.status_code for answer in answers] == [200, 200]
    return [answer.json()["totalItems"] for answer in answers]
