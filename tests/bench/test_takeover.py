"""`bench/takeover` runs on a small shop: what it uses of the tests needs no pytest around it."""

import subprocess
import sys

import pytest

from tests.tree import ROOT


@pytest.mark.long
def test_a_small_shop_is_taken_over_and_nothing_is_wrong() -> None:
    """Of the newest version, killed once."""
    pytest.importorskip("psutil", reason="no psutil: pip install '.[bench]'")
    words = ["--small", "--only", "0.40.6", "--kills", "1"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "takeover"), *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not as it should be: 0" in done.stderr
