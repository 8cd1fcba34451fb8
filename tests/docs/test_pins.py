"""`pyproject.toml` names each library that is imported.

One that is used below its public API is pinned exactly, and the file that leans on it is said.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from typing import NamedTuple

from tests.tree import PACKAGES, ROOT

FOLDERS = (*PACKAGES, "tests", "bench")
OURS = {*FOLDERS, "spec"}
DOCUMENTED = {"_meta", "_exit"}  # Peewee's documentation and Python's name them

BROUGHT = {"botocore": "boto3"}  # a part of it, under a name of its own

UNDOCUMENTED = (
    "connexion.middleware.main",
    "moto.s3.models",
    "openapi_spec_validator.validation.keywords",
    "openpyxl.reader.excel",
    "psycopg.adapt.Transformer",
    "psycopg.errors.error_from_result",
    "schemathesis.generation.meta",
    "uvicorn.protocols",
    "uvicorn.server",
)
"""Modules that no documentation names, although their names do not say so."""

DEPENDENCY = re.compile(r'^ +"([A-Za-z0-9-]+)(?:\[[^\]]*\])?([^"]*)",(?: # (.*))?$', re.MULTILINE)
FILE = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)+\.py")


def pinned() -> dict[str, set[str]]:
    """The libraries that are pinned exactly, and the files that are said to lean on each."""
    found = DEPENDENCY.findall((ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        name: set(FILE.findall(said)) for name, version, said in found if version.startswith("==")
    }


class Module(NamedTuple):
    """What a module takes from libraries, which private members it asks for, and which names it makes."""

    imports: frozenset[str]
    members: frozenset[str]
    made: frozenset[str]


@cache
def modules() -> dict[str, Module]:
    """Our modules by their file. Read by the tests: what stands outside of them is done by every process."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): _read(path.read_text("utf-8")) for path in files}


def _read(text: str) -> Module:
    nodes = list(ast.walk(ast.parse(text)))
    return Module(*map(frozenset, (_imports(nodes), _members(nodes), _made(nodes))))


@cache
def leaning() -> set[str]:
    """The files that use what a library does not promise."""
    ours = frozenset().union(*(module.made for module in modules().values()))
    return {
        file
        for file, module in modules().items()
        if any(_is_inside(name) for name in module.imports) or module.members - ours - DOCUMENTED
    }


def _imports(nodes: list[ast.AST]) -> Iterator[str]:
    """What a module takes from libraries, by its whole name."""
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (n for n in names if n.partition(".")[0] not in OURS | sys.stdlib_module_names)


def _is_inside(name: str) -> bool:
    parts = name.split(".")
    return name.startswith(UNDOCUMENTED) or any(part.startswith("_") for part in parts)


def _members(nodes: list[ast.AST]) -> set[str]:
    """The private members that are asked for, or given a meaning of our own."""
    asked = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return {name for name in asked if name.startswith("_") and not name.endswith("__")}


def _made(nodes: list[ast.AST]) -> Iterator[str]:
    """The private names that our code makes. What calls `super()` of its own name is the library's."""
    of_libraries = {name for node in nodes if (name := _asked_of_super(node))}
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            is_theirs = node.name in of_libraries and any(
                _asked_of_super(inner) == node.name for inner in ast.walk(node)
            )
            if not is_theirs:
                yield node.name
        elif isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Store):
            yield node.attr if isinstance(node, ast.Attribute) else node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value  # of __slots__
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def _asked_of_super(node: ast.AST) -> str | None:
    """The name that is called in `super().name(...)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    base = node.func.value
    is_super = isinstance(base, ast.Call) and not base.args and not base.keywords
    is_super = is_super and isinstance(base.func, ast.Name) and base.func.id == "super"
    return node.func.attr if is_super else None


def test_a_library_used_below_its_public_api_is_pinned() -> None:
    assert leaning() - {file for files in pinned().values() for file in files} == set()


def test_files_that_are_said_to_lean_on_a_library_do() -> None:
    assert {file for files in pinned().values() for file in files} - leaning() == set()


def test_each_library_that_is_imported_is_named() -> None:
    """Not only what brings it along: that may leave it out tomorrow."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["s3"], *extras["otel"], *extras["sentry"]]
    named = {re.split(r"[^A-Za-z0-9-]", text, maxsplit=1)[0].lower() for text in asked}
    known = packages_distributions()
    for file, module in modules().items():
        for library in {name.partition(".")[0] for name in module.imports}:
            if file.startswith(tuple(f"{package}/" for package in PACKAGES)):
                from_ = {
                    name.lower().replace("_", "-") for name in known[BROUGHT.get(library, library)]
                }
                assert from_ & named, f"{file} imports {library}"


def test_extras_that_are_installed_by_name_exist() -> None:
    """In the environments of tox.ini: pip would go on without one that it does not know, tox ends."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    known = set(project["optional-dependencies"])
    lines = re.findall(r"^extras = ?(.*)$", (ROOT / "tox.ini").read_text("utf-8"), re.MULTILINE)
    assert lines
    assert {name.strip() for line in lines for name in line.split(",")} - {""} <= known
