"""Settings: from the environment, and from a `.env` file in the working directory below it."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from limits import parse_many

from bai_wx.process import alert_robots, database_settings, log, secret_files, storage_settings
from bai_wx.process.address_settings import network, origin, web_address
from bai_wx.process.scraping import Scraping
from bai_wx.process.secret_files import strong_secret
from bai_wx.process.telemetry import Telemetry
from bai_wx.process.writable import unwritable
from bai_wx.record import clock, data_keys, quotas
from bai_wx.record.data_keys import DataKey
from bai_wx.record.signing_secrets import SigningSecrets
from bai_wx.request.access_log import AccessLog
from bai_wx.request.limits import OFF as LIMITS_OFF
from bai_wx.request.limits import check_redis

DATABASE_NAME = "bai-wx.db"
DATA_KEY_NAME = "data-key"
WECHAT_API = "https://api.weixin.qq.com"
DEFAULT_LIMITS = "300/10 second"
DEFAULT_CODE_LIMITS = "120/minute"
MAX_WINDOW_S = 366 * 24 * 3600  # of a limit: no client waits for longer
_NO_TIME = re.compile(r"(?:/|per)\s*+0++\s*+[a-z]", re.IGNORECASE)
ANOTHER_HOME = "is BAI_WX_HOME that of the server?"  # asked where a command finds no shop
ON, OFF = ("1", "true", "on", "yes"), ("", "0", "false", "off", "no")

Environment = Mapping[str, str]


class SettingsError(Exception):
    """A setting is missing or cannot be used. The message names it and says what would be right."""


@dataclass(frozen=True)
class Settings:
    """What the operator decides. `database` is an address such as `sqlite:////srv/bai-wx.db`."""

    home: Path
    database: str = field(repr=False)  # it may hold a password
    reads: str = field(default="", repr=False)  # as above
    given_secret: str = field(default="", repr=False)
    accepted_secret: str = field(default="", repr=False)
    given_data_key: str = field(default="", repr=False)
    given_files: str = ""
    s3_endpoint: str = ""
    wechat_appid: str = ""
    wechat_secret: str = field(default="", repr=False)
    wechat_api_base: str = WECHAT_API
    trusted_proxies: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ("*",)
    limits: str = DEFAULT_LIMITS
    given_user_limits: str = ""
    given_code_limits: str = ""
    quotas: str = ""
    redis: str = field(default="", repr=False)
    log: str = "info"
    access_log: str = "off"
    metrics: str = field(default="off", repr=False)  # it may be a token
    telemetry: Telemetry = field(default_factory=Telemetry)
    alert_url: str = field(default="", repr=False)  # it holds a key
    check_responses: bool = False
    forgets: bool = False
    synchronous: str = storage_settings.NORMAL
    backup_to: str = ""
    backup_every: str = storage_settings.BACKUP_EVERY
    backup_keep: int = storage_settings.BACKUP_KEEP
    pg_bin: str = ""

    @classmethod
    def from_environment(
        cls, environment: Environment = os.environ, folder: Path | None = None
    ) -> "Settings":
        """Read every setting; `.env` in `folder` (default: the working directory) fills the gaps.

        Raises: `SettingsError` for the first one that cannot be used.
        """
        folder = folder or Path.cwd()
        read = _Reader(environment, folder / ".env")
        home = folder / read.text("BAI_WX_HOME", "bai-wx-data")
        embedded = f"sqlite:///{home / DATABASE_NAME}"
        limits = read.checked("BAI_WX_LIMITS", DEFAULT_LIMITS, _limits)
        return cls(
            home=home,
            database=read.checked("BAI_WX_DATABASE", embedded, database_settings.address),
            reads=_reads(read, embedded),
            given_secret=read.checked("BAI_WX_SECRET", "", strong_secret),
            accepted_secret=read.accepted_secret(),
            given_data_key=read.checked("BAI_WX_DATA_KEY", "", _data_key),
            given_files=read.checked("BAI_WX_FILES", "", storage_settings.bucket),
            s3_endpoint=read.checked("BAI_WX_S3_ENDPOINT", "", web_address),
            wechat_appid=read.text("WECHAT_APPID"),
            wechat_secret=read.together("WECHAT_SECRET", "WECHAT_APPID"),
            wechat_api_base=read.checked("WECHAT_API_BASE", WECHAT_API, web_address).rstrip("/"),
            trusted_proxies=read.items("BAI_WX_TRUSTED_PROXIES", (), network),
            cors_origins=read.items("BAI_WX_CORS_ORIGINS", ("*",), origin),
            limits=limits,
            given_user_limits=read.checked("BAI_WX_USER_LIMITS", "", _limits),
            given_code_limits=read.checked("BAI_WX_CODE_LIMITS", "", _limits),
            quotas=read.checked("BAI_WX_QUOTAS", "off" if limits == LIMITS_OFF else "", _quotas),
            redis=read.checked("BAI_WX_REDIS", "", _redis),
            log=read.checked("BAI_WX_LOG", "info", _log_level),
            access_log=read.checked("BAI_WX_ACCESS_LOG", "off", _access_log),
            metrics=read.checked("BAI_WX_METRICS", "off", _metrics),
            telemetry=Telemetry.read(read.checked),
            alert_url=read.checked("BAI_WX_ALERT_URL", "", alert_robots.checked),
            check_responses=read.flag("BAI_WX_CHECK_RESPONSES"),
            forgets=read.flag("BAI_WX_FORGET"),
            **_storage(read),
        )

    @property
    def files(self) -> str:
        """Where uploaded files lie: a folder, or `s3://bucket/prefix`."""
        return self.given_files or str(self.home / "files")

    @property
    def backup_every_s(self) -> int:
        """The seconds between two backups that `serve` makes."""
        return clock.seconds_of(self.backup_every)

    @property
    def user_limits(self) -> str:
        """Requests of one user, wherever they come from."""
        return self.given_user_limits or self.limits

    @property
    def code_limits(self) -> str:
        """Login and phone codes of one address that WeChat refused."""
        usual = LIMITS_OFF if self.limits == LIMITS_OFF else DEFAULT_CODE_LIMITS
        return self.given_code_limits or usual

    @property
    def database_file(self) -> Path | None:
        """The file of an embedded database, None for another one."""
        scheme, _, path = self.database.partition(":///")
        return Path(path) if scheme == "sqlite" else None

    @property
    def unused_database(self) -> str:
        """Words about a database in the home that is not the one in use, as a restored one may be; or `""`."""
        own = self.home / DATABASE_NAME
        is_used = self.database_file is not None and self.database_file.absolute() == own.absolute()
        if is_used or not own.exists():
            return ""
        return f"{own} is not in use: BAI_WX_DATABASE names another database"

    @property
    def is_replicable(self) -> bool:
        """Whether servers on other machines may use the same database."""
        return self.database_file is None

    def check_database_file(self) -> None:
        """Raises: `SettingsError` where the embedded database is missing."""
        file = self.database_file
        if file is not None and not file.exists():
            raise SettingsError(f"BAI_WX_DATABASE {file}: no such file: {ANOTHER_HOME}")

    def make_home(self) -> None:
        """Create the home. Raises: `SettingsError` when it cannot be written."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds keys
        except OSError as exc:
            raise SettingsError(f"BAI_WX_HOME {self.home} cannot be made: {exc.strerror}") from exc
        if reason := unwritable(self.home):
            raise SettingsError(f"BAI_WX_HOME {self.home} cannot be written{reason}")

    @property
    def secret(self) -> str:
        """The secret that signs tokens. Raises: `SettingsError`, as `secrets` does."""
        return self.secrets.signing

    @cached_property
    def secrets(self) -> SigningSecrets:
        """The secrets whose tokens hold: those given, or the one made once in the home and those before it.

        Raises: `SettingsError` when the kept ones cannot be read, written or trusted.
        """
        if self.given_secret:
            return SigningSecrets.fixed(*filter(None, (self.given_secret, self.accepted_secret)))
        try:
            secret_files.make_where_missing(self.home)
            read = partial(secret_files.kept, self.home)
            return SigningSecrets(read, partial(secret_files.stamp, self.home))
        except OSError as exc:
            path = self.home / secret_files.SECRET_NAME
            raise SettingsError(f"the secret {path} cannot be used: {exc.strerror}") from exc
        except ValueError as exc:
            raise SettingsError(str(exc)) from exc

    @property
    def data_key_file(self) -> Path:
        """Where the data key is kept that no setting gives."""
        return self.home / DATA_KEY_NAME

    def all_data_keys(self, make: bool) -> list[DataKey]:
        """The same, and those that a rotation has replaced: a restored backup may need one."""
        keys = self.data_keys(make)
        known = {each.id for each in keys}
        with self._telling_of_data_keys():
            old = secret_files.old_data_keys(self.data_key_file)
        return [*keys, *(each for each in old if each.id not in known)]

    def data_keys(self, make: bool) -> list[DataKey]:
        """The keys that personal numbers are encrypted with, the newest first, as they are now.

        `make` makes one in the home where there is none. Raises: `SettingsError` for one that cannot be used.
        """
        if self.given_data_key:
            return data_keys.parse(self.given_data_key)
        with self._telling_of_data_keys():
            return secret_files.data_keys(self.data_key_file, make=make)

    @contextmanager
    def _telling_of_data_keys(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            path = exc.filename or self.data_key_file
            raise SettingsError(f"the data key {path} cannot be used: {exc.strerror}") from exc
        except ValueError as exc:
            raise SettingsError(str(exc)) from exc


class _Reader:
    """Reads single settings; an empty one counts as not set."""

    def __init__(self, environment: Environment, dotenv: Path) -> None:
        self._values = {**_dotenv(dotenv), **environment}

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name, "").strip()
        if not _is_text(value):
            raise SettingsError(f"{name} is not UTF-8 text, or holds a control character")
        return value or default

    def checked(self, name: str, default: str, check: Callable[[str], str]) -> str:
        value = self.text(name)
        try:
            return check(value) if value else default
        except ValueError as exc:
            raise SettingsError(f"{name} {exc}") from exc

    def items(
        self, name: str, default: tuple[str, ...], check: Callable[[str], str]
    ) -> tuple[str, ...]:
        """Read a comma list."""
        items = tuple(item.strip() for item in self.text(name).split(",") if item.strip())
        try:
            return tuple(check(item) for item in items) or default
        except ValueError as exc:
            raise SettingsError(f"{name} {exc}") from exc

    def together(self, name: str, other: str) -> str:
        """Read a setting that must be there where another one is."""
        value = self.text(name)
        if self.text(other) and not value:
            raise SettingsError(f"{name} is not set, but {other} is; set both")
        return value

    def accepted_secret(self) -> str:
        """Read the second secret, which only makes sense beside a given first one."""
        value = self.checked("BAI_WX_ACCEPTED_SECRET", "", strong_secret)
        if value and not self.text("BAI_WX_SECRET"):
            raise SettingsError("BAI_WX_ACCEPTED_SECRET is set, but BAI_WX_SECRET is not; set both")
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name).lower()
        if value not in ON + OFF:
            raise SettingsError(f"{name} is {value!r}; write 1 or 0")
        return value in ON


