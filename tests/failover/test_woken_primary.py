"""A primary that stood still while its standby was promoted wakes up: nobody is told what it knew.

Covers: bai_wx/database/timelines.py
"""

import secrets
import time
from pathlib import Path

import psycopg
import pytest
import requests

from bai_wx.database.timelines import Timelines
from tests.failover.cluster import DATABASE, PATIENCE_S, Cluster
from tests.running import Client, Server
from tests.stories.shoppers import new_key, products_of

READS = 60
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name LIKE 'bai-wx%' AND backend_type = 'client backend'"
)


def put(client: Client, product: str, key: str) -> str:
    """Put a product into the cart, asking again until it is there. Returns: the line's id."""
    body = {"cart_product_id": product, "cart_product_quantity": 1}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = client.hook("/cart/create", body, headers={"Idempotency-Key": key})
        if answer.status_code == 200:
            return str(answer.json()["data"]["cart_id"])
        assert answer.status_code == 503, answer.text
        assert time.monotonic() < deadline, "no failover"
        time.sleep(0.2)


def told(client: Client, path: str, body: object = None) -> requests.Response:
    """An answer that is not 503: connections that are lost are no news here."""
    deadline = time.monotonic() + PATIENCE_S
    while (answer := client.hook(path, body)).status_code == 503:
        assert time.monotonic() < deadline, "it does not come back"
        time.sleep(0.1)
    return answer


def test_a_primary_that_wakes_up_is_not_asked(tmp_path: Path) -> None:
    """It stands first in the address and takes connections; the server knows the newer one."""
    with Cluster() as cluster:
        settings = {"BAI_WX_DATABASE": cluster.address, "BAI_WX_SECRET": secrets.token_urlsafe(48)}
        with Server(tmp_path / "home", **settings) as server:
            client = Client(server.url).login("buyer")
            first, second = products_of(client)[:2]
            put(client, first, new_key())
            old = cluster.primary
            with old.standing_still():
                cluster.fail_over()
                line = put(client, second, new_key())
            assert old.ask("SELECT 1 WHERE NOT pg_is_in_recovery()"), "it takes connections again"
            assert not old.ask(f"SELECT 1 FROM tbl_cart WHERE cart_id = '{line}'", DATABASE)
            for number in range(READS):
                if number % 20 == 10:  # each connection has to be made anew
                    cluster.primary.ask(CUT)
                items = told(client, "/cart/list").json()["data"]["items"]
                assert line in [item["cart_id"] for item in items], number
                change = {"cart_id": line, "cart_product_quantity": number + 1}
                assert told(client, "/cart/update", change).status_code == 200, number


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        pytest.param("postgresql://bai_wx@db/shop", {}, id="one host"),
        pytest.param("postgresql://a,b/shop", {"host": "a,b"}, id="no port"),
        pytest.param("postgresql://a:1,b:2/shop", {"host": "a,b", "port": "1,2"}, id="ports"),
        pytest.param("postgresql://a,b:2/shop", {"host": "a,b", "port": ",2"}, id="one of two"),
        pytest.param("host=a,b port=2", {"host": "a,b", "port": "2,2"}, id="a port for both"),
        pytest.param("host=a,b hostaddr=127.0.0.1,127.0.0.2", {}, id="addresses beside names"),
    ],
)
def test_hosts_are_those_of_the_address(address: str, hosts: dict[str, str]) -> None:
    assert Timelines(address).hosts == hosts


def test_the_host_that_was_the_primary_last_is_tried_first() -> None:
    """And one that tells the same timeline again is no other primary."""
    with Cluster(standby=False) as cluster:
        live, dead = str(cluster.primary.port), str(cluster.standby.port)
        address = f"postgresql://postgres@127.0.0.1:{dead},127.0.0.1:{live}/postgres"
        timelines = Timelines(address)
        assert timelines.hosts["port"] == f"{dead},{live}"
        with psycopg.connect(address) as connection:
            assert not timelines.met(connection)
            assert not timelines.met(connection)
        assert timelines.hosts == {"host": "127.0.0.1,127.0.0.1", "port": f"{live},{dead}"}
