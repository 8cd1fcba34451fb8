"""Writes that come together, another process that writes, and a disk that is full, over HTTP."""

import asyncio
import resource
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
import requests
from peewee import Database

from bai_wx.request.write_queue import WriteQueue
from tests.databases import IS_POSTGRES
from tests.running import Client, Server
from tests.stories.crowd import all_at_once, crowd

pytestmark = pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL has more than one writer")

AT_ONCE = 24
READS = 20


class Broken:
    """An operation and its request in which nothing can be asked for, once it was checked."""

    def check(self, *_: object) -> None:
        return None

    def __getattr__(self, name: str) -> object:
        raise ZeroDivisionError(name)


@contextmanager
def writing(server: Server) -> Iterator[Callable[[], None]]:
    """Somebody else writes for a long time. Yields: how it ends."""
    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield lambda: other.execute("COMMIT") and None


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """No file of the server's may grow, nor be written past its first bytes."""
    pids = server.workers()
    before = [resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, -1)) for pid in pids]
    try:
        yield
    finally:
        for pid, limit in zip(pids, before, strict=True):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def add(client: Client, quantity: int = 1) -> requests.Response:
    """Put a product into the cart."""
    (product,) = client.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    body = {"cart_product_id": product["id"], "cart_product_quantity": quantity}
    return client.hook("/cart/create", body)


def quantity(client: Client) -> int:
    """How many the cart holds."""
    items = client.data("/cart/list")["items"]
    return sum(item["cart_product_quantity"] for item in items)


def test_what_is_refused_harms_nobody_beside_it(server: Server) -> None:
    """Every third of those that write at once is refused after it began; the others are kept."""
    buyer = Client(server.url).login("writes-refused")
    add(buyer)
    answers = all_at_once(
        crowd(buyer, AT_ONCE), lambda client, n: add(client, 9_999 if n % 3 == 0 else 1)
    )
    assert [answer.status_code for answer in answers] == [
        400 if n % 3 == 0 else 200 for n in range(AT_ONCE)
    ]
    assert quantity(buyer) == 1 + AT_ONCE * 2 // 3


def test_reads_go_on_while_another_process_writes(server: Server) -> None:
    """The write is done when the other one is."""
    buyer = Client(server.url).login("writes-waiting")
    add(buyer)
    with writing(server) as end, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(add, Client(server.url, buyer.token))
        for _ in range(READS):
            assert quantity(buyer) == 1
        assert not waiting.done()
        end()
        assert waiting.result().status_code == 200
    assert quantity(buyer) == 2


def test_logins_go_on_while_another_process_writes(server: Server) -> None:
    """Who was here before logs in at once; whoever comes first waits, and is registered once."""
    login, known = "/wechat/login", Client(server.url).login("logins-known")
    with writing(server) as end, ThreadPoolExecutor(2) as pool:
        body = {"users_wx_code": "demo-logins-new"}
        waiting = [pool.submit(Client(server.url).data, login, body) for _ in range(2)]
        for _ in range(READS):
            again = known.data(login, {"users_wx_code": "demo-logins-known"})
            assert (again["status"], again["user"]["pb_id"]) == ("login_success", known.user_id)
        assert not any(each.done() for each in waiting)
        end()
        said = [each.result() for each in waiting]
    assert sorted(each["status"] for each in said) == ["login_success", "register_success"]
    assert len({each["user"]["pb_id"] for each in said}) == 1


def test_who_waits_too_long_is_told_to_come_again(server: Server) -> None:
    """Nothing of it is written, however soon the other one ends."""
    buyer = Client(server.url).login("writes-late")
    add(buyer)
    with writing(server) as end:
        late = add(buyer)
        end()
    assert (late.status_code, late.headers["Retry-After"]) == (503, "1")
    assert late.json()["data"]["code"] == "service_unavailable"
    assert quantity(buyer) == 1


def test_a_full_disk_is_503_and_leaves_nothing(server: Server) -> None:
    """Reads are answered, and writes again when there is room."""
    buyer = Client(server.url).login("writes-full")
    add(buyer)
    with full_disk(server):
        answers = all_at_once(crowd(buyer, AT_ONCE), lambda client, _: add(client))
        assert {answer.status_code for answer in answers} == {503}
        assert quantity(buyer) == 1
    assert add(buyer).status_code == 200
    assert quantity(buyer) == 2


def test_a_defect_in_a_lone_turn_reaches_its_caller(database: Database) -> None:
    """What cannot even be rendered ends the wait: nothing is left that nobody will ever answer."""

    async def ask() -> None:
        with ThreadPoolExecutor(1) as alone:
            queue = WriteQueue(alone)
            await asyncio.wait_for(queue.run(Broken(), Broken()), 10)  # type: ignore[arg-type]  # neither is what it should be

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask())
