"""The console's cookies. Each is bound to this host and HTTPS, and no other site's request carries it.

`__Host-`: RFC 6265bis, section 4.1.3.2. Browsers treat the loopback address as secure.
"""

from typing import Final

from starlette.responses import Response

SESSION: Final = "__Host-bai-wx-console"
"""Holds the session of an operator who is logged in."""
VISIT: Final = "__Host-bai-wx-visit"
"""Holds a random text that the login form is bound to."""


def put(response: Response, name: str, value: str) -> None:
    """Set a cookie that lives as long as the browser's window and that no script can read."""
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="strict")


def drop(response: Response, name: str) -> None:
    """Remove a cookie from the browser."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="strict")
