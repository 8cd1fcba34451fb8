"""A real `bai-wx serve` in its own process, on a port of 127.0.0.1 that was free."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import requests

from tests import databases

START_S = 60
STOP_S = 10

COMMAND = os.environ.get("BAI_WX_TEST_SERVER", "")
"""The `bai-wx` of another installation, to ask it what ours is asked; by default the checkout's own."""

STRONG = "k3Yw8vQz1nTb6RcXe0LmPfGh5sJd2uAi"
"""A secret that a server takes, for those that share one."""

VALID = "contract.valid"
_secrets: set[str] = set()
"""Tokens and openids of those who logged in: no server writes them to its log."""

_validated: list[str] = []
"""What the first server of this process kept in its home: the valid contract, which takes long to make.

It names the contract's files: a server with another contract looks for itself."""


def note_validity(home: Path) -> None:
    """Tell a home that the contract was found valid: by the first home of this process, which nobody told."""
    if _validated and not COMMAND:
        with suppress(OSError):  # a home that is none, on purpose
            home.mkdir(exist_ok=True)
            (home / VALID).write_text(_validated[-1])


def keep_validity(home: Path) -> None:
    """Keep for the next ones what the first home of this process was told."""
    if not _validated and not COMMAND:
        with suppress(OSError):
            _validated.append((home / VALID).read_text())


def give_tables(settings: Mapping[str, str], home: Path) -> None:
    """Give a server that has no database yet one with every table: to make them takes a tenth of a second.

    Not where its rows would be encrypted by another key than those of the tests, and where it is not ours.
    """
    if COMMAND or settings.get("BAI_WX_DATA_KEY") != databases.DATA_KEY:
        return
    with suppress(OSError):  # a home that is none, on purpose
        databases.give_tables(settings.get("BAI_WX_DATABASE", f"sqlite:///{home}/bai-wx.db"))


def command_line() -> list[str]:
    """The command that is tested, as its first words."""
    return [COMMAND] if COMMAND else [sys.executable, "-m", "bai_wx.cli.main"]


