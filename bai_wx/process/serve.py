"""`bai-wx serve`: one parent that binds the port and keeps N workers, each serving the whole contract.

The parent does what must be done once (check the settings, migrate, load the contract, build the
application's code) and then forks, so that workers start at once and share memory; then a supervisor
that needs none of it takes its place. A worker that dies is replaced; workers die with the parent, even
by `kill -9`, so that a restart finds the port free.
"""

import gc
import json
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from bai_wx.database.connection import connect, database, disconnect
from bai_wx.database.damage import SHARED_STATE
from bai_wx.files.store import FileStore
from bai_wx.process import alerts, demo_operator, schema, storage_settings
from bai_wx.process.app import check_handlers, collaborators, load_contract
from bai_wx.process.expected_errors import EXPECTED_ERRORS, one_line
from bai_wx.process.inherited import LISTENER, Inherited, share_memory
from bai_wx.process.integrity_check import IntegrityCheck
from bai_wx.process.listening import bound, listen, listening
from bai_wx.process.log import log_to_stderr
from bai_wx.process.programs import program
from bai_wx.process.scraping import Scraping
from bai_wx.process.settings import Settings, SettingsError, keep_dotenv
from bai_wx.process.shared_parts import shared
from bai_wx.process.supervision import SCRAPES, Plan, Reloaded
from bai_wx.process.supervision import log as tell_of_trouble
from bai_wx.process.supervisor import HEARD_SIGNALS, become_supervisor
from bai_wx.process.worker import work
from bai_wx.process.writable import unwritable
from bai_wx.record import data_keys
from bai_wx.wechat.standin import refuse_beside_real_app
from bai_wx.wechat.standin_api import APPID, SECRET

log = logging.getLogger("bai_wx.server")


def serve(settings: Settings, *, host: str, port: int, workers: int, demo: bool) -> None:
    """Serve until a signal to stop. Does not return: the supervisor's program takes this process's place."""
    raise_descriptor_limit()
    log_to_stderr(settings.log, is_server=True)
    if demo:
        refuse_beside_real_app(settings.wechat_appid)
    elif not settings.wechat_appid:
        raise SettingsError("WECHAT_APPID is not set; set it, or serve the demo shop: --demo")
    check_settings(settings)
    if settings.unused_database:
        log.warning(settings.unused_database)
    check = begin_integrity_check(settings)
    helpers = check.wait() if check else []
    check_database(settings)
    with bound(host, port) as listener:  # closed by whatever fails
        scrapes = _listen_for_scrapes(settings)  # what cannot be listened on changes nothing
        stand_in = _start_stand_in() if demo else None
        try:
            demo_password = prepare(settings, demo=demo)
            bundle = load_contract(settings.home)
            check_handlers(bundle)  # a broken contract stops the start here, not in each worker
            if stand_in is not None:  # it started meanwhile
                settings = _pointed_at(settings, stand_in)
            listen(listener, host, port)
        except BaseException:
            if stand_in is not None:
                with stand_in:  # closes its pipes, and waits for it
                    stand_in.kill()
            raise
        memory = {
            **scrapes,
            "damage": check.memory if check else share_memory("damage", SHARED_STATE.size),
        }
        helpers = [*helpers, *_keep_pipes_open(stand_in)]
        _run(settings, bundle, listener, workers, memory, helpers, demo_password)


def _run(
    settings: Settings,
    bundle: dict[str, Any],
    listener: socket.socket,
    workers: int,
    memory: dict[str, int],
    helpers: list[int],
    demo_password: str,
) -> None:
    """Fork the workers and become their supervisor."""
    descriptors = {
        **memory,
        LISTENER: listener.fileno(),
        # As many again for those that replace others which are not gone yet.
        **shared(bundle, 2 * workers + 2),
    }
    identity = database_identity(settings)
    gc.freeze()  # what is loaded now is shared: no worker's collector needs to touch it
    # Blocked until the supervisor waits for them.
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD_SIGNALS)
    pids = [
        _fork(settings, bundle, Inherited(descriptors, number, os.getpid(), identity))
        for number in range(workers)
    ]
    alerting = alerts.start(settings, Inherited(descriptors, 0, os.getpid(), identity))
    _tell_address(_address_of(listener.fileno()), workers, demo_password)
    _tell_scrapes(memory)
    # For workers that replace others: `.env` may be another by then.
    from_dotenv = keep_dotenv(os.environ)
    plan: Plan = {
        "workers": pids,
        "command": program("worker", "main"),
        "reload": program("serve", "reload"),
        "alerts": program("alerts", "main"),
        "alerting": alerting,
        "descriptors": descriptors,
        "from_dotenv": list(from_dotenv),
        "database_file": str(settings.database_file or ""),
        "database_identity": identity,
        "scrapes": _address_for_scrapes(settings),
        "helpers": helpers,
    }
    become_supervisor(plan)


