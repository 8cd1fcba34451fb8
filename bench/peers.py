"""The servers of ours that are compared: this project, and its handlers under stock Connexion."""

import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar

from bai_wx.request.tokens import Tokens
from bench import dataset
from bench.copies import multiply
from bench.dataset import Sample
from bench.process import Process
from bench.process import free_port as free_port
from models.users import User

WORKERS = 2
SECRET = secrets.token_urlsafe(48)
"""Signs the tokens of all peers, so that all are asked with the same ones."""

APPID, APP_SECRET = "wxbench", "bench"


@cache
def token(user: int) -> str:
    """The token of a user, by its number in the dataset."""
    known = User(id=dataset.record_id("u", user), token_key=dataset.token_key(user))
    return Tokens(SECRET).issue(known)


class Peer(Process):
    """A server under test, with the dataset's rows or `times` as many.

    `prefix` is what its native paths begin with; `sample` is who asks it.
    """

    prefix: ClassVar[str] = "/pb"
    health: ClassVar[str] = "/pb/api/health"
    refuses_as_we_do: ClassVar[bool] = True
    """Whether it refuses hooks in the contract's words."""

    def __init__(self, folder: Path, wechat: str = "", *, times: int = 1) -> None:
        super().__init__(folder)
        self.times = times
        self.sample = Sample(times)
        self.token = token
        self.sent: Counter[str] = Counter()
        """How many requests of a workload it had: later ones go on from there."""
        self.code_prefix = secrets.token_hex(4)
        self._wechat = wechat

    def environment(self) -> dict[str, str]:
        wechat = {"WECHAT_APPID": APPID, "WECHAT_SECRET": APP_SECRET}
        if self._wechat:
            wechat["WECHAT_API_BASE"] = self._wechat
        return {**super().environment(), **wechat}


class Ours(Peer):
    """bai-wx itself, on SQLite in a home of its own or on the database at `address`."""

    name = "bai-wx"
    workers: ClassVar[int] = WORKERS

    def __init__(
        self,
        folder: Path,
        wechat: str = "",
        *,
        address: str = "",
        times: int = 1,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder, wechat, times=times)
        self._address, self._settings = address, dict(settings or {})

    def environment(self) -> dict[str, str]:
        settings = {
            "BAI_WX_HOME": str(self.folder / "home"),
            "BAI_WX_LIMITS": "off",
            "BAI_WX_QUOTAS": "off",
            "BAI_WX_SECRET": SECRET,
        }
        if self._address:
            settings["BAI_WX_DATABASE"] = self._address
        return {**super().environment(), **settings, **self._settings}

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--workers", str(self.workers)]
        return [*self.bai_wx, "serve", *options]

    @property
    def bai_wx(self) -> list[str]:
        """The command line, as its first words."""
        return [sys.executable, "-m", "bai_wx.cli.main"]

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "home" / "bai-wx.db"

    def fill(self) -> None:
        rows = self.folder / "rows"
        dataset.write(rows)
        self.run("migrate")
        self.run("import", str(rows))
        if self.times > 1:
            multiply(self.database, self.times)

    def run(self, *arguments: str) -> str:
        """Run another command on the same home. Returns: what it printed."""
        command = [*self.bai_wx, *arguments]
        with self.log.open("ab") as log:
            done = subprocess.run(
                command, env=self.environment(), stdout=subprocess.PIPE, stderr=log, check=True
            )
        return done.stdout.decode()


class Other(Ours):
    """Another installation of bai-wx, by its command."""

    name = "before"

    def __init__(self, folder: Path, wechat: str, *, command: Path) -> None:
        super().__init__(folder, wechat)
        self._command = command

    @property
    def bai_wx(self) -> list[str]:
        return [str(self._command)]

    def fill(self) -> None:
        """Import the rows, of today's contract or of that which the installation has."""
        try:
            super().fill()
        except subprocess.CalledProcessError:
            rows = self.folder / "rows"
            dataset.write(rows, dataset.of_contract_1)
            self.run("import", str(rows))


class Stock(Peer):
    """The same handlers, database and tokens under Connexion's FlaskApp as it comes."""

    name = "stock Connexion"
    refuses_as_we_do = False

    def __init__(self, folder: Path, ours: Ours) -> None:
        super().__init__(folder)
        self._ours = ours
        self.sent = ours.sent  # one database: what one has put into carts the other finds there
        self.code_prefix = ours.code_prefix

    def environment(self) -> dict[str, str]:
        return self._ours.environment()

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--workers", str(WORKERS), "--no-access-log"]
        return [sys.executable, "-m", "uvicorn", "--factory", "bench.stock:create_app", *options]
