"""What an entry of the log says that changed, field by field, as texts and the lines between them."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from bai_wx.console.accounts.noting import OPERATORS
from bai_wx.console.audit import Entry
from bai_wx.console.value_texts import text
from bai_wx.record.collections import COLLECTIONS

NEVER: Final = frozenset({"updated", "is_delete"})
"""Fields that change with every write, or are what the action says."""
LONGEST: Final = 100_000
"""Characters of two texts that are compared line by line; comparing takes a time that grows with the lines."""
MOST_LINES: Final = 500
"""Lines of a comparison that are told."""
SHOWN: Final = 3_000
"""Characters of a text that is not compared which are told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field before and after. `lines` compare a text of several lines: each with `+`, `-`, `@` or a space."""

    name: str
    before: str
    after: str
    lines: tuple[tuple[str, str], ...] = ()


def of_entry(entry: Entry) -> list[Difference]:
    """The fields that an entry tells of, in the collection's order. What stayed unset is left out."""
    model = COLLECTIONS.get(entry.collection)
    told = {**entry.before, **entry.after}
    order = [*model.record_fields()] if model is not None else [*told]
    # An operator's entries hold its name for readers of the log; it never changes.
    never = NEVER | {"name"} if entry.collection == OPERATORS else NEVER
    names = [name for name in order if name in told and name not in never]
    found = ((n, _text(model, n, entry.before), _text(model, n, entry.after)) for n in names)
    return [_difference(*each) for each in found if each[1] != each[2]]


def _text(model: Any, name: str, values: Mapping[str, Any]) -> str:
    return text(model, name, values.get(name))


def _difference(name: str, before: str, after: str) -> Difference:
    is_long = "\n" in before or "\n" in after
    if not (before and after and is_long) or len(before) + len(after) > LONGEST:
        return Difference(name, _cut(before), _cut(after))
    return Difference(name, _cut(before), _cut(after), tuple(_lines(before, after)))


def _lines(before: str, after: str) -> Iterable[tuple[str, str]]:
    told = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    for line in islice(told, 2, MOST_LINES):
        yield line[:1], "" if line.startswith("@@") else _cut(line[1:])


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
