"""Whoever looks for the tests of a module finds a file of its name, or one line that names it.

`bai_wx/record/cache.py` has `tests/record/test_cache.py`. A file that tests more than the module it is
called after says so at the end of its docstring: `Covers: bai_wx/record/clock.py, models/migrations/`.
"""

import ast
import re
from functools import cache
from pathlib import Path

from tests.tree import PACKAGES, ROOT

COVERS = re.compile(r"^Covers: (.*)$", re.MULTILINE)


def modules() -> list[str]:
    """Every module that can be tested, by its path: what is no more than a folder's beginning cannot."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [str(p.relative_to(ROOT)) for p in paths if not p.stem.startswith("__")]


def mirrored(module: str) -> Path:
    """Where a module's tests are by its name: the engine's rooms stand in `tests/` themselves."""
    path = Path(module.removeprefix("bai_wx/"))
    return ROOT / "tests" / path.with_name(f"test_{path.name}")


@cache
def covered() -> dict[str, str]:
    """The modules and folders that test files name, and a file for each."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        for line in COVERS.findall(said):
            found.update(dict.fromkeys(line.split(", "), str(path.relative_to(ROOT))))
    return found


def test_each_module_has_tests_that_are_found() -> None:
    named = tuple(name for name in covered() if name.endswith("/"))
    assert [
        module
        for module in modules()
        if not mirrored(module).exists()
        and module not in covered()
        and not module.startswith(named)
    ] == []


def test_what_a_test_file_says_it_covers_is_there() -> None:
    assert {name: file for name, file in covered().items() if not (ROOT / name).exists()} == {}
