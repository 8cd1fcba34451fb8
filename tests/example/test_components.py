"""The example's components by themselves: `clients/tests/components.test.mjs` in miniprogram-simulate."""

from tests import node

TESTS = 38
"""How many tests the suite has: one that loses some must say so here."""


def test_components() -> None:
    """All tests of the suite ran, and all passed."""
    node.install_once(node.TOOLS)
    run = node.run_suite(node.TOOLS, "components", {})
    assert run.status == 0, run.output
    assert run.counts["tests"] == run.counts["pass"] == TESTS, run.output
