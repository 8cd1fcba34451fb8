"""The parent of the workers: it replaces those that die, ends with all of them, and is small.

Covers: bai_wx/process/inherited.py, bai_wx/process/worker.py, bai_wx/process/quiet.py
Covers: bai_wx/process/last_checkpoint.py
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import children, is_running
from tests.running import Client, Server, answers

WAIT_S = 20
SMALL_MIB = 30
WORKERS = 2


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Server]:
    """Two workers, and WeChat's stand-in."""
    with Server(tmp_path / "home", workers=WORKERS) as server:
        yield server


def serving(server: Server) -> list[int]:
    """The workers that live, without the stand-in."""
    assert server.process is not None
    started = {pid: command(pid) for pid in children(server.process.pid)}
    return [pid for pid, how in started.items() if how and "bai_wx.wechat.standin" not in how]


def command(pid: int) -> str:
    """How a process was started; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def eventually(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so in time."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def test_workers_that_die_are_replaced(shop: Server) -> None:
    """All of them at once: the new ones serve the same shop, log in with the same stand-in, and write."""
    Client(shop.url).login("before")
    first = serving(shop)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: len(set(serving(shop)) - set(first)) == WORKERS)
    assert eventually(lambda: answers(shop))
    buyer = Client(shop.url).login("after")
    (product,) = buyer.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    buyer.data("/cart/create", {"cart_product_id": product["id"], "cart_product_quantity": 1})
    assert "starting another" in shop.log


class Apart(Server):
    """A server that takes no module from the working directory, as the installed command does."""

    def serving(self, port: int) -> list[str]:
        """The same command, told so."""
        program, *arguments = super().serving(port)
        return [program, "-P", *arguments]


def test_a_replacement_is_what_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a module of our names in the working directory nor a later `.env` gets into it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "models.py").write_text("raise SystemExit('not ours')")
    (folder / ".env").write_text(f"BAI_WX_SECRET={os.urandom(32).hex()}\n")
    with Apart(tmp_path / "home") as server:
        buyer = Client(server.url).login("before")
        (folder / ".env").write_text(f"BAI_WX_SECRET={os.urandom(32).hex()}\n")
        (first,) = serving(server)
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: serving(server) not in ([], [first]) and answers(server))
        assert buyer.data("/cart/list")["items"] == []
        assert "not ours" not in server.log


def test_workers_that_cannot_live_are_tried_less_and_less_often(tmp_path: Path) -> None:
    """The supervisor lives on, says so, and stops when it is told to."""
    with Server(tmp_path / "home") as server:
        process = server.process
        assert process is not None
        for _ in range(2):
            assert eventually(lambda: len(serving(server)) == 1)
            os.kill(serving(server)[0], signal.SIGKILL)
            assert eventually(lambda: not serving(server))
        assert eventually(lambda: "starting another in 2 s" in server.log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(2) == 0


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_with_everybody(tmp_path: Path, sent: signal.Signals) -> None:
    """Workers, one that replaced another, and the stand-in; with status 0."""
    with Server(tmp_path / "home", workers=WORKERS) as server:
        process = server.process
        assert process is not None
        os.kill(serving(server)[0], signal.SIGKILL)
        assert eventually(lambda: len(serving(server)) == WORKERS)
        everybody = children(process.pid)
        process.send_signal(sent)
        assert process.wait(WAIT_S) == 0
        assert eventually(lambda: not any(map(is_running, everybody)))


def test_all_die_with_it(tmp_path: Path) -> None:
    """Even when it is killed with -9, one that replaced another included."""
    server = Server(tmp_path / "home", workers=WORKERS).start()
    assert server.process is not None
    os.kill(serving(server)[0], signal.SIGKILL)
    assert eventually(lambda: len(serving(server)) == WORKERS and answers(server))
    everybody = children(server.process.pid)
    server.kill()
    assert eventually(lambda: not any(map(is_running, everybody)))


def test_a_signal_while_it_starts_is_heard(tmp_path: Path) -> None:
    """Whenever it comes: nobody is left behind."""
    server = Server(tmp_path / "home", workers=WORKERS)
    server.command("migrate")
    for pause_s in (0.2, 0.4, 0.6, 0.8, 1.0):
        server.spawn()
        process = server.process
        assert process is not None
        time.sleep(pause_s)
        everybody = children(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(WAIT_S)
        process.communicate()
        assert eventually(lambda pids=everybody: not any(map(is_running, pids)))


def test_it_is_small(shop: Server) -> None:
    """It has nothing of the server in its memory."""
    assert shop.process is not None
    status = Path(f"/proc/{shop.process.pid}/status").read_text()
    assert int(status.split("VmRSS:")[1].split()[0]) / 1024 < SMALL_MIB
