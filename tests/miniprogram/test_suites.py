"""The mini program's client in a realm that holds only the language and `wx`, against a real server.

The suites are `clients/tests/*.test.mjs`, a topic each; `host` tests the stand-in for `wx` itself.
"""

import time

import pytest

from tests import node
from tests.tree import ROOT

TESTS = {
    "host": 53,
    "tokens": 50,
    "retries": 46,
    "calls": 74,
    "filters": 68,
    "platforms": 16,
    "catalog": 53,
    "shop": 59,
}
"""How many tests each suite has: a suite that loses some must say so here."""

FOLDERS = ("cli", "example", "miniprogram")
"""Where modules of pytest run suites."""


def test_every_suite_is_run() -> None:
    """By this module, or by another that names it."""
    files = (file for folder in FOLDERS for file in (ROOT / "tests" / folder).glob("*.py"))
    source = "".join(file.read_text("utf-8") for file in files)
    suites = {path.name.split(".")[0] for path in node.TOOLS.glob("*.test.mjs")}
    assert {suite for suite in suites if f'"{suite}"' not in source} == set()
    assert suites >= set(TESTS)


@pytest.mark.parametrize("suite", TESTS)
def test_suite(environment: dict[str, str], suite: str) -> None:
    """All tests of the suite ran, and all passed."""
    began = time.monotonic()
    run = node.run_suite(node.TOOLS, suite, environment)
    assert run.status == 0, run.output
    assert run.counts["tests"] == run.counts["pass"] == TESTS[suite], run.output
    print(f"\n{suite}: {run.counts['pass']} tests in {time.monotonic() - began:.1f} s")
