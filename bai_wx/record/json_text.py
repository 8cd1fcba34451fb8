"""JSON that a client sent, parsed within a bound: a body of 8 MiB can hold millions of values."""

from typing import Any, Final

import orjson

from bai_wx.errors import BadQuery

MAX_VALUES: Final = 100_000
"""Every value but the first has a comma or a bracket before it. An order of 500 lines has some 10,000."""


def parse_json(text: str | bytes) -> Any:
    """Parse JSON. Raises: `orjson.JSONDecodeError`; `BadQuery` for more than `MAX_VALUES` values.

    Marks inside texts are counted too: to tell them apart would be to parse everything. Parsing holds up
    every other thread, some 50 ms for so many values.
    """
    marks: Any = _TEXT_MARKS if isinstance(text, str) else _MARKS
    if len(text) > MAX_VALUES and sum(map(text.count, marks)) > MAX_VALUES:
        raise BadQuery(f"JSON of more than {MAX_VALUES} values")
    return orjson.loads(text)


_TEXT_MARKS: Final = (",", "[", "{")
_MARKS: Final = tuple(mark.encode() for mark in _TEXT_MARKS)
