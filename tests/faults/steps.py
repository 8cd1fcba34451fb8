"""What the faults' cases do to a running server, and what they look at."""

import contextlib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import databases
from tests.api.pictures import picture
from tests.processes import children
from tests.running import Client, Server

START_WAIT_S = 20  # then a start that should have failed is killed
WAIT_S = 40
WANTED = {"cart_product_id": "p9x2c5v8b1n4m7q", "cart_product_quantity": 1}
embedded = pytest.mark.skipif(databases.IS_POSTGRES, reason="about the embedded database")
replicable = pytest.mark.skipif(not databases.IS_POSTGRES, reason="about PostgreSQL")


def case(name: str) -> pytest.MarkDecorator:
    """The id of a fault that has one case."""
    return pytest.mark.parametrize("fault", [pytest.param(None, id=name)])


def eventually(is_so: Callable[[], bool], seconds: float = WAIT_S) -> bool:
    """Whether it becomes so in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def serving(server: Server) -> list[int]:
    """The workers, without the stand-in."""
    assert server.process is not None
    found = []
    for pid in children(server.process.pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if b"bai_wx.wechat.standin" not in command:
            found.append(pid)
    return found


def add_to_cart(buyer: Client, quantity: int = 1) -> requests.Response:
    """Put the demo shop's first product into the cart."""
    return put_into_cart(buyer, first_product(buyer), quantity)


def first_product(buyer: Client) -> str:
    """The record id of the demo shop's first product."""
    (product,) = buyer.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    return str(product["id"])


def put_into_cart(buyer: Client, product_id: str, quantity: int = 1) -> requests.Response:
    """Put a product into the cart, in one request."""
    return buyer.hook(
        "/cart/create", {"cart_product_id": product_id, "cart_product_quantity": quantity}
    )


def outcome(
    command: list[str], environment: dict[str, str], folder: Path
) -> tuple[int | None, str, str]:
    """What a start that should fail says. Returns: no status where it had to be killed."""
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=START_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return None, out, err
        return process.returncode, out, err


class In(Server):
    """A server whose working directory is the test's, so that its `.env` is read."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(folder / "home", **options)
        self._settings.pop("BAI_WX_LIMITS")
        self._folder = folder

    def spawn(self, port: int = 0) -> None:
        """Start there."""
        with contextlib.chdir(self._folder):
            super().spawn(port)


def cart_ids(buyer: Client) -> list[str]:
    """The lines of the cart."""
    return [line["cart_id"] for line in buyer.data("/cart/list")["items"]]


def execute(address: str, *statements: str) -> None:
    """Run statements outside of a transaction."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def upload(user: Client) -> requests.Response:
    """Upload a picture, under one key."""
    return user.request(
        "POST",
        "/collections/tbl_attachments/records",
        files={"attachments_link": ("wall.png", picture("PNG"), "image/png")},
        headers={"Idempotency-Key": "the-same-upload"},
    )
