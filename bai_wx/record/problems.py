"""Problems of a native record's fields, in PocketBase's codes where it has one."""

from bai_wx.errors import FieldProblem as FieldProblem
from bai_wx.record.go_values import printed

Problems = dict[str, FieldProblem]
"""What is wrong with each failing field, by its name."""

REQUIRED = FieldProblem(code="validation_required", message="Cannot be blank.")
NOT_UNIQUE = FieldProblem(code="validation_not_unique", message="Value must be unique.")
INVALID_FORMAT = FieldProblem(code="validation_invalid_format", message="Invalid value format.")
INVALID_VALUE = FieldProblem(code="validation_invalid_value", message="Invalid value.")
MISSING_RELATION = FieldProblem(
    code="validation_missing_rel_records",
    message="Failed to find all relation records with the provided ids.",
)
NOT_A_NUMBER = FieldProblem(
    code="validation_not_a_number", message="The submitted number is not properly formatted."
)
ONLY_INT = FieldProblem(
    code="validation_only_int_constraint", message="Decimal numbers are not allowed."
)
INVALID_URL = FieldProblem(code="validation_invalid_url", message="Must be a valid url.")
PK_CHANGE = FieldProblem(
    code="validation_pk_change", message="The record primary key cannot be changed."
)
INVALID_TRANSITION = FieldProblem(
    code="validation_invalid_transition", message="This state change is not allowed."
)
AMOUNT_MISMATCH = FieldProblem(
    code="validation_amount_mismatch", message="The amount does not match the order's items."
)
NOT_AFTER_EFFECT = FieldProblem(
    code="expires_before_effect", message="Must be after the moment of effect."
)
NO_PRICE = FieldProblem(
    code="on_sale_without_price", message="A product without a price cannot be on sale."
)
CART_FULL = FieldProblem(code="validation_cart_full", message="The cart is full.")
ORDER_IN_PROGRESS = FieldProblem(
    code="order_in_progress", message="A confirmed order cannot be deleted."
)


LONGEST_ECHO = 200
"""Characters of a client's value that an answer repeats."""


def echoed(value: str) -> str:
    """A client's value as an answer repeats it: shortened, so that no answer has megabytes of it."""
    return value if len(value) <= LONGEST_ECHO else f"{value[:LONGEST_ECHO]}..."


def too_short(minimum: int) -> FieldProblem:
    """A text has less than this number of characters."""
    return FieldProblem(
        code="validation_min_text_constraint",
        message=f"Must be at least {minimum} character(s).",
        params={"min": minimum},
    )


def too_long(maximum: int) -> FieldProblem:
    """A text has more than this number of characters."""
    return FieldProblem(
        code="validation_max_text_constraint",
        message=f"Must be no more than {maximum} character(s).",
        params={"max": maximum},
    )


def too_large(code: str, what: str, max_bytes: int) -> FieldProblem:
    """A content has more than this number of bytes."""
    return FieldProblem(
        code=f"validation_{code}_limit",
        message=f"The maximum allowed {what} size is {max_bytes} bytes.",
        params={"maxSize": max_bytes},
    )


def below(minimum: float) -> FieldProblem:
    """A number is less than allowed."""
    return _bound("min", "greater", minimum)


def above(maximum: float) -> FieldProblem:
    """A number is greater than allowed."""
    return _bound("max", "less", maximum)


def _bound(end: str, comparison: str, limit: float) -> FieldProblem:
    return FieldProblem(
        code=f"validation_{end}_number_constraint",
        message=f"Must be {comparison} or equal than {printed(limit)}.",
        params={end: limit},
    )


def not_among(value: str) -> FieldProblem:
    """A text is none of those a field can have."""
    return FieldProblem(
        code="validation_invalid_value",
        message=_sentence(f"Invalid value {echoed(value)}"),
        params={"value": echoed(value)},
    )


def _sentence(text: str) -> str:
    """End a text that quotes a client's value as PocketBase ends its messages."""
    text = text.strip()
    return text if text.endswith((".", "?", "!")) else f"{text}."


def no_such_file(name: str) -> FieldProblem:
    """A text stands where a file is expected: no row holds a file of this name."""
    return FieldProblem(
        code="validation_invalid_file",
        message=f"Invalid new files: [{echoed(name)}].",
        params={"invalidFiles": [echoed(name)]},
    )
