"""The function of an operation that nobody has written yet: typed by the contract, it answers 501."""

from collections.abc import Iterator
from keyword import iskeyword
from typing import Any

from bai_wx.contract.family import Family, family_of
from bai_wx.contract.scaffold.plan import Planned
from bai_wx.contract.scaffold.python_module import Names, sentence
from bai_wx.contract.scaffold.samples import properties_of, resolved
from bai_wx.contract.spec import snake_case

SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def stub(operation: Planned, bundle: dict[str, Any], names: Names) -> str:
    """The text of the function, and of the types that it declares before."""
    asked = list(_arguments(operation, bundle, names))
    declared = "".join(declaration for _, _, declaration in asked)
    arguments = ", ".join(f"{name}: {kind}" for name, kind, _ in asked)
    answer = _answer_type(operation, names)
    problem = names.use("bai_wx.errors", "NotImplementedYet")
    return (
        f"{declared}def {operation.id}({arguments}) -> {answer}:\n"
        f'    """{sentence(operation)}"""\n'
        f"    raise {problem}\n"
    )


def _arguments(
    operation: Planned, bundle: dict[str, Any], names: Names
) -> Iterator[tuple[str, str, str]]:
    """Name and type of each keyword argument the server will pass, and a type to declare before."""
    definition, native = operation.definition, family_of(operation.path) is Family.NATIVE
    media = definition.get("requestBody", {}).get("content", {})
    if "application/json" in media:
        yield "body", *_body_type(operation, media["application/json"].get("schema"), bundle, names)
    elif "multipart/form-data" in media:
        upload = names.use("bai_wx.files.store", "Upload")
        yield "body", f"dict[str, {names.use('typing', 'Any')}]", ""
        yield "upload", f"{upload} | None", ""
    for parameter in definition.get("parameters", ()):
        if parameter["in"] == "path":
            yield snake_case(parameter["name"]), "str", ""
    if native:
        yield "query", "dict[str, str]", ""
    if security := definition.get("security", bundle.get("security")):
        caller = names.use("bai_wx.record.base", "Caller")
        yield "user", f"{caller} | None" if {} in security else caller, ""
    if not native:
        yield from _typed_parameters(definition, names)


def _typed_parameters(definition: dict[str, Any], names: Names) -> Iterator[tuple[str, str, str]]:
    asked = [p for p in definition.get("parameters", ()) if p["in"] in ("query", "header")]
    asked = [p for p in asked if p["name"] != "Idempotency-Key"]
    given = [p for p in asked if p.get("required") or "default" in p.get("schema", {})]
    optional = [p for p in asked if p not in given]
    for parameter in given:
        yield snake_case(parameter["name"]), _type(parameter.get("schema", {}), names), ""
    for parameter in optional:
        kind = _type(parameter.get("schema", {}), names)
        yield snake_case(parameter["name"]), f"{kind} | None = None", ""


def _body_type(
    operation: Planned, schema: Any, bundle: dict[str, Any], names: Names
) -> tuple[str, str]:
    """The type of a body, and its declaration: a TypedDict where the schema has plain
    properties.
    """
    properties, required = properties_of(schema, bundle) or ({}, set())
    if not properties or not all(map(_is_name, properties)):
        return f"dict[str, {names.use('typing', 'Any')}]", ""
    name = "".join(part.capitalize() for part in operation.id.split("_")) + "Body"
    base = names.use("typing", "TypedDict")
    lines = [f"class {name}({base}):", f'    """Body of `{operation.id}`."""', ""]
    for key, value in properties.items():
        kind = _type(resolved(value, bundle), names)
        if key not in required:
            kind = f"{names.use('typing', 'NotRequired')}[{kind}]"
        lines.append(f"    {key}: {kind}")
    return name, "\n".join(lines) + "\n\n\n"


def _is_name(key: str) -> bool:
    return key.isidentifier() and not iskeyword(key)


def _type(schema: Any, names: Names) -> str:
    """The Python type of a JSON value, in words no wider than this page: lists and scalars."""
    kinds = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(kinds, list):
        return " | ".join(_type({**schema, "type": kind}, names) for kind in kinds)
    if kinds == "array":
        return f"list[{_type(schema.get('items'), names)}]"
    if kinds == "object":
        return f"dict[str, {names.use('typing', 'Any')}]"
    return SCALARS[kinds] if kinds in SCALARS else names.use("typing", "Any")


def _answer_type(operation: Planned, names: Names) -> str:
    if "204" in operation.definition["responses"]:
        return "tuple[None, int]"
    return f"dict[str, {names.use('typing', 'Any')}]"
