"""A NUL in a text, which PostgreSQL cannot store: a write of one is refused, a search for one finds nothing."""

from collections.abc import Sequence
from typing import Any, Final

NUL_STAND_IN: Final = "\uffff"
"""Replaces a NUL in a value that is searched for: no stored text holds either."""


def holds_nul(values: Any) -> bool:
    """Whether one of a statement's values is a text with a NUL."""
    return any(isinstance(value, str) and "\0" in value for value in values or ())


def without_nul(values: Sequence[Any]) -> list[Any]:
    """The values of a search, so that they find nothing where one holds a NUL."""
    return [v.replace("\0", NUL_STAND_IN) if isinstance(v, str) else v for v in values]
