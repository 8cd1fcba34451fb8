"""One worker of `bai-wx serve`: it serves the whole contract on the socket its parent listens on."""

import gc
import signal
import socket
from types import FrameType
from typing import Any

import uvicorn

from bai_wx import metrics
from bai_wx.database.connection import pool_use, save
from bai_wx.database.damage import Guard
from bai_wx.database.presence import Presence
from bai_wx.process import telemetry
from bai_wx.process.allocator import give_memory_back
from bai_wx.process.apart import Remote
from bai_wx.process.app import create_app, load_contract
from bai_wx.process.console_process import ConsoleProcess
from bai_wx.process.exporter import Scrapes, exporter_beside, scrapes_of
from bai_wx.process.heartbeat import Heartbeat
from bai_wx.process.inherited import LISTENER, SERVER, Inherited
from bai_wx.process.listening import BACKLOG
from bai_wx.process.log import log_to_stderr
from bai_wx.process.readiness import Drain
from bai_wx.process.sampled import Surroundings
from bai_wx.process.schedule import BACKUP, RETENTION, Schedule
from bai_wx.process.settings import Settings
from bai_wx.process.shared_metrics import count_in
from bai_wx.process.shared_parts import completed
from bai_wx.process.supervisor import STOP_SIGNALS
from bai_wx.record.signing_secrets import SigningSecrets
from bai_wx.request.access_log import AccessLog
from bai_wx.request.asgi import App
from bai_wx.request.observation import teller
from bai_wx.request.protocol import Http
from bai_wx.transfer.parent_death import die_with
from bai_wx.wechat.refused_codes import RefusedCodes
from bai_wx.wechat.shared_logins import SharedLogins

DRAIN_S = 3  # requests in flight get this long after SIGTERM; the promise is 5 s in all
GC_THRESHOLDS = (20_000, 20, 20)  # new objects, and collections of younger ones
TICKS_A_BEAT = 10  # uvicorn's ticks take a tenth of a second

_USED, _IDLE = (metrics.DATABASE_CONNECTIONS.series(state=state) for state in ("used", "idle"))


class Server(uvicorn.Server):
    """Uvicorn's server, with a heartbeat for the supervisor. It watches the database's file and the secrets."""

    def __init__(
        self,
        config: uvicorn.Config,
        heartbeat: Heartbeat,
        guard: Guard | None,
        drain: Drain,
        secrets: SigningSecrets,
        scrapes: Scrapes | None,
        schedules: list[Schedule],
    ) -> None:
        super().__init__(config)
        self._schedules = schedules
        self._heartbeat, self._guard, self._drain = heartbeat, guard, drain
        self._secrets, self._scrapes = secrets, scrapes

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        if self._scrapes is not None:
            await self._scrapes.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the requests in flight, and stop."""
        if self._scrapes is not None:
            self._scrapes.stop()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Do what is done ten times a second."""
        if counter % TICKS_A_BEAT == 0:
            self._heartbeat.beat()
            metrics.IN_FLIGHT.set(len(self.server_state.tasks))
            metrics.CONNECTIONS.set(len(self.server_state.connections))
            self._secrets.look_again()
            used, idle = pool_use()
            _USED.set(used)
            _IDLE.set(idle)
            for schedule in self._schedules:
                schedule.look()
            if self._guard is not None and not self._guard.is_in_place():
                save()
        return await super().on_tick(counter)

    def drain(self, signum: int, frame: FrameType | None) -> None:
        """End the requests in flight, and stop."""
        self._drain.is_on = self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Do the same on SIGTERM and SIGINT, for which uvicorn sets its own handler."""
        self._drain.is_on = True
        super().handle_exit(sig, frame)


def work(
    settings: Settings, bundle: dict[str, Any], inherited: Inherited, *, replaces: bool = False
) -> int:
    """Serve until SIGTERM, or until the parent dies. Returns: the exit status.

    `replaces` says that another worker served before in the place of this one.
    """
    die_with(inherited.parent)
    give_memory_back()
    inherited = completed(inherited, bundle)
    listener = socket.socket(fileno=inherited.descriptors[LISTENER])
    heartbeat = Heartbeat(inherited.memory("beats"), inherited.number)
    guard = inherited.guard(settings.database_file)
    count_in(bundle, inherited)
    _observe(settings, bundle["info"]["version"], replaces=replaces)
    console = ConsoleProcess(inherited)
    drain, presence = Drain(), Presence(bytes(inherited.memory(SERVER)))
    surroundings = Surroundings(settings, inherited, bundle["info"]["version"])
    app = create_app(
        settings,
        bundle,
        guard=guard,
        logins=SharedLogins(inherited.descriptors["logins"]),
        refused_codes=RefusedCodes(inherited.descriptors["refused_codes"]),
        console=Remote(console.connect, console.start_if_needed),
        drain=drain,
        exporter=exporter_beside(settings, surroundings),
        presence=presence,
    )
    presence.begin(is_new=not replaces)
    server = Server(
        _uvicorn_config(settings, app),
        heartbeat,
        guard,
        drain,
        settings.secrets,
        scrapes_of(settings, surroundings),
        _schedules(settings, inherited),
    )
    _install_signal_handlers(server)
    gc.freeze()
    # A request makes some hundred objects and leaves no cycle: the defaults look for one far too often.
    gc.set_threshold(*GC_THRESHOLDS)
    server.run(sockets=[listener])
    return 0 if server.started else 1


def _schedules(settings: Settings, inherited: Inherited) -> list[Schedule]:
    """What this server does by itself."""
    retention = Schedule(inherited, RETENTION, RETENTION.longest_wait_s)
    if not settings.backup_to:
        return [retention]
    return [retention, Schedule(inherited, BACKUP, settings.backup_every_s)]


def _observe(settings: Settings, contract: str, *, replaces: bool) -> None:
    """Begin the access log and the telemetry, and count this worker where it took the place of another."""
    access_log = AccessLog.of(settings.access_log)
    teller.tell = access_log.tell if access_log is not None else None
    telemetry.start(settings.telemetry, contract)
    if replaces:
        metrics.RESTARTS.inc()


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
    log_to_stderr(settings.log, is_server=True)
    return work(
        settings, load_contract(settings.home), Inherited.from_json(inherited), replaces=True
    )