def _address_of(descriptor: int) -> str:
    with socket.socket(fileno=os.dup(descriptor)) as listener:
        return "{}:{}".format(*listener.getsockname()[:2])


def _tell_address(address: str, workers: int, demo_password: str) -> None:
    sys.stdout.write(f"bai-wx serves http://{address} with {workers} worker(s)\n")
    if demo_password:
        sys.stdout.write(
            f"console: http://{address}/console operator: demo password: {demo_password}\n"
        )


def _tell_scrapes(memory: dict[str, int]) -> None:
    if SCRAPES in memory:
        sys.stdout.write(f"metrics: http://{_address_of(memory[SCRAPES])}/metrics\n")


def raise_descriptor_limit() -> None:
    """Let this process, and those it starts, have as many connections as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # a sandbox may forbid it
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def check_settings(settings: Settings) -> None:
    """Try every setting that can be tried without asking anybody.

    Raises: `SettingsError` for the first one that cannot be used.
    """
    settings.make_home()
    collaborators(settings, document=b"")
    _check_files(settings)
    _check_backup_place(settings)
    file = settings.database_file
    if file is not None:
        _check_place(file)


def begin_integrity_check(settings: Settings) -> IntegrityCheck | None:
    """Start an integrity check of the embedded database, where there is one."""
    file = settings.database_file
    return IntegrityCheck(file) if file is not None and file.exists() else None


def check_database(settings: Settings) -> None:
    """Reach the database. Raises: the database's own error when it cannot be."""
    connect(settings.database)
    try:
        database.connect(reuse_if_open=True)
    finally:
        disconnect()


def _check_files(settings: Settings) -> None:
    folder = None if settings.given_files else Path(settings.files)
    is_there = folder is not None and (folder.exists() or folder.is_symlink())
    if folder is not None and is_there and not folder.is_dir():
        raise SettingsError(f"the files' folder {folder} is not a folder")
    if folder is not None and is_there and (reason := unwritable(folder)):
        raise SettingsError(f"the files' folder {folder} cannot be written{reason}")


def _check_backup_place(settings: Settings) -> None:
    if not settings.backup_to:
        return
    try:
        storage_settings.refuse_among_files(settings.backup_to, settings.files)
        storage_settings.make_backup_place(settings.backup_to)
    except ValueError as exc:
        raise SettingsError(f"BAI_WX_BACKUP_TO {exc}") from exc


def _check_place(file: Path) -> None:
    """SQLite writes beside its file too, and says only that it cannot."""
    name = f"BAI_WX_DATABASE {file}"
    if not file.parent.is_dir():
        raise SettingsError(f"{name}: there is no folder {file.parent}")
    if file.exists() and not file.is_file():
        raise SettingsError(f"{name} is not a file")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise SettingsError(f"{name} cannot be written")
    if reason := unwritable(file.parent):
        raise SettingsError(f"{name}: its folder cannot be written, and SQLite needs that{reason}")


def prepare(settings: Settings, *, demo: bool = False) -> str:
    """Create and migrate the database, and load the demo shop into an empty one.

    Returns: the password of the demo shop's operator, `""` where there is none.
    """
    chosen = connect(settings.database)
    data_keys.use(settings.all_data_keys)
    try:
        schema.migrate(chosen)
        data_keys.agree()
        if missing := schema.missing(chosen):
            raise SettingsError(f"the database lacks {missing}; restore a backup")
        is_demo = demo and _load_demo_shop(settings)
    finally:
        disconnect()
    return demo_operator.renew(settings) if is_demo else ""


