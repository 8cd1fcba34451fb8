"""The client's size, and the page that sets it beside PocketBase's SDK.

Covers: tests/miniprogram/compare.py
"""

from pathlib import Path
from typing import Any

import pytest

from tests.miniprogram.compare import LIMIT_BYTES, PAGE, measure, page
from tests.running import Server


@pytest.fixture(scope="module")
def found(client: Path, server: Server) -> dict[str, Any]:
    """What was measured now."""
    return measure(client, server)


def test_the_client_is_small(found: dict[str, Any]) -> None:
    size = found["sizes"]["ours"]
    print(
        f"\nbai-wx-miniprogram: {size['minified']} bytes minified, {size['compressed']} with gzip"
    )
    assert size["minified"] <= LIMIT_BYTES


def test_the_page_says_what_is_measured(found: dict[str, Any]) -> None:
    """`python -m tests.miniprogram.compare` writes it anew."""
    assert PAGE.read_text("utf-8") == page(found)