def _reads(read: _Reader, embedded: str) -> str:
    """The address of the standbys, which only a database with standbys has."""
    check = partial(database_settings.standbys, of=read.text("BAI_WX_DATABASE", embedded))
    return read.checked("BAI_WX_DATABASE_READS", "", check)


def _storage(read: _Reader) -> dict[str, Any]:
    """How rows are written, and where they are backed up."""
    keep = str(storage_settings.BACKUP_KEEP)
    every = storage_settings.BACKUP_EVERY
    normal = storage_settings.NORMAL
    return {
        "synchronous": read.checked("BAI_WX_SYNCHRONOUS", normal, storage_settings.synchronous),
        "backup_to": read.checked("BAI_WX_BACKUP_TO", "", storage_settings.backup_place),
        "backup_every": read.checked("BAI_WX_BACKUP_EVERY", every, storage_settings.interval),
        "backup_keep": int(read.checked("BAI_WX_BACKUP_KEEP", keep, storage_settings.count)),
        "pg_bin": read.checked("BAI_WX_PG_BIN", "", storage_settings.folder),
    }


def keep_dotenv(
    environment: MutableMapping[str, str], folder: Path | None = None
) -> dict[str, str]:
    """Put what `.env` says now into the environment, where that does not say otherwise.

    Returns: what it put there.
    """
    said = _dotenv((folder or Path.cwd()) / ".env")
    added = {name: value for name, value in said.items() if name not in environment}
    environment.update(added)
    return added


