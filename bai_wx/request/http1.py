"""HTTP/1.1 as RFC 9112 has it: the head of a request, and where its body ends. Nothing here does I/O.

One strict reading: what two readers could understand differently is refused, since a proxy before us is
another reader. Offers to upgrade are fields like any other. Trailers are read and dropped.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from bai_wx.errors import ApiError, PayloadTooLarge, UnknownTransferCoding, ValidationFailed

MAX_HEAD = 256 * 1024  # bytes; a filter has at most 3,500 characters, a token about 260
MAX_TARGET = 64 * 1024
MAX_TRAILERS = 16 * 1024
MAX_CHUNK_LINE = 4 * 1024  # a size, and extensions that nobody reads
OVERHEAD = 16 * 1024  # bytes of a chunked body that are no data, beside a fair share for each chunk
SMALL_CHUNKS = 16 * 1024  # that many may be tiny; more than these must carry something
FAIR_CHUNK = 64
REMEMBERED_HEADS = 2048  # some 6 MiB, 11 at most: a client sends the same fields with each request
MAX_REMEMBERED, MAX_REMEMBERED_LINES = 1024, 24  # bytes and lines of such

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_FIELDS = rb"(?:" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*+\r\n)*+"
# Possessive quantifiers: what was taken is never given back, so every head is read once.
_LINES = re.compile(_FIELDS)
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") ([!-~\x80-\xff]++) HTTP/1\.([01])\r\n")
_FIELD = re.compile(rb"([^:]++):[\t ]*+([^\r]*+)\r\n")
_LF = 0x0A
_TEXT = re.compile(rb"(?:[\t\x20-\x7e\x80-\xff]++|\r\n)*+\r?+")
_ORIGIN_FORM = re.compile(rb"(?:[Hh][Tt][Tt][Pp][Ss]?://[^/?#]++)?+(/[^?]*+|(?=\?|\Z))(?:\?(.*+))?")
_HOST = re.compile(rb"[0-9A-Za-z._~!$&'()*+,;=:%\[\]-]*+")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,12})[\t ]*+(?:;[\t\x20-\x7e\x80-\xff]*+)?")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")

_JOINED = frozenset(
    {b"accept", b"accept-encoding", b"access-control-request-headers", b"connection", b"forwarded"}
    | {b"if-match", b"if-none-match", b"transfer-encoding", b"via", b"x-forwarded-for"}
)
"""Fields that are lists: lines of one name are one list. Of any other the first line counts."""


@dataclass(slots=True)
class Head:
    """The head of a request. `length` is of its body in bytes, None for a chunked one."""

    method: str
    path: str
    raw_path: bytes
    query: bytes
    version: str
    headers: list[tuple[bytes, bytes]]
    length: int | None
    keep_alive: bool
    expects_continue: bool
    problem: ApiError | None = None
    """Why it is refused; where its body ends is not known then."""
    request_id: bytes | None = None


def read_head(text: bytes) -> Head:
    """Read a head: all lines, each with its CRLF, without the empty one.

    A head that is refused is returned too, with as much of it as was understood.
    """
    begun = _REQUEST_LINE.match(text)
    if begun is None:
        return refused_head(text, malformed("the head is no HTTP/1.1"))
    lines = text[begun.end() :]
    is_short = len(lines) <= MAX_REMEMBERED and lines.count(b"\n") <= MAX_REMEMBERED_LINES
    fields = _remembered_fields(lines) if is_short else _read_fields(lines)
    if fields is None:
        return refused_head(text, malformed("the head is no HTTP/1.1"))
    headers, given, problem = fields
    method, target, minor = begun.groups()
    raw_path, query, wrong = _read_target(target)
    path = raw_path.decode("ascii")
    head = Head(
        method.decode("ascii"),
        unquote(path) if "%" in path else path,
        raw_path,
        query,
        "1.1" if minor == b"1" else "1.0",
        headers.copy(),
        0,
        minor == b"1",
        False,
        malformed(problem) if problem else wrong,
        given.get(b"x-request-id"),
    )
    if b"connection" in given:
        head.keep_alive = head.keep_alive and b"close" not in _tokens(given[b"connection"])
    if minor == b"1" and b"host" not in given:
        head.problem = head.problem or malformed("no Host")
    if b"content-length" in given or b"transfer-encoding" in given:
        _frame(head, given)
    return head


_Fields = tuple[list[tuple[bytes, bytes]], dict[bytes, bytes], str]
"""The fields of a head, the same by name, and what is wrong with them."""


def _read_fields(lines: bytes) -> _Fields | None:
    """Read the lines behind the first one; None where they are no fields."""
    if _LINES.fullmatch(lines) is None:
        return None
    headers = [(name.lower(), value) for name, value in _FIELD.findall(lines)]
    if b" \r" in lines or b"\t\r" in lines:
        headers = [(name, value.rstrip(b" \t")) for name, value in headers]
    given = dict(headers)
    problem = ""
    if len(given) != len(headers):
        problem = _repeated(headers)
        headers = _unrepeated(headers)
        given = dict(headers)
    if _HOST.fullmatch(given.get(b"host", b"")) is None:
        problem = problem or "no such Host can be"
    return headers, given, problem


_remembered_fields = lru_cache(REMEMBERED_HEADS)(_read_fields)


def _read_target(target: bytes) -> tuple[bytes, bytes, ApiError | None]:
    """Path and query, percent-encoded, and what is wrong with the target."""
    raw_path, query, problem = target, b"", None
    if b"?" in target or not target.startswith(b"/"):
        parts = _ORIGIN_FORM.fullmatch(target)
        if parts is not None:
            raw_path, query = parts[1] or b"/", parts[2] or b""
        elif target != b"*":
            problem = malformed("the target is neither a path nor an address")
    if not target.isascii():
        raw_path, query = _escaped(raw_path), _escaped(query)
    if b"#" in target:  # what follows would be dropped, the rest of a filter perhaps
        problem = problem or malformed("a raw # in the address; write %23")
    if len(target) > MAX_TARGET:
        problem = problem or malformed("the address is too long")
    return raw_path, query, problem


def refused_head(text: bytes, problem: ApiError) -> Head:
    """A refused head with the path of its first line, which decides the answer's shape."""
    found = re.match(rb"[^ \r\n]{1,64} ([!-~\x80-\xff]++)", text)
    raw_path = _escaped(found[1].partition(b"?")[0]) if found else b""
    path = raw_path.decode("ascii")
    return Head("GET", unquote(path), raw_path, b"", "1.1", [], 0, False, False, problem)


