"""XML that is read piece by piece, with a bound on what lies between two pieces."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse as defused_iterparse

from bai_wx.transfer.sheets.archives import broken_is_refused
from bai_wx.transfer.sheets.table import refusal

MAX_PIECE: Final = 4 * 1024 * 1024
"""Bytes of one row or text. What is parsed of it is held in memory, and one row might be the whole file."""


class BoundedReader:
    """A file that refuses to be read on when one piece is too long. The reader of pieces calls `next_piece`."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._since = 0
        self.total = 0
        """The bytes that were read."""

    def read(self, size: int = -1) -> bytes:
        """Read on. Raises: `TableRefused`."""
        if self._since > MAX_PIECE:
            raise refusal("有一行内容过大，无法读取", "A row of the file is too large.")
        data = self._source.read(size if size > 0 else MAX_PIECE)
        self._since += len(data)
        self.total += len(data)
        return data

    def next_piece(self) -> None:
        """Say that a piece has ended."""
        self._since = 0


def open_xml(archive: ZipFile, name: str) -> IO[bytes]:
    """Open a part that is XML without a document type, and so without entities.

    One can only be declared before the first element. That much is read by defusedxml; Python's own parser,
    which reads the part then, is five times as fast. Raises: `DefusedXmlException`, `ParseError`.
    """
    with archive.open(name) as source:
        next(defused_iterparse(BoundedReader(source), ("start",), forbid_dtd=True), None)
    return archive.open(name)


@contextmanager
def broken_xml_is_refused() -> Iterator[None]:
    """Turn what damaged or hostile XML raises into `TableRefused`."""
    with broken_is_refused():
        try:
            yield
        except (ParseError, DefusedXmlException, KeyError, ValueError, OverflowError) as exc:
            raise refusal(
                "文件内容已损坏，请用 Excel 打开并另存为 .xlsx 后再试",
                f"The file's content is damaged ({type(exc).__name__}); save it anew from Excel.",
            ) from exc
