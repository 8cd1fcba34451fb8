"""The server while its PostgreSQL is restarted, stopped or silent: nothing dies, nothing is done twice."""

import signal
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.databases import IS_POSTGRES, Cluster
from tests.paths import PRODUCTS
from tests.running import Client, Server
from tests.stories.crowd import all_at_once, crowd, statuses

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite is part of the server")

SILENCE_S = 5
PATIENCE_S = 30


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of the module's own."""
    running = Cluster()
    yield running
    running.remove()


@pytest.fixture(scope="module")
def shop(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers on it."""
    home = tmp_path_factory.mktemp("lost") / "home"
    with Server(home, workers=2, BAI_WX_DATABASE=cluster.address) as running:
        yield running


@pytest.fixture(scope="module")
def buyer(shop: Server) -> Client:
    """Somebody who was logged in before."""
    return Client(shop.url).login("buyer")


@pytest.fixture(scope="module")
def product(buyer: Client) -> str:
    """What is bought."""
    return str(buyer.get(PRODUCTS, params={"perPage": 1}).json()["items"][0]["id"])


def put(client: Client, product: str, key: str) -> requests.Response:
    """Add a piece of the product to the cart, under a key."""
    body = {"cart_product_id": product, "cart_product_quantity": 1}
    return client.hook("/cart/create", body, headers={"Idempotency-Key": key})


def until_answered(ask: Any) -> requests.Response:
    """Repeat while the answer is 503, as a client does."""
    deadline = time.monotonic() + PATIENCE_S
    while (answer := ask()).status_code == 503:
        assert answer.headers["Retry-After"].isdigit()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer  # type: ignore[no-any-return]


def quantity(client: Client) -> int:
    """How many pieces are in the cart."""
    items = until_answered(lambda: client.hook("/cart/list")).json()["data"]["items"]
    return sum(item["cart_product_quantity"] for item in items)


def test_a_restart_costs_a_reader_nothing(shop: Server, cluster: Cluster, buyer: Client) -> None:
    """Every connection of both workers is lost; each read is asked once more on another."""
    warm = crowd(buyer, 16)
    assert statuses(all_at_once(warm, lambda c, _: c.get(PRODUCTS))) == {200: 16}
    cluster.restart()
    assert statuses([buyer.get(PRODUCTS) for _ in range(16)]) == {200: 16}


def test_without_a_database_everybody_is_told_when_to_come_back(
    shop: Server, cluster: Cluster, buyer: Client
) -> None:
    """503 with `Retry-After` on both lanes, with or without a token; the health needs none."""
    attachments = "/collections/tbl_attachments/records"
    picture = {"attachments_link": ("a.pdf", b"%PDF-1.4 a", "application/pdf")}
    before = len(shop.log)
    cluster.stop()
    try:
        asked = [
            buyer.hook("/cart/list"),
            buyer.hook("/cart/create", {"cart_product_id": "p" * 15, "cart_product_quantity": 1}),
            buyer.get(PRODUCTS),
            buyer.get(f"{PRODUCTS}/{'p' * 15}"),
            buyer.request("POST", attachments, files=picture),
            buyer.get("/files/tbl_attachments/aaaaaaaaaaaaaaa/a.png"),
            buyer.request("POST", "/collections/tbl_cart/auth-refresh"),  # outside the contract
            buyer.get("/ready"),
            Client(shop.url).get(PRODUCTS),
            Client(shop.url).hook("/wechat/login", {"users_wx_code": "demo-new"}),
        ]
        assert [answer.status_code for answer in asked] == [503] * len(asked)
        assert all(answer.headers["Retry-After"].isdigit() for answer in asked)
        assert not any("Traceback" in a.text or cluster.address in a.text for a in asked)
        assert buyer.get("/health").status_code == 200
        said = shop.log[before:]
        assert "the database failed" in said
        assert "Traceback" not in said  # a line a request is enough
    finally:
        cluster.start()
    assert until_answered(lambda: buyer.get(PRODUCTS)).status_code == 200


def test_a_write_across_a_restart_is_done_once(
    shop: Server, cluster: Cluster, buyer: Client, product: str
) -> None:
    """Whatever became of the first attempt, its key decides."""
    before = quantity(buyer)
    for _ in range(3):
        key = str(uuid.uuid4())

        def act(client: Client, number: int, key: str = key) -> requests.Response:
            if number == 0:
                cluster.restart()
            return put(client, product, key)

        assert set(statuses(all_at_once(crowd(buyer, 9), act))) <= {200, 503}
        assert until_answered(lambda: act(buyer, 1)).status_code == 200
    assert quantity(buyer) == before + 3


def test_a_silent_database_kills_nobody(shop: Server, cluster: Cluster, buyer: Client) -> None:
    """More requests than threads wait for it, or are told to come back; the health answers meanwhile."""
    before, workers = quantity(buyer), shop.workers()
    cluster.signal(signal.SIGSTOP)
    try:
        asked = crowd(buyer, 64)

        def ask(client: Client, number: int) -> requests.Response:
            if number == 0:
                time.sleep(SILENCE_S)
                cluster.signal(signal.SIGCONT)
            return client.hook("/cart/list")

        answers = all_at_once(asked, ask)
    finally:
        cluster.signal(signal.SIGCONT)
    assert set(statuses(answers)) <= {200, 503}
    assert 200 in statuses(answers)
    assert quantity(buyer) == before
    assert shop.workers() == workers


def test_the_log_tells_no_address(shop: Server, cluster: Cluster) -> None:
    """It may hold a password."""
    assert "postgresql://" not in shop.log
