"""What `/pb/api/ready` finds out, on real databases: each check that can fail does."""

import http.client
import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
from peewee import Database

from bai_wx.database.connection import another
from bai_wx.database.damage import SHARED_STATE, Guard
from bai_wx.errors import ServiceUnavailable
from bai_wx.process import schema
from bai_wx.process.readiness import KEPT_S, LIMIT_S, Drain, Readiness
from tests.databases import IS_POSTGRES, migrated_address, without_sql, write
from tests.running import Client, Server

MIB = 1024**2
OK = {"database": "ok", "migrations": "ok", "disk": "ok", "drain": "ok"}


class World:
    """One database, what watches it, and what is asked."""

    def __init__(self, folder: Path) -> None:
        self.address = migrated_address(folder)
        self.file = Path(self.address.partition(":///")[2])
        self.drain = Drain()
        self.disk = SimpleNamespace(total=1000 * MIB, free=500 * MIB)
        self.guard = None if IS_POSTGRES else self._guarded()
        self.database: Database = another(self.address, limit_s=LIMIT_S, guard=self.guard)
        self.readiness = Readiness(
            self.database,
            [folder],
            drain=self.drain,
            guard=self.guard,
            usage_of=lambda _: self.disk,
        )

    def _guarded(self) -> Guard:
        found = self.file.stat()
        return Guard(str(self.file), [found.st_dev, found.st_ino], bytearray(SHARED_STATE.size))

    def failed(self) -> list[str]:
        """The codes of what has failed."""
        try:
            self.readiness.report()
        except ServiceUnavailable as problem:
            return [each["code"] for each in problem.problems.values()]
        return []


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world in which all is well."""
    made = World(tmp_path)
    yield made
    made.database.disconnect()  # type: ignore[attr-defined]  # both of ours have it


def test_ready(world: World) -> None:
    assert world.readiness.report() == OK


def lose_a_migration(world: World) -> None:
    last = max(path.stem for path in schema.MIGRATIONS.glob("[0-9]*.py"))
    write(world.address, f"DELETE FROM {schema.HISTORY_TABLE} WHERE name = ?", last)


def lose_the_history(world: World) -> None:
    write(world.address, f"DROP TABLE {schema.HISTORY_TABLE}")


def fill_disk(world: World) -> None:
    world.disk.free = 9 * MIB


def stop(world: World) -> None:
    world.drain.is_on = True


def fill_and_stop(world: World) -> None:
    fill_disk(world)
    stop(world)


@pytest.mark.parametrize(
    ("happens", "codes"),
    [
        pytest.param(lose_a_migration, ["migrations_pending"], id="a migration is pending"),
        pytest.param(lose_the_history, ["migrations_pending"], id="no migration was applied"),
        pytest.param(fill_disk, ["disk_low"], id="the disk is full"),
        pytest.param(stop, ["draining"], id="it was told to stop"),
        pytest.param(fill_and_stop, ["disk_low", "draining"], id="two at once"),
    ],
)
def test_not_ready(world: World, happens: Callable[[World], None], codes: list[str]) -> None:
    happens(world)
    assert world.failed() == codes


def test_a_later_versions_migration_is_no_failure(world: World) -> None:
    """Old replicas serve while new ones take over."""
    name, moment = "9999_later", "2030-01-01 00:00:00"
    sql = f"INSERT INTO {schema.HISTORY_TABLE} (name, applied) VALUES (?, ?)"
    write(world.address, sql, name, moment)
    assert world.readiness.report() == {**OK, "migrations": "newer"}


def damage(world: World) -> None:
    assert world.guard is not None
    world.guard.note("a test says so")


def remove(world: World) -> None:
    world.file.rename(world.file.with_suffix(".gone"))


def overwrite(world: World) -> None:
    world.file.write_bytes(b"\xff" * 8192)


@without_sql
@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(damage, id="damage was found"),
        pytest.param(remove, id="gone"),
        pytest.param(overwrite, id="overwritten"),
    ],
)
def test_a_damaged_file_is_not_ready(world: World, happens: Callable[[World], None]) -> None:
    happens(world)
    assert world.failed() == ["database_damaged", "migrations_unknown"]


@without_sql
@pytest.mark.parametrize(
    ("total", "free", "codes"),
    [
        pytest.param(2_000_000 * MIB, 65 * MIB, [], id="large: 64 MiB are enough"),
        pytest.param(2_000_000 * MIB, 63 * MIB, ["disk_low"], id="large: less is not"),
        pytest.param(1000 * MIB, 11 * MIB, [], id="small: a hundredth is enough"),
        pytest.param(1000 * MIB, 9 * MIB, ["disk_low"], id="small: less is not"),
    ],
)
def test_how_much_room_is_needed(world: World, total: int, free: int, codes: list[str]) -> None:
    world.disk = SimpleNamespace(total=total, free=free)
    assert world.failed() == codes


@without_sql
def test_a_folder_that_is_gone_is_told(tmp_path: Path, world: World) -> None:
    """The real call, for a folder that is not there."""
    lost = Readiness(world.database, [tmp_path / "gone"], drain=Drain())
    with pytest.raises(ServiceUnavailable, match=r"^disk_unreadable$"):
        lost.report()


@without_sql
def test_a_database_that_does_not_answer_is_waited_for_once(tmp_path: Path) -> None:
    """One second for the first who asks, nothing for those after; `LIMIT_S` bounds it, not the driver."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://bai_wx@127.0.0.1:{silent.getsockname()[1]}/bai_wx"
        readiness = Readiness(another(address, limit_s=LIMIT_S), [tmp_path], drain=Drain())
        took = []
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(
                ServiceUnavailable, match=r"^database_unreachable, migrations_unknown$"
            ):
                readiness.report()
            took.append(time.monotonic() - began)
    assert LIMIT_S * 0.9 < took[0] < LIMIT_S + 1
    assert max(took[1:]) < 0.2


