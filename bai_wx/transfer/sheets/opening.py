"""A file as a table, whatever its format."""

from pathlib import Path

from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.table import Table


def open_table(path: Path, layout: Layout) -> Table:
    """Open a file and read its headings. The content says which format it has, not the name alone.

    Raises: `TableRefused` for what is no table, and for headings that are unknown or stand twice.
    """
    raise NotImplementedError
