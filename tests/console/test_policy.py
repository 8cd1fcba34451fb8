"""Which writes are not even read, and what every answer says to the browser: `bai_wx/console/policy.py`."""

import pytest
from starlette.datastructures import Headers

from bai_wx.console.policy import is_same_origin

HOST = {"host": "shop.example.com"}
ORIGINS = {
    "a form of the page": ({"origin": "https://shop.example.com"}, True),
    "the proxy ended TLS": ({"origin": "http://shop.example.com"}, True),
    "an old browser says nothing": ({}, True),
    "a script of the page": ({"sec-fetch-site": "same-origin"}, True),
    "another site": ({"origin": "https://evil.example"}, False),
    "another port": ({"origin": "https://shop.example.com:8443"}, False),
    "the name inside another": ({"origin": "https://shop.example.com.evil.example"}, False),
    "the name before an @": ({"origin": "https://shop.example.com@evil.example"}, False),
    "a sandboxed frame": ({"origin": "null"}, False),
    "a sibling site": ({"sec-fetch-site": "same-site"}, False),
    "another site, as the browser says": ({"sec-fetch-site": "cross-site"}, False),
    "a link that was pasted": ({"sec-fetch-site": "none"}, False),
}


@pytest.mark.parametrize("name", ORIGINS)
def test_a_write_comes_from_a_page_of_this_host(name: str) -> None:
    headers, is_ours = ORIGINS[name]
    assert is_same_origin(Headers({**HOST, **headers})) is is_ours
