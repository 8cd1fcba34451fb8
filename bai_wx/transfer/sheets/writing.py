"""Tables that are written: rows of a collection, and refused rows to mend."""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.table import Kind, Table


def write_table(
    file: IO[bytes],
    kind: Kind,
    layout: Layout,
    rows: Iterable[Mapping[str, Any]],
    fields: Sequence[str],
) -> None:
    """Write rows of the contract's values, by field, under the headings of `fields`. Rows are not kept."""


def write_refused(
    file: IO[bytes], table: Table, refused: Iterable[tuple[Any, Sequence[str]]]
) -> None:
    """Write refused rows as they were read (`TableRow.raw`), each with its reasons, in the table's format."""
