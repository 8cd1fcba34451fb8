"""Writes a typed stub and a test row for every operation without a function.

Only adds: what a handler module or the test file holds stays byte for byte, as far as its imports are
sorted, and a second run finds nothing to do. Works on the text (`ast` reads it), never by importing, so
that any tree can be scaffolded.
"""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bai_wx.contract import loader
from bai_wx.contract.files import ContractError
from bai_wx.contract.samples import sample
from bai_wx.contract.stubs import Planned, new_module, with_stub

TEST_FILE = "test_scaffolded.py"
NOT_WRITTEN = {"501", "5XX", "default"}  # the responses that may stand for a stub's answer

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
            text = path.read_text("utf-8") if path.exists() else new_module(each)
            path.write_text(with_stub(text, each, self.bundle), "utf-8")
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
            module = definition[loader.CONTROLLER].rpartition(".")[2]
            yield Planned(definition["operationId"], module, method.upper(), path, definition)


def _refuse_undeclared(planned: list[Planned]) -> None:
    """A stub answers 501, so the contract must say so."""
    undeclared = [
        f"{each.id} ({each.method} {each.path})"
        for each in planned
        if not NOT_WRITTEN & each.definition["responses"].keys()
    ]
    if undeclared:
        raise ContractError(
            f"{', '.join(undeclared)} declares no answer for what is not written yet;"
            " add a `501` response to it"
        )


def _functions(path: Path) -> list[str]:
    """Public functions a module defines itself."""
    body = ast.parse(path.read_text("utf-8"), str(path)).body
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [n.name for n in body if isinstance(n, kinds) and not n.name.startswith("_")]


def _with_row(text: str, row: str) -> str:
    """Add a row at the end of the list `SCAFFOLDED`."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SCAFFOLDED":
            lines = text.splitlines(keepends=True)
            at = (node.end_lineno or 0) - 1
            return "".join([*lines[:at], row, *lines[at:]])
    raise ContractError(f"{TEST_FILE} has no list SCAFFOLDED to add a row to")


def _row(operation: Planned, bundle: dict[str, Any]) -> str:
    path = operation.path.removeprefix("/pb/api")
    for parameter in operation.definition.get("parameters", ()):
        if parameter["in"] == "path":
            value = sample(parameter.get("schema", {}), bundle, parameter)
            path = path.replace("{" + parameter["name"] + "}", str(value))
    media = operation.definition.get("requestBody", {}).get("content", {}).get("application/json")
    body = sample(media.get("schema", {}), bundle, media) if media else None
    shown = ", ".join([json.dumps(operation.method), json.dumps(path), repr(body), "501"])
    return f'    pytest.param({shown}, id="{operation.id}"),\n'
