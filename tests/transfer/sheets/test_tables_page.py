"""The cells that `docs/tables.md` shows are read as it says."""

import re
from pathlib import Path

import orjson
import pytest

from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.opening import open_table
from tests.tree import ROOT

SHOWN = re.compile(r"^\| (\S+) \| `(.+)` \| `(.+)` \|$", re.MULTILINE)
CELLS = SHOWN.findall((ROOT / "docs" / "tables.md").read_text("utf-8").replace("\\|", "|"))


def test_the_page_shows_cells() -> None:
    assert len(CELLS) > 5


@pytest.mark.parametrize(("heading", "cell", "said"), CELLS)
def test_a_cell_is_read_as_the_page_says(
    heading: str, cell: str, said: str, tmp_path: Path, made_layouts: dict[str, Layout]
) -> None:
    layout = next(
        each
        for name, each in made_layouts.items()
        if name in ("tbl_product_list", "tbl_document") and each.field_of(heading)
    )
    path = tmp_path / "rows.csv"
    quoted = cell.replace('"', '""')
    path.write_text(f'{heading},记录 id\n"{quoted}",a\n', "utf-8")
    [row] = open_table(path, layout).rows()
    value = row.cells[str(layout.field_of(heading))]
    assert (value if isinstance(value, str) else orjson.dumps(value).decode()) == said
