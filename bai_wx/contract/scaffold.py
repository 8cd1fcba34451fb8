"""From a contract to code that stands: a typed stub and a test row for every operation without a
function.

Only ever adds: what a handler module or the test file holds stays byte for byte, and a second run
finds nothing to do. Works on the text (`ast` reads it), never by importing, so that any tree can be
scaffolded.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bai_wx.contract import loader
from bai_wx.contract.family import Family, family_of
from bai_wx.contract.spec import snake_case

CONTROLLER = "x-openapi-router-controller"
TEST_FILE = "test_scaffolded.py"
NOT_WRITTEN = {"501", "5XX", "default"}  # the responses that may stand for a stub's answer
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

NEW_TESTS = '''"""Operations that `bai-wx scaffold` wrote a stub for.

A row says what the operation answers now. Once its function is written, change the row's status, or
move it to a test of its own.
"""

import pytest

from tests.running import Client

SCAFFOLDED = [
]


@pytest.mark.parametrize(("method", "path", "body", "status"), SCAFFOLDED)
def test_scaffolded_operation_answers(
    alice: Client, method: str, path: str, body: object, status: int
) -> None:
    """A declared operation is routed, checked and answered, written or not."""
    answer = alice.request(method, path, **({} if body is None else {"json": body}))
    assert answer.status_code == status, answer.text
'''


@dataclass(frozen=True, slots=True)
class Planned:
    """An operation of the contract and the module that serves it."""

    id: str
    module: str
    method: str
    path: str
    definition: dict[str, Any]


@dataclass
class Findings:
    """What does not fit together: operations without a function, functions without an operation."""

    missing: list[Planned] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)


@dataclass
class Scaffolder:
    """A contract, and the folders of its handlers and tests."""

    bundle: dict[str, Any]
    handlers: Path
    tests: Path

    def check(self) -> Findings:
        """Compare operations and public functions by name."""
        planned = list(self._operations())
        written = {path.stem: _functions(path) for path in sorted(self.handlers.glob("*.py"))}
        named = {(each.module, each.id) for each in planned}
        return Findings(
            missing=[each for each in planned if each.id not in written.get(each.module, ())],
            stray=[
                f"{self.handlers.name}.{module}.{name}"
                for module, names in written.items()
                for name in names
                if (module, name) not in named
            ],
        )

    def write(self) -> list[Planned]:
        """Write a stub and a test row for each operation without a function, and return those.

        Raises: `ContractError`, before anything is written, when one cannot answer 501.
        """
        missing = self.check().missing
        _refuse_undeclared(missing)
        for each in missing:
            path = self.handlers / f"{each.module}.py"
            text = path.read_text("utf-8") if path.exists() else _new_module(each)
            path.write_text(_with_stub(text, each, self.bundle), "utf-8")
        self._write_rows(missing)
        return missing

    def _write_rows(self, operations: list[Planned]) -> None:
        path = self.tests / "api" / TEST_FILE
        if not operations:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8") if path.exists() else NEW_TESTS
        for each in operations:
            if f'id="{each.id}"' not in text:
                text = _with_row(text, _row(each, self.bundle))
        path.write_text(text, "utf-8")

    def _operations(self) -> Iterator[Planned]:
        for path, method, definition in loader.operations(self.bundle):
            module = definition[CONTROLLER].rpartition(".")[2]
            yield Planned(definition["operationId"], module, method.upper(), path, definition)


def _refuse_undeclared(planned: list[Planned]) -> None:
    """A stub answers 501, so the contract must say so."""
    undeclared = [
        f"{each.id} ({each.method} {each.path})"
        for each in planned
        if not NOT_WRITTEN & each.definition["responses"].keys()
    ]
    if undeclared:
        raise loader.ContractError(
            f"{', '.join(undeclared)} declares no answer for what is not written yet;"
            " add a `501` response to it"
        )


class _Names:
    """The names a stub needs, as an existing module can say them without changing a line of it.

    A module that already imports others from the same place gets `import errors` and says
    `errors.NotImplementedYet`: two `from errors import` lines would not be in order.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, str] = {}
        self._sources: set[str] = set()
        self.imports: list[str] = []
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self._sources.add(node.module)
                self._bound |= {f"{node.module}.{a.name}": a.asname or a.name for a in node.names}
            elif isinstance(node, ast.Import):
                self._bound |= {a.name: a.asname or a.name for a in node.names}

    def use(self, module: str, name: str) -> str:
        """How the stub writes this name; an import is noted where one is needed."""
        known = self._bound.get(f"{module}.{name}")
        if known:
            return known
        if module not in self._sources:
            self._note(f"from {module} import {name}")
            self._bound[f"{module}.{name}"] = name
            return name
        if module not in self._bound:
            self._note(f"import {module}")
            self._bound[module] = module
        return f"{self._bound[module]}.{name}"

    def _note(self, statement: str) -> None:
        if statement not in self.imports:
            self.imports.append(statement)


