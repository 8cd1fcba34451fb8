"""Two nodes of PostgreSQL that Patroni keeps, by deploy/patroni/patroni.yml as it is, and their etcd."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psycopg
import requests

from bench.peers import free_port
from tests.failover.cluster import (
    DATABASE,
    SYSTEM_USER,
    on_our_end,
    programs,
    send_signal,
)
from tests.failover.hosts import BESIDE, Host, Network
from tests.processes import children, is_running, when_we_end
from tests.tree import ROOT

CONFIGURATION = ROOT / "deploy" / "patroni" / "patroni.yml"
PASSWORD = "of-the-drill"
PATIENCE_S = 90
LOOK_S = 0.2
STOP = 'for file in "$0"/*/postmaster.pid; do read pid <"$file" && kill -QUIT $pid; done'
"""Stops both PostgreSQLs, in a shell. Patroni does not where it is killed."""


def etcd_program() -> str:
    """The program. Raises: `AssertionError` that says how to get it."""
    found = shutil.which("etcd")
    assert found, "etcd is missing: apt-get install etcd-server"
    return found


class Etcd:
    """One etcd, which forgets nothing when it is killed."""

    def __init__(self, folder: Path, host: Host) -> None:
        self.address = f"{host.address}:{free_port()}"
        self._peers = f"http://{host.address}:{free_port()}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self._folder / "etcd.log").open("ab") as log:
            self._process = subprocess.Popen(
                on_our_end([etcd_program()]), env=self._environment, stdout=log, stderr=log
            )
        _await(self._is_well, "etcd does not answer", self._folder / "etcd.log")

    def kill(self) -> None:
        """Kill it with -9."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(PATIENCE_S)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "ETCD_NAME": "etcd-1",
            "ETCD_DATA_DIR": str(self._folder / "etcd"),
            "ETCD_LISTEN_CLIENT_URLS": f"http://{self.address}",
            "ETCD_ADVERTISE_CLIENT_URLS": f"http://{self.address}",
            "ETCD_LISTEN_PEER_URLS": self._peers,
            "ETCD_INITIAL_ADVERTISE_PEER_URLS": self._peers,
            "ETCD_INITIAL_CLUSTER": f"etcd-1={self._peers}",
        }

    def _is_well(self) -> bool:
        answer = _get(f"http://{self.address}/health")
        return answer is not None and answer.get("health") == "true"


