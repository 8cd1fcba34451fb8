"""What a row of scaffolded tests leaves open: whose the row is, and which rows it points at."""

from typing import Any

import pytest

from tests.running import Client


def filled(body: Any, client: Client) -> Any:
    """A body with the client's openid for `$openid`, and the record id of a row for `$tbl_…`."""
    if isinstance(body, dict):
        return {name: filled(value, client) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, client) for value in body]
    if body == "$openid":
        return client.openid
    return _row_of(body[1:], client) if str(body).startswith("$tbl_") else body


def _row_of(collection: str, client: Client) -> str:
    found = client.get(f"/collections/{collection}/records?perPage=1").json().get("items")
    if not found:
        pytest.skip(f"{collection} has no row to point at")
    return str(found[0]["id"])
