"""A filter of the contract and a condition of a model, compared over rows that are made for it.

The rows have each combination of the values that matter: for each field that the filter or the condition names,
all of a select, the texts and numbers that are compared with, the empty one and one more, moments just before,
at and after the present, one's own openid and another's. Each is looked at by a user and by a guest. The
filter is evaluated in Python, the condition in an SQLite table in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final

from bai_wx.contract.drift.model_facts import kind_of
from bai_wx.contract.field_specs import Kind
from bai_wx.contract.row_filters import Row, RowFilter, Viewer
from bai_wx.dialect import conditions
from bai_wx.record.base import Record
from bai_wx.record.money import yuan_of

NOW: Final = "2026-06-15 12:00:00.000Z"
MOMENTS: Final = (
    "",
    "2020-01-01 00:00:00.000Z",
    "2026-06-15 11:59:59.999Z",
    NOW,
    "2026-06-15 12:00:00.001Z",
    "2030-01-01 00:00:00.000Z",
)
OWN, OTHER = "openid-of-the-caller", "openid-of-another"
VIEWERS: Final = (Viewer(OWN, NOW), Viewer(None, NOW))
MAX_ROWS: Final = 20_000

Conditions = Callable[[Viewer], Any]
"""Makes a model's condition for a viewer; None where there is none."""


@dataclass(frozen=True)
class Claim:
    """What the contract says of rows: the filter holds, and more where it is about who may see them."""

    filter: RowFilter | None
    owner: str | None = None
    """The column that must hold the viewer's openid."""
    is_of_visible: bool = False
    """Whether a deleted row is out."""

    @property
    def names(self) -> set[str]:
        """The fields it looks at."""
        names = self.filter.names if self.filter else set()
        return names | ({self.owner} if self.owner else set()) | self._delete_flag

    @property
    def _delete_flag(self) -> set[str]:
        return {"is_delete"} if self.is_of_visible else set()

    @property
    def literals(self) -> set[Any]:
        """The texts and numbers it compares with."""
        return set(self.filter.literals) if self.filter else set()

    def holds(self, row: Row, viewer: Viewer) -> bool:
        """Whether it holds for a row. Raises: `ValueError`, as a filter's `holds`."""
        if any(row[name] for name in self._delete_flag):
            return False
        if self.owner and (viewer.openid is None or row[self.owner] != viewer.openid):
            return False
        return self.filter is None or self.filter.holds(row, viewer)


@dataclass(frozen=True)
class Disagreement:
    """A row for which the contract says `expected`, and the model the opposite."""

    row: Row
    viewer: Viewer
    expected: bool

    def __str__(self) -> str:
        values = ", ".join(f"{name} {value!r}" for name, value in self.row.items())
        return f"a row of {values} seen by {'a user' if self.viewer.openid else 'a guest'}"


@dataclass(frozen=True)
class Comparison:
    """How many rows were compared, and the first for which filter and condition differ."""

    rows: int
    first: Disagreement | None


def compare(model: type[Record], claim: Claim, condition: Conditions) -> Comparison:
    """Compare what the contract claims of rows with the model's condition.

    Raises: `ValueError` where there are too many rows, where a filter compares a text with a number, or where
        the condition needs more than the row.
    """
    asked = [conditions.written(model, condition(viewer)) for viewer in VIEWERS]
    named = sorted({*claim.names, *(name for each in asked for name in each.names)})
    literals = claim.literals | {value for each in asked for value in each.values}
    rows = list(_rows(model, named, literals))
    shown = [_shown(model, row) for row in rows]
    found = (
        Disagreement(shown[place], viewer, expected)
        for viewer, met in zip(VIEWERS, conditions.met_by(asked, model, rows), strict=True)
        for place in range(len(rows))
        if (expected := claim.holds(shown[place], viewer)) != (place in met)
    )
    return Comparison(len(rows) * len(VIEWERS), next(found, None))


def _rows(
    model: type[Record], names: Iterable[str], literals: set[Any]
) -> Iterator[dict[str, Any]]:
    fields = model.record_fields()
    choices = {name: _choices(fields[name], literals) for name in names}
    number = prod(map(len, choices.values()))
    if number > MAX_ROWS:
        raise ValueError(f"{number} rows to compare, more than {MAX_ROWS}")
    for combined in product(*choices.values()):
        yield dict(zip(choices, combined, strict=True))


def _choices(field: Any, literals: set[Any]) -> list[Any]:
    """The values of a column that are tried."""
    kind = kind_of(field)
    texts = {value for value in literals if isinstance(value, str) and value not in (NOW, OWN)}
    numbers = {value for value in literals if isinstance(value, (int, float))}
    match kind:
        case Kind.INT | Kind.MONEY | Kind.BOOL:
            limits = {getattr(field, name, None) for name in ("minimum", "maximum")} - {None}
            found = {0, 1, *limits, *numbers, *(each + 1 for each in numbers)}
            return sorted(found & {0, 1} if kind is Kind.BOOL else found)
        case Kind.DATE:
            return list(MOMENTS)
        case Kind.SELECT:
            return sorted({"", *field.values, *texts})
        case _:
            return sorted({"", OWN, OTHER, *texts})


def _shown(model: type[Record], row: dict[str, Any]) -> Row:
    """A row as filters speak of it: money in yuan."""
    fields = model.record_fields()
    return {
        name: yuan_of(value) if kind_of(fields[name]) is Kind.MONEY else value
        for name, value in row.items()
    }
