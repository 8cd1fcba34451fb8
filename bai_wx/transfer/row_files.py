"""Files of rows: `<collection>.jsonl`, a JSON object a line, and `<collection>.csv` with a header."""

import csv
from collections.abc import Iterator
from pathlib import Path

import orjson

from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.importer import Fault, ImportRefused, Source, SourceRow

MAX_CELL = 16 * 1024 * 1024  # characters; Python's own limit would refuse a long document


def sources(folder: Path) -> list[Source]:
    """Every file of rows in a folder. Raises: `ImportRefused` for a name that is no collection's."""
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".jsonl", ".csv"))
    names = ", ".join(COLLECTIONS)
    faults = [_unknown(p, names) for p in paths if p.stem not in COLLECTIONS]
    faults += [
        Fault(path.name, 0, "", f"says the same collection as {path.stem}.csv; keep one")
        for path in paths
        if path.suffix == ".jsonl" and path.with_suffix(".csv") in paths
    ]
    if not paths:
        faults = [Fault(str(folder), 0, "", f"has no rows; write {names} as .jsonl or .csv")]
    if faults:
        raise ImportRefused(faults)
    return [Source(path.name, path.stem, read(path)) for path in paths]


def read(path: Path) -> Iterator[SourceRow]:
    """The rows of a file, with their lines. Raises: `ImportRefused` at the first unreadable one."""
    try:
        yield from _lines(path) if path.suffix == ".jsonl" else _table(path)
    except UnicodeDecodeError as exc:
        raise _unreadable(path, 0, "is not UTF-8") from exc


def _lines(path: Path) -> Iterator[SourceRow]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if text:
                yield SourceRow(number, _object(path, number, text))


def _object(path: Path, number: int, text: bytes) -> dict[str, object]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise _unreadable(path, number, f"is not JSON: {exc}") from exc
    if not isinstance(value, dict):
        raise _unreadable(path, number, "is not a JSON object")
    return value


def _table(path: Path) -> Iterator[SourceRow]:
    """Rows of a CSV table. An empty cell is no value; a JSON column holds JSON text."""
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(file, strict=True)
        line = 1
        try:
            header = _header(path, next(table, []))
            line = table.line_num + 1
            for cells in table:
                if cells:
                    yield SourceRow(line, _cells(path, line, header, cells))
                line = table.line_num + 1
        except csv.Error as exc:
            raise _unreadable(path, line, f"is not CSV: {exc}") from exc


def _header(path: Path, names: list[str]) -> list[str]:
    if not names:
        raise _unreadable(path, 1, "has no header row; write the names of the fields there")
    if len(set(names)) < len(names):
        raise _unreadable(path, 1, "names a column twice")
    return names


def _cells(path: Path, line: int, header: list[str], cells: list[str]) -> dict[str, object]:
    if len(cells) != len(header):
        raise _unreadable(path, line, f"has {len(cells)} cells, the header {len(header)}")
    fields = COLLECTIONS[path.stem].record_fields()
    values: dict[str, object] = {}
    for name, cell in zip(header, cells, strict=True):
        if not cell:
            continue
        try:
            values[name] = fields[name].from_cell(cell) if name in fields else cell
        except Unfit as exc:
            raise ImportRefused([Fault(path.name, line, name, str(exc))]) from exc
    return values


def _unknown(path: Path, names: str) -> Fault:
    return Fault(path.name, 0, "", f"is no collection's; known: {names}")


def _unreadable(path: Path, line: int, problem: str) -> ImportRefused:
    return ImportRefused([Fault(path.name, line, "", problem)])
