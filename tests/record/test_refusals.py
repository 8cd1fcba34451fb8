"""How a rule's error reads on native paths: the one table from errors to fields.

Covers: bai_wx/record/problems.py
"""

import pytest

from bai_wx.errors import (
    AmountChanged,
    ApiError,
    CartAlreadyOrdered,
    CartFull,
    CartLineExists,
    NotFound,
    OrderInProgress,
    OrderRemarkFixed,
    OrderStateInvalid,
    ProductUnavailable,
)
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.problems import INVALID_VALUE, NOT_UNIQUE, REQUIRED, Problems
from bai_wx.record.refusals import REFUSALS, noted, refusal_of


@pytest.mark.parametrize(
    ("collection", "error", "codes"),
    [
        pytest.param(
            "tbl_cart",
            ProductUnavailable(),
            {"cart_product_id": "validation_missing_rel_records"},
            id="a product that is not on sale",
        ),
        pytest.param(
            "tbl_cart", CartFull(), {"cart_owner": "validation_cart_full"}, id="a full cart"
        ),
        pytest.param(
            "tbl_cart",
            CartLineExists(),
            {"cart_owner": "validation_not_unique", "cart_product_id": "validation_not_unique"},
            id="a second line",
        ),
        pytest.param(
            "tbl_cart",
            CartAlreadyOrdered(),
            {"cart_status": "validation_invalid_transition"},
            id="an ordered line",
        ),
        pytest.param(
            "tbl_order",
            ProductUnavailable(),
            {"order_snap": "validation_invalid_value"},
            id="an order of what is not on sale",
        ),
        pytest.param(
            "tbl_order",
            AmountChanged(1.0),
            {"order_amount": "validation_amount_mismatch"},
            id="another amount",
        ),
        pytest.param(
            "tbl_order",
            OrderStateInvalid(),
            {"order_status": "validation_invalid_transition"},
            id="a state that cannot follow",
        ),
        pytest.param(
            "tbl_order",
            OrderRemarkFixed(),
            {"order_remark": "validation_invalid_transition"},
            id="the remark of a confirmed order, though its error is a kind of that",
        ),
    ],
)
def test_a_refusal_names_its_fields(
    collection: str, error: ApiError, codes: dict[str, str]
) -> None:
    """Each of them with PocketBase's code, where it has one."""
    problems: Problems = {}
    with noted(collection, problems):
        raise error
    assert {field: problem["code"] for field, problem in problems.items()} == codes


def test_the_table_names_fields_that_there_are() -> None:
    """Of the collection whose refusal it is."""
    for (collection, _), refusal in REFUSALS.items():
        assert set(refusal.fields) <= set(COLLECTIONS[collection].record_fields())


def test_a_confirmed_orders_deletion_conflicts() -> None:
    """It alone is no 400."""
    refusal = refusal_of("tbl_order", OrderInProgress())
    assert refusal is not None
    assert refusal.status == OrderInProgress.status == 409
    others = [row for key, row in REFUSALS.items() if key != ("tbl_order", OrderInProgress)]
    assert {row.status for row in others} == {400}


def test_what_was_noted_of_a_field_stays() -> None:
    """An empty product is a missing one in PocketBase's eyes, before it is one not on sale."""
    problems: Problems = {"cart_product_id": REQUIRED}
    with noted("tbl_cart", problems):
        raise ProductUnavailable
    assert problems == {"cart_product_id": REQUIRED}


def test_the_state_is_said_before_the_value() -> None:
    """A word that is no state is a change the order's state does not allow."""
    problems: Problems = {"order_status": INVALID_VALUE, "order_remark": INVALID_VALUE}
    with noted("tbl_order", problems):
        raise OrderStateInvalid
    assert problems["order_status"]["code"] == "validation_invalid_transition"
    assert problems["order_remark"] == INVALID_VALUE


def test_another_row_is_said_last() -> None:
    """Only where all else is well."""
    problems: Problems = {"cart_remark": INVALID_VALUE}
    with noted("tbl_cart", problems):
        raise CartLineExists
    assert problems == {"cart_remark": INVALID_VALUE}
    alone: Problems = {}
    with noted("tbl_cart", alone):
        raise CartLineExists
    assert alone == {"cart_owner": NOT_UNIQUE, "cart_product_id": NOT_UNIQUE}


@pytest.mark.parametrize(
    ("collection", "error"),
    [
        pytest.param("tbl_cart", NotFound(), id="of no rule"),
        pytest.param("tbl_order", CartFull(), id="of another collection"),
    ],
)
def test_an_error_without_a_row_goes_on(collection: str, error: ApiError) -> None:
    """It is answered as it is."""
    assert refusal_of(collection, error) is None
    problems: Problems = {}
    with pytest.raises(type(error)), noted(collection, problems):
        raise error
    assert problems == {}
