"""Where a table's headings stand, and which field each names."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bai_wx.transfer.sheets.cell_kinds import RawCell
from bai_wx.transfer.sheets.cell_values import is_empty
from bai_wx.transfer.sheets.layout import Layout, column_letter
from bai_wx.transfer.sheets.table import CellFault, TableRefused, refusal

SEARCHED: Final = 10  # rows in which the headings are looked for; a title may stand above them
MAX_COLUMNS: Final = 256
MAX_FAULTS: Final = 20
SHOWN_EXAMPLES: Final = 4

NumberedCells = tuple[int, Sequence[RawCell]]
"""A row and the line it stands in."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings, the line they stand in, and the field of each column (`""`: passed over)."""

    line: int
    texts: tuple[str, ...]
    fields: tuple[str, ...]


def known(layout: Layout, cells: Sequence[RawCell]) -> int:
    """How many cells of a row are headings."""
    return sum(layout.field_of(str(each)) is not None for each in cells if not is_empty(each))


def find(layout: Layout, rows: Sequence[NumberedCells]) -> Headings:
    """Find the headings among the first rows of a table that hold anything.

    It is the first row of which half are headings. Raises: `TableRefused` where there is none, and for headings
    that are unknown or stand twice.
    """
    if not rows:
        raise refusal("文件中没有内容", "The file is empty.")
    for line, cells in rows:
        filled = sum(not is_empty(each) for each in cells)
        if known(layout, cells) * 2 >= filled:
            return _read(layout, line, cells)
    if not any(known(layout, cells) for _, cells in rows):
        raise _none_known(layout)
    return _read(layout, *max(rows, key=lambda row: known(layout, row[1])))


def _read(layout: Layout, line: int, cells: Sequence[RawCell]) -> Headings:
    texts = ["" if is_empty(each) else str(each).strip() for each in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > MAX_COLUMNS:
        raise refusal(f"最多 {MAX_COLUMNS} 列", f"A table has {MAX_COLUMNS} columns at the most.")
    named = [layout.field_of(each) if each else "" for each in texts]
    faults = [*_unknown(line, texts, named), *_doubled(layout, line, named)]
    if faults:
        raise TableRefused(faults[:MAX_FAULTS])
    return Headings(line, tuple(texts), tuple(name or "" for name in named))


def _unknown(line: int, texts: list[str], named: list[str | None]) -> list[CellFault]:
    return [
        CellFault(
            line,
            column_letter(place),
            "",
            texts[place],
            f"没有名为“{texts[place][:50]}”的字段，请改正表头或删除该列",
            f"No field is called “{texts[place][:50]}”; mend the heading or remove the column.",
        )
        for place, name in enumerate(named)
        if name is None
    ]


def _doubled(layout: Layout, line: int, named: list[str | None]) -> list[CellFault]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(named):
        if name:
            places[name].append(place)
    return [
        CellFault(
            line,
            column_letter(found[-1]),
            name,
            layout.columns[name].title.chinese,
            f"表头重复：{'、'.join(map(column_letter, found))} 列都是这个字段",
            f"Columns {', '.join(map(column_letter, found))} are the same field.",
        )
        for name, found in places.items()
        if len(found) > 1
    ]


def _none_known(layout: Layout) -> TableRefused:
    some = [layout.columns[name].heading for name in layout.for_template()][:SHOWN_EXAMPLES]
    return refusal(
        f"没有找到表头。第一行应写字段的名称，例如：{'、'.join(some)}；可以先下载模板",
        f"There are no headings. The first row names the fields: {', '.join(some)}; see the template.",
    )
