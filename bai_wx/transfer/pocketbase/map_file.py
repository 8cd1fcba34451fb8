"""The file of `--map`: which collections, fields and words of a source become which of ours.

    collections: {goods: tbl_product_list, tbl_test: null}
    fields: {goods: {title: prod_list_name, memo: null}}
    words: {tbl_order.order_status: {已付款: confirmed}}

A collection goes by its old name; in `words` the collection and the field go by our names, because the words
are those of our field. `null` leaves a collection or a field out on purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import RecordField, Select
from bai_wx.transfer.pocketbase.layout import PbCollection, PocketBaseRefused

PARTS: Final = ("collections", "fields", "words")
MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a map says. `words` are by `collection.field`; an old field that is left out becomes None."""

    collections: Mapping[str, str | None] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_map(path: Path, source: Mapping[str, PbCollection]) -> MapFile:
    """Read a map for a source. Raises: `PocketBaseRefused` with every fault, one a line."""
    said = _parsed(path)
    faults: list[str] = []
    parts = {name: _part(said, name, faults) for name in PARTS}
    faults += [
        f"{name} is no part of a map; it has {', '.join(PARTS)}" for name in said.keys() - parts
    ]
    read = MapFile(**parts)
    if not faults:
        faults = [
            *_faults_of_collections(read, source),
            *_faults_of_fields(read, source),
            *_faults_of_words(read),
        ]
    if faults:
        raise PocketBaseRefused("\n".join(f"{path.name}: {fault}" for fault in faults))
    return read


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PocketBaseRefused(f"{path.name} is larger than a map can be: {MAX_BYTES:,} bytes")
        said = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as exc:
        raise PocketBaseRefused(f"{path} cannot be read: {exc}") from exc
    except yaml.YAMLError as exc:
        raise PocketBaseRefused(f"{path.name} is not YAML: {' '.join(str(exc).split())}") from exc
    except RecursionError as exc:
        raise PocketBaseRefused(f"{path.name} is nested too deeply") from exc
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise PocketBaseRefused(f"{path.name} must have the parts {', '.join(PARTS)}")
    return said


def _part(said: Mapping[str, Any], name: str, faults: list[str]) -> Any:
    """One part, its keys and values as texts: YAML reads 上架: 1 and off: on as others."""
    part = said.get(name)
    if part is None:
        return {}
    is_nested = name != "collections"
    if not isinstance(part, dict) or (
        is_nested and not all(isinstance(each, dict) for each in part.values())
    ):
        faults.append(f"{name} must be a table{' of tables' if is_nested else ''}")
        return {}
    if is_nested:
        return {str(key): _texts(f"{name}.{key}", each, faults) for key, each in part.items()}
    return _texts(name, part, faults)


def _texts(where: str, table: Mapping[Any, Any], faults: list[str]) -> dict[str, str | None]:
    read: dict[str, str | None] = {}
    for old, new in table.items():
        if isinstance(old, bool) or not isinstance(old, (str, int)):
            faults.append(f"{where} has the key {old!r}; put a text into quotes")
        elif new is not None and not isinstance(new, str):
            faults.append(f"{where}.{old} is {new!r}; put a text into quotes")
        else:
            read[str(old)] = new
    return read


def _faults_of_collections(read: MapFile, source: Mapping[str, PbCollection]) -> list[str]:
    faults = [
        f"collections.{old}: the source has no such collection; it has {_named(source)}"
        for old in read.collections
        if old not in source
    ]
    faults += [
        f"collections.{old}: {new} is none of ours; they are {_named(COLLECTIONS)}"
        for old, new in read.collections.items()
        if new is not None and new not in COLLECTIONS
    ]
    return faults


def _faults_of_fields(read: MapFile, source: Mapping[str, PbCollection]) -> list[str]:
    faults = []
    for collection, fields in read.fields.items():
        if collection not in source:
            faults.append(f"fields.{collection}: the source has no such collection")
            continue
        ours = read.collections.get(collection, collection)
        if ours not in COLLECTIONS:
            faults.append(f"fields.{collection}: the collection is not taken over")
            continue
        faults += _faults_of_table(f"fields.{collection}", fields, source[collection], ours)
    return faults


def _faults_of_table(
    where: str, fields: Mapping[str, str | None], source: PbCollection, ours: str
) -> list[str]:
    known = COLLECTIONS[ours].record_fields()
    faults = [
        f"{where}.{old}: the source has no such field" for old in fields if not source.field(old)
    ]
    faults += [
        f"{where}.{old}: {ours} has no field {new}"
        for old, new in fields.items()
        if new is not None and new not in known
    ]
    given = [new for new in fields.values() if new is not None]
    faults += [
        f"{where}: {new} is given twice" for new in sorted({n for n in given if given.count(n) > 1})
    ]
    return faults


def _faults_of_words(read: MapFile) -> list[str]:
    faults = []
    for place, words in read.words.items():
        collection, _, name = place.partition(".")
        model = COLLECTIONS.get(collection)
        found: RecordField | None = model.record_fields().get(name) if model else None
        if not isinstance(found, Select):
            faults.append(f"words.{place}: no field of ours with words has this name")
            continue
        faults += [
            f"words.{place}.{old}: {new} is none of its words, which are {', '.join(found.values)}"
            for old, new in words.items()
            if new not in found.values
        ]
    return faults


def _named(collections: Mapping[str, Any]) -> str:
    return ", ".join(name for name in sorted(collections) if not name.startswith("_"))
