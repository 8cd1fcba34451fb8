"""The server under test answers at all."""

import requests

from tests.faults.conftest import Said
from tests.running import Server


def test_health(server: Server, said: Said) -> None:
    """It is healthy."""
    answer = requests.get(f"{server.url}/pb/api/health", timeout=10)
    said(answer.status_code)
    assert answer.status_code == 200
