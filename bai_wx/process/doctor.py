"""What `bai-wx doctor` looks at. Each check reads, and writes nothing but a probe in the home."""

import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import peewee

from bai_wx.contract import loader
from bai_wx.contract.files import ContractError
from bai_wx.database.connection import connect, database, disconnect
from bai_wx.errors import ServiceUnavailable
from bai_wx.files.store import FileStore
from bai_wx.process import schema
from bai_wx.process.quiet import quiet_import
from bai_wx.process.settings import SECRET_NAME, Settings, SettingsError, strong_secret
from bai_wx.record import old_secrets
from bai_wx.request.limits import ping, shown

MIN_FREE_BYTES = 500 * 1024 * 1024
PRIVATE_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Check:
    """One finding."""

    name: str
    ok: bool
    detail: str


class Unfit(Exception):
    """A check failed; the message says why and what to do."""


def examine(settings: Settings) -> list[Check]:
    """Run every check, whatever the others find."""
    try:
        return [_run(name, check, settings) for name, check in CHECKS.items()]
    finally:
        _bundle.cache_clear()


def _run(name: str, check: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(name, True, check(settings))
    except (Unfit, SettingsError, ContractError, OSError, ValueError) as exc:
        return Check(name, False, str(exc))
    except (peewee.DatabaseError, peewee.InterfaceError) as exc:
        return Check(name, False, f"the database says: {exc}")


def _home(settings: Settings) -> str:
    if not settings.home.is_dir():
        raise Unfit(f"{settings.home} is missing; `bai-wx migrate` makes it")
    with tempfile.TemporaryFile(dir=settings.home):
        return f"{settings.home} can be written"


def _database(settings: Settings) -> str:
    with _reached(settings) as chosen:
        if isinstance(chosen, peewee.SqliteDatabase):
            found = chosen.execute_sql("PRAGMA quick_check").fetchone()[0]  # type: ignore[no-untyped-call]  # Peewee is partly typed
            if found != "ok":
                raise Unfit(f"it is damaged: {found}; restore a backup")
            return "reached, and whole by quick_check"
        chosen.execute_sql("SELECT 1")  # type: ignore[no-untyped-call]  # as above
        return "reached"


def _migrations(settings: Settings) -> str:
    with _reached(settings) as chosen:
        if pending := schema.pending(chosen):
            raise Unfit(f"pending: {', '.join(pending)}; run `bai-wx migrate`")
    return "all applied"


def _schema(settings: Settings) -> str:
    with _reached(settings) as chosen:
        if different := schema.differences(chosen):
            raise Unfit(f"the tables differ from the models: {different}")
    return "the tables are what the models say"


def _files(settings: Settings) -> str:
    try:
        found = FileStore.at(settings.files, settings.s3_endpoint).probe()
    except ServiceUnavailable as exc:
        raise Unfit(exc.detail) from exc
    shared = settings.is_replicable and not settings.given_files
    return f"{found}; replicas must share this folder" if shared else found


def _limits(settings: Settings) -> str:
    if settings.redis:
        ping(settings.redis)
    where = f"in {shown(settings.redis)}" if settings.redis else "by each worker alone"
    return f"{settings.limits}, counted {where}; {_proxies(settings)}"


def _proxies(settings: Settings) -> str:
    if settings.trusted_proxies:
        return f"clients as told by {', '.join(settings.trusted_proxies)}"
    return "BAI_WX_TRUSTED_PROXIES is not set: behind a proxy all clients would share one limit"


@cache
def _bundle() -> dict[str, Any]:
    """The contract, read and validated once for the checks that ask for it."""
    return loader.load()


def _contract(settings: Settings) -> str:
    return f"{len(list(loader.operations(_bundle())))} operations"


def _handlers(settings: Settings) -> str:
    with quiet_import():  # brings the whole server along
        from bai_wx.process.app import check_handlers

    check_handlers(_bundle())
    return "every operation has its function"


def _secret(settings: Settings) -> str:
    if settings.given_secret:
        return "given by BAI_WX_SECRET, long enough"
    path = settings.home / SECRET_NAME
    if not path.exists():
        return "none yet; the first start makes one"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode != PRIVATE_MODE:
        raise Unfit(f"{path} has mode {mode:04o}; chmod 600 it")
    try:
        strong_secret(path.read_text("ascii").strip())
    except ValueError as exc:
        raise Unfit(f"the one in {path} {exc}") from exc
    if settings.is_replicable:
        return f"{path}, mode 0600; replicas with a home of their own need it as BAI_WX_SECRET"
    return f"{path}, mode 0600"


def _old_secrets(settings: Settings) -> str:
    try:
        with _reached(settings) as chosen:
            found = old_secrets.kept() if chosen.table_exists("old_secret") else []
    except (Unfit, peewee.DatabaseError, peewee.InterfaceError):
        return "not known without the database"  # whose own line says what is wrong with it
    if not found:
        return "none"
    last = max(each.ends for each in found)
    names = ", ".join(sorted({each.collection_id for each in found}))
    return (
        f"tokens of the PocketBase before hold ({names}); the last usual ones end {last},"
        " `bai-wx secret drop-old` ends them now"
    )


def _wechat(settings: Settings) -> str:
    if not settings.wechat_appid:
        raise Unfit("WECHAT_APPID is not set; only `bai-wx serve --demo` will start")
    return f"app id {settings.wechat_appid}, asking {settings.wechat_api_base}"


def _disk(settings: Settings) -> str:
    place = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(place).free
    told = f"{free // 1024**2:,} MiB free at {place}"
    if free < MIN_FREE_BYTES:
        raise Unfit(f"{told}; {MIN_FREE_BYTES // 1024**2} MiB are the least")
    return told


CHECKS: dict[str, Callable[[Settings], str]] = {
    "home": _home,
    "database": _database,
    "migrations": _migrations,
    "schema": _schema,
    "files": _files,
    "contract": _contract,
    "handlers": _handlers,
    "secret": _secret,
    "old secrets": _old_secrets,
    "limits": _limits,
    "wechat": _wechat,
    "disk": _disk,
}


@contextmanager
def _reached(settings: Settings) -> Iterator[peewee.Database]:
    file = settings.database_file
    if file and not file.exists():
        raise Unfit(f"BAI_WX_DATABASE {file}: no such file; `bai-wx migrate` makes it")
    chosen = connect(settings.database)
    try:
        yield chosen
    finally:
        if not database.is_closed():
            disconnect()
