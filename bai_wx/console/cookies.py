"""The console's cookies. Each is bound to this host and HTTPS, and no other site's request carries it.

`__Host-`: RFC 6265bis, section 4.1.3.2. Browsers treat the loopback address as secure.
"""

from typing import Final

from starlette.responses import Response

SESSION: Final = "__Host-bai-wx-console"
"""Holds the session of an operator who is logged in."""
VISIT: Final = "__Host-bai-wx-visit"
"""Holds a random text that the login form is bound to."""

DEVICE: Final = "__Host-bai-wx-device"
"""Holds a random text by which the browser is known after its first login; see `accounts.throttle`."""
DEVICE_S: Final = 180 * 24 * 3600


def put(response: Response, name: str, value: str, *, max_age_s: int | None = None) -> None:
    """Set a cookie that no script can read. Without `max_age_s` it lives as long as the browser's window."""
    response.set_cookie(
        name, value, max_age_s, path="/", secure=True, httponly=True, samesite="strict"
    )


def drop(response: Response, name: str) -> None:
    """Remove a cookie from the browser."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="strict")
