"""The page of the owner's clients names a test for each row, and each test of a client has its row."""

import ast
import re

import pytest

from tests.docs.pages import part, rows
from tests.tree import ROOT

PAGE = "docs/owners-clients.md"
PARTS = ("twice", "hooks", "collections")
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
OF_THE_STAND_IN = "test_wx.py"


def clients_tests() -> set[tuple[str, str]]:
    """Every test of `tests/clients`, by file and name."""
    return {
        (path.name, each.name)
        for path in (ROOT / "tests" / "clients").glob("test_*.py")
        for each in ast.parse(path.read_text("utf-8")).body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }


@pytest.mark.parametrize("name", PARTS)
def test_each_row_names_a_test(name: str) -> None:
    """At least one, and none that is not there."""
    table = rows(part(PAGE, name))
    assert [row[0] for row in table if not NAMED.findall(row[-1])] == []
    named = {found for row in table for found in NAMED.findall(row[-1])}
    assert named - clients_tests() == set()


def test_each_test_of_a_client_has_a_row() -> None:
    named = {found for name in PARTS for found in NAMED.findall(part(PAGE, name))}
    mine = {each for each in clients_tests() if each[0] != OF_THE_STAND_IN}
    assert mine - named == set()
