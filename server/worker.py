"""One worker of `bai-wx serve`: it serves the whole contract on the socket its parent listens on."""

import ctypes
import gc
import os
import signal
import socket
import sys
from typing import Any

import uvicorn

from server.app import create_app, load_contract
from server.cli import log_to_stderr
from server.protocol import Http
from server.settings import Settings

BACKLOG = 2048
DRAIN_S = 3  # requests in flight get this long after SIGTERM; the promise is 5 s in all
PR_SET_PDEATHSIG = 1
COLLECTED_AFTER = (20_000, 20, 20)  # new objects, and collections of younger ones


def work(settings: Settings, bundle: dict[str, Any], listener: socket.socket, parent: int) -> int:
    """Serve until SIGTERM, or until the parent dies. Returns: the exit status."""
    _die_with(parent)
    server = uvicorn.Server(_uvicorn_config(settings, bundle))
    gc.freeze()
    # A request makes some hundred objects and leaves no cycle: looking for one that often is waste.
    gc.set_threshold(*COLLECTED_AFTER)
    server.run(sockets=[listener])
    return 0 if server.started else 1


def _uvicorn_config(settings: Settings, bundle: dict[str, Any]) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings, bundle),
        http=Http,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=DRAIN_S,
        backlog=BACKLOG,
    )


def _die_with(parent: int) -> None:
    """Ask Linux to kill this worker when the parent dies; elsewhere the port's owner is the operator's."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def main(descriptor: str, parent: str) -> int:
    """Serve in the place of a worker that died: the listening socket's descriptor, the supervisor's id."""
    settings = Settings.from_environment()
    log_to_stderr(settings.log)
    listener = socket.socket(fileno=int(descriptor))
    return work(settings, load_contract(settings.home), listener, int(parent))
