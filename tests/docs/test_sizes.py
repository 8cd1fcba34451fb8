"""Functions are short, and so are files: a reader sees a whole one at once."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.tree import PACKAGES, ROOT

MOST_LINES = 400
LONGEST_FUNCTION = 45
USUAL_FUNCTION = 15
MEDIAN_FUNCTION = 6


def python_files(*folders: str) -> list[Path]:
    """Every module in these folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def functions() -> Iterator[tuple[str, int]]:
    """Every function of our packages, and its lines from `def` to its end."""
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                name = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                yield name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_short() -> None:
    """Half of them have six lines or fewer, nine of ten fifteen, and none has more than 45."""
    lengths = dict(functions())
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
    usual = sum(n <= USUAL_FUNCTION for n in lengths.values())
    assert usual / len(lengths) >= 0.9
    assert median(lengths.values()) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_no_file_is_too_long(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in python_files(folder)
        if len(path.read_text("utf-8").splitlines()) > MOST_LINES
    }
    assert long == set()
