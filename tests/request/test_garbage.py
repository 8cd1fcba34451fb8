"""A request leaves nothing that only the collector finds: that took a tenth of all CPU, in long pauses.

Covers: bai_wx/process/app.py, bai_wx/database/waiting.py
"""

import asyncio
import gc
import json
import socket
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import uvicorn

from bai_wx.database.connection import connect, database, disconnect
from bai_wx.process import schema
from bai_wx.process.settings import Settings
from bai_wx.record.base import Caller
from bai_wx.request.protocol import Http
from bai_wx.request.tokens import Tokens
from bench import dataset
from bench.wechat import WeChat
from models.cart import CartLine
from models.users import User
from tests.api import shop
from tests.databases import new_address
from tests.running import STRONG, Server

REQUESTS = 50
CLOSING_S = 0.1
TOKEN, LINE, PLACE = "{token}", "{line}", "{place}"
"""What stands in a request for its caller's token, for a line of its cart, and for a number of six digits that
is another each time.
"""
HEAD = "HTTP/1.1\r\nHost: localhost\r\n"
JSON = "Content-Type: application/json\r\n"
OWN = f"{HEAD}Authorization: {TOKEN}\r\n"
LINES = "/pb/api/collections/tbl_cart/records"


def _posted(path: str, body: dict[str, Any], head: str = OWN) -> str:
    text = json.dumps(body)
    length = len(text.replace(PLACE, "000000"))
    return f"POST /pb/api/{path} {head}{JSON}Content-Length: {length}\r\n\r\n{text}"


def _added(product: str) -> dict[str, Any]:
    return {"cart_product_id": product, "cart_product_quantity": 1}


_BOUGHT = {
    "order_source": "product",
    "items": [{"prod_list_id": shop.DIME["prod_list_id"], "quantity": 1}],
}
ASKED = {
    "a list": (f"GET /pb/api/collections/tbl_product_list/records?sort=-created {HEAD}\r\n", 200),
    "a record that nobody has": (f"GET {LINES}/a {HEAD}\r\n", 404),
    "a hook without a token": (_posted("cart/list", {}, HEAD), 401),
    "a path outside the contract": (f"GET /pb/api/nothing {HEAD}\r\n", 404),
    "a preflight": (f"OPTIONS /pb/api/cart/list {HEAD}Origin: https://shop.example\r\n\r\n", 204),
    "an own record": (f"GET {LINES}/{LINE} {OWN}\r\n", 200),
    "own records": (f"GET {LINES}?filter=cart_status='active' {OWN}\r\n", 200),
    "a record that is not the caller's": (f"GET {LINES}/a {OWN}\r\n", 404),
    "a filter that is none": (f"GET {LINES}?filter=cart_status~ {OWN}\r\n", 400),
    "a hook's list": (_posted("cart/list", {}), 200),
    "a hook that writes": (_posted("cart/create", _added(shop.DIME["id"])), 200),
    "a hook that refuses": (_posted("cart/create", _added("a")), 400),
    "an order": (_posted("order/create", _BOUGHT), 200),
    "an order with a key": (
        _posted("order/create", _BOUGHT, f"{OWN}Idempotency-Key: key-{PLACE}\r\n"),
        200,
    ),
}
"""Requests, and how they are answered."""
LOGINS = {
    "a login": (_posted("wechat/login", {"users_wx_code": f"bench-{PLACE}-0"}, HEAD), 200),
    "a code that WeChat refuses": (
        _posted("wechat/login", {"users_wx_code": f"nobody-{PLACE}"}, HEAD),
        400,
    ),
}


@dataclass(frozen=True)
class Shop:
    """The application, and who asks it."""

    app: Any
    token: str
    line: str
    wechat: WeChat
    numbers: Iterator[int]

    def request(self, asked: str) -> bytes:
        """A request as it is sent next."""
        number = str(next(self.numbers))
        filled = asked.replace(TOKEN, self.token).replace(LINE, self.line).replace(PLACE, number)
        return filled.encode()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop with one user, who has one line in the cart."""
    home = tmp_path_factory.mktemp("garbage") / "home"
    home.mkdir()
    address = new_address(home)
    schema.migrate(connect(address))
    disconnect()
    Server(home, BAI_WX_DATABASE=address).take(shop.ROWS)
    with WeChat(home / "wechat") as wechat:
        settings = Settings(
            home=home,
            database=address,
            given_secret=STRONG,
            given_files=str(home),
            limits="off",
            wechat_api_base=wechat.url,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Connexion imports what is deprecated
            from bai_wx.process.app import create_app, load_contract

            made = create_app(settings, load_contract(home))
        user, _ = User.login(dataset.openid(0), "")
        line = CartLine.add(Caller(user.id, user.openid), shop.DIME["id"], 1, None)
        database.close()
        yield Shop(
            made, Tokens(settings.secrets).issue(user), line["pb_id"], wechat, count(100_000)
        )
    disconnect()


async def leftovers(shop: Shop, asked: str, status: int) -> Counter[str]:
    """What requests leave for the collector, by the names of types."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(shop.app, http=Http, lifespan="off", ws="none", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    try:
        await _ask(reader, writer, shop, asked, status)
        gc.collect()
        gc.disable()
        await _ask(reader, writer, shop, asked, status)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        return Counter(type(left).__name__ for left in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        writer.close()
        server.should_exit = True
        await serving


async def _ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    shop: Shop,
    asked: str,
    status: int,
) -> None:
    for _ in range(REQUESTS):
        writer.write(shop.request(asked))
        head = await reader.readuntil(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length: ")
        body = await reader.readexactly(int(length.split(b"\r\n", 1)[0])) if length else b""
        assert int(head.split()[1]) == status, (head, body)


@pytest.mark.parametrize(("asked", "status"), [pytest.param(*a, id=n) for n, a in ASKED.items()])
def test_nothing_is_left_for_the_collector(opened: Shop, asked: str, status: int) -> None:
    """No request, nor its scope, is part of a cycle."""
    left = asyncio.run(leftovers(opened, asked, status))
    assert left["RequestResponseCycle"] == 0
    assert sum(left.values()) < REQUESTS, left


@pytest.mark.parametrize(("asked", "status"), [pytest.param(*a, id=n) for n, a in LOGINS.items()])
def test_a_login_leaves_nothing_for_the_collector(opened: Shop, asked: str, status: int) -> None:
    """Nor does what asks WeChat, and the database for itself."""
    opened.wechat.stop()
    opened.wechat.start()

    async def logins() -> Counter[str]:
        left = await leftovers(opened, asked, status)
        opened.wechat.stop()
        await asyncio.sleep(CLOSING_S)  # the connection to it closes on the event loop
        return left

    left = asyncio.run(logins())
    assert sum(left.values()) < REQUESTS, left
