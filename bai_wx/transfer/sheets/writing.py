"""Tables that are written: rows of a collection, and refused rows to mend."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import TextIOWrapper
from typing import IO, Any, Final

import orjson

from bai_wx.transfer.sheets import excel_writing, formula_guard
from bai_wx.transfer.sheets.cell_texts import cell_of, csv_moment
from bai_wx.transfer.sheets.layout import REASONS, REASONS_KEY, Layout
from bai_wx.transfer.sheets.table import Kind, Table

Row = Mapping[str, Any]
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def write_table(
    file: IO[bytes], kind: Kind, layout: Layout, rows: Iterable[Row], fields: Sequence[str]
) -> None:
    """Write rows of the contract's values, by field, under the headings of `fields`. Rows are not kept.

    The file stays open. A workbook needs one that can seek.
    """
    columns = [layout.columns[name] for name in fields]
    headings = [column.heading for column in columns]
    if kind is Kind.JSONL:
        _write_lines(file, ({name: row[name] for name in fields if name in row} for row in rows))
    elif kind is Kind.CSV:
        write_csv(file, headings, _csv_rows(layout, rows, fields))
    else:
        cells = ([cell_of(column, row.get(column.name)) for column in columns] for row in rows)
        excel_writing.write_rows(file, sheet_name(layout), headings, cells)


def write_refused(
    file: IO[bytes], table: Table, refused: Iterable[tuple[Any, Sequence[str]]]
) -> None:
    """Write refused rows as they were read (`TableRow.raw`), each with its reasons, in the table's format."""
    if table.kind is Kind.JSONL:
        _write_lines(file, ({**raw, REASONS_KEY: list(reasons)} for raw, reasons in refused))
        return
    kept = [place for place, text in enumerate(table.headings) if _is_kept(table, place, text)]
    headings = [*(table.headings[place] for place in kept), REASONS]
    rows = ([*_at(raw, kept), "；".join(reasons)] for raw, reasons in refused)
    if table.kind is Kind.CSV:
        # A cell of a hostile file may have no guard.
        write_csv(file, headings, ([_guarded_anew(cell or "") for cell in row] for row in rows))
    else:
        excel_writing.write_rows(file, sheet_name(table.layout), headings, rows)


def sheet_name(layout: Layout) -> str:
    """The name of a collection's sheet; some characters cannot stand in one."""
    return "".join(each for each in layout.chinese if each not in r"[]:*?/\'")[:31] or "Sheet1"


def _is_kept(table: Table, place: int, heading: str) -> bool:
    """Whether a column is written again: one of a field. The reasons of another time are not."""
    return bool(heading) and bool(table.fields[place])


def _at(raw: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [raw[place] if place < len(raw) else None for place in places]


def _csv_rows(layout: Layout, rows: Iterable[Row], fields: Sequence[str]) -> Iterator[list[str]]:
    columns = [layout.columns[name] for name in fields]
    for row in rows:
        cells: list[str] = []
        for column in columns:
            cell = cell_of(column, row.get(column.name))
            if isinstance(cell, datetime):
                cell = csv_moment(column, cell, str(row[column.name]))
            cells.append(_csv_cell(cell))
        yield cells


def write_csv(file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write cells that have their guard already."""
    # With a byte order mark, or Excel would read it in the encoding of its country.
    text = TextIOWrapper(file, "utf-8-sig", newline="", write_through=False)
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(headings)
    for row in rows:
        table.writerow(row)
    text.flush()
    text.detach()


def _csv_cell(cell: str | int | float | None) -> str:
    """A number is none of the texts that need a guard: `-5` stays a number."""
    if isinstance(cell, str):
        return formula_guard.guarded(cell)
    return "" if cell is None else repr(cell)


def _guarded_anew(cell: str) -> str:
    return cell if _NUMBER.fullmatch(cell) else formula_guard.guarded(formula_guard.unguarded(cell))


def _write_lines(file: IO[bytes], rows: Iterable[Row]) -> None:
    for row in rows:
        file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
