"""`bai-wx serve`: one parent that binds the port and keeps N workers, each serving the whole contract.

The parent does what must be done once (migrate, load the contract, build the application's code) and then
forks, so that workers start at once and share memory; then it makes way for a supervisor that needs none
of it. A worker that dies is replaced; workers die with the parent, even by `kill -9`, so that a restart
finds the port free.
"""

import gc
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from models import schema
from models.database import connect, disconnect
from server.app import check_handlers, load_contract
from server.settings import Settings, SettingsError, keep_dotenv
from server.supervisor import STOP_SIGNALS, take_over
from server.worker import BACKLOG, work
from wechat.standin import refuse_beside_real_app
from wechat.standin_desk import APPID, SECRET

REPLACEMENT = (
    "import sys; sys.path.append(sys.argv[1]); from server.worker import main;"
    " sys.exit(main(*sys.argv[2:]))"
)
"""The program of a worker that replaces another; its arguments are our folder and `main`'s."""


def serve(settings: Settings, *, host: str, port: int, workers: int, demo: bool) -> None:
    """Serve until SIGTERM or SIGINT. Does not return: what waits for them is another program."""
    listener = _listen(host, port)
    stand_in = _start_stand_in(settings) if demo else None
    try:
        if stand_in is None and not settings.wechat_appid:
            raise SettingsError("WECHAT_APPID is not set; set it, or serve the demo shop: --demo")
        _prepare(settings, demo=demo)
        bundle = load_contract(settings.home)
        check_handlers(bundle)  # a broken contract stops the start here, not in each worker
        if stand_in is not None:  # it started meanwhile
            settings = _beside(settings, stand_in)
    except BaseException:
        listener.close()
        if stand_in is not None:
            with stand_in:  # closes its pipes, and waits for it
                stand_in.kill()
        raise
    gc.freeze()  # what is loaded now is shared: no worker's collector needs to touch it
    # Held back until the supervisor is there to hear them.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    pids = [_fork(settings, bundle, listener) for _ in range(workers)]
    address = "{}:{}".format(*listener.getsockname()[:2])
    sys.stdout.write(f"bai-wx serves http://{address} with {workers} worker(s)\n")
    keep_dotenv(os.environ)  # for workers that replace others: `.env` may be another by then
    # -P: what lies in the working directory is not ours, whatever it is called.
    root = str(Path(__file__).resolve().parent.parent)
    replacement = [sys.executable, "-P", "-c", REPLACEMENT, root]
    take_over(pids, listener.fileno(), replacement, _handed_over(stand_in))


def _fork(settings: Settings, bundle: dict[str, Any], listener: socket.socket) -> int:
    """Start a worker. Returns: its process id."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    for signum in STOP_SIGNALS:
        signal.signal(signum, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    status = 1
    try:
        status = work(settings, bundle, listener, parent)
    finally:
        os._exit(status)


def _handed_over(stand_in: subprocess.Popen[str] | None) -> int | None:
    """Keep the stand-in's pipes open for the supervisor: it ends with them. Returns: its process id."""
    if stand_in is None:
        return None
    for pipe in (stand_in.stdin, stand_in.stdout):
        assert pipe is not None
        os.set_inheritable(pipe.fileno(), True)
    return stand_in.pid


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
    # In the environment too, where a worker that replaces another looks.
    os.environ.update(WECHAT_APPID=APPID, WECHAT_SECRET=SECRET, WECHAT_API_BASE=address)
    return replace(settings, wechat_appid=APPID, wechat_secret=SECRET, wechat_api_base=address)
