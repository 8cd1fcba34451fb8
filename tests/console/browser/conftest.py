"""What the browser's tests of the console share."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def cost(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print what each part of the suite costs."""
    began = time.monotonic()
    yield
    print(f"\n{request.module.__name__}: {time.monotonic() - began:.1f} s")
