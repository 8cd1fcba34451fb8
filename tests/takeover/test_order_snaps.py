"""The snapshots of old orders, and what they become."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bai_wx.transfer.pocketbase import order_snaps
from tests.pocketbase_versions import NEWEST
from tests.takeover.making import Made
from tests.takeover.names import business_id, record_id
from tests.takeover.opened import Row, Source, opened
from tests.takeover.shop import price_fen

ORDERS = "tbl_order"
P0, PR0 = business_id("product", 0), record_id("product", 0)


@pytest.fixture(scope="module")
def related(made_by: Callable[[str], Made]) -> Iterator[Source]:
    """The shape of a team that knows PocketBase, of 0.40.6."""
    with opened(made_by(NEWEST)) as source:
        yield source


def snap(**changes: Any) -> Row:
    """An item of the contract for the first product."""
    item = {
        "prod_list_id": P0,
        "prod_list_name": "智能开关面板 0",
        "prod_list_modelnumber": "BLV-00000",
        "quantity": 2,
        "at_price": price_fen(0) / 100,
        "subtotal": price_fen(0) * 2 / 100,
    }
    return item | changes


TOTAL = price_fen(0) * 2 / 100


@pytest.mark.parametrize(
    ("sent", "amount", "wanted", "total", "how"),
    [
        pytest.param(
            {"items": [snap()], "total": TOTAL}, TOTAL, [snap()], TOTAL, "", id="the contract's"
        ),
        pytest.param([snap()], TOTAL, [snap()], TOTAL, order_snaps.REWRITTEN, id="a list"),
        pytest.param(
            [{"cart_product_id": PR0, "cart_product_quantity": "2"}],
            TOTAL,
            [snap()],
            TOTAL,
            order_snaps.FILLED,
            id="ids alone, filled from the product",
        ),
        pytest.param(
            {"items": [{"cart_id": business_id("cart", 0), "quantity": 2, "name": "旧名"}]},
            0,
            [snap(prod_list_name="旧名")],
            TOTAL,
            order_snaps.FILLED,
            id="by a line of the cart, without amount",
        ),
        pytest.param(
            [snap(at_price="100", subtotal=None)],
            150,
            [snap(at_price=100, subtotal=200)],
            150,
            order_snaps.OTHER_SUM,
            id="another amount",
        ),
        pytest.param(
            [snap(prod_list_id="P-GONE")],
            TOTAL,
            [snap(prod_list_id="P-GONE")],
            TOTAL,
            order_snaps.REWRITTEN,
            id="of a product that is gone",
        ),
    ],
)
def test_snapshots_become_the_contracts(
    related: Source, sent: Any, amount: float, wanted: list[Row], total: float, how: str
) -> None:
    """Goods, prices and names of then; what an old snapshot does not say is that of the product."""
    values, changes, refused = related.translated(ORDERS, order_snap=sent, order_amount=amount)
    assert not refused
    assert values["order_snap"] == {"items": wanted, "total": total}
    assert values["order_amount"] == total
    hows = {told for name, told in changes if name in ("order_snap", "order_amount")}
    assert how in hows if how else not hows
