"""One worker of `bai-wx serve`: it serves the whole contract on the socket its parent listens on."""

import gc
import signal
import socket
from types import FrameType
from typing import Any

import uvicorn

from bai_wx.database.connection import save
from bai_wx.database.damage import Guard
from bai_wx.process.apart import Remote
from bai_wx.process.app import create_app, load_contract
from bai_wx.process.console_process import ConsoleProcess
from bai_wx.process.heartbeat import Heartbeat
from bai_wx.process.inherited import LISTENER, Inherited, die_with
from bai_wx.process.log import log_to_stderr
from bai_wx.process.settings import Settings
from bai_wx.process.supervisor import STOP_SIGNALS
from bai_wx.request.asgi import App
from bai_wx.request.protocol import Http
from bai_wx.wechat.shared_logins import SharedLogins

BACKLOG = 2048
DRAIN_S = 3  # requests in flight get this long after SIGTERM; the promise is 5 s in all
GC_THRESHOLDS = (20_000, 20, 20)  # new objects, and collections of younger ones
TICKS_A_BEAT = 10  # uvicorn's ticks take a tenth of a second


class Server(uvicorn.Server):
    """Uvicorn's server, with a heartbeat for the supervisor and a watch on the database's file."""

    def __init__(self, config: uvicorn.Config, heartbeat: Heartbeat, guard: Guard | None) -> None:
        super().__init__(config)
        self._heartbeat, self._guard = heartbeat, guard

    async def on_tick(self, counter: int) -> bool:
        """Do what is done ten times a second."""
        if counter % TICKS_A_BEAT == 0:
            self._heartbeat.beat()
            if self._guard is not None and not self._guard.is_in_place():
                save()
        return await super().on_tick(counter)

    def drain(self, signum: int, frame: FrameType | None) -> None:
        """End the requests in flight, and stop."""
        self.should_exit = True


def work(settings: Settings, bundle: dict[str, Any], inherited: Inherited) -> int:
    """Serve until SIGTERM, or until the parent dies. Returns: the exit status."""
    die_with(inherited.parent)
    listener = socket.socket(fileno=inherited.descriptors[LISTENER])
    heartbeat = Heartbeat(inherited.memory("beats"), inherited.number)
    guard = inherited.guard(settings.database_file)
    logins = SharedLogins(inherited.descriptors["logins"])
    console = ConsoleProcess(inherited)
    beside = Remote(console.connect, console.start_if_needed)
    app = create_app(settings, bundle, guard=guard, logins=logins, console=beside)
    server = Server(_uvicorn_config(settings, app), heartbeat, guard)
    _install_signal_handlers(server)
    gc.freeze()
    # A request makes some hundred objects and leaves no cycle: the defaults look for one far too often.
    gc.set_threshold(*GC_THRESHOLDS)
    server.run(sockets=[listener])
    return 0 if server.started else 1


def _install_signal_handlers(server: Server) -> None:
    """Drain on a signal to stop. A terminal sends SIGHUP to every process; it is the supervisor's."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for signum in STOP_SIGNALS:
        signal.signal(signum, server.drain)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def _uvicorn_config(settings: Settings, app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
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


def main(inherited: str) -> int:
    """Serve in the place of a worker that is gone, with what it had inherited, as JSON."""
    settings = Settings.from_environment()
    log_to_stderr(settings.log)
    return work(settings, load_contract(settings.home), Inherited.from_json(inherited))
