"""Each section of the page for builders has a test, and each test a section."""

import re

from tests.docs.pages import text
from tests.tree import ROOT

NAMED = re.compile(r"^@of\((.*)\)$", re.MULTILINE)


def test_each_section_of_the_page_has_a_test() -> None:
    sections = re.findall(r"^### (.+)$", text("docs/builder-notes.md"), re.MULTILINE)
    tests = (ROOT / "tests/docs/building").glob("test_*.py")
    named = [line for path in tests for line in NAMED.findall(path.read_text("utf-8"))]
    tested = [section for line in named for section in re.findall(r'"([^"]+)"', line)]
    assert sorted(sections) == sorted(tested)
