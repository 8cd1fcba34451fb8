"""The application of one process: settings to a served contract."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import orjson

import handlers
from bai_wx.contract import loader
from bai_wx.contract.files import ContractError
from bai_wx.contract.loader import CONTROLLER
from bai_wx.database.connection import connect, is_embedded, is_postgres
from bai_wx.database.damage import Guard
from bai_wx.files.store import FileStore
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.record import cache
from bai_wx.request.asgi import App
from bai_wx.request.connexion_lane import build_app
from bai_wx.request.limits import limits_of
from bai_wx.request.mounts import Mounts
from bai_wx.request.tokens import Tokens
from bai_wx.wechat.client import WeChatClient
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
    console: App | None = None,
) -> App:
    """Build the ASGI application that serves the bundled contract, and `console` below `/console`.

    With `compiled=False` Connexion's router chooses every operation and its FlaskApp calls the function;
    `tests/api/test_lanes.py` compares the two lanes. `guard` watches the embedded database's file. In
    `logins` the workers tell each other which login codes were exchanged.
    Raises: `ContractError`, which names operations and functions without their other half.
    """
    check_handlers(bundle)
    connect(settings.database, limit_s=READ_LIMIT_S, guard=guard)
    cache.enable(not settings.forgets)
    return build_app(
        bundle,
        collaborators(settings, orjson.dumps(loader.published(bundle)), logins),
        check_responses=settings.check_responses,
        limits=limits_of(settings.limits, settings.redis),
        cors_origins=settings.cors_origins,
        is_embedded=is_embedded(),
        compiled=compiled,
        mounts=_pages(settings, bundle, console),
    )


def collaborators(
    settings: Settings, document: bytes, logins: SharedLogins | None = None
) -> dict[str, Any]:
    """What handlers may ask for by name. Raises: `SettingsError` when a setting of theirs is no good."""
    return {
        "wechat": WeChatClient(
            settings.wechat_appid,
            settings.wechat_secret,
            settings.wechat_api_base,
            shared=logins,
            replicated=ReplicatedLogins() if is_postgres() else None,
        ),
        "tokens": Tokens(settings.secret, remembers=not settings.forgets),
        "files": _files(settings),
        "document": document,
    }


def _pages(settings: Settings, bundle: dict[str, Any], console: App | None) -> Mounts:
    """The pages for people: `/`, `/pb/docs` and `/console`, each with what it needs below it."""

    def load() -> App:
        # Not before somebody asks for a page: no start waits for it, and many a server is asked for none.
        from bai_wx.pages.site import Site

        return Site(
            version=bundle["info"]["version"],
            operations=sum(1 for _ in operations_of(bundle)),
            is_demo=settings.wechat_appid == APPID,
        )

    mounted = {"/": load, "/pb/docs": load}
    return Mounts(mounted | ({"/console": lambda: console} if console else {}))


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


def operations_of(bundle: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation object of the bundle."""
    for item in bundle["paths"].values():
        for part in item.values():
            if isinstance(part, dict) and "operationId" in part:
                yield part


def _handler_functions() -> Iterator[str]:
    """Name every public function that a module of `handlers/` defines itself."""
    for found in pkgutil.iter_modules(handlers.__path__):
        module = import_module(f"handlers.{found.name}")
        for name, value in inspect.getmembers(module, lambda v: isinstance(v, FunctionType)):
            if value.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{module.__name__}.{name}"
