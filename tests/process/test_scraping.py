"""`BAI_WX_METRICS` is off, an address of its own or a token; anything else is told in one line."""

import pytest

from bai_wx.process.scraping import Scraping


@pytest.mark.parametrize(
    ("text", "means"),
    [
        pytest.param("off", Scraping(), id="off"),
        pytest.param("127.0.0.1:9464", Scraping(host="127.0.0.1", port=9464), id="address"),
        pytest.param("[::1]:9464", Scraping(host="::1", port=9464), id="IPv6"),
        pytest.param("metrics.local:80", Scraping(host="metrics.local", port=80), id="name"),
        pytest.param("a1b2c3d4e5f6a7b8", Scraping(token="a1b2c3d4e5f6a7b8"), id="token"),
    ],
)
def test_what_can_be_set(text: str, means: Scraping) -> None:
    assert Scraping.of(text) == means


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("short-token", "neither off, nor an address", id="short"),
        pytest.param("9465", "neither off, nor an address", id="a port alone"),
        pytest.param(":9465", "neither off, nor an address", id="no host"),
        pytest.param("127.0.0.1:99999", "has the port 99999", id="no such port"),
        pytest.param("two words of a token", "neither off, nor an address", id="blanks"),
    ],
)
def test_what_cannot(text: str, said: str) -> None:
    """A token is never shown."""
    with pytest.raises(ValueError, match=said) as told:
        Scraping.of(text)
    assert "99999" in text or text not in str(told.value)
