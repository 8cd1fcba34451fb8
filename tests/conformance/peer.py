"""The two servers that are asked the same: ours, and PocketBase with the contract's collections."""

import json
import os
import secrets
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt
import requests

from bai_wx.database.connection import connect, disconnect
from bai_wx.record.collections import COLLECTIONS
from bai_wx.request.tokens import ALGORITHM, Tokens, file_secret
from bai_wx.transfer import importer
from models.users import User
from tests import databases
from tests.api.pictures import picture
from tests.conformance.own import own_rows
from tests.conformance.rows import DANGLING, PAPER, USERS, Row, Rows, as_shown, dataset
from tests.kinds import kind_of
from tests.running import Answer, Client, Server

HERE: Final = Path(__file__).parent
START_S: Final = 30
STOP_S: Final = 10
RENAMED: Final = {"token_key": "tokenKey"}
"""Columns that PocketBase calls otherwise."""

ENVIRONMENT: Final = {"PATH": os.environ["PATH"]}
"""All that PocketBase gets of ours: no setting of the shell that runs the tests."""


@dataclass(frozen=True)
class Pair:
    """Both servers' addresses, and the secret that signs the tokens of both."""

    ours: str
    theirs: str
    secret: str

    def token(self, user: Row, lifetime_s: int = 7 * 24 * 3600) -> str:
        """Sign a token that both accept: the same claims, key and secret."""
        known = User(id=user["id"], token_key=user["token_key"])
        return Tokens(self.secret, lifetime_s).issue(known)

    def file_token(self, user: Row) -> str:
        """Sign a file token that both accept."""
        known = User(id=user["id"], token_key=user["token_key"])
        return Tokens(self.secret).issue_for_files(known)

    def endless_token(self, user: Row) -> str:
        """The same without `exp`, which PocketBase takes for one that never ends."""
        claims = jwt.decode(self.token(user), options={"verify_signature": False})
        del claims["exp"]
        return jwt.encode(claims, user["token_key"] + self.secret, algorithm=ALGORITHM)

    def ask(self, method: str, target: str, **options: Any) -> tuple[Answer, Answer]:
        """Send the same request to both; `target` begins below `/pb/api` and `/api`."""
        ours = Client(self.ours).raw(method, f"/pb/api{target}", **options)
        theirs = Client(self.theirs).raw(method, f"/api{target}", **options)
        return ours, theirs


class PocketBase:
    """PocketBase in a directory of its own, with our migrations and hooks, or with others.

    `environment` is what its hooks find there.
    """

    def __init__(
        self,
        folder: Path,
        secret: str,
        *,
        migrations: Path = HERE / "pb_migrations",
        hooks: Path = HERE / "pb_hooks",
        **environment: str,
    ) -> None:
        self._folder = folder
        self._secret = secret
        self._migrations, self._hooks = migrations, hooks
        self._environment = ENVIRONMENT | environment
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def log(self) -> Path:
        """What it wrote to stdout and stderr."""
        return self._folder / "pocketbase.log"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self._folder / "pb_data" / "data.db"

    @property
    def storage(self) -> Path:
        """Where its uploaded files lie."""
        return self._folder / "pb_data" / "storage"

    def _command(self, *arguments: str) -> list[str]:
        folders = [
            "--dir",
            str(self._folder / "pb_data"),
            "--publicDir",
            str(self._folder / "none"),
        ]
        code = [
            "--migrationsDir",
            str(self._migrations),
            "--hooksDir",
            str(self._hooks),
        ]
        return ["pocketbase", *arguments, *folders, *code, "--automigrate=0", "--hooksWatch=0"]

    def run(self, *arguments: str, **environment: str) -> None:
        """Run one of its commands to the end."""
        subprocess.run(
            self._command(*arguments),
            env=self._environment | environment,
            stdout=subprocess.DEVNULL,
            timeout=START_S,
            check=True,
        )

    def fill(self, rows: Rows) -> None:
        """Make its collections, then write rows past it, ids and times as they are."""
        self._folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "CONFORMANCE_SECRET": self._secret,
            "CONFORMANCE_FILE_SECRET": file_secret(self._secret),
        }
        self.run("migrate", "up", **environment)
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for table, given in rows.items():
                for row in given:
                    _insert(connection, table, row)

    def start(self) -> None:
        """Start on a free port and wait until it is healthy."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = f"127.0.0.1:{listener.getsockname()[1]}"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command("serve", "--http", address),
                stdout=log,
                stderr=log,
                env=self._environment,
            )
        self.url = f"http://{address}"
        _wait(f"{self.url}/api/health", self.log)

    def stop(self) -> None:
        """Stop it."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        finally:
            self._process.kill()


