"""Related rows inside a record: `expand=cart_product_id.prod_list_icon`.

A path that names no relation is ignored, as in PocketBase, and a bad tail takes its whole path with
it. Each related row is shown only to those who may see it by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from models.base import Record
from models.collections import COLLECTIONS
from models.fields import Relation, Relations
from records import layout, plans
from records.layout import Json

MAX_LEVELS: Final = 6
_AT_ONCE: Final = 512  # ids in one statement

Paths = dict[str, Any]
"""Names to the paths that go on from there."""


@lru_cache(256)
def read(text: str) -> Paths:
    """Read a comma list of dotted paths. Nobody may change what it returns."""
    paths: Paths = {}
    for part in text.replace(" ", "").split(","):
        here = paths
        for name in part.strip(".").split(".") if part.strip(".") else ():
            here = here.setdefault(name, {})
    return paths


def attach(
    model: type[Record], records: Sequence[Json], text: str, viewer: plans.Parameters
) -> None:
    """Put what `expand` asks for into the records, under `expand`."""
    if text and records:
        _attach(model, records, read(text), viewer, level=1)


def _attach(
    model: type[Record],
    records: Sequence[Json],
    paths: Paths,
    viewer: plans.Parameters,
    level: int,
) -> bool:
    """Attach what can be; whether any path led somewhere. Deeper levels are ignored."""
    if level > MAX_LEVELS:
        return True
    found = [_attach_one(model, records, name, paths[name], viewer, level) for name in paths]
    if any(found):
        for record in records:
            _sort_keys(record)
    return any(found)


def _attach_one(
    model: type[Record],
    records: Sequence[Json],
    name: str,
    further: Paths,
    viewer: plans.Parameters,
    level: int,
) -> bool:
    field = layout.of(model).fields.get(name)
    if not isinstance(field, (Relation, Relations)):
        return False
    target = COLLECTIONS[field.target]
    ids = (record_id for record in records for record_id in _ids(record[name]))
    related = _related(target, ids, viewer)
    below = list(related.values())
    if further and below and not _attach(target, below, further, viewer, level + 1):
        return False
    for record in records:
        _put(record, field, related)
    return True


def _ids(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _related(target: type[Record], ids: Iterable[str], viewer: plans.Parameters) -> dict[str, Json]:
    encode = layout.of(target).encode_open
    rows = (
        encode(row)
        for part in _parts(list(dict.fromkeys(ids)))
        for row in _rows(target, part, viewer)
    )
    return {record["id"]: record for record in rows}


def _parts(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _rows(target: type[Record], ids: list[str], viewer: plans.Parameters) -> list[tuple[Any, ...]]:
    # Filled up to a power of two, so that few statements serve every number of ids.
    number = 1 << (len(ids) - 1).bit_length()
    filled = ids + ids[-1:] * (number - len(ids))
    parameters = viewer | {f"id{place}": id_ for place, id_ in enumerate(filled)}
    return plans.by_ids(target, number).rows(parameters)


def _put(record: Json, field: Relation | Relations, related: dict[str, Json]) -> None:
    shown = [related[id_] for id_ in _ids(record[field.name]) if id_ in related]
    expanded = record.setdefault("expand", {})
    if shown:
        expanded[field.name] = shown if isinstance(field, Relations) else shown[0]


def _sort_keys(record: Json) -> None:
    items = sorted(record.items())
    record.clear()
    record.update(items)
