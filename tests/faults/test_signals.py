"""Signals, and the end: requests in flight are answered, SIGHUP replaces the workers, the file is whole.

Covers: bai_wx/process/heartbeat.py
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import requests

from tests.databases import without_sql
from tests.faults.conftest import Said
from tests.faults.steps import (
    In,
    add_to_cart,
    cart_ids,
    case,
    embedded,
    eventually,
    first_product,
    put_into_cart,
    replicable,
    serving,
)
from tests.processes import children, is_running
from tests.running import Client, Server, answers

AT_ONCE = 30  # requests; a worker has ten connections


@without_sql
@case("A16-stopped-worker-is-replaced")
def test_a_worker_that_hangs_is_replaced(fault: None, tmp_path: Path, said: Said) -> None:
    """One that was halted, and would never run again."""
    with Server(tmp_path / "home") as server:
        (hanging,) = serving(server)
        os.kill(hanging, signal.SIGSTOP)
        try:
            replaced = eventually(
                lambda: serving(server) not in ([], [hanging]) and answers(server)
            )
            said("replaced" if replaced else "kept")
            assert replaced
            assert not is_running(hanging)
        finally:
            if is_running(hanging):
                os.kill(hanging, signal.SIGCONT)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(signal.SIGTERM, id="E1-term-drains"),
        pytest.param(signal.SIGQUIT, id="E1-quit-drains", marks=without_sql),
        pytest.param(signal.SIGUSR1, id="E1-usr1-drains", marks=without_sql),
        pytest.param(signal.SIGUSR2, id="E1-usr2-drains", marks=without_sql),
    ],
)
def test_a_signal_to_stop_lets_requests_in_flight_end(
    tmp_path: Path, said: Said, sent: signal.Signals
) -> None:
    """A login that waits for WeChat is answered; the server ends with status 0 within five seconds."""
    with Server(tmp_path / "home", workers=2) as server:
        assert server.process is not None
        everybody = children(server.process.pid)
        with ThreadPoolExecutor(1) as pool:
            login = pool.submit(login_slowly, server.url)
            time.sleep(0.8)  # it has come, and waits for another 0.7 s at least
            server.process.send_signal(sent)
            answered = login.result()
        try:
            status: int | None = server.process.wait(6)
        except subprocess.TimeoutExpired:
            status = None
        said(f"login {answered}, exit {status}")
        assert (answered, status) == (200, 0)
        assert eventually(lambda: not any(map(is_running, everybody)), 5)


def login_slowly(url: str) -> int | str:
    """Log in with a WeChat that takes a second and a half. Returns: the status, or what went wrong."""
    try:
        body = {"users_wx_code": "slow-1.5-drained"}
        return Client(url).hook("/wechat/login", body).status_code
    except requests.RequestException as problem:
        return type(problem).__name__


@case("E1-hup-replaces-one-by-one")
def test_hup_replaces_the_workers(fault: None, tmp_path: Path, said: Said) -> None:
    """All are new, every request meanwhile is answered, and what `.env` says now holds."""
    with In(tmp_path, workers=2) as server:
        first = serving(server)
        (tmp_path / ".env").write_text("BAI_WX_CORS_ORIGINS=https://shop.example.com\n")
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        failed = 0

        def is_done() -> bool:
            nonlocal failed
            failed += not answers(server)
            now = serving(server)
            return len(now) == 2 and not set(now) & set(first)

        is_new = eventually(is_done)
        said(f"replaced {is_new}, {failed} requests failed, exit {server.process.poll()}")
        assert is_new
        assert failed == 0
        origin = {"Origin": "https://shop.example.com"}
        allowed = Client(server.url).get("/health", headers=origin).headers
        assert allowed["Access-Control-Allow-Origin"] == "https://shop.example.com"
        assert Client(server.url).login("after").data("/cart/list")["items"] == []


@without_sql
@case("E1-hup-with-bad-settings-keeps-the-old")
def test_hup_with_settings_that_cannot_be_used_changes_nothing(
    fault: None, tmp_path: Path, said: Said
) -> None:
    """The workers stay, and one line says why, in the form of the log."""
    with In(tmp_path, workers=2, BAI_WX_LOG="info:json") as server:
        first = serving(server)
        (tmp_path / ".env").write_text("BAI_WX_LIMITS=a lot\n")
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        named = eventually(lambda: "BAI_WX_LIMITS" in server.log, 20)
        said(f"named {named}, exit {server.process.poll()}")
        assert named
        (line,) = [line for line in server.log.splitlines() if "BAI_WX_LIMITS" in line]
        assert json.loads(line)["level"] == "error"
        assert eventually(lambda: serving(server) == first, 20)
        assert answers(server)


@without_sql
@pytest.mark.parametrize(
    ("printed", "is_replaced"),
    [
        pytest.param("print('hello')", True, id="E1-hup-with-a-python-that-says-hello"),
        pytest.param(
            "import atexit; atexit.register(print, 'bye')", False, id="E1-hup-with-words-at-the-end"
        ),
        pytest.param(
            "import atexit; atexit.register(print, '\\n[]', end='')", False, id="E1-hup-with-a-list"
        ),
    ],
)
def test_hup_outlives_what_others_print(
    tmp_path: Path, said: Said, printed: str, is_replaced: bool
) -> None:
    """The program that reads the settings is Python's, and a `sitecustomize` may print. Nobody dies of it."""
    switch = tmp_path / "switch"
    (tmp_path / "sitecustomize.py").write_text(
        f"import os\nif os.path.exists({str(switch)!r}):\n    {printed}\n"
    )
    with In(tmp_path, workers=2, PYTHONPATH=str(tmp_path)) as server:
        first = serving(server)
        switch.touch()
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        told = "read anew" if is_replaced else "stay as they were"
        is_told = eventually(lambda: told in server.log or server.process.poll() is not None, 20)  # type: ignore[union-attr]
        said(f"told {is_told}, exit {server.process.poll()}")
        assert told in server.log
        assert server.process.poll() is None
        assert answers(server)
        if not is_replaced:
            assert serving(server) == first


