"""What the example's pages of cart, orders, profile and company work out, before anything is drawn."""

import time

from tests import node

TESTS = 58
"""How many the suite has: one that loses some must say so here."""


def test_logic_of_pages() -> None:
    """All tests of `clients/tests/shop.test.mjs` ran, and all passed."""
    node.install_once(node.TOOLS)
    began = time.monotonic()
    run = node.run_suite(node.TOOLS, "shop", {})
    assert run.status == 0, run.output
    assert run.counts["tests"] == run.counts["pass"] == TESTS, run.output
    print(f"\nshop: {TESTS} tests in {time.monotonic() - began:.1f} s")
