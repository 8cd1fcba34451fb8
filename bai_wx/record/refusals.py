"""How a rule's error reads on native paths. The one table from errors to fields and their problems.

A collection's verbs know its rules and raise errors. A hook answers the error as it is; a native write
calls the same verbs and answers the field that the table names, in PocketBase's codes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from bai_wx.errors import (
    AmountChanged,
    AmountTooLarge,
    ApiError,
    CartAlreadyOrdered,
    CartFull,
    CartLineExists,
    OrderInProgress,
    OrderRemarkFixed,
    OrderStateInvalid,
    ProductUnavailable,
)
from bai_wx.record.problems import (
    AMOUNT_MISMATCH,
    CART_FULL,
    INVALID_TRANSITION,
    INVALID_VALUE,
    MISSING_RELATION,
    NOT_UNIQUE,
    ORDER_IN_PROGRESS,
    FieldProblem,
    Problems,
)


class Refusal(NamedTuple):
    """What a native answer says of an error: the same of each of the fields."""

    problem: FieldProblem
    fields: tuple[str, ...]
    status: int = 400
    is_first: bool = False
    """Said in place of what is wrong with the value: the state lets no value in, or not this one."""
    is_last: bool = False
    """Said only where all else is well, as by PocketBase, which learns of another row when it writes."""


REFUSALS: Final[Mapping[tuple[str, type[ApiError]], Refusal]] = {
    ("tbl_cart", ProductUnavailable): Refusal(MISSING_RELATION, ("cart_product_id",)),
    ("tbl_cart", CartFull): Refusal(CART_FULL, ("cart_owner",)),
    ("tbl_cart", CartLineExists): Refusal(
        NOT_UNIQUE, ("cart_owner", "cart_product_id"), is_last=True
    ),
    ("tbl_cart", CartAlreadyOrdered): Refusal(INVALID_TRANSITION, ("cart_status",)),
    ("tbl_order", ProductUnavailable): Refusal(INVALID_VALUE, ("order_snap",)),
    ("tbl_order", AmountTooLarge): Refusal(INVALID_VALUE, ("order_snap",)),
    ("tbl_order", AmountChanged): Refusal(AMOUNT_MISMATCH, ("order_amount",)),
    ("tbl_order", OrderRemarkFixed): Refusal(INVALID_TRANSITION, ("order_remark",), is_first=True),
    ("tbl_order", OrderStateInvalid): Refusal(INVALID_TRANSITION, ("order_status",), is_first=True),
    ("tbl_order", OrderInProgress): Refusal(ORDER_IN_PROGRESS, ("order_status",), status=409),
}
"""By collection and error."""


def refusal_of(collection: str, error: ApiError) -> Refusal | None:
    """What the collection's native answers say of this error; None where it is answered as it is."""
    return REFUSALS.get((collection, type(error)))


@contextmanager
def noted(collection: str, problems: Problems) -> Iterator[None]:
    """Note what a verb refuses beside the other problems.

    What was noted of a field before stays, unless the refusal is said first.
    """
    try:
        yield
    except ApiError as error:
        refusal = refusal_of(collection, error)
        if refusal is None:
            raise
        if refusal.is_last and problems:
            return
        for field in refusal.fields:
            if refusal.is_first or field not in problems:
                problems[field] = refusal.problem
