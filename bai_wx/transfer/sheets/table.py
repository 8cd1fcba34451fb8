"""A table that is read: its headings, its rows, and what is wrong in its cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from bai_wx.transfer.sheets.layout import Layout, column_letter


class Kind(StrEnum):
    """The formats of a table, by the suffix of its file."""

    XLSX = "xlsx"
    CSV = "csv"
    JSONL = "jsonl"


MEDIA_TYPES: Final[Mapping[Kind, str]] = {
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.JSONL: "application/x-ndjson",
}

MAX_ROWS: Final = 1_048_575
"""The rows of a table, without its headings; a sheet of Excel has no more."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that cannot be read or is refused.

    `line` is the row as the spreadsheet or editor numbers it, from 1; 0 is the file as a whole. `column` is the
    letter, `""` for the row as a whole and in JSON Lines.
    """

    line: int
    column: str
    field: str
    title: str
    chinese: str
    english: str

    def __str__(self) -> str:
        place = f"{self.column}{self.line}" if self.column else f"row {self.line}"
        named = f" ({self.field})" if self.field else ""
        return f"{place}{named}: {self.english}" if self.line else self.english

    @property
    def in_chinese(self) -> str:
        """The place and the problem in Chinese: `第 7 行 C 列（基础价格）：请填写金额`."""
        column = f" {self.column} 列" if self.column else ""
        named = f"（{self.title}）" if self.title else ""
        place = f"第 {self.line} 行{column}{named}：" if self.line else ""
        return place + self.chinese


class TableRefused(Exception):
    """The table as a whole cannot be read. `faults` are the first ones found."""

    def __init__(self, faults: Sequence[CellFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = list(faults)


def refusal(chinese: str, english: str, line: int = 0) -> TableRefused:
    """The refusal of a table for one reason."""
    return TableRefused([CellFault(line, "", "", "", chinese, english)])


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row. It can be pickled.

    `cells` holds the value of each cell that has one, by field, as JSON of the contract would: amounts in
    yuan, moments in UTC, lists for several relations. What cannot be read as its field's kind stays a text,
    and the strict check of values refuses it. `empty` are the fields of the cells without a value. `raw` is the
    row as it was written, for `write_refused`.
    """

    line: int
    cells: Mapping[str, Any]
    empty: tuple[str, ...] = ()
    faults: Sequence[CellFault] = field(default_factory=tuple)
    raw: Any = None


class Table(Protocol):
    """A table of one collection. `rows` can be called again; each time it reads from the beginning.

    `fields` has the field of each column, `""` for one that is passed over. In JSON Lines it is empty: each row
    has its own keys, and an unknown one is a fault of the row.
    """

    layout: Layout
    kind: Kind
    encoding: str

    @property
    def headings(self) -> Sequence[str]:
        """The headings as they are written."""
        ...

    @property
    def fields(self) -> Sequence[str]:
        """The field of each column."""
        ...

    def rows(self) -> Iterator[TableRow]:
        """The rows that have a value, in their order.

        Raises: `TableRefused` where the file cannot be read any further.
        """
        ...

    @property
    def read(self) -> float:
        """How much of the file the present `rows` has read, from 0 to 1."""
        ...


def fault(table: Table, line: int, name: str, chinese: str, english: str) -> CellFault:
    """A fault of a field in a row of a table; `name` is `""` for the row as a whole."""
    column = table.layout.columns.get(name)
    letter = column_letter(table.fields.index(name)) if name in table.fields else ""
    title = column.title.chinese if column else ""
    return CellFault(line, letter, name, title, chinese, english)
