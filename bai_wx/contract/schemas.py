"""Validators of the contract's schemas: JSON Schema Draft 2020-12, built once, with Chinese findings."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import jsonschema_rs

from bai_wx.contract.wording import Wording

CONTRACT_URI = "urn:bai-wx:contract"

MAX_FINDINGS = 20  # a client that sends a thousand wrong keys learns enough from these
MALFORMED = "格式不正确"
MAX_NAME = 200  # characters of a path that are told
MAX_LIST = 1000
"""Items, as many as any list of the contract holds: the rest of a longer one is not looked at."""

Say = Callable[[Any], str]

_TYPES = {
    "string": "文本",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "对象",
    "null": "null",
}

_WORDS: dict[str, Say] = {
    "type": lambda kind: f"类型应为{_types(kind.types)}",
    "enum": lambda kind: f"取值应为 {'、'.join(_told(kind.options))} 之一",
    "const": lambda kind: f"取值应为 {kind.expected_value}",
    "minimum": lambda kind: f"不能小于 {kind.limit}",
    "maximum": lambda kind: f"不能大于 {kind.limit}",
    "minLength": lambda kind: f"不能少于 {kind.limit} 个字符",
    "maxLength": lambda kind: f"不能超过 {kind.limit} 个字符",
    "minItems": lambda kind: f"不能少于 {kind.limit} 项",
    "maxItems": lambda kind: f"不能超过 {kind.limit} 项",
    "minProperties": lambda kind: f"至少要有 {kind.limit} 个字段",
    "uniqueItems": lambda kind: "不能有重复项",
    "pattern": lambda kind: MALFORMED,
    "format": lambda kind: "格式不正确",
    "anyOf": lambda kind: "字段不足或组合不正确",
    "oneOf": lambda kind: "字段不足或组合不正确",
}


class Schemas:
    """The contract's schemas, ready to make validators of.

    `check_responses` says whether answers are validated too: in every test, not in production.
    """

    def __init__(self, bundle: dict[str, Any], *, check_responses: bool = False) -> None:
        self.check_responses = check_responses
        self._bundle = bundle
        self._registry = jsonschema_rs.Registry([(CONTRACT_URI, bundle)])

    def validator(self, schema: Any) -> jsonschema_rs.Draft202012Validator:
        """Make the validator of a schema that stands anywhere in the contract."""
        return jsonschema_rs.Draft202012Validator(_anchored(schema), registry=self._registry)

    def properties(self, schema: Any) -> dict[str, Any]:
        """The properties of an object's schema by name, with those of the schemas it includes."""
        if "$ref" in schema:
            schema = self._registered(schema["$ref"]) | {
                k: v for k, v in schema.items() if k != "$ref"
            }
        included = (self.properties(part) for part in schema.get("allOf", ()))
        found = {name: each for part in included for name, each in part.items()}
        own: dict[str, Any] = schema.get("properties", {})
        return found | own

    def _registered(self, reference: str) -> dict[str, Any]:
        found: Any = self._bundle
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
        return dict(found)

    def wording(self, schema: Any) -> Wording:
        """What the contract calls the properties of a schema."""
        return Wording(schema, self._bundle)


def findings(validator: jsonschema_rs.Draft202012Validator, value: Any) -> dict[str, str]:
    """Say what is wrong with a value: a dotted path (`""` the whole) to a short Chinese text."""
    found: dict[str, str] = {}
    # The validator makes every error before it tells the first one: a long list is cut, not read.
    explained = (pair for error in validator.iter_errors(_cut(value)) for pair in _explain(error))
    for name, text in islice(explained, MAX_FINDINGS):
        found.setdefault(name[:MAX_NAME], text)
    return found


def _cut(value: Any) -> Any:
    """The value with one item more than may be in each of its lists, so that it is still too long."""
    if isinstance(value, list):
        return [_cut(item) for item in value[: MAX_LIST + 1]]
    if isinstance(value, dict):
        return {name: _cut(item) for name, item in value.items()}
    return value


def _explain(error: Any) -> Iterator[tuple[str, str]]:
    """Turn one validation error into paths and texts; of alternatives, the nearest one speaks."""
    kind, path = error.kind, [str(step) for step in error.instance_path]
    match kind.name:
        case "required":
            yield ".".join([*path, kind.property]), "缺少必填项"
        case "additionalProperties" | "unevaluatedProperties":
            for name in kind.unexpected:
                yield ".".join([*path, name]), "不支持的字段"
        case "oneOf" | "anyOf" if getattr(kind, "context", None):
            yield from _nearest(error, path)
        case name:
            yield ".".join(path), _WORDS.get(name, lambda _: "不符合要求")(kind)


def _nearest(error: Any, path: list[str]) -> Iterator[tuple[str, str]]:
    """Explain by the alternative that was meant, if just one can be, else by none of them.

    It is the one whose constants and type fit. Where none does, it is the only one beside constants, as of
    a number that may also be `""` or null.
    """
    kinds = [_kinds_at(branch, len(path)) for branch in error.kind.context]
    fitting = [n for n, found in enumerate(kinds) if not found & {*_CONSTANTS, "type"}]
    if not fitting:
        fitting = [n for n, found in enumerate(kinds) if not found & _CONSTANTS]
    if len(fitting) != 1:
        types = _types_asked(error, len(path))
        text = f"类型应为{_types(types)}" if types else _WORDS[error.kind.name](error.kind)
        yield ".".join(path), text
        return
    for inner in error.kind.context[fitting[0]]:
        yield from _explain(inner)


def _types_asked(error: Any, depth: int) -> list[str]:
    """The types that the alternatives ask for, in their order; none where one of them takes the value's."""
    asked = [
        [each.kind.types for each in branch if _is_of_type(each, depth)]
        for branch in error.kind.context
    ]
    return list(dict.fromkeys(chain(*chain(*asked)))) if all(asked) else []


def _is_of_type(error: Any, depth: int) -> bool:
    return error.kind.name == "type" and len(error.instance_path) == depth


_CONSTANTS = frozenset({"const", "enum"})


def _kinds_at(branch: list[Any], depth: int) -> set[str]:
    """What is wrong with the value itself, by the keywords; what is wrong inside it is left out."""
    return {error.kind.name for error in branch if len(error.instance_path) == depth}


def _told(options: Iterable[Any]) -> Iterator[str]:
    """The values that are worth telling: those that stand for nothing are not."""
    return (str(option) for option in options if option not in ("", None))


def _types(types: list[str]) -> str:
    """Name them as a customer would, to whom nothing is no value."""
    told = [name for name in types if name != "null"] or types
    return "或".join(_TYPES.get(name, name) for name in told)


def _anchored(node: Any) -> Any:
    """Point the local references of a schema fragment at the whole contract."""
    if isinstance(node, list):
        return [_anchored(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{CONTRACT_URI}{value}"
        if key == "$ref" and isinstance(value, str) and value.startswith("#/")
        else _anchored(value)
        for key, value in node.items()
    }
