"""The rows and the user that are one case's alone, made from the case's name."""

import zlib
from collections.abc import Mapping
from typing import Final

from tests.conformance.rows import OWNERS, Row, Rows, base, user
from tests.row_ids import record_id

NUMBERED: Final = ("tbl_cart", "tbl_order")
"""Collections whose rows have a readable number."""


def own_number(case: str) -> int:
    """A number that is a case's alone, for the ids of its rows."""
    return 10**10 - 1 - zlib.crc32(case.encode())


def own_openid(case: str) -> str:
    """The openid of the user that is a case's alone."""
    return f"oOWN-{own_number(case)}"


def own_rows(case: str, wanted: Mapping[str, Row]) -> Rows:
    """The rows that are a case's alone: its user, and one row in each collection it wants."""
    number, openid = own_number(case), own_openid(case)
    rows: Rows = {"tbl_auth_users": [user("own", openid, number)]}
    for collection, values in wanted.items():
        owner = {OWNERS[collection]: openid} if collection in OWNERS else {}
        named = collection.replace("tbl_", "") + "_number"
        made = {named: f"own-{number}"} if collection in NUMBERED else {}
        row = base(collection, record_id(collection, number), 0, **owner, **made)
        rows[collection] = [{**row, **values}]
    return rows
