"""The last of an operation's checks: its body, after `tokens` and `parameters`.

A hook's body is JSON that the contract's schema allows. A native one is read as PocketBase reads it, by the
dialect; so is a batch. Of an upload only the size is checked here; Connexion's lane parses the form.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from bai_wx import dialect
from bai_wx.contract.family import BATCH_PATH, RECORDS_PREFIX, Family
from bai_wx.contract.schemas import MALFORMED, Schemas, findings
from bai_wx.contract.spec import Spec
from bai_wx.dialect.input.batch import InnerRequest
from bai_wx.errors import PayloadTooLarge, UnsupportedMediaType, ValidationFailed
from bai_wx.request.incoming import Incoming

DEEPEST_JSON = 64  # levels of a hook's body; the contract's deepest has four

Reader = Callable[[Incoming], Any]


def body_reader(spec: Spec, schemas: Schemas) -> Reader | None:
    """Choose what reads the operation's body; None where a body means nothing."""
    if spec.is_upload:
        return _form_within_limit  # Flask parses it; see bai_wx/request/connexion_lane.py
    if spec.path.startswith(RECORDS_PREFIX):
        return native_body
    if spec.path == BATCH_PATH:
        return _batch_body
    takes_body = spec.has_body or spec.method not in ("GET", "DELETE")
    if spec.family is Family.NATIVE or not takes_body:
        return None
    return _hook_body_reader(spec, schemas)


def _form_within_limit(incoming: Incoming) -> None:
    if incoming.body is None:
        raise PayloadTooLarge


def native_body(incoming: Incoming) -> dict[str, Any]:
    """Parse as PocketBase does, on every method; the dialect decides what its values mean."""
    if incoming.body is None:
        raise PayloadTooLarge
    if not incoming.body:
        return {}
    content_type = incoming.headers.get(b"content-type", b"").decode("latin-1")
    query = dialect.query.pairs(incoming.query_string)
    return dialect.body.parse(content_type, incoming.body, query)


def _batch_body(incoming: Incoming) -> list[InnerRequest]:
    if incoming.body is None:
        raise PayloadTooLarge
    content_type = incoming.headers.get(b"content-type", b"").decode("latin-1")
    query = dialect.query.pairs(incoming.query_string)
    return dialect.batch.parse(content_type, incoming.body, query)


def _hook_body_reader(spec: Spec, schemas: Schemas) -> Callable[[Incoming], Any]:
    schema = spec.body_schema
    validator = schemas.validator(schema if schema is not None else {"maxProperties": 0})

    wording = schemas.wording(schema)

    def worded(name: str, text: str) -> str:
        return (wording.refusal(name) if text == MALFORMED else "") or text

    def read(incoming: Incoming) -> Any:
        body = _hook_json(incoming)
        if not validator.is_valid(body):
            found = findings(validator, body)
            raise ValidationFailed({name: worded(name, text) for name, text in found.items()})
        return body

    return read


def _hook_json(incoming: Incoming) -> Any:
    raw = incoming.body
    if raw is None:
        raise PayloadTooLarge
    if not raw:
        return {}
    media = incoming.headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
    if media != b"application/json":
        raise UnsupportedMediaType(media.decode("latin-1"))
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        raise ValidationFailed({"": "不是有效的 JSON"}, str(exc)) from exc
    # What opens no more than so many cannot be deeper.
    if raw.count(b"{") + raw.count(b"[") > DEEPEST_JSON and _depth(body) > DEEPEST_JSON:
        raise ValidationFailed({"": "嵌套层数过多"})
    # JSON Schema calls 2.0 an integer; the handler shall get 2.
    return _with_integers(body) if _FLOAT.search(raw) else body


_FLOAT = re.compile(rb"[0-9][.eE]")
"""Where a number may be no integer."""


def _depth(body: Any) -> int:
    """How many lists and objects stand inside each other; counted without recursion."""
    depth, level = 0, [body]
    while level := [value for value in level if isinstance(value, (dict, list))]:
        depth += 1
        level = [inner for value in level for inner in _children(value)]
    return depth


def _children(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _with_integers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _with_integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_integers(item) for item in value]
    return value