def test_an_outcome_is_kept_for_a_moment(world: World) -> None:
    """However many ask; a failure ends as soon."""
    assert world.failed() == []
    fill_disk(world)
    assert world.failed() == []
    time.sleep(KEPT_S)
    assert world.failed() == ["disk_low"]


@without_sql  # tests/stories/test_database_lost.py asks a server without its PostgreSQL
def test_a_server_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    """Over HTTP: ready, without its last migration, well again, told to stop; the liveness stays 200."""
    server = Server(tmp_path / "home").start()
    try:
        client = Client(server.url)
        answer = client.get("/ready")
        assert (answer.status_code, answer.json()["data"]) == (200, OK)
        write(server.address, f"UPDATE {schema.HISTORY_TABLE} SET name = 'x' || name")
        told = _after_a_moment(client, 503)
        assert told.headers["Retry-After"] == "1"
        assert told.json() == {
            "status": 503,
            "message": "API is not ready.",
            "data": {
                "migrations": {"code": "migrations_pending", "message": "Migrations are pending."}
            },
        }
        assert client.get("/health").status_code == 200
        write(server.address, f"UPDATE {schema.HISTORY_TABLE} SET name = substr(name, 2)")
        _after_a_moment(client, 200)
        # The first tick after the signal closes the connection: up to 100 ms, rarely at once.
        assert any(_says_that_it_drains(server) for _ in range(3))
    finally:
        server.stop()


def _after_a_moment(client: Client, status: int) -> requests.Response:
    until = time.monotonic() + KEPT_S + 5
    while (answer := client.get("/ready")).status_code != status:
        assert time.monotonic() < until, answer.text
        time.sleep(0.05)
    return answer


def _says_that_it_drains(server: Server) -> bool:
    """Stop the server and ask on an open connection until that is closed; start it anew for another try."""
    assert server.process is not None
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    with closing(connection):
        connection.connect()
        connection.auto_open = 0  # a new connection would be refused
        server.process.send_signal(signal.SIGTERM)
        try:
            while True:
                connection.request("GET", "/pb/api/ready")
                answer = connection.getresponse()
                told = json.loads(answer.read())
                if answer.status == 503:
                    assert told["data"] == {
                        "drain": {"code": "draining", "message": "The server is stopping."}
                    }
                    return True
        except (http.client.HTTPException, OSError):
            server.stop()
            server.start()
            return False
