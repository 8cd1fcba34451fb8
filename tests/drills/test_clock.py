"""The clock is set eight days on, back, and eight days back: tokens and keys hold as they say.

The machine's clock cannot be set here. A `sitecustomize` moves `time.time` of a real server and of its
commands, and the moment that PyJWT compares a token's end with.
"""

from dataclasses import dataclass
from pathlib import Path

import requests

from tests.databases import without_sql
from tests.drills.load import LISTED
from tests.faults.steps import first_product
from tests.running import Client, Server
from tests.stories.shoppers import new_key

DAY_S = 24 * 3600
MOVED = """import datetime
import time

import jwt.api_jwt

real = time.time


def moved():
    return real() + float(open({path!r}).read() or 0)


class Moved(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(moved(), tz)


time.time = moved
jwt.api_jwt.datetime = Moved
"""


@dataclass
class Clock:
    """The server's clock, so many seconds from ours."""

    file: Path

    def set(self, days: float) -> None:
        """Let it go on from there."""
        self.file.write_text(str(days * DAY_S))


def put(client: Client, product: str, key: str) -> requests.Response:
    """Put a piece into the cart."""
    body = {"cart_product_id": product, "cart_product_quantity": 1}
    return client.hook("/cart/create", body, headers={"Idempotency-Key": key})


def order(client: Client, product: str) -> int:
    """Order one piece, by a new key. Returns: the status of the last answer."""
    made = put(client, product, new_key())
    if made.status_code != 200:
        return made.status_code
    wanted = {"order_source": "cart", "cart_ids": [made.json()["data"]["cart_id"]]}
    return client.hook("/order/create", wanted).status_code


@without_sql
def test_a_clock_that_is_set_ends_what_it_must_and_nothing_else(tmp_path: Path) -> None:
    """A token ends after seven days and holds again when the clock is back; a key of the future is known."""
    clock = Clock(tmp_path / "offset")
    clock.set(0)
    (tmp_path / "sitecustomize.py").write_text(MOVED.format(path=str(clock.file)))
    with Server(tmp_path / "home", workers=2, PYTHONPATH=str(tmp_path)) as server:
        today = Client(server.url).login("clock")
        product, said = first_product(today), {"today": order(today, first_product(today))}

        clock.set(8)
        assert order(today, product) == 401, "it had seven days"
        ahead = Client(server.url).login("clock")
        server.command("secret", "rotate")
        key = new_key()
        first = put(ahead, product, key)
        said["eight days on"] = order(ahead, product)

        clock.set(0)
        again = put(ahead, product, key)
        said["back, with the token of then"] = order(ahead, product)
        said["back, with that of before"] = order(today, product)
        assert again.content == first.content, "a key of the future is known"

        clock.set(-8)
        behind = Client(server.url).login("clock")
        said["eight days back"] = order(behind, product)
        said["eight days back, with that of before"] = order(today, product)
        clock.set(0)
        assert order(behind, product) == 401, "it was of eight days ago"
        listed = today.get(LISTED).status_code
        orders = server.rows("SELECT COUNT(*) AS n FROM tbl_order")[0]["n"]
        print(f"\norders {said}, there {orders}, lists {listed}")
        assert set(said.values()) == {200}
        assert orders == len(said)
        assert listed == 200
        assert "Traceback" not in server.log
