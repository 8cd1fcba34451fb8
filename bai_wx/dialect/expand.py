"""Related rows inside a record: `expand=cart_product_id.prod_list_icon`, or rows that point at it,
`expand=tbl_product_list_via_prod_list_icon`.

A path that names no relation is ignored, as in PocketBase, and a bad tail takes its whole path with
it. Each related row is shown only to those who may see it by itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final

from bai_wx.database.statement import Statement
from bai_wx.dialect import layout, plans
from bai_wx.dialect.filter.paths import back_relation
from bai_wx.dialect.layout import JsonObject
from bai_wx.dialect.text_cache import cached_by_text
from bai_wx.errors import BadQuery
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Relation, Relations

MAX_LEVELS: Final = 6
MAX_BACK: Final = 1000
"""Rows that one record shows of those that point at it; PocketBase's number too."""
MAX_NAMES: Final = 50
"""Names in one `expand`. A back relation can be spelled in many ways, and each is read from the database."""
MAX_FETCHED: Final = 20_000
"""Related rows read for one answer. Also: rows read that point at one record."""
MAX_CHARACTERS: Final = 50_000_000
"""Characters of related rows in one answer. A row that many records share is written for each, so every
level back and forth over one relation multiplies them."""
_IDS_PER_STATEMENT: Final = 512  # ids in one statement

_OLD_BACK = re.compile(r"^(\w+)\((\w+)\)$", re.ASCII)
"""The old way to write a back relation, `tbl_cart(cart_product_id)`; PocketBase still reads it."""

Paths = dict[str, Any]
"""Each name with the paths that go on from it."""


@cached_by_text(256)
def parse(text: str) -> Paths:
    """Parse a comma list of dotted paths. Nobody may change what it returns."""
    paths: Paths = {}
    for part in text.replace(" ", "").split(","):
        here = paths
        for name in part.strip(".").split(".") if part.strip(".") else ():
            here = here.setdefault(name, {})
    return paths


def refuse_long(text: str) -> None:
    """Raise `BadQuery` for an `expand` of too many names. No record is needed to see that."""
    if text and _names(parse(text)) > MAX_NAMES:
        raise BadQuery(f"expand of more than {MAX_NAMES} names")


def attach(
    model: type[Record], records: Sequence[JsonObject], text: str, viewer: plans.BoundValues
) -> None:
    """Add the related rows that `expand` asks for to the records, under `expand`."""
    if text and records:
        refuse_long(text)
        paths = parse(text)
        expansion = _Expansion(viewer)
        expansion.attach(model, records, paths, level=1)
        if sum(map(expansion.weight, records)) > MAX_CHARACTERS:
            raise BadQuery(f"expand answers more than {MAX_CHARACTERS} characters")


def _names(paths: Paths) -> int:
    """The number of names on all levels; a client's text may have thousands of levels."""
    count, left = 0, [paths]
    while left:
        further = left.pop().values()
        count += len(further)
        left.extend(further)
    return count


class _Expansion:
    """The expansion of one answer's records. It counts the rows it reads and the characters it writes."""

    def __init__(self, viewer: plans.BoundValues) -> None:
        self._viewer = viewer
        self._fetched = 0
        self._sizes: dict[int, int] = {}
        self._weights: dict[int, int] = {}

    def attach(
        self, model: type[Record], records: Sequence[JsonObject], paths: Paths, level: int
    ) -> bool:
        """Attach related rows. Returns: whether any path led to a relation. Deeper levels are ignored."""
        if level > MAX_LEVELS:
            return True
        found = [self._attach_one(model, records, name, paths[name], level) for name in paths]
        if any(found):
            for record in records:
                _sort_keys(record)
        return any(found)

    def weight(self, record: JsonObject) -> int:
        """The characters of related rows in a record, on all levels; a shared row counts each time."""
        known = self._weights.get(id(record))
        if known is None:
            related = chain.from_iterable(
                value if isinstance(value, list) else [value]
                for value in record.get("expand", {}).values()
            )
            known = sum(self._sizes[id(row)] + self.weight(row) for row in related)
            self._weights[id(record)] = known
        return known

    def _attach_one(
        self,
        model: type[Record],
        records: Sequence[JsonObject],
        name: str,
        further: Paths,
        level: int,
    ) -> bool:
        field = layout.of(model).fields.get(name)
        if isinstance(field, (Relation, Relations)):
            target = COLLECTIONS[field.target]
            ids = [_ids(record[name]) for record in records]
            rows = self._rows(target, plans.by_ids, chain.from_iterable(ids))
            related = {record["id"]: record for record in rows}
        else:
            back = back_relation(model, _OLD_BACK.sub(r"\1_via_\2", name))
            if back is None or not back[0].LISTED:
                return False
            target, by = back
            found = self._pointing_at(target, by, [record["id"] for record in records])
            related = {record["id"]: record for rows in found.values() for record in rows}
            ids = [
                [row["id"] for row in found.get(record["id"], ())[:MAX_BACK]] for record in records
            ]
        below = list(related.values())
        if further and below and not self.attach(target, below, further, level + 1):
            return False
        for record, its_ids in zip(records, ids, strict=True):
            shown = [related[id_] for id_ in its_ids if id_ in related]
            _put(record, name, shown[0] if shown and isinstance(field, Relation) else shown)
        return True

    def _pointing_at(
        self, source: type[Record], by: Relation | Relations, ids: list[str]
    ) -> dict[str, list[JsonObject]]:
        """The rows of `source` by the ids they point at."""
        found: dict[str, list[JsonObject]] = {}
        wanted = set(ids)
        for row in self._rows(source, partial(plans.by_relation, by_name=by.name), ids):
            for id_ in wanted.intersection(_ids(row[by.name])):
                found.setdefault(id_, []).append(row)
        return found

    def _rows(
        self,
        model: type[Record],
        statements: Callable[[type[Record], int], Statement],
        ids: Iterable[str],
    ) -> list[JsonObject]:
        """The rows that these statements find, each once, though a row may point at ids of two parts."""
        encode = layout.of(model).record.encode_parsed
        records: dict[tuple[Any, ...], JsonObject] = {}
        for part in _parts(list(dict.fromkeys(ids))):
            for row in _rows(model, statements, part, self._viewer):
                if row not in records:
                    [record] = encode([row])
                    records[row] = record
                    self._sizes[id(record)] = sum(map(_length, row))
            if self._fetched + len(records) > MAX_FETCHED:
                raise BadQuery(f"expand reads more than {MAX_FETCHED} related rows")
        self._fetched += len(records)
        return list(records.values())


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else 8


def _ids(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _parts(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _IDS_PER_STATEMENT):
        yield ids[start : start + _IDS_PER_STATEMENT]


def _rows(
    model: type[Record],
    statements: Callable[[type[Record], int], Statement],
    ids: list[str],
    viewer: plans.BoundValues,
) -> list[tuple[Any, ...]]:
    # Filled up to a power of two, so that few statements serve every number of ids.
    number = 1 << (len(ids) - 1).bit_length()
    filled = ids + ids[-1:] * (number - len(ids))
    parameters = viewer | {f"id{place}": id_ for place, id_ in enumerate(filled)}
    parameters["limit"] = MAX_FETCHED + 1
    return statements(model, number).rows(parameters)


def _put(record: JsonObject, name: str, shown: JsonObject | list[JsonObject]) -> None:
    expanded = record.setdefault("expand", {})
    if shown:
        expanded[name] = shown


def _sort_keys(record: JsonObject) -> None:
    items = sorted(record.items())
    record.clear()
    record.update(items)
