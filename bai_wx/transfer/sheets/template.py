"""An empty table to fill in."""

from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.table import Kind


def template(layout: Layout, kind: Kind) -> bytes:
    """The headings of a collection, with an example that is passed over when the table is read."""
    raise NotImplementedError