@embedded
@pytest.mark.parametrize(
    "workers", [pytest.param(1, id="E2-one-worker"), pytest.param(3, id="E2-three-workers")]
)
def test_after_a_stop_the_file_alone_is_whole(tmp_path: Path, said: Said, workers: int) -> None:
    """A copy of the `.db` without its `-wal` has the last order."""
    with Server(tmp_path / "home", workers=workers) as server:
        buyer = Client(server.url).login("last")
        assert add_to_cart(buyer).status_code == 200
        order = buyer.data("/order/create", {"order_source": "cart", "cart_ids": cart_ids(buyer)})
    copied = tmp_path / "copy.db"
    shutil.copy(server.database, copied)
    with closing(sqlite3.connect(copied)) as database:
        found = database.execute(
            "SELECT count(*) FROM tbl_order WHERE order_id = ?", (order["order_id"],)
        ).fetchone()[0]
    said(f"{found} of 1 order in the copy")
    assert found == 1


@replicable
def test_what_a_stop_cuts_off_is_told_to_come_again(tmp_path: Path) -> None:
    """Writes that wait for the database longer than the stop may wait, more than there are connections."""
    with Server(tmp_path / "home") as server, ThreadPoolExecutor(AT_ONCE) as pool:
        clients = [Client(server.url).login(f"stopped-{number}") for number in range(AT_ONCE)]
        product_id = first_product(clients[0])
        with psycopg.connect(server.address) as held:
            held.execute("LOCK TABLE tbl_cart IN ACCESS EXCLUSIVE MODE")
            waiting = [pool.submit(put_into_cart, client, product_id) for client in clients]
            time.sleep(1)  # they wait for the lock now
            assert server.process is not None
            server.process.send_signal(signal.SIGTERM)
            answers_sent = [each.result(timeout=20) for each in waiting]
        assert [each.text for each in answers_sent if each.status_code != 503] == []
        codes = {each.json()["data"]["code"] for each in answers_sent}
        assert codes == {"service_unavailable"}
