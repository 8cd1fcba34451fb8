"""The three servers that are compared, each started, filled and stopped here, on 127.0.0.1."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Self

import requests

from bench import dataset
from models.database import connect, disconnect
from models.users import User
from server.settings import Settings
from server.tokens import Tokens

WORKERS = 2
START_S = 60
PASSWORD = secrets.token_hex(12)


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Peer:
    """A server under test."""

    name: ClassVar[str]
    prefix: ClassVar[str] = "/pb"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tokens: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """The command that serves."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """The environment it runs in."""
        return dict(os.environ)

    def fill(self) -> None:
        """Load the rows and get the users' tokens."""

    def start(self) -> None:
        """Start and wait until the health path answers.

        Raises: `ChildProcessError` when it ends instead, `TimeoutError` when it does neither; then it
        may still run.
        """
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ChildProcessError(f"{self.name} ended as it started; see {self.folder}")
            with suppress(requests.RequestException):
                if requests.get(f"{self.url}{self.prefix}/api/health", timeout=1).ok:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"{self.name} did not start; see {self.folder}")

    def stop(self) -> None:
        """Stop its process group, if one was started."""
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.fill()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Ours(Peer):
    """bai-wx itself."""

    name = "bai-wx"
    workers: ClassVar[int] = WORKERS

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "BAI_WX_HOME": str(self.folder / "home"),
            "BAI_WX_LIMITS": "off",
            "WECHAT_APPID": "wxbench",
            "WECHAT_SECRET": "bench",
        }

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--workers", str(self.workers)]
        return [sys.executable, "-m", "server.cli", "serve", *options]

    def fill(self) -> None:
        self.load(dataset.USERS, dataset.ORDERS_EACH)
        self.tokens = self.issue_tokens(range(dataset.USERS))

    def load(self, owners: int, each: int) -> None:
        """Make the database, with so many orders of so many users."""
        rows = self.folder / "rows"
        dataset.write(rows, owners, each)
        self._bai_wx("migrate")
        self._bai_wx("import", str(rows))

    def issue_tokens(self, users: Iterable[int]) -> list[str]:
        """Sign tokens here: fifty starts of `bai-wx token` would take longer than the bench."""
        settings = Settings.from_environment(self.environment())
        connect(settings.database)
        tokens = Tokens(settings.secret)
        try:
            return [tokens.issue(User.by_openid(dataset.openid(n))) for n in users]
        finally:
            disconnect()

    def _bai_wx(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "server.cli", *arguments]
        subprocess.run(command, env=self.environment(), stdout=subprocess.DEVNULL, check=True)


class Stock(Ours):
    """The same handlers, database and tokens under Connexion's FlaskApp as it comes."""

    name = "stock Connexion"

    def __init__(self, folder: Path, ours: Ours) -> None:
        super().__init__(folder)
        self._ours = ours

    def environment(self) -> dict[str, str]:
        return self._ours.environment()

    def fill(self) -> None:
        self.tokens = self._ours.tokens

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--workers", str(WORKERS), "--no-access-log"]
        return [sys.executable, "-m", "uvicorn", "--factory", "bench.stock:create_app", *options]


class PocketBase(Peer):
    """PocketBase with the same rows, rules and indexes, its request log off."""

    name = "PocketBase"
    prefix = ""

    def command(self) -> list[str]:
        return ["pocketbase", "serve", "--dir", str(self._data), "--http", self.url[7:]]

    @property
    def _data(self) -> Path:
        return self.folder / "pb_data"

    def fill(self) -> None:
        account = ["bench@example.com", PASSWORD]
        command = ["pocketbase", "superuser", "upsert", *account, "--dir", str(self._data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.start()
        try:
            self._fill_running(account)
        finally:
            self.stop()

    def _fill_running(self, account: list[str]) -> None:
        login = {"identity": account[0], "password": account[1]}
        found = self._call("POST", "/collections/_superusers/auth-with-password", login)
        self._token = found["token"]
        self._call("PATCH", "/settings", {"logs": {"maxDays": 0}})
        for collection in _collections():
            self._call("POST", "/collections", collection)
        for n in range(dataset.USERS):
            self._add_user(n)
        with ThreadPoolExecutor(8) as pool:
            for name, rows in (
                ("tbl_product_list", dataset.products()),
                ("tbl_order", dataset.orders()),
            ):
                path = f"/collections/{name}/records"
                list(pool.map(lambda row, path=path: self._call("POST", path, row), rows))

    def _add_user(self, number: int) -> None:
        row = {
            "id": dataset.record_id("u", number),
            "email": f"u{number}@example.com",
            "openid": dataset.openid(number),
            "password": PASSWORD,
            "passwordConfirm": PASSWORD,
        }
        self._call("POST", "/collections/tbl_auth_users/records", row)
        path = f"/collections/tbl_auth_users/impersonate/{row['id']}"
        self.tokens.append(self._call("POST", path, {"duration": 86_400})["token"])

    def _call(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": getattr(self, "_token", "")}
        answer = requests.request(
            method, f"{self.url}/api{path}", json=body, headers=headers, timeout=60
        )
        assert answer.ok, answer.text
        return answer.json()


def _collections() -> list[dict[str, Any]]:
    """The collections PocketBase needs, with the rules and indexes a careful user would give them."""

    def text(*names: str) -> list[dict[str, Any]]:
        return [{"name": name, "type": "text"} for name in names]

    def of(kind: str, *names: str) -> list[dict[str, Any]]:
        return [{"name": name, "type": kind} for name in names]

    times = [
        {"name": "created", "type": "autodate", "onCreate": True},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ]
    own = "is_delete = 0 && order_owner = @request.auth.openid"
    sold = "is_delete = 0 && prod_list_status = 'on_sale'"
    return [
        {"name": "tbl_auth_users", "type": "auth", "fields": text("openid")},
        {
            "name": "tbl_product_list",
            "type": "base",
            "listRule": sold,
            "viewRule": sold,
            "fields": [
                *text(
                    *("prod_list_id", "prod_list_name", "prod_list_modelnumber", "prod_list_icon"),
                    *("prod_list_description", "prod_list_feature", "prod_list_plantype"),
                    *("prod_list_category", "prod_list_comm_type", "prod_list_series"),
                    *("prod_list_status", "prod_list_remark"),
                ),
                *of("json", "prod_list_parameters", "prod_list_tags"),
                *of("number", "prod_list_sort", "prod_list_basic_price", "is_delete"),
                *times,
            ],
            "indexes": [
                "CREATE INDEX idx_product_status ON tbl_product_list (is_delete, prod_list_status)"
            ],
        },
        {
            "name": "tbl_order",
            "type": "base",
            "listRule": own,
            "viewRule": own,
            "fields": [
                *text(
                    *("order_id", "order_number", "order_owner", "order_source"),
                    *("order_source_id", "order_status", "order_remark"),
                ),
                *of("json", "order_snap"),
                *of("number", "order_amount", "is_delete"),
                *of("date", "order_create"),
                *times,
            ],
            "indexes": ["CREATE INDEX idx_order_owner ON tbl_order (order_owner, is_delete)"],
        },
    ]
