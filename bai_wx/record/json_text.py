"""JSON that a client sent, parsed within a bound: a body of 8 MiB can hold millions of values."""

from typing import Any, Final

import orjson

from bai_wx.errors import BadQuery

MOST_VALUES: Final = 100_000
"""Every value but the first has a comma or a bracket before it. An order of 500 lines has some 10,000."""


def loaded(text: str | bytes) -> Any:
    """Parse JSON. Raises: `orjson.JSONDecodeError`; `BadQuery` for more than `MOST_VALUES` values.

    What stands in texts is counted too: to tell it apart would be to read it all. Parsing holds up
    every other thread, some 50 ms for so many values.
    """
    marks = _TEXT_MARKS if isinstance(text, str) else _MARKS
    if len(text) > MOST_VALUES and sum(map(text.count, marks)) > MOST_VALUES:  # type: ignore[arg-type]
        raise BadQuery(f"JSON of more than {MOST_VALUES} values")
    return orjson.loads(text)


_TEXT_MARKS: Final = (",", "[", "{")
_MARKS: Final = tuple(mark.encode() for mark in _TEXT_MARKS)
