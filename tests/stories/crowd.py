"""Many clients at once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import requests

from tests.running import Client

Result = TypeVar("Result")

TOGETHER_S = 60


def crowd(client: Client, size: int) -> list[Client]:
    """The same caller `size` times, each on a connection that is already open."""
    clients = [Client(client.url, client.token, client.openid, client.user_id) for _ in range(size)]
    for each in clients:
        assert each.get("/health").status_code == 200
    return clients


def all_at_once(clients: Sequence[Client], act: Callable[[Client, int], Result]) -> list[Result]:
    """Let every client act (told its number) at the same moment. Returns what each one got."""
    barrier = threading.Barrier(len(clients))

    def wait_and_act(client: Client, number: int) -> Result:
        barrier.wait(TOGETHER_S)
        return act(client, number)

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(wait_and_act, clients, range(len(clients)), timeout=TOGETHER_S))


def statuses(answers: Sequence[requests.Response]) -> dict[int, int]:
    """How many answers had which status."""
    counted: dict[int, int] = {}
    for answer in answers:
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
    return counted
