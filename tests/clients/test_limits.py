"""How large a body may be, as the contract says in `x-max-body`."""

import pytest

from tests.clients.test_orders import SNAPSHOTS
from tests.clients.visitors import Visitor

KIB = 1024


def padded(size: int) -> str:
    """A JSON text of an object that is as large as that."""
    return '{"order_remark": "' + "x" * (size - 20) + '"}'


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        pytest.param("/cart/list", 64 * KIB, id="a hook"),
        pytest.param("/order/create", 512 * KIB, id="an order"),
        pytest.param("/order/update", 512 * KIB, id="a change of an order"),
        pytest.param("/collections/tbl_company/records", 8 * KIB * KIB, id="a native body"),
    ],
)
def test_a_body_may_be_as_large_as_the_contract_says(
    visitor: Visitor, path: str, limit: int
) -> None:
    """One byte more is 413; below it the body is read and judged."""
    assert visitor.post(path, padded(limit)).status == 400
    assert visitor.post(path, padded(limit + 1)).status == 413
    paths = visitor.get("/openapi.json").data["paths"]
    assert paths[f"/pb/api{path}"]["post"]["x-max-body"] == limit


def test_an_order_may_carry_a_long_snapshot(visitor: Visitor) -> None:
    """Today's client sends whole products in it."""
    items = [{**SNAPSHOTS["an array"][0], "html": "x" * 100_000}]
    body = visitor.asked("/order/create", {"order_source": "product", "order_snap": items})
    assert visitor.read_record(body)["order_amount"] == 399
