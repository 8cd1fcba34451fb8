"""`bai-wx serve`: one parent that binds the port and keeps N workers, each serving the whole contract.

The parent does what must be done once (migrate, load the contract, build the application's code) and then
forks, so that workers start at once and share memory. A worker that dies is replaced; workers die with
the parent, even by `kill -9`, so that a restart finds the port free.
"""

import ctypes
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from types import FrameType
from typing import Any

import uvicorn

from models import schema
from models.database import connect, disconnect
from server.app import check_handlers, create_app, load_contract
from server.protocol import Http
from server.settings import Settings, SettingsError
from wechat.standin import refuse_beside_real_app
from wechat.standin_desk import APPID, SECRET

log = logging.getLogger("bai_wx.server")

BACKLOG = 2048
DRAIN_S = 3  # requests in flight get this long after SIGTERM; the promise is 5 s in all
KILL_AFTER_S = 4
PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
RESPAWN_PAUSE_S = 0.5
COLLECTED_AFTER = (20_000, 20, 20)  # new objects, and collections of younger ones


def serve(settings: Settings, *, host: str, port: int, workers: int, demo: bool) -> int:
    """Serve until SIGTERM or SIGINT. Returns the exit status."""
    listener = _listen(host, port)
    stand_in = _start_stand_in(settings) if demo else None
    try:
        if stand_in is None and not settings.wechat_appid:
            raise SettingsError("WECHAT_APPID is not set; set it, or serve the demo shop: --demo")
        _prepare(settings, demo=demo)
        bundle = load_contract(settings.home)
        if stand_in is not None:  # it started meanwhile
            settings = _beside(settings, stand_in)
        return Supervisor(settings, bundle, listener, workers).run()
    finally:
        listener.close()
        if stand_in is not None:
            with stand_in:  # closes its pipes, and waits for it
                stand_in.kill()


class Supervisor:
    """Keeps the workers of one listening socket alive until it is told to stop."""

    def __init__(
        self, settings: Settings, bundle: dict[str, Any], listener: socket.socket, workers: int
    ) -> None:
        self._settings, self._bundle = settings, bundle
        self._listener, self._count = listener, workers
        self._workers: set[int] = set()
        self._stopping = False

    def run(self) -> int:
        """Fork the workers, replace those that die, and wait for the last one."""
        check_handlers(self._bundle)  # a broken contract stops the start here, not in each worker
        gc.freeze()  # what is loaded now is shared: no worker's collector needs to touch it
        for signum in STOP_SIGNALS:
            signal.signal(signum, self._stop)
        for _ in range(self._count):
            self._workers.add(self._fork())
        address = "{}:{}".format(*self._listener.getsockname()[:2])
        sys.stdout.write(f"bai-wx serves http://{address} with {self._count} worker(s)\n")
        sys.stdout.flush()
        while self._workers:
            self._reap()
        return 0

    def _reap(self) -> None:
        pid, status = os.wait()
        if pid not in self._workers:
            return  # the stand-in, which the demo cannot log in without; its absence is told at login
        self._workers.discard(pid)
        if self._stopping:
            return
        log.error("worker %d ended with status %d; starting another", pid, status)
        time.sleep(RESPAWN_PAUSE_S)
        if not self._stopping:
            self._workers.add(self._fork())

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._stopping = True
        self._listener.close()
        signal.signal(signal.SIGALRM, self._kill)
        signal.setitimer(signal.ITIMER_REAL, KILL_AFTER_S)
        for pid in self._workers:
            os.kill(pid, signal.SIGTERM)

    def _kill(self, signum: int, frame: FrameType | None) -> None:
        """End the workers that could not drain: a stuck one must not break the promise of 5 s."""
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)

    def _fork(self) -> int:
        """Start a worker; signals wait meanwhile, so that none meets a child with the parent's handler."""
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            return pid
        _die_with(parent)
        for signum in STOP_SIGNALS:
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        status = 1
        try:
            status = self._work()
        finally:
            os._exit(status)

    def _work(self) -> int:
        server = uvicorn.Server(_uvicorn_config(self._settings, self._bundle))
        gc.freeze()
        # A request makes some hundred objects and leaves no cycle: looking for one that often is waste.
        gc.set_threshold(*COLLECTED_AFTER)
        server.run(sockets=[self._listener])
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


def _listen(host: str, port: int) -> socket.socket:
    """Bind before anything slow, so that a taken port is told at once."""
    try:
        listener = socket.create_server(
            (host, port), backlog=BACKLOG, family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as exc:
        raise SettingsError(f"cannot listen on {host}:{port}: {exc.strerror}") from exc
    listener.set_inheritable(True)
    return listener


def _prepare(settings: Settings, *, demo: bool) -> None:
    """Create and migrate the database, and load the demo shop into an empty one."""
    database = connect(settings.database)
    try:
        schema.migrate(database)
        if demo:
            from server.demo import load_demo_shop  # it draws pictures; no other start needs that

            load_demo_shop(settings)
    finally:
        disconnect()


def _start_stand_in(settings: Settings) -> subprocess.Popen[str]:
    """Start WeChat's stand-in as a child that ends with us. Refused beside a real app id."""
    refuse_beside_real_app(settings.wechat_appid)
    return subprocess.Popen(  # our own module, no shell
        [sys.executable, "-m", "wechat.standin", "--watch-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _beside(settings: Settings, stand_in: subprocess.Popen[str]) -> Settings:
    """Point the settings at the running stand-in."""
    assert stand_in.stdout is not None
    address = stand_in.stdout.readline().strip()
    if not address:
        raise SettingsError("the WeChat stand-in did not start")
    return replace(settings, wechat_appid=APPID, wechat_secret=SECRET, wechat_api_base=address)


def _die_with(parent: int) -> None:
    """Ask Linux to kill this worker when the parent dies; elsewhere the port's owner is the operator's."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
