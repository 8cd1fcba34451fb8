"""The console in a process of its own, beside the workers, started at the first request of `/console`.

Making a page takes tens of milliseconds of Python: in a worker, requests of the API would wait for it. The
process has a lower priority than they. It ends with the worker that started it, and when nobody has asked for
a while. One serves all workers: it holds a lock, and another that finds it held ends at once.
"""

import asyncio
import fcntl
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, replace
from typing import Final

import orjson

from bai_wx.process import apart
from bai_wx.process.allocator import give_memory_back
from bai_wx.process.background import give_way
from bai_wx.process.inherited import CONSOLE, CONSOLE_LOCK, METRICS, Inherited
from bai_wx.process.programs import program
from bai_wx.request.asgi import App

DAMAGE: Final = "damage"
IDLE_S: Final = 30 * 60
CHECK_S: Final = 10
END_S: Final = 2
"""So long the requests in flight may take when the worker ends."""
FAILED: Final = 1
"""The status of a process that ended by an exception."""
RETRY_S: Final = 10
"""After so long one that failed to start is tried again."""


class ConsoleProcess:
    """The console as a worker knows it."""

    def __init__(self, inherited: Inherited) -> None:
        self._inherited = inherited
        self._child: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        with socket.socket(fileno=os.dup(inherited.descriptors[CONSOLE])) as listener:
            self._name = listener.getsockname()

    async def connect(self) -> socket.socket:
        """Connect to the console, which may not run yet. Raises: `OSError`."""
        connection = socket.socket(socket.AF_UNIX)
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(connection, self._name)
        except BaseException:
            connection.close()
            raise
        return connection

    def start_if_needed(self) -> None:
        """Start the console where it does not run. Raises: `OSError` where it has just failed to start."""
        status = self._child.poll() if self._child is not None else 0
        if status is None:
            return
        if status == FAILED and time.monotonic() - self._started < RETRY_S:
            raise OSError("the console does not start; the log says why")
        if not _lock(self._inherited):
            return  # another worker's serves
        _unlock(self._inherited)
        kept = {name: fd for name, fd in self._inherited.descriptors.items() if name in KEPT}
        said = orjson.dumps(asdict(replace(self._inherited, descriptors=kept))).decode()
        self._started = time.monotonic()
        self._child = subprocess.Popen(
            [*program("console_process", "main"), said],
            stdin=subprocess.PIPE,  # closed by our end, whatever ends us
            pass_fds=tuple(kept.values()),
        )


KEPT: Final = (CONSOLE, CONSOLE_LOCK, DAMAGE, METRICS)
"""What the console inherits of a worker."""


def _lock(inherited: Inherited) -> bool:
    try:
        fcntl.lockf(inherited.descriptors[CONSOLE_LOCK], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlock(inherited: Inherited) -> None:
    fcntl.lockf(inherited.descriptors[CONSOLE_LOCK], fcntl.LOCK_UN)


def main(said: str) -> int:
    """Serve the console until the worker ends, or nobody asks any more. `said` is `Inherited` as JSON."""
    inherited = Inherited.from_json(said)
    if not _lock(inherited):
        return 0
    give_memory_back()
    for signum in (signal.SIGINT, signal.SIGHUP):  # a terminal's, for the supervisor
        signal.signal(signum, signal.SIG_IGN)
    from bai_wx.process.console_parts import load_console  # not before the lock: it takes a second

    app = load_console(inherited)
    gc.freeze()
    give_way()  # not before: somebody waits for the first page
    listener = socket.socket(fileno=inherited.descriptors[CONSOLE])
    asyncio.run(_serve(listener, app))
    return 0


async def _serve(listener: socket.socket, app: App) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    asked = time.monotonic()

    def note() -> None:
        nonlocal asked
        asked = time.monotonic()

    loop.add_reader(
        sys.stdin.fileno(), ended.set
    )  # it is never written to: its end is all that comes
    server = await apart.serve(listener, app, note)
    while not ended.is_set() and time.monotonic() - asked < IDLE_S:
        try:
            async with asyncio.timeout(CHECK_S):
                await ended.wait()
        except TimeoutError:
            continue
    server.close()
    running = asyncio.all_tasks() - {asyncio.current_task()}
    if running:
        await asyncio.wait(running, timeout=END_S)
