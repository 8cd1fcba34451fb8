"""The table from a rule's error to what a native path answers of it: fields and their problems.

A collection's verbs know its rules and raise errors. A hook answers the error itself. A native write calls
the same verbs and answers with the fields that this table names, in PocketBase's codes.
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
    """What a native answer says of an error: the same problem of each of the fields."""

    problem: FieldProblem
    fields: tuple[str, ...]
    status: int = 400
    is_first: bool = False
    """Whether it replaces another problem of the field: the row's state forbids the change anyway."""
    is_last: bool = False
    """Whether it is answered only without other problems: PocketBase finds it when it writes the row."""


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
    """What the collection's native answers say of this error; None where the error itself is answered."""
    return REFUSALS.get((collection, type(error)))


@contextmanager
def noted(collection: str, problems: Problems) -> Iterator[None]:
    """Add what a verb refuses to the other problems.

    An earlier problem of a field stays, unless the refusal's `is_first` says otherwise.
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
