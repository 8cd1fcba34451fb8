"""What is to be done with each row of a table, as its check has found, and the file that keeps that."""

import hashlib
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from bai_wx.record.base import FieldValues
from bai_wx.record.ids import RECORD_ID_ALPHABET

_FILE_PART: Final = 4
_LINE_PART: Final = 5
_ROW_PART: Final = 6


@dataclass(frozen=True, slots=True)
class Create:
    """A row to be made of these columns, `seq` left out."""

    line: int
    columns: FieldValues


@dataclass(frozen=True, slots=True)
class Change:
    """A stored row to be changed.

    `updated` is the row's when it was checked. As long as that stands, `changes` are the columns to write,
    `before` and `after` the contract's values of the fields that differ. `values` is what the table asks
    for, `seen` the `updated` that it says.
    """

    line: int
    record_id: str
    updated: str
    changes: FieldValues
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    values: Mapping[str, Any]
    seen: str


@dataclass(frozen=True, slots=True)
class AddPicture:
    """An attachment to be made of a file of `Options.pictures`."""

    record_id: str
    name: str


Plan: TypeAlias = Create | Change | AddPicture


class Spool:
    """Plans in a file that only we can open. A context manager: the file goes at its end."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed at the end of the context
        self.rows = 0
        """The plans that are rows."""
        self.pictures = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Remove the file."""
        self._file.close()

    def add(self, plans: list[Plan]) -> None:
        """Append plans."""
        pictures = sum(isinstance(plan, AddPicture) for plan in plans)
        self.pictures += pictures
        self.rows += len(plans) - pictures
        if plans:
            pickle.dump(plans, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[Plan]:
        self._file.seek(0)
        while True:
            try:
                plans = pickle.load(self._file)  # noqa: S301  # a file without a name, which this process has written
            except EOFError:
                return
            yield from plans


def derived_id(sha256: str, line: int) -> str:
    """The record id of the row in a line of the file with this SHA-256.

    The same file makes the same ids again. They stand together in the index, in the order of the file.
    """
    row = hashlib.sha256(f"{sha256}:{line}".encode()).digest()
    return (
        _digits(int(sha256, 16), _FILE_PART)
        + _digits(line, _LINE_PART)
        + _digits(int.from_bytes(row), _ROW_PART)
    )


def picture_id(name: str, data: bytes) -> str:
    """The record id of the attachment that a picture becomes: one, however often it is sent."""
    said = hashlib.sha256(name.encode() + b"\0" + data).digest()
    return _digits(int.from_bytes(said), 15)


def _digits(number: int, length: int) -> str:
    size = len(RECORD_ID_ALPHABET)
    return "".join(
        RECORD_ID_ALPHABET[number // size**place % size] for place in reversed(range(length))
    )
