"""The body of a batch: the requests in it, and the files that a form adds to their bodies.

It is read as PocketBase reads it. Unlike there, keys count in their own case alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bai_wx.dialect.input import body, multipart
from bai_wx.errors import BadQuery, BatchRefused, FieldProblem
from bai_wx.record.problems import REQUIRED

MAX_REQUESTS: Final = 50
MAX_URL_BYTES: Final = 2000
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

UNREADABLE: Final = "Failed to read the submitted batch data."
INVALID: Final = "Invalid batch request data."

_NOT_A_METHOD = FieldProblem(code="validation_in_invalid", message="Must be a valid value.")
_FILE = re.compile(r"requests(?:\.(\d{1,2})|\[(\d{1,2})\])\.(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class InnerRequest:
    """One request of a batch. `files` are those of the form, each named by its field alone."""

    method: str
    url: str
    body: dict[str, Any]
    files: tuple[multipart.Part, ...] = ()


def parse(content_type: str, raw: bytes, query: list[tuple[str, str]]) -> list[InnerRequest]:
    """Read a batch of 1 to 50 requests.

    In a form the requests are the JSON of `@jsonPayload`, and a file that is called
    `requests.0.field` or `requests[0].field` is the first request's.
    Raises: `BatchRefused`.
    """
    try:
        sent = _payload(body.parse(content_type, raw, query)).get("requests")
        if not isinstance(sent, list | None):
            raise BadQuery("requests that are no list")
        files = _files(content_type, raw)
        requests = [_request(each, files.get(place, ())) for place, each in enumerate(sent or ())]
    except BadQuery as exc:
        raise BatchRefused(sentence=UNREADABLE) from exc
    _refuse_invalid(requests)
    return requests


def is_form(content_type: str) -> bool:
    """Whether a body of this type may hold files."""
    return content_type.strip().lower().startswith(body.MULTIPART)


def _payload(read: dict[str, Any]) -> dict[str, Any]:
    """The body; of one that only holds the payload of a form, as PocketBase's Python SDK writes, that."""
    text = read.get(body.JSON_PAYLOAD)
    is_payload = isinstance(text, str) and "requests" not in read
    return body.form([(body.JSON_PAYLOAD, str(text))]) if is_payload else read


def _files(content_type: str, raw: bytes) -> dict[int, tuple[multipart.Part, ...]]:
    """The files of a form, in their order, by the place of their request."""
    found: dict[int, tuple[multipart.Part, ...]] = {}
    for part in multipart.parts(content_type, raw) if raw and is_form(content_type) else ():
        named = _FILE.fullmatch(part.name) if part.is_file else None
        place = (named[1] or named[2]) if named else ""
        if named and place == str(int(place)):
            file = multipart.Part(named[3], part.filename, True, part.content_type, part.content)
            found[int(place)] = (*found.get(int(place), ()), file)
    return found


def _request(sent: Any, files: tuple[multipart.Part, ...]) -> InnerRequest:
    if not isinstance(sent, dict):
        raise BadQuery("a request that is no object")
    headers = _value(sent, "headers", dict)
    for name in headers:  # none of them has an effect: the batch's own token counts
        _value(headers, name, str)
    url, method = _value(sent, "url", str), _value(sent, "method", str)
    return InnerRequest(method, url, _value(sent, "body", dict), files)


def _value(sent: Mapping[str, Any], name: str, kind: type) -> Any:
    """The value of a key; nothing of its kind where it is null or missing."""
    value = sent.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise BadQuery(f"{name} of another type")
    return value


def _refuse_invalid(requests: list[InnerRequest]) -> None:
    if not requests:
        raise BatchRefused(REQUIRED, sentence=INVALID)
    if len(requests) > MAX_REQUESTS:
        raise BatchRefused(_too_long(MAX_REQUESTS), sentence=INVALID)
    found = {
        str(place): problems
        for place, request in enumerate(requests)
        if (problems := _problems(request))
    }
    if found:
        raise BatchRefused(found, sentence=INVALID)


def _problems(request: InnerRequest) -> dict[str, FieldProblem]:
    problems = {}
    if request.method not in METHODS:
        problems["method"] = _NOT_A_METHOD if request.method else REQUIRED
    if not request.url:
        problems["url"] = REQUIRED
    elif len(request.url.encode()) > MAX_URL_BYTES:
        problems["url"] = _too_long(MAX_URL_BYTES)
    return problems


def _too_long(maximum: int) -> FieldProblem:
    return FieldProblem(
        code="validation_length_too_long",
        message=f"The length must be no more than {maximum}.",
        params={"min": 0, "max": maximum},
    )
