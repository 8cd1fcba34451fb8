"""A soak with faults: writers of carts and orders, and beside them clients that no shop would wish for."""

import os
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from urllib.parse import urlsplit

import requests

from tests.running import Client, Server
from tests.stories.cart_writers import SHARED, Writer
from tests.stories.crowd import crowd
from tests.stories.test_soak import CLIENTS, OWNERS, pieces, product_row

WARMING = 0.2  # of the time: caches fill
MOST_APART = 0.05
JUDGED_S = 600  # a shorter soak says nothing of memory
LOOK_S = 5.0
FAULT_PAUSE_S = 0.5
HELD_S = 12.0  # a head has 10 s


@dataclass
class Soak:
    """What a soak came to."""

    writes: int = 0
    faults: int = 0
    undeclared: int = 0
    """Answers of 500 and more, 503 left out."""

    different: int = 0
    """Pieces that were answered and are not there, or the other way round."""

    memory: list[tuple[float, float]] = field(default_factory=list)
    """Of each worker after warming up: its mean in MiB, and how far from it it was, as a share.

    Of its own memory: SQLite's file is mapped, grows with what is written, and belongs to the kernel's cache.
    """

    wrong: list[str] = field(default_factory=list)


class Faults:
    """Clients that come one after the other until they are told to stop."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._at = (str(address.hostname), int(address.port or 80))
        self._client = Client(url)
        self._chance = random.Random()
        self._held: list[tuple[float, socket.socket]] = []
        self.times: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self._kinds: tuple[Callable[[], None], ...] = (
            self._half_a_head,
            self._noise,
            self._a_body_that_never_comes,
            self._an_answer_nobody_reads,
            self._slow_wechat,
            self._failing_wechat,
            self._no_json,
        )

    def run(self, stop: threading.Event) -> None:
        """One fault after the other, of a kind drawn by chance."""
        while not stop.wait(FAULT_PAUSE_S):
            fault = self._chance.choice(self._kinds)
            with suppress(OSError):  # the server closes what it will not hear
                fault()
            self.times[fault.__name__] += 1
            self._let_go(time.monotonic() - HELD_S)
        self._let_go(time.monotonic())

    def _let_go(self, before: float) -> None:
        for _, held in (old := [each for each in self._held if each[0] <= before]):
            held.close()
        self._held = [each for each in self._held if each not in old]

    def _hold(self, sent: bytes) -> None:
        opened = socket.create_connection(self._at, 10)
        self._held.append((time.monotonic(), opened))
        opened.sendall(sent)

    def _half_a_head(self) -> None:
        self._hold(b"POST /pb/api/cart/list HTTP/1.1\r\nHost: shop\r\nX-")

    def _noise(self) -> None:
        with socket.create_connection(self._at, 10) as opened:
            opened.sendall(os.urandom(2000) + b"\r\n\r\n")

    def _a_body_that_never_comes(self) -> None:
        head = (
            b"POST /pb/api/cart/list HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
        )
        self._hold(head + b"Content-Length: 100000\r\n\r\n{")

    def _an_answer_nobody_reads(self) -> None:
        self._hold(b"GET /pb/api/openapi.json HTTP/1.1\r\nHost: shop\r\n\r\n" * 20)

    def _slow_wechat(self) -> None:
        self._note("/wechat/login", json={"users_wx_code": "slow-1.5-soak"})

    def _failing_wechat(self) -> None:
        self._note("/wechat/login", json={"users_wx_code": "err-45011"})

    def _no_json(self) -> None:
        self._note("/cart/list", data=b"{" * 5000, headers={"Content-Type": "application/json"})

    def _note(self, path: str, **options: object) -> None:
        with suppress(requests.RequestException):
            self.statuses[self._client.request("POST", path, **options).status_code] += 1


def soak(folder: Path, seconds: float) -> Soak:
    """Let writers write and faults happen for so long, then compare what was answered with what is there."""
    found = Soak()
    with Server(folder / "home", workers=2, BAI_WX_CHECK_RESPONSES="0") as shop:
        shop.take({"tbl_product_list": map(product_row, range(SHARED + CLIENTS))})
        owners = [Client(shop.url).login(f"soak-{number}") for number in range(OWNERS)]
        writers = {
            owner.openid: [
                Writer(client, number, f"{owner.openid} {time.time_ns()} {number}")
                for number, client in enumerate(crowd(owner, CLIENTS))
            ]
            for owner in owners
        }
        everybody = [writer for group in writers.values() for writer in group]
        faults, stop = Faults(shop.url), threading.Event()
        with ThreadPoolExecutor(len(everybody) + 1) as pool:
            runs = [pool.submit(writer.run, stop) for writer in everybody]
            runs.append(pool.submit(faults.run, stop))
            try:
                looks = _looks(shop, seconds)
            finally:
                stop.set()
            for run in runs:
                run.result()
        statuses = sum((each.sums.statuses for each in everybody), faults.statuses)
        found.writes = sum(writer.sums.writes for writer in everybody)
        found.faults = faults.times.total()
        found.undeclared = sum(n for code, n in statuses.items() if code >= 500 and code != 503)
        for openid, group in writers.items():
            found.different += sum(abs(asked - kept) for asked, kept in pieces(shop, openid, group))
        found.wrong = [line for writer in everybody for line in writer.sums.strange]
        if "\nTraceback (most recent call last):\n" in shop.log:
            found.wrong.append("a trace in the log")
    _judge(found, looks, seconds)
    return found


def _looks(shop: Server, seconds: float) -> list[dict[int, float]]:
    """The own memory of each worker by its process id, in MiB, as long as the soak lasts."""
    looks, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(min(LOOK_S, max(until - time.monotonic(), 0)))
        looks.append(dict(zip(shop.workers(), shop.resident_mib("RssAnon"), strict=True)))
    return looks


def _judge(found: Soak, looks: list[dict[int, float]], seconds: float) -> None:
    """Say what is wrong with what was found."""
    warm = looks[int(len(looks) * WARMING) :]
    for pid in sorted(warm[-1]):
        seen = [look[pid] for look in warm if pid in look]
        mean = fmean(seen)
        found.memory.append((mean, max(max(seen) - mean, mean - min(seen)) / mean))
    if set(looks[0]) != set(looks[-1]):
        found.wrong.append("a worker was replaced")
    if found.different or found.undeclared:
        found.wrong.append(f"{found.different} pieces differ, {found.undeclared} undeclared 5xx")
    if seconds >= JUDGED_S and any(share > MOST_APART for _, share in found.memory):
        found.wrong.append("a worker's own memory is not within 5 % of its mean")
