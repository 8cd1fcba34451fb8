"""`kill -9` while batches are written: each is there whole or not at all, and what was told is there."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import requests

from tests.paths import COMPANIES
from tests.running import Client, Server

KILLS, CLIENTS, IN_A_BATCH = 5, 6, 8
LONGEST_LIFE_S = 0.6
URL = f"/api{COMPANIES}"


def write_batches(client: Client, told: list[str], stop: threading.Event) -> None:
    """Send one batch after the other until the server is gone; note those that were acknowledged."""
    while not stop.is_set():
        name = uuid4().hex
        request = {"method": "POST", "url": URL, "body": {"company_name": name}}
        try:
            answer = client.request("POST", "/batch", json={"requests": [request] * IN_A_BATCH})
        except requests.RequestException:
            return
        assert answer.status_code == 200, answer.text
        told.append(name)


def test_a_killed_server_has_no_half_batch(tmp_path: Path) -> None:
    """Five kills under six clients."""
    chance, told = random.Random(20261127), list[str]()
    server = Server(tmp_path / "home", workers=2).start()
    client = Client(server.url).login("batches")
    port = int(server.url.rpartition(":")[2])
    for _ in range(KILLS):
        stop = threading.Event()
        writers = [Client(server.url, client.token) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            writing = [pool.submit(write_batches, each, told, stop) for each in writers]
            time.sleep(chance.uniform(0.1, LONGEST_LIFE_S))
            server.kill()
            stop.set()
        for each in writing:
            each.result()
        server.start(port)
    sql = "SELECT company_name FROM tbl_company WHERE company_owner_openid = ?"
    found = Counter(row["company_name"] for row in server.rows(sql, client.openid))
    server.stop()
    assert set(found.values()) == {IN_A_BATCH}
    assert set(told) <= set(found)
    print(f"\n{KILLS} kills: {len(told)} batches told, {len(found)} there, none of them half")
