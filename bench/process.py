"""A server of the bench as a process: started, waited for and stopped here, on 127.0.0.1."""

import http.client
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Self

START_S = 60
STOP_S = 10
POLL_S = 0.005


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Process:
    """One server and its process group; entering starts it, leaving stops it."""

    name: str
    health: ClassVar[str] = "/"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it writes to stdout and stderr."""
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        """The first process of its group."""
        assert self.process is not None, f"{self.name} is not running"
        return self.process.pid

    def command(self) -> list[str]:
        """The command that serves."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """The environment it runs in."""
        return dict(os.environ)

    def fill(self) -> None:
        """Make what it serves, before the start."""

    def start(self) -> float:
        """Start, wait until the health path answers, and say how many seconds that took.

        Raises: `ChildProcessError` when it ends instead, `TimeoutError` when it does neither; then it
        may still run.
        """
        with self.log.open("ab") as log:
            began = time.monotonic()
            self.process = process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.monotonic() < began + START_S:
            if process.poll() is not None:
                raise ChildProcessError(f"{self.name} ended as it started; see {self.log}")
            if self._is_healthy():
                return time.monotonic() - began
            time.sleep(POLL_S)
        raise TimeoutError(f"{self.name} did not start; see {self.log}")

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", self.health)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop its process group, if one was started."""
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_S)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.fill()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
