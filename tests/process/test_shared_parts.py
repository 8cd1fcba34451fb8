"""An upgrade in place: a worker and a console of now under a supervisor of a release before."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bai_wx.contract import loader
from bai_wx.database.damage import SHARED_STATE
from bai_wx.process.inherited import (
    CONSOLE,
    CONSOLE_LOCK,
    LISTENER,
    Inherited,
    listen_for_console,
    share_memory,
)
from bai_wx.process.programs import program
from bai_wx.process.shared_parts import completed, shared
from bai_wx.process.supervisor import BEAT
from bai_wx.wechat.shared_logins import SIZE as SIZE_OF_LOGINS
from tests.databases import IS_POSTGRES, migrated_address, without_sql
from tests.failover.cluster import programs
from tests.faults.steps import eventually
from tests.running import Server, answers

TOKEN = "scrape-token-0123456789"
WORKERS = 2


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The contract."""
    return loader.load(loader.CONTRACT_ROOT, cache=tmp_path_factory.mktemp("contract"))


def close(descriptors: dict[str, int]) -> None:
    """Close what a test has made."""
    for descriptor in descriptors.values():
        os.close(descriptor)


@without_sql
@pytest.mark.parametrize(
    "missing",
    ["metrics", "counts", "refused_codes", "backup_lock", "logins", "retention_lock", "server"],
)
def test_what_is_missing_is_made_anew(missing: str, bundle: dict[str, object]) -> None:
    """What is there stays what all share."""
    there = shared(bundle, WORKERS)
    known = {name: descriptor for name, descriptor in there.items() if name != missing}
    inherited = Inherited(known, 1, os.getppid(), [])
    whole = completed(inherited, bundle)
    assert whole.descriptors.keys() == there.keys()
    assert {name: whole.descriptors[name] for name in known} == known
    with whole.memory(missing) as made, Inherited(there, 1, 0, []).memory(missing) as full:
        assert 0 < len(made) <= len(full)
    assert completed(whole, bundle) is whole
    close({**there, "made": whole.descriptors[missing]})


class OldSupervisor:
    """Starts a worker with what the supervisor of release 285bbd6 knew, and nothing else."""

    def __init__(self, listener: socket.socket, identity: list[int]) -> None:
        self._descriptors = {
            LISTENER: listener.fileno(),
            CONSOLE: listen_for_console(),
            "damage": share_memory("damage", SHARED_STATE.size),
            "logins": share_memory("logins", SIZE_OF_LOGINS),
            CONSOLE_LOCK: share_memory(CONSOLE_LOCK, 1),
            "beats": share_memory("beats", BEAT.size * (2 * WORKERS + 2)),
        }
        self._identity = identity

    def start(self, environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
        """Start a worker of now."""
        inherited = {
            "descriptors": self._descriptors,
            "number": 1,
            "parent": os.getpid(),
            "database_identity": self._identity,
        }
        with log.open("a") as file:
            return subprocess.Popen(
                [*program("worker", "main"), json.dumps(inherited)],
                env=environment,
                pass_fds=tuple(self._descriptors.values()),
                stderr=file,
            )

    def close(self) -> None:
        """Close all but the listener."""
        close({name: fd for name, fd in self._descriptors.items() if name != LISTENER})


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Server]:
    """A server whose supervisor is of a release before; its worker of now was started by SIGHUP."""
    address = migrated_address(tmp_path)
    server = Server(
        tmp_path / "home",
        demo=False,
        BAI_WX_DATABASE=address,
        BAI_WX_METRICS=TOKEN,
        WECHAT_APPID="wx0123456789abcdef",
        WECHAT_SECRET="s" * 32,
        BAI_WX_BACKUP_TO=str(tmp_path / "backups"),
        BAI_WX_PG_BIN=str(programs()) if IS_POSTGRES else "",
    )
    found = None if IS_POSTGRES else (tmp_path / "shop.db").stat()
    identity = [found.st_dev, found.st_ino] if found else []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)
        server.url = "http://{}:{}".format(*listener.getsockname())
        old = OldSupervisor(listener, identity)
        worker = old.start(server.environment, tmp_path / "home.log")
        try:
            yield server
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(10) == 0
            old.close()


def test_a_worker_serves_under_a_supervisor_of_a_release_before(upgraded: Server) -> None:
    """It answers, and counts, without a trace; one line says what is its own."""
    assert eventually(lambda: answers(upgraded), 20)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    scraped = requests.get(f"{upgraded.url}/metrics", headers=headers, timeout=10)
    assert "bai_wx_workers_died_total 0" in scraped.text
    lacking = "backup_lock, counts, metrics, refused_codes, retention_lock, server"
    assert f"shares no {lacking}: this process has" in upgraded.log
    assert "Traceback" not in upgraded.log


@pytest.mark.long
def test_its_console_and_its_backups_run_too(upgraded: Server) -> None:
    """What workers start inherits of what they made anew."""
    assert eventually(lambda: answers(upgraded), 20)
    assert requests.get(f"{upgraded.url}/console/login", timeout=20).status_code == 200
    assert eventually(lambda: "backed up: " in upgraded.log, 20)
    assert "Traceback" not in upgraded.log
