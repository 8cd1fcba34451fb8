"""The text parts of a multipart form. Uploads have an operation of their own."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartState, parse_options_header

from errors import BadQuery

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_PARTS = 1000
MAX_HEADER_BYTES = 16 * 1024  # of one header of a part; a long file name takes about one of them


def fields(content_type: str, raw: bytes) -> list[tuple[str, str]]:
    """Read name and text of each part that is no file, in their order. Raises: `BadQuery`."""
    _, options = parse_options_header(content_type)
    parts = _Parts()
    try:
        parser = MultipartParser(options.get(b"boundary", b""), parts.callbacks())
        parser.write(raw)
        parser.finalize()
        if parser.state != MultipartState.END:
            raise BadQuery("a multipart form cut short")
        return [part.text() for part in parts.ended if part.is_field]
    except (FormParserError, UnicodeDecodeError) as exc:
        raise BadQuery(f"not a multipart form: {exc}") from exc


@dataclass
class _Part:
    header: bytes = b""
    value: bytes = b""
    disposition: dict[bytes, bytes] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)

    @property
    def is_file(self) -> bool:
        return bool(self.disposition.get(b"filename"))

    @property
    def is_field(self) -> bool:
        """Whether it counts: as PocketBase, whatever is no form-data is left out."""
        return not self.is_file and b"name" in self.disposition

    def end_header(self) -> None:
        if self.header.lower() == b"content-disposition":
            kind, options = parse_options_header(self.value)
            self.disposition = options if kind == b"form-data" else {}
        self.header = self.value = b""

    def text(self) -> tuple[str, str]:
        return self.disposition.get(b"name", b"").decode(), self.content.decode()


class _Parts:
    """Collects what the parser calls out."""

    def __init__(self) -> None:
        self.ended: list[_Part] = []
        self._part = _Part()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": lambda: self._part.end_header(),
            "on_part_data": self._data,
            "on_part_end": lambda: self.ended.append(self._part),
        }

    def _begin(self) -> None:
        if len(self.ended) >= MAX_PARTS:
            raise BadQuery(f"more than {MAX_PARTS} parts")
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.header += _of_a_header(data, start, end)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += _of_a_header(data, start, end)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._part.content += data[start:end]


def _of_a_header(data: bytes, start: int, end: int) -> bytes:
    """The form is parsed at once, so a header's name and its value each come in one piece."""
    if end - start > MAX_HEADER_BYTES:
        raise BadQuery(f"a part's header of more than {MAX_HEADER_BYTES} bytes")
    return data[start:end]