def begins_badly(text: bytes | bytearray, seen: int) -> bool:
    """Whether a head that is not whole cannot become one; `seen` bytes of it were looked at before."""
    if not _is_text(text, 0, seen):
        return True
    line_end = text.find(b"\n")
    return line_end >= seen and _REQUEST_LINE.fullmatch(text, 0, line_end + 1) is None


def _is_text(data: bytes | bytearray, start: int, seen: int) -> bool:
    """Whether lines stand there, the last of them perhaps cut short; `seen` bytes were looked at before."""
    place = start + max(0, seen - 1)  # once more at the last one: it may be half a CRLF
    if seen and data[place] == _LF:
        place += 1
    return _TEXT.fullmatch(data, place) is not None


def target_so_far(text: bytes | bytearray) -> Head:
    """The head of a request whose head never ended."""
    return refused_head(bytes(text[:MAX_TARGET]), PayloadTooLarge())


def malformed(detail: str) -> ApiError:
    """The error for bytes that are no HTTP."""
    return ValidationFailed({"": "请求格式不正确"}, detail)


def _escaped(text: bytes) -> bytes:
    """Percent-encode what is not ASCII, as the client should have."""
    if text.isascii():
        return text
    return _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], text)


def _tokens(value: bytes) -> list[bytes]:
    return [token.strip(b" \t") for token in value.lower().split(b",")]


def _repeated(headers: list[tuple[bytes, bytes]]) -> str:
    """What is wrong with two lines of what decides where the request goes and ends, or `""`."""
    names = [name for name, _ in headers]
    for name in (b"host", b"content-length"):
        if names.count(name) > 1:
            return f"{name.decode()} more than once"
    return ""


