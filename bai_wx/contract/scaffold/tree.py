"""The checkout that is scaffolded: where its files are, and what they hold already.

It is read as text (`ast`), never imported, so that any tree can be scaffolded.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout."""

    root: Path

    @property
    def contract(self) -> Path:
        """The root of its contract."""
        return self.root / "spec" / "openapi-wx.yaml"

    @property
    def parts(self) -> Path:
        """The folder of the files that its contract is made of."""
        return self.root / "spec" / "openapi-wx"

    @property
    def handlers(self) -> Path:
        """The folder of its handlers."""
        return self.root / "handlers"

    @property
    def models(self) -> Path:
        """The folder of its models."""
        return self.root / "models"

    @property
    def migrations(self) -> Path:
        """The folder of its migrations."""
        return self.models / "migrations"

    @property
    def rows(self) -> Path:
        """The tests of what was scaffolded."""
        return self.root / "tests" / "api" / "test_scaffolded.py"

    @property
    def peer(self) -> Path:
        """The migrations of the PocketBase that the conformance asks."""
        return self.root / "tests" / "conformance" / "pb_migrations"

    @property
    def page(self) -> Path:
        """The page that lists the operations."""
        return self.root / "docs" / "api.md"

    def functions(self) -> dict[str, list[str]]:
        """The public functions of each handler module."""
        return {path.stem: _functions(path) for path in sorted(self.handlers.glob("*.py"))}

    def classes(self) -> dict[str, tuple[str, str]]:
        """The module and class of each collection that has a model, by the collection's name."""
        return {
            table: (path.stem, name)
            for path in sorted(self.models.glob("*.py"))
            for table, name in _tables(path)
        }


def next_number(folder: Path, pattern: str) -> int:
    """One more than the highest number that a file's name begins with."""
    numbers = [re.match(r"\d+", path.name) for path in folder.glob(pattern)]
    return max((int(found[0]) for found in numbers if found), default=0) + 1


def _functions(path: Path) -> list[str]:
    """Public functions a module defines itself."""
    body = ast.parse(path.read_text("utf-8"), str(path)).body
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [n.name for n in body if isinstance(n, kinds) and not n.name.startswith("_")]


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    """The table and name of each class whose `Meta` names one."""
    for node in ast.parse(path.read_text("utf-8"), str(path)).body:
        if isinstance(node, ast.ClassDef):
            metas = (n for n in node.body if isinstance(n, ast.ClassDef) and n.name == "Meta")
            yield from ((table, node.name) for meta in metas for table in _table_of(meta))


def _table_of(meta: ast.ClassDef) -> Iterator[str]:
    for node in meta.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "table_name":
            yield ast.literal_eval(node.value)
