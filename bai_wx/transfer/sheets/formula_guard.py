"""Texts that a spreadsheet would run or bend when it opens a CSV file.

Such a text is written behind an apostrophe, and one apostrophe is taken away when it is read. So every text
comes back as it was, one that begins with an apostrophe too.
"""

import re
from typing import Final

_STARTS: Final = "=+\\-@＝＋－＠\\t\\r\\n"
_EXPONENT: Final = r"\d(?:\.\d+)?E\+\d+"
"""What Excel leaves of a long number; a real text of this form must not look like one."""
_AT_RISK: Final = re.compile(rf"'*(?:[{_STARTS}]|{_EXPONENT}\Z)")
_GUARDED: Final = re.compile(rf"'+(?:[{_STARTS}]|{_EXPONENT}\Z)")
_DAMAGED: Final = re.compile(_EXPONENT)


def runs(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return _AT_RISK.match(text) is not None


def guarded(text: str) -> str:
    """The text as a CSV cell."""
    return f"'{text}" if _AT_RISK.match(text) else text


def unguarded(cell: str) -> str:
    """The text of a CSV cell."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


def is_damaged_number(cell: str) -> bool:
    """Whether the cell is what Excel makes of a long number when it saves CSV: `6.95E+12`."""
    return _DAMAGED.fullmatch(cell) is not None
