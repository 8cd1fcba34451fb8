"""PocketBase's collections are the contract's: what our models say of a field, its migration says too."""

import json
import sqlite3
from contextlib import closing
from typing import Any, Final

import pytest

from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Derived, RecordField
from tests.conformance.peer import RENAMED, PocketBase
from tests.kinds import kind_of

KINDS: Final = {"money": "number", "relations": "relation"}
TEXTS: Final = 5000  # PocketBase's limit of a text whose maximum is 0

Fields = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Fields]]:
    """PocketBase's collections by name: id, and fields by name."""
    pocketbase = PocketBase(tmp_path_factory.mktemp("peer"), "s" * 40)
    pocketbase.fill({})
    with closing(sqlite3.connect(pocketbase.database)) as connection:
        rows = connection.execute("SELECT name, id, fields FROM _collections").fetchall()
    return {
        name: (collection, {field["name"]: field for field in json.loads(fields)})
        for name, collection, fields in rows
    }


@pytest.mark.parametrize("model", COLLECTIONS.values(), ids=COLLECTIONS)
def test_pocketbase_has_the_same_collection(
    theirs: dict[str, tuple[str, Fields]], model: type[Record]
) -> None:
    collection, fields = theirs[model.collection()]
    ids = {known.collection(): known.collection_id() for known in COLLECTIONS.values()}
    assert collection == model.collection_id()
    for name, field in model.record_fields().items():
        assert _known(fields[RENAMED.get(name, name)]) >= _said(field, ids), name


def _known(theirs: dict[str, Any]) -> set[tuple[str, Any]]:
    found = {(name, _plain(value)) for name, value in theirs.items()}
    if theirs["type"] == "text":
        found.add(("max", theirs["max"] or TEXTS))
    return found


def _said(field: RecordField, ids: dict[str, str]) -> set[tuple[str, Any]]:
    """What our field says, under PocketBase's names. Its own system fields say more than ours."""
    if kind_of(field) == "date" and field.server_made and field.name in ("created", "updated"):
        return {("type", "autodate")}
    if field.name in ("id", "token_key"):
        return set()
    names = {"text_max": "max", "minimum": "min", "maximum": "max", "values": "values"}
    said = {
        ("type", KINDS.get(kind_of(field), kind_of(field))),
        ("hidden", field.hidden),
        *((known, _plain(getattr(field, n))) for n, known in names.items() if hasattr(field, n)),
    }
    if isinstance(field, Derived):
        said = {each for each in said if each[0] != "values"}
        said.add(("values", (*field.values, field.derived)))
    if target := getattr(field, "target", ""):
        said |= {
            ("collectionId", ids[target]),
            ("maxSelect", 999 if kind_of(field) == "relations" else 1),
        }
    if kind_of(field) != "file":
        said.add(("required", field.required))
    if kind_of(field) == "number":
        said.add(("onlyInt", True))
    if kind_of(field) == "money":
        said |= {("min", 0), ("max", 9999999.99)}
    return said


def _plain(value: Any) -> Any:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else value
