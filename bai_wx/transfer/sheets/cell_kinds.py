"""What a cell of a spreadsheet can hold beside a text, a number, a truth and a moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Formatted:
    """A number that its format shows as something else: `15%`, or `000123`."""

    number: int | float
    format: str


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """An error such as `#N/A`."""

    code: str


@dataclass(frozen=True, slots=True)
class NoResult:
    """A formula whose result the file does not hold."""


RawCell: TypeAlias = str | int | float | bool | datetime | Formatted | ErrorValue | NoResult | None
"""A cell as it was read. None and texts of blanks are empty."""
