"""The check of an operator's row against the contract: what lists would answer of it must be what it says.

The columns take more than the contract allows, such as any JSON for a product's parameters. The console
enables the check when it starts, and a command that loads a table before it does so; commands that write states
alone need none.
"""

from collections.abc import Collection, Mapping
from typing import Any

from bai_wx.record.base import Record
from bai_wx.record.problem_texts import Texts
from bai_wx.transfer.row_check import RowCheck

_enabled: list[RowCheck] = []


def enable(bundle: dict[str, Any]) -> None:
    """Check rows against this contract from now on."""
    _enabled[:] = [RowCheck(bundle)]


def problems(
    model: type[Record], values: Mapping[str, Any], changed: Collection[str]
) -> dict[str, Texts]:
    """What does not fit of the contract's values of a row, by field; of the `changed` fields alone."""
    found: dict[str, Texts] = {}
    for check in _enabled:
        for path, wanted in check(model.collection(), values):
            field, _, inside = path.partition(".")
            if field in changed:
                found.setdefault(field, _texts(inside, wanted))
    return found


def _texts(inside: str, wanted: str) -> Texts:
    """The texts of a problem at a path inside a field's value, `0.sort` of a list of objects."""
    place = " ".join(f"第 {int(key) + 1} 项" if key.isdigit() else key for key in inside.split("."))
    chinese = f"{place} 与接口约定不符" if inside else "与接口约定不符"
    english = f"{inside} {wanted}." if inside else f"{wanted[:1].upper()}{wanted[1:]}."
    return chinese, english
