"""Makes the database of a PocketBase 0.40.6: its own tables, and our collections as it would hold them.

What PocketBase makes of an empty folder is kept beside this module, in `empty.json`, and a test compares it
with the real binary. So an export needs no binary.
"""

import base64
import secrets
import sqlite3
import string
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import orjson

from bai_wx.contract import pocketbase
from bai_wx.contract.collections import CollectionSpec
from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.files.store import MAX_BYTES, MIME_TYPES
from bai_wx.record import clock
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import DEFAULT_TEXT_MAX, MAX_IMPORTED_TEXT

VERSION: Final = "0.40.6"
SUPERUSERS: Final = "_superusers"
SECRET_LENGTH: Final = 50
BUSINESS_ID: Final = "[0-9A-Z]{26}"
PASSWORD_LENGTH: Final = 53
"""Characters of salt and digest in a bcrypt hash."""

_LETTERS: Final = string.ascii_letters + string.digits
_PLAIN: Final = {"help": "", "hidden": False, "presentable": False, "required": False}
_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "text": _PLAIN
    | {"autogeneratePattern": "", "max": 0, "min": 0, "pattern": "", "primaryKey": False},
    "editor": _PLAIN | {"convertURLs": False, "maxSize": 0},
    "url": _PLAIN | {"exceptDomains": [], "onlyDomains": []},
    "select": _PLAIN,
    "date": _PLAIN | {"max": "", "min": ""},
    "autodate": {"hidden": False, "onCreate": False, "onUpdate": False, "presentable": False},
    "number": _PLAIN | {"max": None, "min": None, "onlyInt": False},
    "bool": _PLAIN,
    "relation": _PLAIN | {"cascadeDelete": False, "minSelect": 0},
    "file": _PLAIN
    | {"maxSize": MAX_BYTES, "mimeTypes": list(MIME_TYPES), "protected": False, "thumbs": []},
    "json": _PLAIN | {"maxSize": 0},
}
"""By PocketBase's type of a field: its options, and what they are where nothing else is said."""

_COLUMNS: Final[Mapping[str, str]] = {
    "number": "NUMERIC DEFAULT 0 NOT NULL",
    "bool": "BOOLEAN DEFAULT FALSE NOT NULL",
    "json": "JSON DEFAULT NULL",
}
"""The columns of fields that are not text."""

_TEXT: Final = "TEXT DEFAULT '' NOT NULL"
_LIST: Final = "JSON DEFAULT '[]' NOT NULL"
_ID: Final = "TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL"

Field = dict[str, Any]


