"""What an export wrote, so that the import of it can tell that nothing is missing or changed.

`manifest.json` lies beside the rows: for each file its number of rows and the SHA-256 of its bytes. A
folder without one is imported as well: not every source of rows knows how to write it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from bai_wx.files.atomic_file import write_atomically
from bai_wx.transfer.importer import Fault, ImportRefused

NAME: Final = "manifest.json"
TO_IMPORT_ANYWAY: Final = f"remove {NAME} to import what is there"


class Written:
    """Lines on their way to a file: how many there have been, and their checksum."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self._digest = hashlib.sha256()
        self.rows = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._digest.update(line)
            self.rows += 1
            yield line

    @property
    def entry(self) -> dict[str, Any]:
        """What the manifest says of the file."""
        return {"rows": self.rows, "sha256": self._digest.hexdigest()}


def write(folder: Path, entries: Mapping[str, dict[str, Any]]) -> None:
    """Write the manifest of files, by their names."""
    text = orjson.dumps({"files": entries}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_atomically(folder / NAME, [text], mode=0o600)


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """What a folder's manifest says of each file; nothing where there is none.

    Raises: `ImportRefused` when a file is missing or is not the one that was written.
    """
    path = folder / NAME
    if not path.exists():
        return {}
    try:
        files = dict(orjson.loads(path.read_bytes())["files"])
        faults = [fault for name, entry in files.items() for fault in _file(folder / name, entry)]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as exc:
        raise ImportRefused([Fault(NAME, 0, "", "is no manifest of an export")]) from exc
    if faults:
        raise ImportRefused(faults)
    return files


def compare(files: Mapping[str, dict[str, Any]], counts: Mapping[str, int]) -> None:
    """See that every row the manifest counts was read. Raises: `ImportRefused`."""
    faults = [
        Fault(
            name, 0, "", f"had {entry['rows']} rows, and {counts.get(Path(name).stem, 0)} were read"
        )
        for name, entry in files.items()
        if entry["rows"] != counts.get(Path(name).stem, 0)
    ]
    if faults:
        raise ImportRefused(faults)


def _file(path: Path, entry: Mapping[str, Any]) -> Iterator[Fault]:
    if not path.is_file():
        yield Fault(path.name, 0, "", f"is missing; {TO_IMPORT_ANYWAY}")
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != entry["sha256"]:
        yield Fault(path.name, 0, "", f"is not what was exported; {TO_IMPORT_ANYWAY}")