class Server:
    """Starts the command line's `serve`, waits until it answers, and stops it."""

    def __init__(self, home: Path, *, workers: int = 1, demo: bool = True, **settings: str) -> None:
        self.home = home
        self._workers, self._demo = workers, demo
        self._settings = {
            "BAI_WX_HOME": str(home),
            "BAI_WX_LIMITS": "off",
            "BAI_WX_QUOTAS": "off",
            "BAI_WX_CHECK_RESPONSES": "1",
            # That of this process, which may read or make the database too; an empty one asks for the home's.
            "BAI_WX_DATA_KEY": databases.DATA_KEY,
            **settings,
        }
        if databases.IS_POSTGRES:
            self._settings.setdefault("BAI_WX_DATABASE", databases.server_address(home))
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def empty(self) -> None:
        """Throw the home and the database away, as if there had never been any."""
        shutil.rmtree(self.home, ignore_errors=True)
        if databases.IS_POSTGRES:
            self._settings["BAI_WX_DATABASE"] = databases.server_address(self.home)

    @property
    def environment(self) -> dict[str, str]:
        """The process's environment: ours, without settings of the shell that runs the tests."""
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("BAI_WX_", "WECHAT_"))
        }
        level = self._settings.get("BAI_WX_LOG", "info")
        form = {} if ":" in level else {"BAI_WX_LOG": f"{level}:text"}
        return {**inherited, **self._settings, **form}

    @property
    def log(self) -> str:
        """What the server wrote to stderr so far."""
        return (self.home.parent / f"{self.home.name}.log").read_text(errors="replace")

    @property
    def address(self) -> str:
        """The address of its database."""
        return self._settings.get("BAI_WX_DATABASE", f"sqlite:///{self.database}")

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "bai-wx.db"

    @property
    def secret(self) -> str:
        """The secret that signs tokens, made at the first start."""
        return (self.home / "secret").read_text().strip()

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Read the database itself, past the server and past what is visible."""
        return databases.read(self.address, sql, *values)

    def row(self, table: str, record_id: str) -> dict[str, Any]:
        """Read one row of a collection by its record id, deleted or not."""
        (found,) = self.rows(f"SELECT * FROM {table} WHERE id = ?", record_id)
        return found

    def write(self, sql: str, *values: Any) -> int:
        """Write to the database itself. Returns: how many rows it met."""
        return databases.write(self.address, sql, *values)

    def change(self, table: str, record_id: str, **values: Any) -> None:
        """Change columns of one row in the database, as the operator's console would."""
        values = databases.sealed(table, record_id, **values)
        columns = ", ".join(f"{name} = ?" for name in values)
        sql = f"UPDATE {table} SET {columns} WHERE id = ?"
        assert self.write(sql, *values.values(), record_id) == 1

    def take(self, collections: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        """Import rows with the command line, collection by collection."""
        folder = self.home.parent / f"{self.home.name}-import-{os.urandom(4).hex()}"
        folder.mkdir()
        for name, rows in collections.items():
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
            (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        note_validity(self.home)
        self.command("import", str(folder))

    def serving(self, port: int) -> list[str]:
        """The command that serves on a port."""
        command = [*command_line(), "serve", "--port", str(port)]
        return [*command, "--workers", str(self._workers), *(["--demo"] if self._demo else [])]

    def start(self, port: int = 0) -> Self:
        """Start on a port (0: any free one) and wait until it is healthy.

        Raises: `AssertionError` with the log when it is not; nothing runs then.
        """
        self.spawn(port)
        try:
            self.await_health()
        except Exception as exc:
            self.kill()
            raise AssertionError(f"serve did not start: {exc}; its log:\n{self.log}") from exc
        return self

    def spawn(self, port: int = 0) -> None:
        """Start on a port, and wait for nothing."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        note_validity(self.home)
        give_tables(self._settings, self.home)
        with (self.home.parent / f"{self.home.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                self.serving(port),
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def await_health(self) -> None:
        """Wait for the line that tells the address, and ask there."""
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, f"it said {line!r}"
        self.url = "http://" + line.split("http://")[1].split()[0]
        status = requests.get(f"{self.url}/pb/api/health", timeout=START_S).status_code
        assert status == 200, f"its health is {status}"
        keep_validity(self.home)

    def workers(self) -> list[int]:
        """The processes it started."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def resident_mib(self, part: str = "VmRSS") -> list[float]:
        """The memory of each worker that is resident now, in MiB; `RssAnon`: without the files it maps."""
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in self.workers()]
        return [int(s.split(f"{part}:")[1].split()[0]) / 1024 for s in statuses]

    def kill(self) -> None:
        """Kill the parent with -9, as a power cut would; its workers go with it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(STOP_S)
        self._close()

    def stop(self) -> int:
        """Stop with SIGTERM and return the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_S)
        finally:
            self.process.kill()
            self._close()

    def _close(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.stdout.close()
        log = self.log
        told = [secret for secret in _secrets if secret in log]
        assert not told, f"the log of the server tells {told}"

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run another `bai-wx` command on the same home."""
        return subprocess.run(
            [*command_line(), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=check,
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)


class Client:
    """A mini program's view of the server: a base address and maybe a token."""

    def __init__(self, url: str, token: str = "", openid: str = "", user_id: str = "") -> None:
        self.url, self.token, self.openid, self.user_id = url, token, openid, user_id
        self._session = requests.Session()
        self._session.trust_env = False

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request below `/pb/api`; the token goes along unless the headers name another."""
        headers = dict(options.pop("headers", None) or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self._session.request(
            method,
            f"{self.url}/pb/api{path}",
            headers=headers,
            allow_redirects=False,
            **{"timeout": 30, **options},
        )

    def hook(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        """POST a JSON body to a hook path."""
        return self.request("POST", path, json={} if body is None else body, **options)

    def data(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST to a hook path, expect 200 and return the envelope's data."""
        answer = self.hook(path, body, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET a path."""
        return self.request("GET", path, **options)

    def login(self, name: str) -> "Client":
        """Log in as `demo-<name>` and return that user's client."""
        data = self.data("/wechat/login", {"users_wx_code": f"demo-{name}"})
        user = data["user"]
        _secrets.update((data["token"], user["openid"]))
        return Client(self.url, data["token"], user["openid"], user["pb_id"])

    def raw(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str | bytes] | None = None,
        body: bytes | Iterable[bytes] = b"",
    ) -> Answer:
        """Send a request as it is written, on a connection of its own: nothing added or normalised.

        Args: `target` is the whole path and query. The token goes along unless the headers name another;
            a body in parts is sent chunked.
        """
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        given |= headers or {}
        chunked = not isinstance(body, bytes)
        if chunked:
            given["Transfer-Encoding"] = "chunked"
        elif body:
            given.setdefault("Content-Length", str(len(body)))
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
        with closing(connection):
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in given.items():
                connection.putheader(name, value.encode() if isinstance(value, str) else value)
            connection.endheaders(body or None, encode_chunked=chunked)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


def answers(server: Server) -> bool:
    """Whether a new connection is answered."""
    try:
        return requests.get(f"{server.url}/pb/api/health", timeout=1).ok
    except requests.RequestException:
        return False


def uploaded_files(server: Server) -> set[Path]:
    """The uploaded files."""
    return {path for path in (server.home / "files").rglob("*") if path.is_file()}