class NewDatabase:
    """A `data.db` in the making, and the secrets that its users' tokens and file tokens are signed with."""

    def __init__(self, connection: sqlite3.Connection, secret: str, file_secret: str) -> None:
        self._connection = connection
        self._secrets = {"authToken": secret, "fileToken": file_secret}
        self._empty = orjson.loads(files(__package__).joinpath("empty.json").read_bytes())
        self._now = clock.now()

    def make(self, specs: Mapping[str, CollectionSpec]) -> None:
        """Make PocketBase's own tables and these collections, without a row."""
        for statement in self._empty["tables"]:
            self._connection.execute(statement)
        self._note_migrations()
        settings = orjson.dumps(self._empty["settings"]).decode()
        self._insert("_params", {"id": "settings", "value": settings, **self._moments})
        for own in self._empty["collections"]:
            self._insert_collection({**own, "options": _with_secrets(own["options"], {})})
        for spec in specs.values():
            self._make_collection(spec)

    @property
    def _moments(self) -> dict[str, str]:
        return {"created": self._now, "updated": self._now}

    def _note_migrations(self) -> None:
        applied = int(time.time() * 1_000_000)
        for place, name in enumerate(self._empty["migrations"]):
            self._insert("_migrations", {"file": name, "applied": applied + place})

    def _make_collection(self, spec: CollectionSpec) -> None:
        model = COLLECTIONS[spec.name]
        kind, collection_id = model.COLLECTION_TYPE, model.collection_id()
        fields = [*self._system_fields(kind), *_own_fields(spec)]
        indexes = [*pocketbase.unique_indexes(spec), *_owner_index(spec)]
        indexes += _user_indexes(spec.name, collection_id) if kind == "auth" else []
        columns = ", ".join(f"`{each['name']}` {_column(each)}" for each in fields)
        self._connection.execute(f"CREATE TABLE `{spec.name}` ({columns})")
        for statement in indexes:
            self._connection.execute(statement)
        self._insert_collection(
            {
                "id": collection_id,
                "system": 0,
                "type": kind,
                "name": spec.name,
                **pocketbase.rules(spec),
                "fields": fields,
                "indexes": indexes,
                "options": self._options() if kind == "auth" else {},
            }
        )

    def _system_fields(self, kind: str) -> Iterator[Field]:
        """The fields that PocketBase gives every collection of a type. Users here have no e-mail address."""
        for each in self._superusers["fields"]:
            if each["name"] == "id" or (kind == "auth" and each["type"] != "autodate"):
                yield {**each, "required": False} if each["name"] == "email" else each

    @property
    def _superusers(self) -> dict[str, Any]:
        own: list[dict[str, Any]] = self._empty["collections"]
        return next(each for each in own if each["name"] == SUPERUSERS)

    def _options(self) -> dict[str, Any]:
        """The options of the users' collection. Nobody has a password: WeChat says who somebody is."""
        options = _with_secrets(self._superusers["options"], self._secrets)
        options["authToken"]["duration"] = 7 * 24 * 3600
        options["passwordAuth"]["enabled"] = False
        options["authAlert"]["enabled"] = False
        return options

    def _insert_collection(self, row: Mapping[str, Any]) -> None:
        texts = {n: orjson.dumps(row[n]).decode() for n in ("fields", "indexes", "options")}
        self._insert("_collections", {**row, **texts, **self._moments})

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        self.insert(table, tuple(row), [tuple(row.values())])

    def insert(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows of a table, their values as its columns hold them. Raises: `sqlite3.IntegrityError`."""
        columns = ", ".join(f"`{name}`" for name in names)
        marks = ", ".join("?" * len(names))
        self._connection.executemany(f"INSERT INTO `{table}` ({columns}) VALUES ({marks})", rows)  # noqa: S608  # names of ours, values are bound


def unknown_password() -> str:
    """A bcrypt hash of which nobody knows the password. PocketBase saves no user without one."""
    drawn = base64.b64encode(secrets.token_bytes(PASSWORD_LENGTH), altchars=b"./")
    return f"$2a$10${drawn.decode()[:PASSWORD_LENGTH]}"


def _random_secret() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(SECRET_LENGTH))


def _with_secrets(options: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The options with the given secrets, and a random one for every other kind of token."""
    return {
        name: {**each, "secret": given.get(name) or _random_secret()}
        if isinstance(each, dict) and "secret" in each
        else (dict(each) if isinstance(each, dict) else each)
        for name, each in options.items()
    }


def _own_fields(spec: CollectionSpec) -> Iterator[Field]:
    """The contract's fields, with PocketBase's defaults. A user's `token_key` is a field of its own there."""
    made = [
        pocketbase.field(each, _collection_id) | _made_there(each) for each in spec.fields.values()
    ]
    is_auth = COLLECTIONS[spec.name].COLLECTION_TYPE == "auth"
    for each in [*made, *pocketbase.COMMON]:
        if not (is_auth and each["name"] == "token_key"):
            place = f"{each['type']}{zlib.crc32(each['name'].encode())}"
            yield {**_OPTIONS[each["type"]], "id": place, "system": False, **each}


def _made_there(each: FieldSpec) -> Field:
    """What a field needs where our server is not: a business id is made, or a second `""` would be refused.

    A text without a maximum may be longer than PocketBase's 5,000 characters, as imports are kept.
    """
    if each.id_prefix:
        return {"autogeneratePattern": f"{each.id_prefix}-{BUSINESS_ID}"}
    is_free = each.kind is Kind.TEXT and each.max_length == DEFAULT_TEXT_MAX
    return {"max": MAX_IMPORTED_TEXT} if is_free else {}


def _collection_id(name: str) -> str:
    return COLLECTIONS[name].collection_id()


def _column(field: Field) -> str:
    if field["name"] == "id":
        return _ID
    if field.get("maxSelect", 1) > 1:
        return _LIST
    return _COLUMNS.get(field["type"], _TEXT)


def _owner_index(spec: CollectionSpec) -> Iterator[str]:
    """An index of the column that its rules compare, which PocketBase's own list of rows needs."""
    owner = pocketbase.owner(spec)
    if owner is not None and not owner.unique:
        yield f"CREATE INDEX idx_{spec.name}_owner ON {spec.name} ({owner.name})"


def _user_indexes(name: str, collection_id: str) -> list[str]:
    return [
        f"CREATE UNIQUE INDEX `idx_tokenKey_{collection_id}` ON `{name}` (`tokenKey`)",
        f"CREATE UNIQUE INDEX `idx_email_{collection_id}` ON `{name}` (`email`)"
        " WHERE `email` != ''",
    ]
