"""The second of an operation's checks, after its token (`tokens`): path, query and header parameters.

On native paths they stay raw for the dialect; elsewhere the contract gives them types and checks them.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from bai_wx import dialect
from bai_wx.contract.family import Family
from bai_wx.contract.schemas import Schemas, findings
from bai_wx.contract.spec import Arguments, Spec, snake_case
from bai_wx.errors import ValidationFailed
from bai_wx.request.incoming import Incoming

IDEMPOTENCY_KEY = "Idempotency-Key"
_KEY_HEADER = IDEMPOTENCY_KEY.lower().encode()
_PRINTABLE = re.compile(rb"[\x20-\x7e]{1,64}")

Raw = list[str]


class Parameters:
    """Reads the parameters one operation declares and its handler asks for."""

    def __init__(self, spec: Spec, schemas: Schemas, wanted: frozenset[str]) -> None:
        declared = {(p["in"], p["name"]): p for p in spec.definition.get("parameters", ())}
        self._path = [(name, snake_case(name)) for where, name in declared if where == "path"]
        self._path = [(name, python) for name, python in self._path if python in wanted]
        self._wants_query = "query" in wanted
        # On native paths the dialect, not the schema, decides what a query may hold.
        self._typed = (
            [] if spec.family is Family.NATIVE else [_Typed(p, schemas) for p in declared.values()]
        )
        self._typed = [p for p in self._typed if p.where in ("query", "header", "path")]
        self._typed = [p for p in self._typed if p.name != IDEMPOTENCY_KEY]
        self._wanted = wanted

    def read(self, incoming: Incoming, arguments: Arguments) -> None:
        """Add the parameters to the handler's arguments. Raises ValidationFailed for a bad one."""
        for name, python in self._path:
            arguments[python] = incoming.path_params[name]
        if self._wants_query:
            arguments["query"] = (
                dialect.query.parse(incoming.query_string) if incoming.query_string else {}
            )
        if self._typed:
            self._read_typed(incoming, arguments)

    def _read_typed(self, incoming: Incoming, arguments: Arguments) -> None:
        query = parse_qs(incoming.query_string.decode("latin-1"), keep_blank_values=True)
        problems: dict[str, str] = {}
        for parameter in self._typed:
            value = parameter.value(incoming, query, problems)
            if parameter.python in self._wanted and value is not _ABSENT:
                arguments[parameter.python] = value
        if problems:
            raise ValidationFailed(problems)


class _Typed:
    """A parameter with a schema."""

    def __init__(self, definition: dict[str, Any], schemas: Schemas) -> None:
        self.name, self.where = definition["name"], definition["in"]
        self.python = snake_case(self.name)
        self._header = self.name.lower().encode()
        self._is_required = bool(definition.get("required"))
        schema = definition.get("schema", {})
        self._default = schema.get("default", _ABSENT)
        self._is_list = schema.get("type") == "array"
        kind = schema.get("items", {}).get("type") if self._is_list else schema.get("type")
        self._cast = _CASTS.get(kind, str)
        self._validator = schemas.validator(schema)

    def value(self, incoming: Incoming, query: dict[str, Raw], problems: dict[str, str]) -> Any:
        """Return the typed value, the default, or nothing; note a problem under the name."""
        raw = self._raw(incoming, query)
        if not raw:
            if self._is_required:
                problems[self.name] = "缺少必填项"
            return self._default
        try:
            items = [self._cast(item) for item in raw]
        except ValueError:
            items = list(raw)
        value = items if self._is_list else items[0]
        for text in findings(self._validator, value).values():
            problems.setdefault(self.name, text)
        return value

    def _raw(self, incoming: Incoming, query: dict[str, Raw]) -> Raw:
        if self.where == "path":
            return [incoming.path_params[self.name]]
        if self.where == "header":
            value = incoming.headers.get(self._header)
            return [] if value is None else [value.decode("latin-1")]
        return query.get(self.name, [])


def idempotency_key(headers: dict[bytes, bytes]) -> str | None:
    """Read the Idempotency-Key: 1 to 64 printable ASCII characters, or None when none was sent."""
    key = headers.get(_KEY_HEADER)
    if key is None:
        return None
    if not _PRINTABLE.fullmatch(key):
        raise ValidationFailed({IDEMPOTENCY_KEY: "须为 1 到 64 个可见字符"})
    return key.decode("ascii")


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_ABSENT: Any = object()
_CASTS: dict[Any, Callable[[str], Any]] = {"integer": int, "number": float, "boolean": _boolean}
