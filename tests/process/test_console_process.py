"""The console has a process of its own beside the workers, which comes and goes.

Covers: bai_wx/process/apart.py, bai_wx/process/console_parts.py, bai_wx/process/console_tables.py, bai_wx/process/programs.py
"""  # noqa: E501

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.console.visitor import LOGIN, Visitor
from tests.processes import children, is_running
from tests.running import Server, answers

END_S = 15  # a process that ends on a busy machine
WORKERS = 2


def asked(server: Server, times: int) -> list[int]:
    """The statuses of so many pages, each of whichever worker accepts."""
    return [Visitor(server.url).get(LOGIN).status_code for _ in range(times)]


def consoles(server: Server) -> list[int]:
    """The processes that workers have started."""
    return [pid for worker in server.workers() for pid in children(worker)]


def has_console(pid: int) -> bool:
    """Whether a process has loaded what hashes the passwords of operators."""
    return "argon2" in Path(f"/proc/{pid}/maps").read_text()


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something becomes true within some seconds."""
    until = time.monotonic() + END_S
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def test_it_starts_once_starts_again_and_ends_with_the_server(tmp_path: Path) -> None:
    with Server(tmp_path / "home", workers=WORKERS) as server:
        assert consoles(server) == []
        assert asked(server, 8) == [200] * 8
        [first] = consoles(server)
        assert [pid for pid in server.workers() if has_console(pid)] == []
        os.kill(first, signal.SIGKILL)
        assert asked(server, 8) == [200] * 8
        [second] = consoles(server)
        assert second != first
    assert eventually(lambda: not is_running(second))


def test_it_ends_with_the_worker_that_started_it(tmp_path: Path) -> None:
    with Server(tmp_path / "home") as server:
        assert asked(server, 1) == [200]
        [console] = consoles(server)
        [worker] = [pid for pid in server.workers() if console in children(pid)]
        os.kill(worker, signal.SIGKILL)
        assert eventually(lambda: not is_running(console))
        assert eventually(lambda: answers(server))
        assert asked(server, 1) == [200]


def test_one_that_cannot_start_is_told_at_once(tmp_path: Path) -> None:
    """A library of it is broken; the API does not care."""
    (tmp_path / "starlette_admin.py").write_text("raise RuntimeError('broken')")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    with Server(tmp_path / "home", PYTHONPATH=path) as server:
        assert asked(server, 3) == [503] * 3
        assert server.log.count("RuntimeError: broken") == 1
        assert answers(server)