def _dotenv(path: Path) -> dict[str, str]:
    """What a `.env` file says. Raises: `SettingsError` when it cannot be read."""
    try:
        said = {name: value or "" for name, value in dotenv_values(path).items()}
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{path} is not UTF-8 text: {exc.reason} at byte {exc.start}") from exc
    except OSError as exc:
        raise SettingsError(f"{path} cannot be read: {exc.strerror}") from exc
    for name, value in said.items():
        if not name or "=" in name or "\0" in name + value:
            raise SettingsError(f"{path}: no environment can hold what it says of {name!r}")
    return said


def _is_text(value: str) -> bool:
    """Whether it can be written as UTF-8, on one line: bytes of the environment may be none."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return not any(unicodedata.category(character) == "Cc" for character in value)


def _data_key(text: str) -> str:
    data_keys.parse(text)
    return text


def _limits(rules: str) -> str:
    if rules.lower() == LIMITS_OFF:
        return LIMITS_OFF
    try:
        read = parse_many(rules)
    except ValueError as exc:
        raise ValueError(f"is {rules!r}; write off, or rules such as {DEFAULT_LIMITS}") from exc
    # `limits` takes a window of 0 seconds for one of 1.
    if any(rule.amount < 1 for rule in read) or _NO_TIME.search(rules):
        raise ValueError(f"is {rules!r}, which lets nobody in; write off, or {DEFAULT_LIMITS}")
    if any(rule.get_expiry() > MAX_WINDOW_S for rule in read):
        raise ValueError(f"counts for longer than a year; write off, or {DEFAULT_LIMITS}")
    return rules


def _quotas(text: str) -> str:
    quotas.parse(text)
    return text


def _redis(address: str) -> str:
    check_redis(address)
    return address


def _access_log(choice: str) -> str:
    AccessLog.of(choice)
    return choice


def _metrics(where: str) -> str:
    Scraping.of(where)
    return where


def _log_level(level: str) -> str:
    log.parse(level)
    return level.lower()
