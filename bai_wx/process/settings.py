"""Settings: from the environment, and from a `.env` file in the working directory below it."""

import ipaddress
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from limits import parse_many

from bai_wx.request.limits import check_redis, is_host

MIN_SECRET = 32  # characters; HS256 wants as many bytes as its hash has
MIN_DISTINCT = 10  # of its characters: `aaaa…` and `12341234…` are no secrets
WELL_KNOWN = (  # out of tutorials and templates, wherever in the secret they stand
    "changeme",
    "change-me",
    "change_me",
    "your-secret",
    "your_secret",
    "256-bit-secret",
    "a-string-secret-at-least",
    "django-insecure",
    "0123456789abcdef",
    "abcdefghijklmnop",
)
DATABASE_NAME = "bai-wx.db"
SECRET_NAME = "secret"  # the file's name, not what is in it
POSTGRES = ("postgresql://", "postgres://")
WECHAT_API = "https://api.weixin.qq.com"
DEFAULT_LIMITS = "300/10 second"
LOG_LEVELS = ("debug", "info", "warning", "error")
MAX_WINDOW_S = 366 * 24 * 3600  # of a limit: no client waits for longer
S3_ADDRESS = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*/?")
_NO_TIME = re.compile(r"(?:/|per)\s*+0++\s*+[a-z]", re.IGNORECASE)
ON, OFF = ("1", "true", "on", "yes"), ("", "0", "false", "off", "no")

Environment = Mapping[str, str]


class SettingsError(Exception):
    """A setting is missing or cannot be used. The message names it and says what would be right."""


@dataclass(frozen=True)
class Settings:
    """What the operator decides. `database` is an address such as `sqlite:////srv/bai-wx.db`."""

    home: Path
    database: str = field(repr=False)  # it may hold a password
    given_secret: str = field(default="", repr=False)
    given_files: str = ""
    s3_endpoint: str = ""
    wechat_appid: str = ""
    wechat_secret: str = field(default="", repr=False)
    wechat_api_base: str = WECHAT_API
    trusted_proxies: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ("*",)
    limits: str = DEFAULT_LIMITS
    redis: str = field(default="", repr=False)
    log: str = "info"
    check_responses: bool = False
    forgets: bool = False

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
        return cls(
            home=home,
            database=read.checked("BAI_WX_DATABASE", embedded, _database),
            given_secret=read.checked("BAI_WX_SECRET", "", strong_secret),
            given_files=read.checked("BAI_WX_FILES", "", _files),
            s3_endpoint=read.checked("BAI_WX_S3_ENDPOINT", "", _web_address),
            wechat_appid=read.text("WECHAT_APPID"),
            wechat_secret=read.together("WECHAT_SECRET", "WECHAT_APPID"),
            wechat_api_base=read.checked("WECHAT_API_BASE", WECHAT_API, _web_address).rstrip("/"),
            trusted_proxies=read.items("BAI_WX_TRUSTED_PROXIES", (), _network),
            cors_origins=read.items("BAI_WX_CORS_ORIGINS", ("*",), _origin),
            limits=read.checked("BAI_WX_LIMITS", DEFAULT_LIMITS, _limits),
            redis=read.checked("BAI_WX_REDIS", "", _redis),
            log=read.checked("BAI_WX_LOG", "info", _log_level),
            check_responses=read.flag("BAI_WX_CHECK_RESPONSES"),
            forgets=read.flag("BAI_WX_FORGET"),
        )

    @property
    def files(self) -> str:
        """Where uploaded files lie: a folder, or `s3://bucket/prefix`."""
        return self.given_files or str(self.home / "files")

    @property
    def database_file(self) -> Path | None:
        """The file of an embedded database, None for another one."""
        scheme, _, path = self.database.partition(":///")
        return Path(path) if scheme == "sqlite" else None

    @property
    def is_replicable(self) -> bool:
        """Whether servers on other machines may use the same database."""
        return self.database_file is None

    def make_home(self) -> None:
        """Create the home. Raises: `SettingsError` when it cannot be written."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds keys
        except OSError as exc:
            raise SettingsError(f"BAI_WX_HOME {self.home} cannot be made: {exc.strerror}") from exc
        if not os.access(self.home, os.W_OK | os.X_OK):
            raise SettingsError(f"BAI_WX_HOME {self.home} cannot be written")

    @cached_property
    def secret(self) -> str:
        """The secret that signs tokens: the one given, or one made once and kept in the home.

        Raises: `SettingsError` when the kept one cannot be read, written or trusted.
        """
        if self.given_secret:
            return self.given_secret
        path = self.home / SECRET_NAME
        try:
            return _kept_or_made(path)
        except OSError as exc:
            raise SettingsError(f"the secret {path} cannot be used: {exc.strerror}") from exc
        except ValueError as exc:
            raise SettingsError(f"the secret in {path} {exc}") from exc


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

    def flag(self, name: str) -> bool:
        value = self.text(name).lower()
        if value not in ON + OFF:
            raise SettingsError(f"{name} is {value!r}; write 1 or 0")
        return value in ON


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


def strong_secret(secret: str) -> str:
    """Let a secret through that nobody guesses. Raises: `ValueError`, which never shows it."""
    if len(secret) < MIN_SECRET:
        raise ValueError(f"is too short; it needs {MIN_SECRET} random characters or more")
    if _is_simple(secret) or any(phrase in secret.lower() for phrase in WELL_KNOWN):
        raise ValueError("is well known or too simple; use random characters")
    return secret


def _is_simple(secret: str) -> bool:
    repeats_itself = secret in (secret + secret)[1:-1]
    return repeats_itself or len(set(secret)) < MIN_DISTINCT


def _kept_or_made(path: Path) -> str:
    """Read the secret file, or make it. However many processes start at once, one secret wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_once(path)
    return strong_secret(path.read_text("ascii").strip())