def _functions(path: Path) -> list[str]:
    """Public functions a module defines itself."""
    body = ast.parse(path.read_text("utf-8"), str(path)).body
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [n.name for n in body if isinstance(n, kinds) and not n.name.startswith("_")]


# --- a stub ---


def _new_module(operation: Planned) -> str:
    tag = next(iter(operation.definition.get("tags", ())), operation.module)
    file = operation.module.replace("_", "-")
    return f'"""{tag} (`openapi-wx/{file}.yaml`)."""\n'


def _with_stub(text: str, operation: Planned, bundle: dict[str, Any]) -> str:
    """Return a module's text with the imports and the function of one operation added."""
    names = _Names(ast.parse(text))
    stub = _stub(operation, bundle, names)
    return _with_imports(text, names.imports).rstrip("\n") + "\n\n\n" + stub


def _stub(operation: Planned, bundle: dict[str, Any], names: _Names) -> str:
    types, arguments = "", []
    for name, kind, declaration in _arguments(operation, bundle, names):
        types += declaration
        arguments.append(f"{name}: {kind}")
    answer = _answer_type(operation, names)
    problem = names.use("bai_wx.errors", "NotImplementedYet")
    summary = " ".join(operation.definition.get("summary", operation.id).split())
    return (
        f"{types}{_signature(operation.id, arguments, answer)}\n"
        f'    """{_sentence(summary)}"""\n'
        f"    raise {problem}\n"
    )


def _signature(name: str, arguments: list[str], answer: str) -> str:
    line = f"def {name}({', '.join(arguments)}) -> {answer}:"
    if len(line) <= 100:
        return line
    inner = ", ".join(arguments)
    if len(inner) <= 96:
        return f"def {name}(\n    {inner}\n) -> {answer}:"
    return f"def {name}(\n" + "".join(f"    {a},\n" for a in arguments) + f") -> {answer}:"


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
    properties, required, is_plain = _properties(schema, bundle)
    if not is_plain or not properties or not all(key.isidentifier() for key in properties):
        return f"dict[str, {names.use('typing', 'Any')}]", ""
    name = "".join(part.capitalize() for part in operation.id.split("_")) + "Body"
    base = names.use("typing", "TypedDict")
    lines = [f"class {name}({base}):", f'    """Body of `{operation.id}`."""', ""]
    for key, value in properties.items():
        kind = _type(_resolved(value, bundle), names)
        if key not in required:
            kind = f"{names.use('typing', 'NotRequired')}[{kind}]"
        lines.append(f"    {key}: {kind}")
    return name, "\n".join(lines) + "\n\n\n"


def _properties(schema: Any, bundle: dict[str, Any]) -> tuple[dict[str, Any], set[str], bool]:
    """Properties and required keys of an object schema, those of its `allOf` parts included."""
    schema = _resolved(schema, bundle)
    if not isinstance(schema, dict) or "oneOf" in schema:
        return {}, set(), False
    properties, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        more, needed, is_plain = _properties(part, bundle)
        if not is_plain:
            return {}, set(), False
        properties, required = {**more, **properties}, required | needed
    return properties, required, True


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


