"""A session's browser is told in few words."""

import pytest

from bai_wx.console.accounts.agents import name_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        pytest.param(
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/156.0.0.0 Safari/537.36",
            "Chrome 156 · Windows",
            id="Chrome",
        ),
        pytest.param(
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
            "Edge 156 · Windows",
            id="Edge, which names Chrome too",
        ),
        pytest.param(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
            "Safari 19 · iPhone",
            id="Safari",
        ),
        pytest.param(
            f"Mozilla/5.0 (Linux; Android 16; X) {WEBKIT} Version/4.0 Chrome/130.0 Mobile"
            " Safari/537.36 MicroMessenger/8.0.50",
            "WeChat 8 · Android",
            id="WeChat's browser",
        ),
        pytest.param(
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox 140 · Linux",
            id="Firefox",
        ),
        pytest.param("python-requests/2.32", "python-requests/2.32", id="no browser"),
        pytest.param("x" * 200, "x" * 40, id="unknown"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_browser_has_a_name(agent: str, name: str) -> None:
    assert name_of(agent) == name
