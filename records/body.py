"""The body of a native request: JSON, a form, or a multipart form, as one dict.

Ours differs from PocketBase on three points: the media type may be in any case, text after the JSON
object is refused, and of duplicate keys the last counts.
"""

from typing import Any

import orjson

from errors import BadQuery, UnsupportedContentType
from records import multipart
from records.numbers import inferred
from records.query import pairs

JSON_PAYLOAD = "@jsonPayload"
"""The form part whose JSON object joins the body as it is, without guessing at types."""


def parse(content_type: str, raw: bytes, query: dict[str, str]) -> dict[str, Any]:
    """Parse a body; an empty one and JSON's `null` are `{}`.

    A form takes the query's values into the body too, as PocketBase does; its files are left out.
    Raises: `BadQuery`, `UnsupportedContentType`.
    """
    if not raw:
        return {}
    media = content_type.strip().lower()
    if media.startswith("application/json"):
        return _json_object(raw)
    if media.startswith("application/x-www-form-urlencoded"):
        return _form(pairs(raw), query)
    if media.startswith("multipart/form-data"):
        return _form(multipart.fields(content_type, raw), query)
    if media.startswith(("application/xml", "text/xml")):
        raise BadQuery("an XML body")
    raise UnsupportedContentType(content_type)


def _json_object(raw: bytes | str) -> dict[str, Any]:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        raise BadQuery(f"not JSON: {exc}") from exc
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadQuery("JSON that is not an object")
    return value


def _form(sent: list[tuple[str, str]], query: dict[str, str]) -> dict[str, Any]:
    texts: dict[str, list[str]] = {}
    payload: dict[str, Any] = {}
    for name, text in sent:
        if name == JSON_PAYLOAD:
            payload.update(_json_object(text))
        else:
            texts.setdefault(name, []).append(text)
    for name, text in query.items():
        texts.setdefault(name, []).append(text)
    return {name: _values(found) for name, found in texts.items()} | payload


def _values(texts: list[str]) -> Any:
    values = [inferred(text) for text in texts]
    return values[0] if len(values) == 1 else values