def _unrepeated(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """One line for each name: lists are joined, of others the first counts, as proxies read them."""
    kept: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        lines = kept.setdefault(name, [])
        if not lines or name in _JOINED:
            lines.append(value)
    return [(name, b", ".join(lines)) for name, lines in kept.items()]


def _frame(head: Head, given: dict[bytes, bytes]) -> None:
    """Tell where the body ends (RFC 9112, 6.3)."""
    length, coding = given.get(b"content-length"), given.get(b"transfer-encoding")
    if coding is None:
        assert length is not None
        if length.isdigit() and len(length) <= 18:
            head.length = int(length)
        else:
            head.problem = head.problem or malformed("Content-Length is no length")
    elif length is not None:
        head.problem = head.problem or malformed("both Content-Length and Transfer-Encoding")
    elif head.version == "1.0":
        head.problem = head.problem or malformed("HTTP/1.0 has no Transfer-Encoding")
    else:
        *others, last = _tokens(coding)
        if last != b"chunked" or b"chunked" in others:
            head.problem = head.problem or malformed("the body's end cannot be told")
        elif others:
            head.problem = head.problem or UnknownTransferCoding()
        head.length = None
    # A client of HTTP/1.0 would take the interim answer for the answer (RFC 9110, 10.1.1).
    expects = given.get(b"expect", b"").lower() == b"100-continue"
    head.expects_continue = expects and head.version == "1.1"


class BrokenBody(Exception):
    """The body is not framed as it says. `problem` answers it."""

    def __init__(self, problem: ApiError) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class UnknownBody:
    """The bytes behind a refused head or body: where they end is unknown, so all are ignored."""

    left: int | None = None

    def read(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Ignore it."""


class SizedBody:
    """A body of known length."""

    def __init__(self, length: int) -> None:
        self.left = length

    def read(self, data: bytes, deliver: Callable[[bytes], None]) -> bytes | None:
        """Deliver what belongs to the body. Returns: what follows it, None while it goes on."""
        left = self.left
        if len(data) < left:
            self.left = left - len(data)
            deliver(data)
            return None
        self.left = 0
        deliver(data[:left] if len(data) > left else data)
        return data[left:]


class ChunkedBody:
    """A body in chunks; trailers are read to their end, within bounds, and dropped (RFC 9110, 6.5.1)."""

    left: int | None = None

    def __init__(self) -> None:
        self._rest = bytearray()
        self._chunk_left = 0
        self._is_between = False  # a chunk's data is here, its CRLF is not
        self._in_trailers = False
        self._chunks = self._size = self._overhead = 0
        self._seen = 0

    def read(self, data: bytes, deliver: Callable[[bytes], None]) -> bytes | None:
        """Deliver what belongs to the body. Returns: what follows it, None while it goes on.

        Raises: `BrokenBody`.
        """
        if self._rest:
            self._rest += data
            data = bytes(self._rest)
        at = 0
        if not self._in_trailers:
            at = self._chunks_of(data, deliver)
        if self._in_trailers:
            return self._trailers_of(data, at)
        self._rest[:] = data[at:]
        return None

    def _chunks_of(self, data: bytes, deliver: Callable[[bytes], None]) -> int:
        """Deliver chunks until the data or the chunks end. Returns: up to where it was read."""
        at, end = 0, len(data)
        while at < end:
            if self._chunk_left:
                part = data[at : at + self._chunk_left]
                deliver(part)
                at += len(part)
                self._chunk_left -= len(part)
                self._is_between = not self._chunk_left
            elif self._is_between:
                if not b"\r\n".startswith(data[at : at + 2]):
                    raise BrokenBody(malformed("a chunk is longer than it says"))
                if end - at < 2:
                    break
                at += 2
                self._is_between = False
            else:
                line_end = data.find(b"\r\n", at, at + MAX_CHUNK_LINE)
                if line_end < 0:
                    if end - at > MAX_CHUNK_LINE:
                        raise BrokenBody(PayloadTooLarge())
                    if not _is_text(data, at, 0):
                        raise BrokenBody(malformed("no size of a chunk"))
                    break
                found = _CHUNK_LINE.fullmatch(data, at, line_end)
                if found is None:
                    raise BrokenBody(malformed("no size of a chunk"))
                size = int(found[1], 16)
                self._count(size, line_end - at)
                at = line_end + 2
                if not size:
                    self._in_trailers = True
                    break
                self._chunk_left = size
        return at

    def _count(self, size: int, line: int) -> None:
        """Raise BrokenBody when there is much beside the data: reading it costs more than it brings."""
        self._chunks += 1
        self._size += size
        self._overhead += max(0, line - 16)
        if self._overhead > OVERHEAD or self._chunks > SMALL_CHUNKS + self._size // FAIR_CHUNK:
            raise BrokenBody(PayloadTooLarge())

    def _trailers_of(self, data: bytes, at: int) -> bytes | None:
        if data.startswith(b"\r\n", at):
            return data[at + 2 :]
        found = data.find(b"\r\n\r\n", at + max(0, self._seen - 3))
        size = (found if found >= 0 else len(data)) - at
        if size > MAX_TRAILERS:
            raise BrokenBody(PayloadTooLarge())
        if found >= 0:
            if _LINES.fullmatch(data, at, found + 2) is None:
                raise BrokenBody(malformed("a trailer is no field"))
            return data[found + 4 :]
        if not _is_text(data, at, self._seen):
            raise BrokenBody(malformed("a trailer is no field"))
        self._rest[:] = data[at:]
        self._seen = len(self._rest)
        return None


Body = SizedBody | ChunkedBody | UnknownBody
