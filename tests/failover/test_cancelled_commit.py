"""A commit whose wait for the standby was cut short is nobody's word, not even its own key's."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from tests.failover.cluster import PATIENCE_S, Cluster, Node
from tests.running import Client, Server
from tests.stories.shoppers import new_key, products_of

HELD_S = 2


def cancel_the_waiting_commit(primary: Node) -> None:
    """Cancel the one commit that waits for the standby, as an impatient operator would."""
    deadline = time.monotonic() + PATIENCE_S
    cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while not primary.ask(cancel):
        assert time.monotonic() < deadline, "no commit waits"
        time.sleep(0.05)


def test_a_repeated_key_waits_for_the_standby_too(tmp_path: Path) -> None:
    """The order is on the primary alone: 503. Its key answers only when the standby has it as well."""
    with Cluster() as cluster, ThreadPoolExecutor(2) as pool:
        settings = {"BAI_WX_DATABASE": cluster.address, "BAI_WX_SECRET": secrets.token_urlsafe(48)}
        with Server(tmp_path / "home", **settings) as server:
            client = Client(server.url).login("buyer")
            body = {"cart_product_id": products_of(client)[0], "cart_product_quantity": 1}
            headers = {"Idempotency-Key": new_key()}

            def put() -> requests.Response:
                return client.hook("/cart/create", body, headers=headers)

            with cluster.primary.held_replication():
                first = pool.submit(put)
                cancel_the_waiting_commit(cluster.primary)
                assert first.result(PATIENCE_S).status_code == 503
                again = pool.submit(put)
                time.sleep(HELD_S)
                assert not again.done(), "it was acknowledged, and the standby has nothing of it"
            assert again.result(PATIENCE_S).status_code == 200
            (line,) = client.data("/cart/list")["items"]
            assert line["cart_product_quantity"] == 1
