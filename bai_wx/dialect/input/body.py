"""The body of a native request: JSON, a form, or a multipart form, as one dict.

It differs from PocketBase in three points: the media type may be in any case, text after the JSON object
is refused, and of duplicate keys the last counts.
"""

import re
from typing import Any, Final

import orjson

from bai_wx.dialect.input import multipart
from bai_wx.dialect.input.multipart import MAX_CONTENT_TYPE
from bai_wx.dialect.input.query import pairs
from bai_wx.errors import BadQuery, UnsupportedContentType
from bai_wx.record.go_values import inferred
from bai_wx.record.json_text import parse_json

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
JSON_PAYLOAD: Final = "@jsonPayload"
"""The form part whose JSON object joins the body as it is, without guessing at types."""

_TOKEN: Final = r"[!#$%&'*+.^_`{|}~0-9A-Za-z-]++"
_NAME: Final = re.compile(rf"\s*+({_TOKEN}/{_TOKEN})")
_PARAMETER: Final = re.compile(rf'\s*+;\s*+({_TOKEN})\s*+=\s*+({_TOKEN}|"(?:[^"\\]|\\.)*+")')
_END: Final = re.compile(r"\s*+(?:;\s*+)?")


def parse(content_type: str, raw: bytes, query: list[tuple[str, str]]) -> dict[str, Any]:
    """Parse a body; an empty one and JSON's `null` are `{}`.

    A form takes the query's values into the body too, as PocketBase does; its files are left out.
    Raises: `BadQuery`, `UnsupportedContentType`.
    """
    if not raw:
        return {}
    if len(content_type) > MAX_CONTENT_TYPE:
        raise BadQuery(f"a Content-Type of more than {MAX_CONTENT_TYPE} characters")
    media = content_type.strip().lower()
    if media.startswith("application/json"):
        return _json_object(raw)
    if media.startswith(FORM):
        # A longer name is let through as well, but nothing reads such a body.
        return form([*(pairs(raw) if _media_type(content_type) == FORM else ()), *query])
    if media.startswith(MULTIPART):
        if _media_type(content_type) != MULTIPART:
            raise BadQuery("not a multipart form")
        return form([*query, *multipart.fields(content_type, raw)])
    if media.startswith(("application/xml", "text/xml")):
        raise BadQuery("an XML body")
    raise UnsupportedContentType(content_type)


def _media_type(content_type: str) -> str:
    """The media type's name. Raises: `BadQuery` for parameters that cannot be read."""
    name = _NAME.match(content_type)
    if name is None:
        raise BadQuery("a Content-Type that cannot be read")
    parameters: dict[str, str] = {}
    place = name.end()
    # One after the other from where the last one ended: nothing is looked at twice.
    while found := _PARAMETER.match(content_type, place):
        place = found.end()
        if parameters.setdefault(found[1].lower(), found[2]) != found[2]:
            raise BadQuery("a parameter twice in the Content-Type")
    if not _END.fullmatch(content_type, place):
        raise BadQuery("a Content-Type that cannot be read")
    return name[1].lower()


def _json_object(raw: bytes | str) -> dict[str, Any]:
    try:
        value = parse_json(raw)
    except orjson.JSONDecodeError as exc:
        raise BadQuery(f"not JSON: {exc}") from exc
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadQuery("JSON that is not an object")
    return value


def form(sent: list[tuple[str, str]]) -> dict[str, Any]:
    """The body made of a form's texts and of the query's. Raises: `BadQuery`."""
    texts: dict[str, list[str]] = {}
    for name, text in sent:
        texts.setdefault(name, []).append(text)
    payloads = texts.pop(JSON_PAYLOAD, [])
    body = {name: _values(found) for name, found in texts.items()}
    for payload in payloads:
        # As in PocketBase, `null` is no value, and takes the others' place all the same.
        body = {} if payload.strip() == "null" else body | _json_object(payload)
    return body


def _values(texts: list[str]) -> Any:
    values = [inferred(text) for text in texts]
    return values[0] if len(values) == 1 else values
