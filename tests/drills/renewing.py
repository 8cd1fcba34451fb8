"""Clients that order and renew their tokens, and write down what they were answered."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.paths import ATTACHMENTS, CART_RECORDS, PROFILE, REFRESH
from tests.running import Client
from tests.stories.shoppers import PATIENCE_S, new_key

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea735b8d30000000049454e44ae426082"
)


@dataclass
class Renewer:
    """A user who orders with the newest token, lists with the first one, and opens a paper of its own.

    Every answer is counted by its status. A request that met one of `passing`, or no answer, is sent again, a
    create with its key.
    """

    client: Client
    product: str
    stop: threading.Event
    passing: tuple[int, ...] = ()
    statuses: Counter[int] = field(default_factory=Counter)
    orders: set[str] = field(default_factory=set)
    renewed: int = 0
    cut_off: int = 0

    def __post_init__(self) -> None:
        self._first = Client(self.client.url, self.client.token)
        files = {"attachments_link": ("paper.png", PNG, "image/png")}
        made = self.client.request("POST", ATTACHMENTS, files=files).json()
        self.client.data(PROFILE, {"users_id_pic_a": made["attachments_id"]})
        self._paper = f"/files/tbl_attachments/{made['id']}/{made['attachments_link']}"

    def work(self) -> None:
        """Until told to stop."""
        pause = random.Random(self.product)
        while not self.stop.is_set():
            file_token = self._asked(self.client, "POST", "/files/token").json()["token"]
            self._order()
            self._asked(self._first, "GET", CART_RECORDS)
            self._asked(Client(self.client.url), "GET", self._paper, params={"token": file_token})
            self.client.token = self._asked(self.client, "POST", REFRESH).json()["data"]["token"]
            self.renewed += 1
            time.sleep(pause.uniform(0, 0.05))

    def _order(self) -> None:
        line = {"cart_product_id": self.product, "cart_product_quantity": 1}
        made = self._asked(self.client, "POST", "/cart/create", json=line, headers=_key())
        wanted = {"order_source": "cart", "cart_ids": [made.json()["data"]["cart_id"]]}
        done = self._asked(self.client, "POST", "/order/create", json=wanted, headers=_key())
        self.orders.add(done.json()["data"]["order_id"])

    def _asked(self, client: Client, method: str, path: str, **options: Any) -> requests.Response:
        """The first answer that is none of `passing`."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                answer = client.request(method, path, **options)
            except requests.RequestException:
                self.cut_off += 1
            else:
                self.statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    return answer
                assert answer.status_code in self.passing, f"{path}: {answer.text}"
            time.sleep(0.05)
        raise TimeoutError(path)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": new_key()}
