"""What `bai-wx doctor` looks at. Each check reads, and writes nothing but a probe in the home."""

import shutil
import tempfile
import time
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
from bai_wx.process import schema, secret_files
from bai_wx.process.alert_robots import Robot, RobotError, try_out
from bai_wx.process.quiet import quiet_import
from bai_wx.process.settings import ANOTHER_HOME, Settings, SettingsError
from bai_wx.record import backups, clock, data_keys, old_secrets, quotas
from bai_wx.record.signing_secrets import Accepted
from bai_wx.request.limits import ping, shown
from bai_wx.wechat.standin_api import APPID

MIN_FREE_BYTES = 500 * 1024 * 1024
LATE_FACTOR = 2  # a backup is late after twice its interval


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
        raise Unfit(f"{settings.home} is missing: {ANOTHER_HOME}")
    with tempfile.TemporaryFile(dir=settings.home):
        return f"{settings.home} can be written"


def _database(settings: Settings) -> str:
    with _reached(settings) as chosen:
        if isinstance(chosen, peewee.SqliteDatabase):
            found = chosen.execute_sql("PRAGMA quick_check").fetchone()[0]  # type: ignore[no-untyped-call]  # Peewee is partly typed
            if found != "ok":
                raise Unfit(f"it is damaged: {found}; restore a backup")
            told = "reached, and whole by quick_check"
        else:
            chosen.execute_sql("SELECT 1")  # type: ignore[no-untyped-call]  # as above
            told = "reached"
    return "; ".join(filter(None, (told, settings.unused_database)))


def _reads(settings: Settings) -> str:
    if not settings.reads:
        return "not set: everything is read at the primary"
    from bai_wx.database.replica_check import findings  # the driver takes its time

    try:
        with _reached(settings) as chosen:
            found = list(findings(settings.reads, chosen))
    except (Unfit, peewee.DatabaseError, peewee.InterfaceError):
        return "not known without the database"  # whose own line says what is wrong with it
    told = "; ".join(each for each, _ in found)
    if not all(is_fit for _, is_fit in found):
        raise Unfit(told)
    return told


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
    rules = f"{settings.limits} an address, {settings.user_limits} a user"
    return f"{rules}, counted {where}; {_proxies(settings)}"


def _quotas(settings: Settings) -> str:
    bounds = quotas.parse(settings.quotas)
    if not bounds:
        return "off"
    try:
        with _reached(settings):
            above = quotas.owners_above(bounds)
    except (Unfit, peewee.DatabaseError, peewee.InterfaceError):
        return "not known without the database"  # as below
    told = [f"{n} above {name}:{bounds[name]}" for name, n in above.items() if n]
    if not told:
        return "no user owns more than its bound"
    return f"users who own more than a bound, and get no more of it: {', '.join(told)}"


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
        name = "BAI_WX_ACCEPTED_SECRET"
        more = (
            f"; {name} holds beside it, take it out in 7 days" if settings.accepted_secret else ""
        )
        return f"given by BAI_WX_SECRET, long enough{more}"
    path = settings.home / secret_files.SECRET_NAME
    if not path.exists():
        return "none yet; the first start makes one"
    for file, mode in secret_files.open_to_others(settings.home):
        raise Unfit(f"{file} has mode {mode:04o}; chmod 600 it")
    _, *before = secret_files.kept(settings.home)
    told = f"{path}, mode 0600{_before(before)}"
    if settings.is_replicable:
        return f"{told}; replicas with a home of their own need it as BAI_WX_SECRET"
    return told


def _before(secrets: list[Accepted]) -> str:
    """What is said of the secrets before the one that signs."""
    if not secrets:
        return ""
    last = clock.text_of(max(each.ends for each in secrets))
    return (
        f"; {len(secrets)} before it, whose last tokens end {last},"
        " `bai-wx secret drop-old` ends them now"
    )


def _data_key(settings: Settings) -> str:
    ours = settings.data_keys(False)
    path = settings.data_key_file
    for file in (path, path.with_name(secret_files.OLD_DATA_KEYS)):
        is_used = file != path or not settings.given_data_key
        if is_used and file.exists() and (mode := secret_files.mode_open_to_others(file)):
            raise Unfit(f"{file} has mode {mode:04o}; chmod 600 it")
    data_keys.use(settings.all_data_keys)
    try:
        with _reached(settings) as chosen:
            in_use = data_keys.ids_in_use() if chosen.table_exists("data_key") else []
            if in_use:
                data_keys.agree()
    except ServiceUnavailable as exc:
        raise Unfit(exc.detail) from exc
    except (Unfit, peewee.DatabaseError, peewee.InterfaceError):
        in_use = []  # whose own line says what is wrong with it
    where = "given by BAI_WX_DATA_KEY" if settings.given_data_key else f"{path}, mode 0600"
    if not ours:
        return "none yet; the first start makes one"
    if len(in_use) > 1:
        raise Unfit(f"{where}; a rotation has not ended: run `bai-wx data-key rotate` again")
    told = (
        f"{where}, fingerprint {(in_use or [ours[0].id])[0]}; no backup has it, keep a copy apart"
    )
    if settings.is_replicable and not settings.given_data_key:
        return f"{told}; replicas with a home of their own need it as BAI_WX_DATA_KEY"
    return told