@contextmanager
def running(folder: Path, own: Iterable[tuple[str, Mapping[str, Row]]]) -> Iterator[Pair]:
    """Run both servers with the dataset and the rows that cases have of their own.

    `own` names each case and what it wants: a row's values by collection.
    """
    rows = dataset()
    for case, wanted in own:
        for collection, more in own_rows(case, wanted).items():
            rows[collection].extend(more)
    secret = secrets.token_hex(24)
    ours = _ours(folder / "home", secret)
    theirs = PocketBase(folder / "pocketbase", secret)
    _fill(ours, rows)
    theirs.fill(rows)
    _dangle(ours.address, f"sqlite:///{theirs.database}")
    for storage in (ours.home / "files" / "tbl_attachments", theirs.storage / "pbc_2934568924"):
        _store_paper(storage)
    with ours:
        theirs.start()
        try:
            yield Pair(ours.url, theirs.url, secret)
        finally:
            theirs.stop()


def _store_paper(storage: Path) -> None:
    """Store the file of Alice's identity paper, which both servers protect."""
    path = storage / PAPER
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture("PNG"))
    # What PocketBase knows of a stored file beside its bytes. Ours is not asked for it.
    path.with_name(f"{path.name}.attrs").write_text('{"user.content_type":"image/png"}')


def _ours(home: Path, secret: str) -> Server:
    # Unchecked: the rows hold JSON of shapes that the contract does not promise.
    return Server(
        home,
        demo=False,
        BAI_WX_SECRET=secret,
        BAI_WX_CHECK_RESPONSES="0",
        WECHAT_APPID="wx0",
        WECHAT_SECRET="none",
    )


def known_users() -> dict[str, Row]:
    """The dataset's users by name."""
    return dict(zip(USERS, dataset()["tbl_auth_users"], strict=True))


def _fill(ours: Server, rows: Rows) -> None:
    """Write the rows as they are: the command refuses JSON of shapes that the contract does not promise."""
    ours.home.parent.mkdir(parents=True, exist_ok=True)
    ours.command("migrate")
    connect(ours.address)
    try:
        importer.load(
            importer.Source(name, name, [importer.SourceRow(n, row) for n, row in enumerate(found)])
            for name, found in rows.items()
        )
    finally:
        disconnect()


def _insert(connection: sqlite3.Connection, table: str, row: Row) -> None:
    row = as_shown(row)
    columns = ", ".join(RENAMED.get(name, name) for name in row)
    marks = ", ".join("?" for _ in row)
    values = [_held(table, name, value) for name, value in row.items()]
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def _held(table: str, name: str, value: Any) -> Any:
    """What PocketBase's column holds for a value: JSON and lists are JSON text."""
    if kind_of(COLLECTIONS[table].record_fields()[name]) in ("json", "relations"):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def _dangle(*addresses: str) -> None:
    for address in addresses:
        for table, record, column, held in DANGLING:
            sql = f"UPDATE {table} SET {column} = ? WHERE id = ?"
            assert databases.write(address, sql, held, record) == 1


def _wait(url: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise TimeoutError(f"PocketBase did not start: {log.read_text(errors='replace')}")
