"""JSON Lines as a table: an object of the contract's names and values in each line."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from bai_wx.record import fields
from bai_wx.transfer.sheets.csv_table import TextFile, encoding_of
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.table import MAX_ROWS, CellFault, Kind, TableRow, refusal

EXAMPLE_KEY = "_example"
"""Marks the object of a template, which is passed over."""


class JsonLinesTable:
    """See `Table`."""

    kind = Kind.JSONL

    def __init__(self, path: Path, layout: Layout) -> None:
        self.layout = layout
        self.encoding = encoding_of(path)
        self.headings: Sequence[str] = ()
        self.fields: Sequence[str] = ()
        self._file = TextFile(path, self.encoding)
        self._json = {
            name for name, each in layout.columns.items() if isinstance(each.field, fields.Json)
        }

    def rows(self) -> Iterator[TableRow]:
        """See `Table.rows`."""
        found = 0
        for line, text in enumerate(self._file.lines(), 1):
            if not text.strip():
                continue
            found += 1
            if found > MAX_ROWS:
                raise refusal(f"最多 {MAX_ROWS} 行", f"A table has {MAX_ROWS} rows at the most.")
            values = _object(line, text)
            if not values.get(EXAMPLE_KEY):
                yield self._row(line, values)

    @property
    def read(self) -> float:
        """See `Table.read`."""
        return self._file.read

    def _row(self, line: int, values: dict[str, Any]) -> TableRow:
        cells: dict[str, Any] = {}
        empty: list[str] = []
        faults: list[CellFault] = []
        for key, value in values.items():
            name = self.layout.field_of(key)
            if name is None:
                faults.append(_unknown(line, key))
            elif name in cells or name in empty:
                faults.append(_doubled(line, key, name))
            elif name and (value is None or (value == "" and name not in self._json)):
                empty.append(name)
            elif name:
                cells[name] = value
        return TableRow(line, cells, tuple(empty), tuple(faults), values)


def _object(line: int, text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise refusal("这一行不是 JSON", f"The line is not JSON: {exc}.", line) from exc
    if not isinstance(found, dict):
        raise refusal("这一行不是 JSON 对象", "The line is not a JSON object.", line)
    return found


def _unknown(line: int, key: str) -> CellFault:
    return CellFault(
        line,
        "",
        "",
        key,
        f"没有名为“{key[:50]}”的字段",
        f"No field is called “{key[:50]}”.",
    )


def _doubled(line: int, key: str, name: str) -> CellFault:
    return CellFault(line, "", name, key, "这个字段出现了两次", "The field is named twice.")