def _load_demo_shop(settings: Settings) -> bool:
    """Load the demo shop into an empty one. Returns: whether the shop is the demo shop."""
    # It draws pictures; no other start needs that.
    from bai_wx.transfer.demo import is_demo_shop, load_demo_shop

    load_demo_shop(FileStore.at(settings.files, settings.s3_endpoint))
    return is_demo_shop()


def database_identity(settings: Settings) -> list[int]:
    """Device and inode of the embedded database: another file of the same name is another database."""
    if settings.database_file is None:
        return []
    found = settings.database_file.stat()
    return [found.st_dev, found.st_ino]


def reload() -> int:
    """Read and check the settings as a start does, and print them for the supervisor.

    Returns: 1 when they cannot be used; a line on stderr says why then.
    """
    try:
        from_dotenv = keep_dotenv(os.environ)
        settings = Settings.from_environment()
        log_to_stderr(settings.log, is_server=True)
        if not settings.wechat_appid:
            raise SettingsError("WECHAT_APPID is not set")
        check_settings(settings)
        check = begin_integrity_check(settings)
        helpers = check.wait() if check else []
        for pid in helpers:  # it is looked through to its end at a start alone
            os.kill(pid, signal.SIGKILL)
        check_database(settings)
        prepare(settings)
        check_handlers(load_contract(settings.home))
        told: Reloaded = {
            "from_dotenv": from_dotenv,
            "database_file": str(settings.database_file or ""),
            "database_identity": database_identity(settings),
            "scrapes": _address_for_scrapes(settings),
            "alerts": bool(settings.alert_url),
        }
    except EXPECTED_ERRORS as exc:
        tell_of_trouble(one_line(exc), "error")
        return 1
    except Exception as exc:  # the edge: a trace would not say which setting it was
        tell_of_trouble(f"{type(exc).__name__}: {exc}", "error")
        return 1
    sys.stdout.write("\n" + json.dumps(told))  # alone on the last line, whatever else was printed
    return 0


def _fork(settings: Settings, bundle: dict[str, Any], inherited: Inherited) -> int:
    """Start a worker. Returns: its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        status = work(settings, bundle, inherited)
    except EXPECTED_ERRORS as exc:
        tell_of_trouble(one_line(exc), "error")
    finally:
        os._exit(status)


def _keep_pipes_open(stand_in: subprocess.Popen[str] | None) -> list[int]:
    """Keep the stand-in's pipes open for the supervisor: it ends with them. Returns: its process id."""
    if stand_in is None:
        return []
    for pipe in (stand_in.stdin, stand_in.stdout):
        assert pipe is not None
        os.set_inheritable(pipe.fileno(), True)
    return [stand_in.pid]


def _address_for_scrapes(settings: Settings) -> list[Any]:
    """Host and port of the address where Prometheus asks; `[]` without one."""
    scraping = Scraping.of(settings.metrics)
    return [scraping.host, scraping.port] if scraping.host else []


def _listen_for_scrapes(settings: Settings) -> dict[str, int]:
    """The socket of that address, which all workers inherit."""
    address = _address_for_scrapes(settings)
    return {SCRAPES: listening(*address)} if address else {}


def _start_stand_in() -> subprocess.Popen[str]:
    """Start WeChat's stand-in as a child that ends with us."""
    return subprocess.Popen(  # our own module, no shell
        [sys.executable, "-m", "bai_wx.wechat.standin", "--watch-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _pointed_at(settings: Settings, stand_in: subprocess.Popen[str]) -> Settings:
    """The settings with the running stand-in as WeChat's server."""
    assert stand_in.stdout is not None
    address = stand_in.stdout.readline().strip()
    if not address:
        raise SettingsError("the WeChat stand-in did not start")
    # In the environment too, where a worker that replaces another looks.
    os.environ.update(WECHAT_APPID=APPID, WECHAT_SECRET=SECRET, WECHAT_API_BASE=address)
    return replace(settings, wechat_appid=APPID, wechat_secret=SECRET, wechat_api_base=address)
