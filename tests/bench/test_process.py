"""The benchmark's servers: nothing that was started stays behind."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from bench import process
from bench.process import Process


class Unhealthy(Process):
    """A server whose health path is missing."""

    name = "unhealthy"
    health = "/health"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "http.server", str(self.port), "--bind", "127.0.0.1"]


class Unfilled(Unhealthy):
    """A server that is up and then cannot be filled."""

    name = "unfilled"

    def fill(self) -> None:
        with pytest.raises(TimeoutError):
            self.start()
        raise ValueError("no rows")


class Broken(Process):
    """A command that ends at once."""

    name = "broken"

    def command(self) -> list[str]:
        return [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        pytest.param(Unhealthy, TimeoutError, id="never healthy"),
        pytest.param(Unfilled, ValueError, id="cannot be filled"),
        pytest.param(Broken, ChildProcessError, id="ends by itself"),
    ],
)
def test_a_server_that_fails_is_stopped(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[Path], Process],
    problem: type[Exception],
) -> None:
    """Entering it fails, its port is free again and no child is left."""
    monkeypatch.setattr(process, "START_S", 1)
    server = kind(tmp_path)
    with pytest.raises(problem), server:
        pass
    assert server.process is None
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=1)
