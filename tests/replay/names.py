"""Ids, times and tokens of a run, replaced by names that are equal in every run.

| in an answer | its name |
| --- | --- |
| an id, business id or number the server made | `~id12~` `~code12~` `~number12~`, by first appearance |
| the random parts of a stored file's name | `~file3~`, by first appearance |
| a token | `~token5~`, a new one at each appearance; what it claims is kept beside the answer |
| a moment of this run | `~time123~`, after the request that was being answered then |
| a file's `Last-Modified` | `~date2~`, one for each ETag |

Moments before the run, and words of the imported rows, are the same in every run and stay as they are.
A request uses the same names; `~zeros1000~` stands for a thousand bytes of `0`.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

Headers = tuple[tuple[str, str], ...]
Found = re.Match[bytes]

TOKEN: Final = re.compile(rb'(?<="token":")[\w-]+\.[\w-]+\.[\w-]+(?=")')
EXPIRY: Final = re.compile(r'(?<="exp":)\d+')
TIME: Final = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")
CODE: Final = re.compile(rb"(?<![A-Za-z0-9])[A-Z]{1,4}-[0-9A-HJKMNP-TV-Z]{26}(?![A-Za-z0-9])")
NUMBER: Final = re.compile(rb"(?<!\d)20\d{22}(?!\d)")
ID: Final = re.compile(rb"(?<![A-Za-z0-9_])[a-z0-9]{15}(?![A-Za-z0-9_])")
TOLD_ID: Final = re.compile(rb'(?<=[:,[]")[a-z0-9]{15}(?=")(?!":)')
"""A whole text of JSON that is no key."""
FILE: Final = re.compile(
    rb"(?<![A-Za-z0-9])"
    rb"(?:[a-z0-9]{10,12}(?=_[a-z0-9]{10}\.[a-z0-9]{3,4}\b)|[a-z0-9]{10}(?=\.[a-z0-9]{3,4}\b))"
)
TOLD_FILE: Final = re.compile(FILE.pattern.replace(rb"\b", rb'"'))
NAME: Final = re.compile(rb"~(?:id|code|number|file|token|date|time)\d+~")
ZEROS: Final = re.compile(rb"~zeros(\d+)~")
CONTRACT: Final = b'{"openapi"'
"""How the contract's document begins: the ids in its examples are written, not made in this run."""
YEAR_MINUTES: Final = 366 * 24 * 60
"""A token that holds for longer was not made in this run."""
LONG_WAIT_S: Final = 600
"""From here on a `Retry-After` is compared in minutes: it counts down while requests are sent."""


class Names:
    """What each name means in this run. `constants` are words that no run makes."""

    def __init__(self, constants: Iterable[bytes] = ()) -> None:
        self._constants = frozenset(constants)
        self._names: dict[tuple[str, bytes], bytes] = {}
        self._values: dict[bytes, bytes] = {}
        self._count: dict[str, int] = {}
        self._began: list[int] = []

    def begin(self, unix_ms: int) -> None:
        """A request is sent at this moment, later than any moment that earlier ones made."""
        self._values[b"~time%d~" % len(self._began)] = _text_of(unix_ms).encode()
        self._began.append(unix_ms)

    def fill(self, text: bytes) -> bytes:
        """A header or body with what its names mean; an unknown name stays as it is."""
        return _zeros(NAME.sub(self._value, text))

    def fill_target(self, target: bytes) -> bytes:
        """A path and query with what its names mean, percent-encoded."""
        return _zeros(NAME.sub(lambda name: quote(self._value(name)).encode(), target))

    def mask(self, body: bytes) -> tuple[bytes, list[str]]:
        """A JSON body with names in it. Returns: it, and what each of its tokens claims."""
        if body.startswith(CONTRACT):
            return body, []
        claims = [self._claims(token) for token in TOKEN.findall(body)]
        body = TOKEN.sub(lambda token: self._new("token", token[0]), body)
        for kind, told in (("id", TOLD_ID), ("file", TOLD_FILE)):
            for value in told.findall(body):
                self._name(kind, value)
        for kind, pattern in (("id", ID), ("file", FILE)):
            body = pattern.sub(self._known(kind), body)
        for kind, pattern in (("code", CODE), ("number", NUMBER)):
            body = pattern.sub(lambda found, kind=kind: self._name(kind, found[0]), body)
        return TIME.sub(self._time, body), claims

    def mask_headers(self, headers: Headers) -> Headers:
        """Header lines with names, in their order and spelling."""
        etag = next((value for name, value in headers if name.lower() == "etag"), "")
        return tuple((name, self._header(name.lower(), value, etag)) for name, value in headers)

    def _header(self, name: str, value: str, etag: str) -> str:
        if name == "date":
            return "~now~"
        if name == "x-request-id":
            return "~request~"
        if name == "last-modified":
            return self._date(etag, value)
        if name == "retry-after" and value.isdigit() and int(value) >= LONG_WAIT_S:
            return f"~{round(int(value) / 60)} minutes~"
        return FILE.sub(self._known("file"), value.encode("latin-1")).decode("latin-1")

    def _value(self, name: Found) -> bytes:
        return self._values.get(name[0], name[0])

    def _known(self, kind: str) -> Callable[[Found], bytes]:
        """Replaces what has a name already and leaves the rest."""
        return lambda found: self._names.get((kind, found[0]), found[0])

    def _name(self, kind: str, value: bytes) -> bytes:
        """The name of a value: the one it has, or the next of its kind."""
        if value in self._constants:
            return value
        return self._names.get((kind, value)) or self._new(kind, value)

    def _new(self, kind: str, value: bytes) -> bytes:
        number = self._count[kind] = self._count.get(kind, 0) + 1
        name = b"~%b%d~" % (kind.encode(), number)
        self._names[kind, value] = name
        self._values[name] = value
        return name

    def _time(self, found: Found) -> bytes:
        moment = datetime.fromisoformat(found[0].decode()).timestamp()
        place = bisect_right(self._began, round(moment * 1000))
        return b"~time%d~" % (place - 1) if place else found[0]

    def _date(self, etag: str, value: str) -> str:
        name = self._name("date", etag.encode("latin-1"))
        known = self._values[name]
        if known == etag.encode("latin-1"):  # its first appearance
            self._values[name] = known = value.encode("latin-1")
        return name.decode() if known == value.encode("latin-1") else f"not {name.decode()}"

    def _claims(self, token: bytes) -> str:
        """Head and claims of a token as they are written, the expiry in minutes from the request."""
        head, claims, _ = token.split(b".")

        def minutes(expiry: re.Match[str]) -> str:
            left = round(int(expiry[0]) / 60 - self._began[-1] / 60_000)
            return f"{left} minutes" if left < YEAR_MINUTES else expiry[0]

        text = EXPIRY.sub(minutes, _decoded(claims))
        return f"{_decoded(head)} {self.mask(text.encode())[0].decode()}"


def _zeros(text: bytes) -> bytes:
    return ZEROS.sub(lambda found: b"0" * int(found[1]), text)


def _decoded(part: bytes) -> str:
    return base64.urlsafe_b64decode(part + b"==").decode(errors="replace")


def _text_of(unix_ms: int) -> str:
    """A moment as records hold it."""
    moment = datetime.fromtimestamp(unix_ms / 1000, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{unix_ms % 1000:03d}Z"
