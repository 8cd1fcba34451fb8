"""A cache of what functions make of short texts: clients send the same queries again and again."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

Text = TypeVar("Text", str, bytes)
Result = TypeVar("Result")

MAX_CACHED_LENGTH: Final = 300
"""Characters or bytes of the longest text that is cached, so that long ones cannot fill the memory."""


def cached_by_text(size: int) -> Callable[[Callable[[Text], Result]], Callable[[Text], Result]]:
    """Cache a function's results for the last `size` short texts. What it raises is not cached.

    Nobody may change what the function returns.
    """

    def decorate(function: Callable[[Text], Result]) -> Callable[[Text], Result]:
        cached = lru_cache(size)(function)

        @wraps(function)
        def call(text: Text) -> Result:
            return cached(text) if len(text) <= MAX_CACHED_LENGTH else function(text)

        return call

    return decorate
