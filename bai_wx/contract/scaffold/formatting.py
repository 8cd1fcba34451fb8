"""Imports sorted and functions formatted by ruff, where it is installed (extra `dev`)."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from itertools import takewhile
from typing import Final

OURS: Final = 'lint.isort.known-first-party=["bai_wx","handlers","models","spec","tests"]'
STYLE: Final = ["--isolated", "--quiet", "--config", "line-length=100"]
"""Ours in every tree, whatever stands around it."""
SORTING: Final = ["check", "--select=I", "--fix", "--config", OURS, *STYLE, "-"]


def is_installed() -> bool:
    """Whether ruff is there; without it a text stays as it is written."""
    return find_spec("ruff") is not None


def formatted(text: str) -> str:
    """Format Python text."""
    return _by_ruff(["format", *STYLE, "-"], text)


def formatted_module(text: str) -> str:
    """Sort the imports of a module and format it."""
    return formatted(_by_ruff(SORTING, text))


def with_imports(text: str, statements: list[str]) -> str:
    """Add import statements to a module, sorted; no other line changes where its imports were."""
    if not statements:
        return text
    module = ast.parse(text)
    docstring = module.body[: ast.get_docstring(module) is not None]
    imports = list(takewhile(_is_import, module.body[len(docstring) :]))
    above = [*docstring, *imports]
    at = (above[-1].end_lineno or 0) if above else 0
    gap = ["\n"] if docstring and not imports else []
    lines = text.splitlines(keepends=True)
    added = [*lines[:at], *gap, *(f"{each}\n" for each in statements), *lines[at:]]
    return _by_ruff(SORTING, "".join(added))


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def _by_ruff(command: list[str], text: str) -> str:
    if not is_installed():
        return text
    ruff = [sys.executable, "-P", "-m", "ruff", *command]
    done = subprocess.run(ruff, input=text.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()
