"""What rules say of a native record's field, in PocketBase's codes where it has one."""

from bai_wx.errors import FieldProblem as FieldProblem

Problems = dict[str, FieldProblem]
"""Field name to what is wrong with it; all failing fields at once."""

REQUIRED = FieldProblem(code="validation_required", message="Cannot be blank.")
NOT_UNIQUE = FieldProblem(code="validation_not_unique", message="Value must be unique.")
INVALID_FORMAT = FieldProblem(code="validation_invalid_format", message="Invalid value format.")
INVALID_VALUE = FieldProblem(code="validation_invalid_value", message="Invalid value.")
MISSING_RELATION = FieldProblem(
    code="validation_missing_rel_records",
    message="Failed to find all relation records with the provided ids.",
)
INVALID_TRANSITION = FieldProblem(
    code="validation_invalid_transition", message="This state change is not allowed."
)
AMOUNT_MISMATCH = FieldProblem(
    code="validation_amount_mismatch", message="The amount does not match the order's items."
)
CART_FULL = FieldProblem(code="validation_cart_full", message="The cart is full.")
ORDER_IN_PROGRESS = FieldProblem(
    code="order_in_progress", message="A confirmed order cannot be deleted."
)


LONGEST_ECHO = 200
"""Characters of a client's value that an answer repeats."""


def echoed(value: str) -> str:
    """A client's value as an answer repeats it: nobody gets megabytes back for a wrong word."""
    return value if len(value) <= LONGEST_ECHO else f"{value[:LONGEST_ECHO]}..."