def _resolved(schema: Any, bundle: dict[str, Any]) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        schema = bundle["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _answer_type(operation: Planned, names: _Names) -> str:
    if "204" in operation.definition["responses"]:
        return "tuple[None, int]"
    return f"dict[str, {names.use('typing', 'Any')}]"


def _sentence(summary: str) -> str:
    safe = summary.replace("\\", "\\\\").replace('"""', "'''")
    return safe if safe.endswith((".", "。", "！", "？")) else f"{safe}。"


# --- imports ---


def _with_imports(text: str, statements: list[str]) -> str:
    """Add import lines, each where an import sorter would put it; no other line changes."""
    for statement in statements:
        text = _with_import(text, statement)
    return text


def _with_import(text: str, statement: str) -> str:
    lines = text.splitlines(keepends=True)
    head = _head(ast.parse(text))
    if not head:
        return _below_docstring(text, statement)
    order = _order(statement)
    after = [node for node in head if _order(ast.unparse(node)) < order]
    before = [node for node in head if node not in after]
    if before and _order(ast.unparse(before[0]))[0] == order[0]:
        at, new = before[0].lineno - 1, f"{statement}\n"
    elif after:
        same = _order(ast.unparse(after[-1]))[0] == order[0]
        at, new = after[-1].end_lineno or 0, f"{statement}\n" if same else f"\n{statement}\n"
    else:
        at, new = before[0].lineno - 1, f"{statement}\n\n"
    return "".join([*lines[:at], new, *lines[at:]])


def _below_docstring(text: str, statement: str) -> str:
    tree = ast.parse(text)
    first = tree.body[0] if tree.body else None
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    at = (first.end_lineno or 0) if first is not None and has_docstring else 0
    lines = text.splitlines(keepends=True)
    gap = "\n" if at else ""
    return "".join([*lines[:at], f"{gap}{statement}\n", *lines[at:]])


def _head(tree: ast.Module) -> list[ast.stmt]:
    """The imports a module begins with."""
    head: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            head.append(node)
        elif head:
            break
    return head


def _order(statement: str) -> tuple[int, bool, str]:
    """Where an import sorter puts a statement: standard library first, then others, then ours."""
    words = statement.split()
    module = words[1]
    top = module.partition(".")[0]
    section = 0 if top == "__future__" else 1 if top in _STANDARD else 3 if top in _OURS else 2
    return section, words[0] == "from", module


_STANDARD = frozenset({"typing", "collections", "functools", "dataclasses", "datetime", "re"})
_OURS = frozenset({"bai_wx", "handlers", "models"})


# --- a test row ---


def _with_row(text: str, row: str) -> str:
    """Add a row at the end of the list `SCAFFOLDED`."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SCAFFOLDED":
            lines = text.splitlines(keepends=True)
            at = (node.end_lineno or 0) - 1
            return "".join([*lines[:at], row, *lines[at:]])
    raise loader.ContractError(f"{TEST_FILE} has no list SCAFFOLDED to add a row to")


def _row(operation: Planned, bundle: dict[str, Any]) -> str:
    path = operation.path.removeprefix("/pb/api")
    for parameter in operation.definition.get("parameters", ()):
        if parameter["in"] == "path":
            value = _sample(parameter.get("schema", {}), bundle, parameter)
            path = path.replace("{" + parameter["name"] + "}", str(value))
    media = operation.definition.get("requestBody", {}).get("content", {}).get("application/json")
    body = _sample(media.get("schema", {}), bundle, media) if media else None
    shown = ", ".join([json.dumps(operation.method), json.dumps(path), repr(body), "501"])
    return f'    pytest.param({shown}, id="{operation.id}"),\n'


def _sample(schema: Any, bundle: dict[str, Any], holder: dict[str, Any] | None = None) -> Any:
    """A value the contract accepts: its example where it has one, else the plainest one."""
    for owner in (holder or {}, _resolved(schema, bundle)):
        if "example" in owner:
            return owner["example"]
        if owner.get("examples"):
            return _first_example(owner["examples"])
    return _plainest(_resolved(schema, bundle), bundle)


def _first_example(examples: Any) -> Any:
    if isinstance(examples, dict):
        return next(iter(examples.values())).get("value")
    return examples[0]


def _plainest(schema: Any, bundle: dict[str, Any]) -> Any:
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return _sample(schema[key][0], bundle)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind in (None, "object"):
        properties, required, _ = _properties(schema, bundle)
        return {name: _sample(properties.get(name, {}), bundle) for name in sorted(required)}
    return _plainest_scalar(kind, schema, bundle)


def _plainest_scalar(kind: str, schema: Any, bundle: dict[str, Any]) -> Any:
    match kind:
        case "array":
            return [_sample(schema.get("items", {}), bundle)] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "string":
            return _text_for(schema)
        case _:
            return None if kind == "null" else False


def _text_for(schema: Any) -> str:
    length: int = schema.get("minLength", 1)
    width = re.search(r"\{(\d+)\}\$$", schema.get("pattern", ""))
    return "0" * max(length, int(width[1]) if width else 1)