def _old_secrets(settings: Settings) -> str:
    try:
        with _reached(settings) as chosen:
            found = old_secrets.kept() if chosen.table_exists("old_secret") else []
    except (Unfit, peewee.DatabaseError, peewee.InterfaceError):
        return "not known without the database"  # whose own line says what is wrong with it
    if not found:
        return "none of a PocketBase before"
    last = max(each.ends for each in found)
    names = ", ".join(sorted({each.collection_id for each in found}))
    return (
        f"tokens of the PocketBase before hold ({names}); the last usual ones end {last},"
        " `bai-wx secret drop-old` ends them now"
    )


def _backup(settings: Settings) -> str:
    try:
        with _reached(settings) as chosen:
            if not chosen.table_exists("backup_target"):
                return "not known before `bai-wx migrate`"
            address = settings.backup_to.rstrip("/") or None
            last, failure = backups.last_success(address), backups.last_failure()
    except (Unfit, peewee.DatabaseError, peewee.InterfaceError):
        return "not known without the database"  # as above
    return _outcome(settings, last, failure)


def _outcome(settings: Settings, last: float | None, failure: backups.BackupTarget | None) -> str:
    """How the last backup went. With a schedule, one that is late is a failure."""
    told = f"the last good one is of {clock.text_of(last)}" if last else "none yet"
    if failure is not None:
        raise Unfit(f"{told}; at {failure.failed}: {failure.problem}")
    if not settings.backup_to:
        return f"{told}; `serve` makes none: BAI_WX_BACKUP_TO is not set"
    if last is not None and last < time.time() - LATE_FACTOR * settings.backup_every_s:
        raise Unfit(f"{told}, and one is due each {settings.backup_every}: is `serve` running?")
    return f"{told}; one each {settings.backup_every} in {settings.backup_to}"


def _is_demo_shop(settings: Settings) -> bool:
    from bai_wx.transfer.demo import is_demo_shop  # it draws pictures, which no other shop needs

    try:
        with _reached(settings):
            return is_demo_shop()
    except (Unfit, peewee.DatabaseError, peewee.InterfaceError):
        return False  # the database's own line says what is wrong with it


def _wechat(settings: Settings) -> str:
    if settings.wechat_appid == APPID or (not settings.wechat_appid and _is_demo_shop(settings)):
        return "WeChat's stand-in, which `bai-wx serve --demo` brings; a shop of your own needs WECHAT_APPID"
    if not settings.wechat_appid:
        raise Unfit("WECHAT_APPID is not set; only `bai-wx serve --demo` will start")
    return f"app id {settings.wechat_appid}, asking {settings.wechat_api_base}"


def _alerts(settings: Settings) -> str:
    if not settings.alert_url:
        return "BAI_WX_ALERT_URL is not set: nobody is told when something is wrong"
    return f"{Robot(settings.alert_url).shown}; --alert sends a message"


def send_alert(settings: Settings) -> Check:
    """Send a message to the robot that alerts go to."""
    try:
        if not settings.alert_url:
            raise Unfit("BAI_WX_ALERT_URL is not set")
        try_out(settings.alert_url)
    except (Unfit, RobotError) as exc:
        return Check("alert", False, str(exc))
    return Check("alert", True, "the robot took the message")


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
    "read replicas": _reads,
    "migrations": _migrations,
    "schema": _schema,
    "files": _files,
    "contract": _contract,
    "handlers": _handlers,
    "secret": _secret,
    "data key": _data_key,
    "old secrets": _old_secrets,
    "backup": _backup,
    "limits": _limits,
    "quotas": _quotas,
    "wechat": _wechat,
    "alerts": _alerts,
    "disk": _disk,
}


@contextmanager
def _reached(settings: Settings) -> Iterator[peewee.Database]:
    try:
        settings.check_database_file()
    except SettingsError as exc:
        raise Unfit(str(exc)) from exc
    chosen = connect(settings.database)
    try:
        yield chosen
    finally:
        if not database.is_closed():
            disconnect()
