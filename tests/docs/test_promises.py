"""Each promise of docs/security.md and docs/reliability.md names the test that keeps it.

The tests are found in the source: collecting all of them takes half a minute.
"""

import ast
import re
from dataclasses import dataclass
from functools import cache

import pytest

from tests.docs.pages import rows, text
from tests.tree import ROOT

PAGES = ("docs/security.md", "docs/reliability.md")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(?:\[([^`]+)\])?`( \(long\))?")
"""A test: its file, its name, maybe the id of a case, and a note where it is left out of CI."""

Kept = tuple[str, str, str, str]


@dataclass(frozen=True)
class Found:
    """A test function, as its file has it."""

    is_long: bool


@cache
def _tree(file: str) -> ast.Module | None:
    path = ROOT / file
    return ast.parse(path.read_text("utf-8")) if path.is_file() else None


@cache
def _tests(file: str) -> dict[str, Found]:
    tree = _tree(file)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        each.name: Found(any("pytest.mark.long" in ast.unparse(d) for d in each.decorator_list))
        for each in (tree.body if tree else [])
        if isinstance(each, functions) and each.name.startswith("test_")
    }


@cache
def _texts(file: str) -> frozenset[str]:
    tree = _tree(file)
    return frozenset(
        node.value
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def problem(kept: Kept) -> str:
    """What is wrong with a test that a page names; `""` where nothing is."""
    file, name, case, note = kept
    found = _tests(file).get(name)
    if found is None:
        return f"{file}::{name} is not there"
    if case and case not in _texts(file):
        return f"{file}::{name} has no case {case}"
    if found.is_long != bool(note):
        return f"{file}::{name} is {'' if found.is_long else 'not '}long"
    return ""


@pytest.mark.parametrize("page", PAGES)
def test_each_promise_names_a_test(page: str) -> None:
    """In the last cell of its line, at least one, and none that is not there or is called quick and is long."""
    lines = rows(text(page))
    assert lines
    assert [line[0] for line in lines if not NAMED.search(line[-1])] == []
    assert [
        told for line in lines for kept in NAMED.findall(line[-1]) if (told := problem(kept))
    ] == []


@pytest.mark.parametrize("page", PAGES)
def test_each_promise_is_kept_by_a_test_that_ci_runs(page: str) -> None:
    """A test that is `long` keeps a promise in more cases; alone it would break unseen."""
    lines = rows(text(page))
    assert [row[0] for row in lines if all(note for *_, note in NAMED.findall(row[-1]))] == []


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        pytest.param("`tests/docs/test_promises.py::problem`", None, id="no test"),
        pytest.param("`tests/docs/test_promise.py::test_a`", "not there", id="no such file"),
        pytest.param("`tests/docs/test_promises.py::test_b`", "not there", id="no such test"),
        pytest.param(
            "`tests/docs/test_promises.py::test_what_is_wrong_is_told[none of these]`",
            "no case",
            id="no such case",
        ),
        pytest.param(
            "`tests/stories/test_kill.py::test_nothing_is_lost_or_half_made_after_200_kills`",
            "is long",
            id="long and does not say so",
        ),
        pytest.param(
            "`tests/stories/test_kill.py::test_nothing_is_lost_or_half_made_after_10_kills` (long)",
            "is not long",
            id="says long and is not",
        ),
        pytest.param(
            "`tests/docs/test_promises.py::test_what_is_wrong_is_told[no test]`", "", id="well"
        ),
    ],
)
def test_what_is_wrong_is_told(cell: str, told: str | None) -> None:
    """`None` stands for a cell that names nothing."""
    found = NAMED.findall(cell)
    if told is None:
        assert found == []
        return
    (kept,) = found
    assert told in problem(kept)
    assert bool(told) == bool(problem(kept))
