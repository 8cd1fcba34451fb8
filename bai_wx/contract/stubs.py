"""The function of an operation that nobody has written yet: typed by the contract, it answers 501."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bai_wx.contract.family import Family, family_of
from bai_wx.contract.formatting import formatted, with_imports
from bai_wx.contract.samples import properties_of, resolved
from bai_wx.contract.spec import snake_case

SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


@dataclass(frozen=True, slots=True)
class Planned:
    """An operation of the contract and the module that serves it."""

    id: str
    module: str
    method: str
    path: str
    definition: dict[str, Any]


class _Names:
    """The names a stub needs, as an existing module can say them without changing a line of it.

    A module that already imports others from the same place gets `import errors` and says
    `errors.NotImplementedYet`: a sorter would join two `from errors import` lines.
    """

    def __init__(self, text: str) -> None:
        self._bound: dict[str, str] = {}
        self._sources: set[str] = set()
        self.imports: list[str] = []
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self._sources.add(node.module)
                self._bound |= {f"{node.module}.{a.name}": a.asname or a.name for a in node.names}
            elif isinstance(node, ast.Import):
                self._bound |= {a.name: a.asname or a.name for a in node.names}

    def use(self, module: str, name: str) -> str:
        """How the stub writes this name; an import is noted where one is needed."""
        if known := self._bound.get(f"{module}.{name}"):
            return known
        if module in self._sources:
            return f"{self._bind(module, module, f'import {module}')}.{name}"
        return self._bind(f"{module}.{name}", name, f"from {module} import {name}")

    def _bind(self, full: str, short: str, statement: str) -> str:
        if full not in self._bound:
            self._bound[full] = short
            self.imports.append(statement)
        return self._bound[full]


def new_module(operation: Planned) -> str:
    """The first line of a handler module that is not there yet."""
    tag = next(iter(operation.definition.get("tags", ())), operation.module)
    file = operation.module.replace("_", "-")
    return f'"""{tag} (`openapi-wx/{file}.yaml`)."""\n'


def with_stub(text: str, operation: Planned, bundle: dict[str, Any]) -> str:
    """A module's text with the imports and the function of one operation added."""
    names = _Names(text)
    stub = formatted(_stub(operation, bundle, names))
    return with_imports(text, names.imports).rstrip("\n") + "\n\n\n" + stub


def _stub(operation: Planned, bundle: dict[str, Any], names: _Names) -> str:
    asked = list(_arguments(operation, bundle, names))
    declared = "".join(declaration for _, _, declaration in asked)
    arguments = ", ".join(f"{name}: {kind}" for name, kind, _ in asked)
    answer = _answer_type(operation, names)
    problem = names.use("bai_wx.errors", "NotImplementedYet")
    summary = " ".join(operation.definition.get("summary", operation.id).split())
    return (
        f"{declared}def {operation.id}({arguments}) -> {answer}:\n"
        f'    """{_sentence(summary)}"""\n'
        f"    raise {problem}\n"
    )


def _arguments(
    operation: Planned, bundle: dict[str, Any], names: _Names
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


def _typed_parameters(definition: dict[str, Any], names: _Names) -> Iterator[tuple[str, str, str]]:
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
    operation: Planned, schema: Any, bundle: dict[str, Any], names: _Names
) -> tuple[str, str]:
    """The type of a body, and its declaration: a TypedDict where the schema has plain
    properties.
    """
    properties, required = properties_of(schema, bundle) or ({}, set())
    if not properties or not all(key.isidentifier() for key in properties):
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


def _type(schema: Any, names: _Names) -> str:
    """The Python type of a JSON value, in words no wider than this page: lists and scalars."""
    kinds = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(kinds, list):
        return " | ".join(_type({**schema, "type": kind}, names) for kind in kinds)
    if kinds == "array":
        return f"list[{_type(schema.get('items'), names)}]"
    if kinds == "object":
        return f"dict[str, {names.use('typing', 'Any')}]"
    return SCALARS[kinds] if kinds in SCALARS else names.use("typing", "Any")


def _answer_type(operation: Planned, names: _Names) -> str:
    if "204" in operation.definition["responses"]:
        return "tuple[None, int]"
    return f"dict[str, {names.use('typing', 'Any')}]"


def _sentence(summary: str) -> str:
    safe = summary.replace("\\", "\\\\").replace('"""', "'''")
    return safe if safe.endswith((".", "。", "！", "？")) else f"{safe}。"
