"""What a PocketBase says of its own tables: collections, their fields, the secrets of their tokens.

Two layouts are known: that of 0.23 to 0.40, whose `_collections` has `fields` and `options`, and that of
0.22, which has `schema` there and keeps one secret for all collections in its settings.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import orjson

Row = tuple[Any, ...]

OLD_HINT: Final = "0.22"
NEW_HINT: Final = "0.23+"

OWN_TABLES: Final = frozenset(
    {"_collections", "_params", "_migrations", "_admins", "_externalAuths", "_logs", "_requests"}
)
"""Tables of PocketBase's own that are no collections."""

_ALWAYS: Final = (("id", "text"), ("created", "date"), ("updated", "date"))
_ALWAYS_OF_USERS: Final = (
    ("username", "text"),
    ("email", "email"),
    ("emailVisibility", "bool"),
    ("verified", "bool"),
    ("tokenKey", "text"),
)
"""Columns of 0.22 that its `schema` does not name."""


class PocketBaseRefused(Exception):
    """A source that cannot be read, or a map that does not fit it. The message says why."""


@dataclass(frozen=True, slots=True)
class PbField:
    """A field of a collection, with PocketBase's word for its type. `is_many` columns hold a JSON list."""

    name: str
    type: str
    is_many: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PbCollection:
    """A collection. `type` is `base`, `auth` or `view`; `fields` has `id` and a user's `tokenKey` too.

    `auth_secret` signs the tokens of an auth collection, behind each user's `tokenKey`; None where it is
    not known. `auth_lifetime_s` is how long they hold, 0 where it is not said. `created` is when it was
    made. `is_system` marks PocketBase's own, such as `_superusers`.
    """

    id: str
    name: str
    type: str
    fields: tuple[PbField, ...]
    auth_secret: str | None = None
    created: str = ""
    is_system: bool = False
    auth_lifetime_s: int = 0

    def field(self, name: str) -> PbField | None:
        """The field of this name, if there is one."""
        return next((each for each in self.fields if each.name == name), None)


def version_hint(connection: sqlite3.Connection) -> str:
    """Tell the layout of a database. Raises: `PocketBaseRefused` where it is none that we know."""
    columns = columns_of(connection, "_collections")
    if "fields" in columns and "options" in columns:
        return NEW_HINT
    if "schema" in columns and "_params" in table_names(connection):
        return OLD_HINT
    raise PocketBaseRefused(
        "data.db is not the database of a PocketBase 0.22 to 0.40: its _collections are not theirs"
        if columns
        else "data.db has no table _collections: it is not the database of a PocketBase"
    )


def read_collections(
    connection: sqlite3.Connection, settings: Mapping[str, Any] | None
) -> dict[str, PbCollection]:
    """Read every collection. `settings` are PocketBase's, None where they cannot be read."""
    if version_hint(connection) == OLD_HINT:
        query = "SELECT id, name, type, created, system, schema FROM _collections ORDER BY rowid"
        secret = _text_at(settings or {}, "recordAuthToken", "secret")
        make: Callable[[Row], PbCollection] = partial(_old, secret=secret)
    else:
        query = "SELECT id, name, type, created, system, fields, options FROM _collections ORDER BY rowid"
        make = _new
    found = (_made(row, make) for row in connection.execute(query))
    return {each.name: each for each in found}


def _made(row: Row, make: Callable[[Row], PbCollection]) -> PbCollection:
    """A collection of its row. Raises: `PocketBaseRefused` where its fields are not written as PocketBase's."""
    try:
        return make(row)
    except (TypeError, KeyError, AttributeError) as exc:
        told = f"{type(exc).__name__}: {exc}"
        raise PocketBaseRefused(f"_collections is broken at {row[1]}: {told}") from exc


def _new(row: Row) -> PbCollection:
    key, name, kind, created, system, fields, options = row
    said = _parsed(name, options) or {}
    secret = _text_at(said, "authToken", "secret")
    read = tuple(_new_field(each) for each in _parsed(name, fields) or ())
    own = secret if kind == "auth" else None
    lifetime_s = _lifetime_s(said) if kind == "auth" else 0
    return PbCollection(key, name, kind, read, own, str(created), bool(system), lifetime_s)


def _lifetime_s(said: Mapping[str, Any]) -> int:
    token = said.get("authToken")
    duration = token.get("duration") if isinstance(token, dict) else None
    return duration if isinstance(duration, int) and duration > 0 else 0


def _new_field(said: Mapping[str, Any]) -> PbField:
    is_many = said["type"] in ("select", "relation", "file") and (said.get("maxSelect") or 0) > 1
    return PbField(said["name"], said["type"], is_many, said)


def _old(row: Row, secret: str | None) -> PbCollection:
    key, name, kind, created, system, schema = row
    named = [_old_field(each) for each in _parsed(name, schema) or ()]
    unsaid = (*_ALWAYS, *(_ALWAYS_OF_USERS if kind == "auth" else ()))
    read = (*(PbField(*each) for each in unsaid), *named)
    own = secret if kind == "auth" else None
    return PbCollection(key, name, kind, read, own, str(created), bool(system))


def _old_field(said: Mapping[str, Any]) -> PbField:
    options = said.get("options") or {}
    most = options.get("maxSelect")
    # Of a relation, 0.22 writes null for as many as one likes.
    is_endless = said["type"] == "relation" and most is None
    has_list = said["type"] in ("select", "relation", "file") and (is_endless or (most or 0) > 1)
    return PbField(said["name"], said["type"], has_list, options)


def _parsed(collection: str, text: str | None) -> Any:
    try:
        return orjson.loads(text or "null")
    except orjson.JSONDecodeError as exc:
        raise PocketBaseRefused(f"_collections is broken at {collection}: {exc}") from exc


def _text_at(values: Mapping[str, Any], *path: str) -> str | None:
    """The text at the end of a path of keys; None where there is none."""
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found else None


def table_names(connection: sqlite3.Connection) -> list[str]:
    """The tables of a database, in the order they were made."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return [name for (name,) in rows if not name.startswith("sqlite_")]


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table; none where there is no such table."""
    return [
        name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", [table])
    ]


def unknown_tables(tables: Iterable[str], collections: Iterable[PbCollection]) -> tuple[str, ...]:
    """The tables that are neither a collection's nor PocketBase's own."""
    known = OWN_TABLES | {each.name for each in collections}
    return tuple(name for name in tables if name not in known)
