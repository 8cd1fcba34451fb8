"""A multipart form: its texts, and its files with the names their senders gave them.

Parts are split as RFC 2046 has it. What a part's Content-Disposition says is understood as PocketBase
(Go's mime/multipart) does: a backslash is one unless it stands before a character that must be
escaped, and a `filename*` that cannot be decoded is as good as none.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from bai_wx.errors import BadQuery

MAX_PARTS: Final = 1000
MAX_HEADER: Final = 16 * 1024  # bytes of a part's header
MAX_HEADERS: Final = 256 * 1024  # bytes of all parts' headers: each line and parameter is looked at
MAX_CONTENT_TYPE: Final = 1024  # characters; with a boundary of 70 it has about 120
MAX_BOUNDARY: Final = 200  # bytes; RFC 2046 allows 70

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
# Possessive quantifiers: blanks could be the value's too, and each would be tried as both.
_PARAMETER = re.compile(
    rb'[ \t]*+;[ \t]*+([^\s=;"]++)[ \t]*+=[ \t]*+'
    rb'(?:"((?:[^"\\]++|\\.)*+)"|([^;"]*+)(?=;|\Z))',
    re.DOTALL,
)
_ESCAPED = re.compile(rb'\\([()<>@,;:\\"/\[\]?=])')
_EXTENDED = re.compile(rb"([A-Za-z0-9-]+)'[^']*'((?:[^%]|%[0-9A-Fa-f]{2})*)", re.DOTALL)
_CHARSETS: Final = {b"utf-8": "utf-8", b"us-ascii": "ascii", b"iso-8859-1": "latin-1"}
_CONTINUED = re.compile(rb"filename\*([0-9]{1,3})(\*?)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part that has a name. `filename` is None of a text, and of a file whose name cannot be read."""

    name: str
    filename: str | None
    is_file: bool
    content_type: str
    content: bytes


def fields(content_type: str, raw: bytes) -> list[tuple[str, str]]:
    """The name and text of each part that is no file, in their order. Raises: `BadQuery`."""
    return [text_of(part) for part in parts(content_type, raw) if not part.is_file]


def text_of(part: Part) -> tuple[str, str]:
    """Name and text of a part that is no file. Raises: `BadQuery`."""
    try:
        return part.name, part.content.decode()
    except UnicodeDecodeError as exc:
        raise BadQuery("a form whose text is not UTF-8") from exc


def parts(content_type: str, raw: bytes) -> list[Part]:
    """Split a form into its named parts, in their order. Raises: `BadQuery`.

    As in PocketBase, whatever is no form-data is left out.
    """
    found: list[Part] = []
    left = MAX_HEADERS
    for start, end in _places(raw, _boundary(content_type)):
        header_end = raw.find(b"\r\n\r\n", start, min(end, start + MAX_HEADER + 4))
        left -= max(0, header_end - start)
        if left < 0:
            raise BadQuery(f"parts whose headers are more than {MAX_HEADERS} bytes together")
        part = _part(raw, start, header_end, end)
        if part is not None:
            found.append(part)
    return found


def _boundary(content_type: str) -> bytes:
    if len(content_type) > MAX_CONTENT_TYPE:
        raise BadQuery(f"a Content-Type of more than {MAX_CONTENT_TYPE} characters")
    found = _BOUNDARY.search(content_type)
    boundary = (found[1] or found[2]) if found else ""
    if not boundary or len(boundary) > MAX_BOUNDARY:
        raise BadQuery("a multipart form without a boundary")
    return boundary.encode("latin-1", errors="replace")


def _places(raw: bytes, boundary: bytes) -> list[tuple[int, int]]:
    """The start and end of each part. A preamble and an epilogue belong to none."""
    delimiter = re.compile(rb"(?:\A|\r\n)--" + re.escape(boundary) + rb"(?:(--)|[ \t]*+(?=\r\n))")
    places: list[tuple[int, int]] = []
    start = None
    for found in delimiter.finditer(raw):
        if start is not None:
            places.append((start, found.start()))
        if found[1] is not None:
            return places
        if len(places) >= MAX_PARTS:
            raise BadQuery(f"more than {MAX_PARTS} parts")
        start = found.end() + 2
    raise BadQuery("a multipart form cut short")


def _part(raw: bytes, start: int, header_end: int, end: int) -> Part | None:
    if raw.startswith(b"\r\n", start, end):  # without a header, so without a name
        return None
    if header_end < 0:
        raise BadQuery("a part of a form without an end to its header")
    header, content = raw[start:header_end], raw[header_end + 4 : end]
    lines = dict(map(_line, reversed(header.split(b"\r\n"))))  # of two the first counts
    kind, semicolon, rest = lines.get(b"content-disposition", b"").partition(b";")
    if kind.strip().lower() != b"form-data":
        return None
    options, left = _options(semicolon + rest)
    if b"name" not in options:
        return None
    try:
        name = options[b"name"].decode()
    except UnicodeDecodeError as exc:
        raise BadQuery("a form whose part has a name that is not UTF-8") from exc
    filename = None if b"filename" in left else _filename(options)
    return Part(
        name=name,
        filename=filename,
        is_file=filename != "",
        content_type=lines.get(b"content-type", b"").decode("latin-1"),
        content=content,
    )


def _line(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon:
        raise BadQuery("a part of a form with a header that is none")
    return name.strip().lower(), value.strip()


def _options(text: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """A header's parameters, the first of two alike, and the rest of the text that holds no parameter."""
    options: dict[bytes, bytes] = {}
    position = 0
    while (found := _PARAMETER.match(text, position)) is not None:
        quoted, plain = found[2], found[3]
        value = _ESCAPED.sub(rb"\1", quoted) if quoted is not None else plain.strip()
        options.setdefault(found[1].lower(), value)
        position = found.end()
    return options, text[position:].lower()


def _has_filename(options: dict[bytes, bytes]) -> bool:
    return any(option.startswith(b"filename") and options[option] for option in options)


def _filename(options: dict[bytes, bytes]) -> str | None:
    """The name a file was sent with, `""` where there is none. None when it cannot be read."""
    extended = _decoded(options.get(b"filename*", b""))
    if extended is not None:
        return extended
    plain = options.get(b"filename", _continued(options))
    if plain is None:
        return None if _has_filename(options) else ""
    try:
        return plain.decode().replace("%22", '"')  # as browsers write a quote
    except UnicodeDecodeError:
        return None


def _decoded(value: bytes) -> str | None:
    """Decode `utf-8''%E5%9B%BE.png` (RFC 5987). None when it is not such a value."""
    found = _EXTENDED.fullmatch(value)
    charset = _CHARSETS.get(found[1].lower()) if found else None
    if found is None or charset is None:
        return None
    try:
        return unquote_to_bytes(found[2]).decode(charset)
    except UnicodeDecodeError:
        return None


def _continued(options: dict[bytes, bytes]) -> bytes | None:
    """A long name joined from its pieces, `filename*0` and so on (RFC 2231)."""
    pieces: dict[int, bytes] = {}
    for option, value in options.items():
        found = _CONTINUED.fullmatch(option)
        if found is not None:
            encoded = value.rpartition(b"'")[2] if found[2] else value
            pieces[int(found[1])] = unquote_to_bytes(encoded) if found[2] else encoded
    return b"".join(pieces[place] for place in sorted(pieces)) if pieces else None
