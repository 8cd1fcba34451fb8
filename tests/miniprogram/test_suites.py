"""The mini program's client in a realm that holds only the language and `wx`, against a real server.

The suites are `clients/tests/*.test.mjs`, a topic each; `host` tests the stand-in for `wx` itself.
"""

import time

import pytest

from tests import node

TESTS = {
    "host": 53,
    "tokens": 44,
    "retries": 32,
    "calls": 73,
    "filters": 68,
    "platforms": 16,
    "catalog": 53,
    "shop": 58,
}
"""How many tests each suite has: a suite that loses some must say so here."""

ELSEWHERE = {"quick-start", "readme"}
"""Suites that another module runs."""


def test_every_suite_is_run() -> None:
    """No suite beside those."""
    suites = {path.name.split(".")[0] for path in node.TOOLS.glob("*.test.mjs")}
    assert suites == {*TESTS, *ELSEWHERE}


@pytest.mark.parametrize("suite", TESTS)
def test_suite(environment: dict[str, str], suite: str) -> None:
    """All tests of the suite ran, and all passed."""
    began = time.monotonic()
    run = node.run_suite(node.TOOLS, suite, environment)
    assert run.status == 0, run.output
    assert run.counts["tests"] == run.counts["pass"] == TESTS[suite], run.output
    print(f"\n{suite}: {run.counts['pass']} tests in {time.monotonic() - began:.1f} s")