class PatroniNode:
    """Patroni and its PostgreSQL on a host."""

    def __init__(self, name: str, folder: Path, host: Host, etcd: Etcd) -> None:
        self.name, self.host, self._etcd = name, host, etcd
        self.data, self.log = folder / name, folder / f"{name}.log"
        self.port, self._rest_port = free_port(), free_port()
        self._bin = programs()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def rest(self) -> str:
        """The address of Patroni's interface."""
        return f"http://{self.host.address}:{self._rest_port}"

    def start(self) -> None:
        """Start Patroni, which does the rest."""
        command = [*_as_system_user(), sys.executable, "-m", "patroni", str(CONFIGURATION)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.host.entering, *on_our_end(command)],
                env=self._environment, stdout=log, stderr=log, cwd="/",
            )  # fmt: skip

    @property
    def _environment(self) -> dict[str, str]:
        folder = self.data.parent
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPYCACHEPREFIX": str(
                folder / "compiled"
            ),  # nothing of another user's in our packages
            "PATRONI_NAME": self.name,
            "PATRONI_ETCD3_HOSTS": self._etcd.address,
            "PATRONI_POSTGRESQL_LISTEN": f"{self.host.address}:{self.port}",
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{self.host.address}:{self.port}",
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.data),
            "PATRONI_POSTGRESQL_BIN_DIR": str(self._bin),
            "PATRONI_POSTGRESQL_PGPASS": str(folder / f"{self.name}.pgpass"),
            "PATRONI_RESTAPI_LISTEN": f"{self.host.address}:{self._rest_port}",
            "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{self.host.address}:{self._rest_port}",
            "PATRONI_RESTAPI_USERNAME": "patroni",
            "PATRONI_RESTAPI_PASSWORD": PASSWORD,
            "PATRONI_SUPERUSER_USERNAME": "postgres",
            "PATRONI_SUPERUSER_PASSWORD": PASSWORD,
            "PATRONI_REPLICATION_USERNAME": "replicator",
            "PATRONI_REPLICATION_PASSWORD": PASSWORD,
        }

    def kill_postgres(self) -> None:
        """Kill the postmaster with -9; its processes notice, and end."""
        send_signal([self._postmaster()], signal.SIGKILL)

    def kill(self) -> None:
        """Kill Patroni, PostgreSQL and everything they started with -9, as a power cut would."""
        process, self._process = self._process, None
        if process is None:
            return
        pids = self._stopped(process)
        send_signal(pids, signal.SIGKILL)
        process.wait(PATIENCE_S)
        _await(lambda: not any(map(is_running, pids)), "a killed process is there", self.log)

    def pause(self) -> None:
        """Stop every process of it, as a host that stands still."""
        assert self._process is not None
        self._paused = self._stopped(self._process)

    def go_on(self) -> None:
        """End the pause."""
        send_signal(self._paused, signal.SIGCONT)

    def remove(self) -> None:
        """End everything, so that PostgreSQL leaves nothing behind in the system's memory."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(PATIENCE_S)
        pid = self._postmaster()
        if pid:
            send_signal([pid], signal.SIGCONT)
            send_signal([pid], signal.SIGQUIT)
            _await(lambda: not is_running(pid), "PostgreSQL does not end", self.log)

    def _stopped(self, process: subprocess.Popen[bytes]) -> list[int]:
        """Stop all processes, those first that start others. Returns: the processes."""
        first = [process.pid, *filter(None, [self._postmaster()])]
        send_signal(first, signal.SIGSTOP)
        pids = [*first, *(child for pid in first for child in children(pid))]
        send_signal(pids, signal.SIGSTOP)
        return pids

    def _postmaster(self) -> int:
        """The process, or 0 where there is none."""
        with suppress(FileNotFoundError, IndexError, ValueError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            return pid if is_running(pid) else 0
        return 0


class PatroniCluster:
    """Both nodes and etcd, in a folder of their own that goes with them."""

    def __init__(self, network: Network = BESIDE) -> None:
        self._network = network

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="bai-wx-patroni-"))
        self._folder.chmod(0o755)
        try:
            self.etcd = Etcd(self._folder, self._network.here)
            self.nodes = [
                PatroniNode(f"db-{number}", self._folder, host, self.etcd)
                for number, host in enumerate(self._network.nodes, 1)
            ]
            if os.geteuid() == 0:
                shutil.chown(self._folder, SYSTEM_USER)
            self._watcher = when_we_end(STOP, self._folder)
            self.etcd.start()
            for node in self.nodes:
                node.start()
            self.await_whole()
            self._make_database()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in getattr(self, "nodes", ()):
            node.remove()
        self.etcd.kill()
        if hasattr(self, "_watcher"):
            self._watcher.communicate(timeout=PATIENCE_S)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """The address of the database with both hosts: whoever connects finds the primary."""
        hosts = ",".join(f"{node.host.address}:{node.port}" for node in self.nodes)
        return f"postgresql://bai_wx:{PASSWORD}@{hosts}/{DATABASE}?target_session_attrs=read-write"

    @property
    def leader(self) -> PatroniNode:
        """The node that takes writes."""
        return self._with_role("leader")

    @property
    def standby(self) -> PatroniNode:
        """The other one."""
        (other,) = [node for node in self.nodes if node is not self.leader]
        return other

    def await_leader(self, node: PatroniNode) -> None:
        """Wait until the node takes writes."""
        _await(lambda: self.roles().get(node.name) == "leader", "no failover", node.log)

    def await_whole(self) -> None:
        """Wait until one node takes writes and the other confirms them."""
        _await(self._is_whole, "no leader with a synchronous standby", *self._logs())

    def switch_over(self) -> None:
        """Make the standby the leader, as `patronictl switchover` does."""
        leader, standby = self.leader, self.standby
        answer = requests.post(
            f"{leader.rest}/switchover",
            json={"leader": leader.name, "candidate": standby.name},
            auth=("patroni", PASSWORD),
            timeout=PATIENCE_S,
            proxies={"http": ""},
        )
        assert answer.status_code == 200, answer.text

    def roles(self) -> dict[str, str]:
        """The role of each node that runs, as those see it that can be asked and can ask etcd."""
        for node in self.nodes:
            found = _get(f"{node.rest}/cluster")
            members = found["members"] if found else []
            running = [each for each in members if each["state"] in ("running", "streaming")]
            if any(each["role"] == "leader" for each in running):
                return {each["name"]: each["role"] for each in running}
        return {}

    def _with_role(self, role: str) -> PatroniNode:
        names = [name for name, has in self.roles().items() if has == role]
        (found,) = [node for node in self.nodes if node.name in names]
        return found

    def _is_whole(self) -> bool:
        return sorted(self.roles().values()) == ["leader", "sync_standby"]

    def _logs(self) -> list[Path]:
        return [node.log for node in self.nodes]

    def _make_database(self) -> None:
        address = self.address.replace("bai_wx:", "postgres:").replace(DATABASE, "postgres")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE bai_wx LOGIN PASSWORD '{PASSWORD}'")
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER bai_wx")


def _as_system_user() -> list[str]:
    """The options of setpriv that make a process PostgreSQL's user, which may read what only root may.

    Python and its packages may lie where no other user gets: in root's home, in a temporary environment.
    """
    if os.geteuid() != 0:
        return []
    user = ["--reuid", SYSTEM_USER, "--regid", SYSTEM_USER, "--clear-groups"]
    return [*user, "--inh-caps", "-all,+dac_override", "--ambient-caps", "-all,+dac_override"]


def _await(comes_true: Callable[[], bool], otherwise: str, *logs: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not comes_true():
        written = "\n".join(log.read_text(errors="replace")[-5_000:] for log in logs)
        assert time.monotonic() < deadline, f"{otherwise}:\n{written}"
        time.sleep(LOOK_S)


def _get(url: str) -> dict[str, Any] | None:
    """What an address answers. Returns: None where it answers nothing, or something else than JSON."""
    with suppress(requests.RequestException):
        found: dict[str, Any] = requests.get(url, timeout=1, proxies={"http": ""}).json()
        return found
    return None
