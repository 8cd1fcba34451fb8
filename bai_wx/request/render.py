"""Values and errors to bytes, in the shape of the path that was asked. Next comes `sending`.

This is the one home of both shapes. Hook paths answer the envelope `{"statusCode", "errMsg", "data"}`; native
paths answer as PocketBase. Both lanes, compiled and Connexion's, render through here.

Where the contract says `x-beside`, keys of `data` stand beside it as well, for clients that look for them
there. Their JSON is made once and its bytes are copied.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from bai_wx.contract.beside import EVERY
from bai_wx.contract.family import Family
from bai_wx.errors import ApiError, MethodNotAllowed, NotFound, UnsupportedMediaType

Headers = list[tuple[bytes, bytes]]

JSON_TYPE = (b"content-type", b"application/json")
SECURITY_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-xss-protection", b"1; mode=block"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"vary", b"Origin"),
]


@dataclass(slots=True)
class Reply:
    """A whole answer: status, JSON body, and the headers beside content type and length."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=list)


class Success:
    """How one operation's success is written."""

    def __init__(self, family: Family, message: str = "", beside: tuple[str, ...] = ()) -> None:
        """On hooks a value becomes the envelope's `data`, with `message` and the keys `beside`."""
        self._is_hook = family is Family.HOOK
        self._message = orjson.dumps(message)
        self._has_all_beside = beside == (EVERY,)
        self._beside = () if self._has_all_beside else beside

    def reply(self, value: Any, status: int) -> Reply:
        """Write a handler's value."""
        if status == 204:
            return Reply(204, b"")
        if not self._is_hook:
            return Reply(status, orjson.dumps(value))
        data, beside = self._made(value)
        return Reply(
            status,
            b'{"statusCode":%d,"errMsg":%b,"data":%b%b}' % (status, self._message, data, beside),
        )

    def _made(self, value: Any) -> tuple[bytes, bytes]:
        """The JSON of `data`, and the same keys with a comma before each."""
        if self._has_all_beside:
            data = orjson.dumps(value)
            return data, b",%b" % data[1:-1]  # without its braces; no such object is empty
        texts = {name: orjson.dumps(value[name]) for name in self._beside}
        beside = b"".join(b',"%b":%b' % (name.encode(), text) for name, text in texts.items())
        if texts:
            value = {**value, **{name: orjson.Fragment(text) for name, text in texts.items()}}
        return orjson.dumps(value), beside


def error(family: Family, problem: ApiError) -> Reply:
    """Write an error in the shape of the family, with its headers."""
    status = _status(family, problem)
    body = _hook_error(problem) if family is Family.HOOK else _native_error(problem, status)
    headers = [(name.lower().encode(), value.encode()) for name, value in problem.headers]
    return Reply(status, orjson.dumps(body), headers)


def _status(family: Family, problem: ApiError) -> int:
    """Return the error's status; PocketBase knows neither 405 nor 415."""
    if family is Family.NATIVE and isinstance(problem, MethodNotAllowed):
        return NotFound.status
    if family is Family.NATIVE and isinstance(problem, UnsupportedMediaType):
        return 400
    return problem.status


def _hook_error(problem: ApiError) -> dict[str, Any]:
    return {
        "statusCode": problem.status,
        "errMsg": problem.toast,
        "data": {"code": problem.code, "fields": problem.fields, **problem.facts},
    }


def _native_error(problem: ApiError, status: int) -> dict[str, Any]:
    return {"data": problem.problems, "message": problem.sentence, "status": status}