def _make_once(path: Path) -> None:
    """Write a whole secret under another name and link it into place, which only one process
    can.
    """
    own = path.with_name(f".{secrets.token_hex(8)}.secret")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(own, path)
    finally:  # on a full disk, too
        own.unlink()


def _database(address: str) -> str:
    if address.startswith(POSTGRES):
        return _postgres(address)
    path = address.removeprefix("sqlite:///")
    if path in (":memory:", "/:memory:"):
        raise ValueError("is in memory, where each connection has its own; name a file")
    # `file:` would begin an address of SQLite's own, with options of its own.
    if path != address and path and not path.startswith("file:") and not path.endswith("/"):
        return address
    raise ValueError(
        "is not understood; write sqlite:///path/to/file.db or postgresql://user@host/name"
    )


def _files(address: str) -> str:
    if not S3_ADDRESS.fullmatch(address):
        raise ValueError(
            f"is {address!r}; write s3://bucket or s3://bucket/prefix, or leave it out"
        )
    if find_spec("boto3") is None:
        raise ValueError("needs boto3: pip install 'bai-wx[s3]'")
    return address


def _postgres(address: str) -> str:
    if address in POSTGRES:
        raise ValueError("names no database; write postgresql://user@host/name")
    from bai_wx.database.postgres import readable  # the driver takes its time; SQLite needs none

    return readable(address)


def _web_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not is_host(parts.hostname):
        raise ValueError(f"is {address!r}; write an address such as {WECHAT_API}")
    if not _has_good_port(parts) or parts.query or parts.fragment or not address.isprintable():
        raise ValueError(f"is {address!r}; write an address such as {WECHAT_API}")
    return address


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:  # beyond 65535, or no number
        return False


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False)) if "/" in text else _address(text)
    except ValueError as exc:
        raise ValueError(
            f"holds {text!r}; write addresses or networks, 10.0.0.0/8,127.0.0.1"
        ) from exc


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _origin(text: str) -> str:
    parts = urlsplit(text)
    is_web = parts.scheme in ("http", "https") and is_host(parts.hostname) and text.isascii()
    is_web = is_web and not (parts.path or parts.query or parts.fragment)
    if text != "*" and not (is_web and _has_good_port(parts)):
        raise ValueError(f"holds {text!r}; write origins such as https://shop.example.com, or *")
    return text


def _limits(rules: str) -> str:
    if rules.lower() == "off":
        return "off"
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


def _redis(address: str) -> str:
    check_redis(address)
    return address


def _log_level(level: str) -> str:
    if level.lower() not in LOG_LEVELS:
        raise ValueError(f"is {level!r}; write one of {', '.join(LOG_LEVELS)}")
    return level.lower()
