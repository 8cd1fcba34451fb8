"""Active lines of a cart that are doubles: an owner has one line of a product here.

The first line of a product takes the pieces of the others, and price, number and remark of the last. The others
are kept as deleted rows, so that no row is lost.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from bai_wx.transfer.pocketbase import old_shapes
from bai_wx.transfer.pocketbase.field_values import Fitted
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.pb_data import PbData, PbRow
from bai_wx.transfer.pocketbase.translated import Translated
from models.cart import ACTIVE, MAX_QUANTITY

JOINED: Final = "the pieces of a second active line of its product, joined into the first line"
DELETED: Final = "a second active line of its product, joined into the first and kept as deleted"
CUT: Final = f"pieces of joined lines, cut to {MAX_QUANTITY:,}"

Plainly = Callable[[str, PbRow], Translated]
"""Translates a row of an old collection by itself."""

QUANTITY: Final[str] = "cart_product_quantity"
_OF_THE_LAST: Final[tuple[str, ...]] = ("cart_at_price", "cart_number", "cart_remark")


@dataclass(slots=True)
class _Line:
    """An active line: its id, and the values that joining is about."""

    id: str
    values: dict[str, Any]


class CartDoubles:
    """The active lines of a source that are doubles."""

    def __init__(self, data: PbData, mapping: SourceMapping, plainly: Plainly) -> None:
        self._first: dict[str, dict[str, Any]] = {}
        self._others: set[str] = set()
        lines: dict[tuple[str, str], list[_Line]] = {}
        for owner, line in _active(data, mapping, plainly):
            lines.setdefault(owner, []).append(line)
        for first, *others in lines.values():
            if others:
                self._first[first.id] = _joined([first, *others])
                self._others.update(other.id for other in others)

    def join(self, made: Translated) -> None:
        """Make a translated line what it is after joining."""
        record_id = made.values.get("id")
        if record_id in self._others:
            made.put("is_delete", Fitted(1, DELETED))
        elif record_id in self._first:
            joined = self._first[record_id]
            made.values |= joined
            made.put(QUANTITY, Fitted(min(joined[QUANTITY], MAX_QUANTITY), JOINED))
            if joined[QUANTITY] > MAX_QUANTITY:
                made.tell(QUANTITY, CUT)


def _active(
    data: PbData, mapping: SourceMapping, plainly: Plainly
) -> Iterator[tuple[tuple[str, str], _Line]]:
    """The active lines that can be taken over, each with its owner and product."""
    for old, ours in mapping.collections.items():
        if ours != old_shapes.CART:
            continue
        for _, row in data.rows(old):
            made = plainly(old, row)
            values = made.values
            is_active = values.get("cart_status", ACTIVE) == ACTIVE and not values.get("is_delete")
            if is_active and not made.refused:
                kept = {name: values[name] for name in (QUANTITY, *_OF_THE_LAST) if name in values}
                yield (values["cart_owner"], values["cart_product_id"]), _Line(values["id"], kept)


def _joined(lines: list[_Line]) -> dict[str, Any]:
    """What the first line becomes: the remark is the last that says something."""
    joined = dict(lines[0].values)
    for line in lines[1:]:
        joined |= {name: line.values[name] for name in _OF_THE_LAST if line.values.get(name)}
    return joined | {QUANTITY: sum(line.values[QUANTITY] for line in lines)}
