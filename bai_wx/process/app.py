"""The application of one process: settings to a served contract."""

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import orjson

import handlers
from bai_wx import metrics
from bai_wx.contract import loader
from bai_wx.contract.files import ContractError
from bai_wx.contract.loader import CONTROLLER, operations_of
from bai_wx.database.connection import another, connect, is_embedded, is_postgres
from bai_wx.database.damage import Guard
from bai_wx.database.presence import Presence
from bai_wx.files.store import FileStore
from bai_wx.process.readiness import LIMIT_S, Drain, Readiness
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.record import cache, collections, data_keys, quotas
from bai_wx.request.asgi import App
from bai_wx.request.connexion_lane import build_app
from bai_wx.request.limits import request_limits
from bai_wx.request.mounts import Mounts, observed_as
from bai_wx.request.tokens import Tokens
from bai_wx.wechat.client import WeChatClient
from bai_wx.wechat.refused_codes import RefusedCodes
from bai_wx.wechat.replicated_logins import ReplicatedLogins
from bai_wx.wechat.shared_logins import SharedLogins
from bai_wx.wechat.standin_api import APPID

READ_LIMIT_S = 2.0  # an honest list takes milliseconds; a hostile filter could take minutes


def create_app(
    settings: Settings,
    bundle: dict[str, Any],
    *,
    compiled: bool = True,
    guard: Guard | None = None,
    logins: SharedLogins | None = None,
    refused_codes: RefusedCodes | None = None,
    console: App | None = None,
    drain: Drain | None = None,
    exporter: App | None = None,
    presence: Presence | None = None,
) -> App:
    """Build the ASGI application that serves the bundled contract.

    `console` stands below `/console`, `exporter` at `/metrics`. With `compiled=False` Connexion's router
    chooses every operation and its FlaskApp calls the function; `tests/api/test_lanes.py` compares the two.
    `guard` watches the embedded database's file. In `logins` the workers tell each other which login codes were
    exchanged, in `refused_codes` which were refused. `drain` says when it was told to stop, `presence`
    whether other servers are there.
    Raises: `ContractError`, which names operations and functions without their other half.
    """
    check_handlers(bundle)
    _connect(settings, guard, presence)
    data_keys.use(settings.all_data_keys)
    cache.enable(not settings.forgets)
    quotas.enable(settings.quotas)
    observed = observed_as(metrics.CONSOLE, console) if console is not None else None
    return build_app(
        bundle,
        {
            **collaborators(
                settings, orjson.dumps(loader.published(bundle)), logins, refused_codes, presence
            ),
            "readiness": _readiness(settings, guard, drain or Drain(), presence),
        },
        check_responses=settings.check_responses,
        limits=request_limits(
            settings.limits, settings.user_limits, settings.code_limits, settings.redis
        ),
        cors_origins=settings.cors_origins,
        is_embedded=is_embedded(),
        compiled=compiled,
        mounts=_pages(settings, bundle, {"/console": observed, "/metrics": exporter}),
    )


def collaborators(
    settings: Settings,
    document: bytes,
    logins: SharedLogins | None = None,
    refused_codes: RefusedCodes | None = None,
    presence: Presence | None = None,
) -> dict[str, Any]:
    """What handlers may ask for by name. Raises: `SettingsError` when a setting of theirs is no good."""
    return {
        "wechat": WeChatClient(
            settings.wechat_appid,
            settings.wechat_secret,
            settings.wechat_api_base,
            shared=logins,
            replicated=ReplicatedLogins(presence) if is_postgres() else None,
            refused=refused_codes,
        ),
        "tokens": Tokens(settings.secrets, remembers=not settings.forgets),
        "files": _files(settings),
        "document": document,
    }


def _connect(settings: Settings, guard: Guard | None, presence: Presence | None) -> None:
    connect(
        settings.database,
        limit_s=READ_LIMIT_S,
        guard=guard,
        synchronous=settings.synchronous,
        reads=(settings.reads, collections.public_tables()) if settings.reads else None,
        name=_name(presence),
    )


def _name(presence: Presence | None) -> str:
    return presence.name if presence else ""


def _readiness(
    settings: Settings, guard: Guard | None, drain: Drain, presence: Presence | None
) -> Readiness:
    name = _name(presence)
    own = another(settings.database, limit_s=LIMIT_S, connections=1, guard=guard, name=name)
    file = settings.database_file
    return Readiness(
        own, [settings.home, *([file.parent] if file else [])], drain=drain, guard=guard
    )


def _pages(settings: Settings, bundle: dict[str, Any], others: Mapping[str, App | None]) -> Mounts:
    """The pages for people, `/` and `/pb/docs`, and `others`, each with what it needs below it."""

    def load() -> App:
        # Not before somebody asks for a page: no start waits for it, and many a server is asked for none.
        from bai_wx.pages.site import Site

        return Site(
            version=bundle["info"]["version"],
            operations=sum(1 for _ in operations_of(bundle)),
            is_demo=settings.wechat_appid == APPID,
        )

    given = {path: partial(_given, app) for path, app in others.items() if app is not None}
    return Mounts({"/": load, "/pb/docs": load, **given})


def _given(app: App) -> App:
    return app


def _files(settings: Settings) -> FileStore:
    try:
        return FileStore.at(settings.files, settings.s3_endpoint)
    except ValueError as exc:
        raise SettingsError(f"BAI_WX_FILES {settings.files} cannot be used: {exc}") from exc


def load_contract(home: Path) -> dict[str, Any]:
    """Load our contract; the home remembers that this very text was validated."""
    return loader.load(loader.CONTRACT_ROOT, cache=home)


def check_handlers(bundle: dict[str, Any]) -> None:
    """Raise ContractError naming every operation without a function and function without an operation."""
    declared = {f"{op[CONTROLLER]}.{op['operationId']}" for op in operations_of(bundle)}
    written = set(_handler_functions())
    problems = [f"operation without a function: {name}" for name in sorted(declared - written)]
    problems += [f"function without an operation: {name}" for name in sorted(written - declared)]
    if problems:
        raise ContractError("; ".join(problems))


def _handler_functions() -> Iterator[str]:
    """Name every public function that a module of `handlers/` defines itself."""
    for found in pkgutil.iter_modules(handlers.__path__):
        module = import_module(f"handlers.{found.name}")
        for name, value in inspect.getmembers(module, lambda v: isinstance(v, FunctionType)):
            if value.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{module.__name__}.{name}"
