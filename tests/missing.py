"""What a test needs and does not find: it is skipped by name, or fails in CI, which has all of it."""

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """End the test that asks. In CI nothing may be missing unnoticed."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
