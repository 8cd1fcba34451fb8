"""A request leaves nothing that only the collector finds: that took a tenth of all CPU, in long pauses.

Covers: bai_wx/process/app.py
"""

import asyncio
import gc
import socket
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from bai_wx.database.connection import connect, disconnect
from bai_wx.process import schema
from bai_wx.process.settings import Settings
from bai_wx.request.protocol import Http
from tests.databases import new_address

REQUESTS = 50
HEAD = "HTTP/1.1\r\nHost: localhost\r\n"
ASKED = {
    "a list": f"GET /pb/api/collections/tbl_product_list/records?sort=-created {HEAD}\r\n",
    "a record that is not there": f"GET /pb/api/collections/tbl_cart/records/a {HEAD}\r\n",
    "a hook without a token": f"POST /pb/api/cart/list {HEAD}Content-Length: 2\r\n\r\n{{}}",
    "a path outside the contract": f"GET /pb/api/nothing {HEAD}\r\n",
    "a preflight": f"OPTIONS /pb/api/cart/list {HEAD}Origin: https://shop.example\r\n\r\n",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application on an empty database."""
    home = tmp_path_factory.mktemp("garbage")
    address = new_address(home)
    schema.migrate(connect(address))
    settings = Settings(home=home, database=address, given_files=str(home), limits="off")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Connexion imports what is deprecated
        from bai_wx.process.app import create_app, load_contract

        made = create_app(settings, load_contract(home))
    yield made
    disconnect()


async def leftovers(app: Any, request: bytes) -> Counter[str]:
    """What requests leave for the collector, by the names of types."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Http, lifespan="off", ws="none", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    try:
        await _ask(reader, writer, request)
        gc.collect()
        gc.disable()
        await _ask(reader, writer, request)
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


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    for _ in range(REQUESTS):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length: ")
        if length:
            await reader.readexactly(int(length.split(b"\r\n", 1)[0]))


@pytest.mark.parametrize("name", ASKED)
def test_nothing_is_left_for_the_collector(app: Any, name: str) -> None:
    """No request, nor its scope, is part of a cycle."""
    left = asyncio.run(leftovers(app, ASKED[name].encode()))
    assert left["RequestResponseCycle"] == 0
    assert sum(left.values()) < REQUESTS, left
