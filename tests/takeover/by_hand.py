"""A `pb_data` that is written by hand, in the layout of 0.40.6: for tests that say each of its rows.

What real binaries make is looked at by others. Here the collections are the contract's own.
"""

import base64
import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import RecordField
from tests.kinds import kind_of

SECRET: Final = "the secret of the old server's users, 50 letters.."
TYPES: Final = {
    "number": ("number", "NUMERIC DEFAULT 0"),
    "money": ("number", "NUMERIC DEFAULT 0"),
    "bool": ("bool", "BOOLEAN DEFAULT FALSE"),
    "json": ("json", "JSON DEFAULT NULL"),
    "relation": ("relation", "TEXT DEFAULT ''"),
    "relations": ("relation", "JSON DEFAULT '[]'"),
    "file": ("file", "TEXT DEFAULT ''"),
}
"""PocketBase's type and column by the kind of a field; any other is a text."""

RENAMED: Final = {"token_key": "tokenKey"}

Row = dict[str, Any]


class ByHand:
    """The folder of a stopped PocketBase."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "storage").mkdir(parents=True)
        with closing(self._connect()) as database, database:
            database.execute(
                "CREATE TABLE _collections (id TEXT PRIMARY KEY, system BOOLEAN, type TEXT, name TEXT,"
                " fields JSON, options JSON, created TEXT, updated TEXT)"
            )
            database.execute("CREATE TABLE _params (id TEXT PRIMARY KEY, value JSON)")
            for model in COLLECTIONS.values():
                _create(database, model)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "data.db")

    def add(self, collection: str, *rows: Mapping[str, Any]) -> Self:
        """Insert rows as they are, over those of the same id."""
        with closing(self._connect()) as database, database:
            for row in rows:
                names = ", ".join(RENAMED.get(name, name) for name in row)
                marks = ", ".join("?" * len(row))
                sql = f"INSERT INTO {collection} ({names}) VALUES ({marks})"
                database.execute(sql, [_held(value) for value in row.values()])
        return self

    def change(self, collection: str, record_id: str, **values: Any) -> None:
        """Change a row."""
        with closing(self._connect()) as database, database:
            names = ", ".join(f"{name} = ?" for name in values)
            held = [_held(value) for value in values.values()]
            database.execute(f"UPDATE {collection} SET {names} WHERE id = ?", [*held, record_id])

    def remove(self, collection: str, record_id: str) -> None:
        """Remove a row, as the old server's hooks did."""
        with closing(self._connect()) as database, database:
            database.execute(f"DELETE FROM {collection} WHERE id = ?", [record_id])

    def set(self, name: str, value: Mapping[str, Any]) -> None:
        """Set one of its settings."""
        with closing(self._connect()) as database, database:
            said = json.dumps({name: value})
            database.execute("REPLACE INTO _params VALUES ('settings', ?)", [said])

    def add_file(
        self, record_id: str, name: str, data: bytes, *, noted: bytes | None = None
    ) -> Path:
        """Store a file of an attachment, with the MD5 of other bytes where these are `noted`."""
        path = self.folder / "storage" / pb_id(COLLECTIONS["tbl_attachments"]) / record_id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        md5 = hashlib.md5(data if noted is None else noted, usedforsecurity=False).digest()
        attrs = {"user.content_type": "image/png", "md5": base64.b64encode(md5).decode()}
        path.with_name(f"{name}.attrs").write_text(json.dumps(attrs))
        return path

    def files(self) -> list[str]:
        """The names of the files that are left in it, but for those beside them."""
        found = (self.folder / "storage").rglob("*")
        return sorted(each.name for each in found if each.is_file() and each.suffix != ".attrs")


def pb_id(model: type[Record]) -> str:
    """The id of a collection of the old server."""
    return f"old{model.collection().removeprefix('tbl_').replace('_', '')}"[:15].ljust(15, "0")


def row_id(kind: str, number: int = 0) -> str:
    """A record id: the same for the same kind and number."""
    return f"{kind}{number:0{15 - len(kind)}}"


def _create(database: sqlite3.Connection, model: type[Record]) -> None:
    ours = {n: f for n, f in model.record_fields().items() if not f.hidden or n in RENAMED}
    fields = {RENAMED.get(n, n): f for n, f in ours.items() if n != "id"}
    columns = ", ".join(f"{name} {_column(field)}" for name, field in fields.items())
    database.execute(f"CREATE TABLE {model.collection()} (id TEXT PRIMARY KEY, {columns})")
    said = [{"name": "id", "type": "text"}, *(_field(n, f) for n, f in fields.items())]
    options = {"authToken": {"secret": SECRET}} if model.COLLECTION_TYPE == "auth" else {}
    row = (pb_id(model), False, model.COLLECTION_TYPE, model.collection())
    database.execute(
        "INSERT INTO _collections VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*row, json.dumps(said), json.dumps(options), MOMENT, MOMENT],
    )


def _column(field: RecordField) -> str:
    return TYPES.get(kind_of(field), ("", "TEXT DEFAULT ''"))[1]


def _field(name: str, field: RecordField) -> dict[str, Any]:
    kind = kind_of(field)
    many = {"maxSelect": 99} if kind == "relations" else {}
    return {"name": name, "type": TYPES.get(kind, ("text",))[0], **many}


def _held(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (list, dict)) else value


MOMENT: Final = "2024-02-01 08:00:00.000Z"


def dated(kind: str, number: int = 0, **values: Any) -> Row:
    """A row with an id and moments."""
    return {"id": row_id(kind, number), "created": MOMENT, "updated": MOMENT, **values}


def user(number: int = 0, **values: Any) -> Row:
    """A user who may log in."""
    openid, key = f"openid-{number}", f"key{number}".ljust(50, "k")
    own = {"openid": openid, "users_id": f"U-{number}", "users_status": "active", "token_key": key}
    return dated("user", number, **{**own, **values})


def product(number: int = 0, **values: Any) -> Row:
    """A product on sale."""
    own = {"prod_list_id": f"P-{number}", "prod_list_name": "开关", "prod_list_basic_price": 19.9}
    return dated("product", number, **{**own, "prod_list_status": "on_sale", **values})


def cart_line(number: int = 0, **values: Any) -> Row:
    """An active line of the first product, of an owner of its own."""
    own = {"cart_id": f"CART-{number}", "cart_owner": f"openid-{number}", "cart_status": "active"}
    goods = {"cart_product_id": row_id("product"), "cart_product_quantity": 2}
    return dated("line", number, **{**own, **goods, **values})


def attachment(number: int = 0, **values: Any) -> Row:
    """A picture."""
    own = {"attachments_id": f"A-{number}", "attachments_link": f"picture_{number}.png"}
    return dated("picture", number, **{**own, "attachments_status": "valid", **values})
