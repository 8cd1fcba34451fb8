"""Which columns of a list an operator has chosen. The browser keeps the choice (`static/columns.js`)."""

from collections.abc import Collection
from typing import Final

from starlette.requests import Request

COOKIE: Final = "bai-wx-columns-"
"""The name of the cookie, without the list's key. It holds the columns with points between them."""


def chosen(request: Request, key: str, names: Collection[str]) -> list[str]:
    """The columns chosen for the list of this key, as far as `names` has them; none where none are."""
    kept = request.cookies.get(f"{COOKIE}{key}", "")
    return [name for name in kept.split(".") if name in names]
