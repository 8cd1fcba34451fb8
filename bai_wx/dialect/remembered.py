"""What is made of a text, remembered for clients who write the same again and again."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

Written = TypeVar("Written", str, bytes)
Made = TypeVar("Made")

LONGEST: Final = 300
"""Characters or bytes of a text that is remembered: nobody fills the memory with long ones."""


def remembered(most: int) -> Callable[[Callable[[Written], Made]], Callable[[Written], Made]]:
    """Remember what a function makes of the last `most` short texts; what it raises is not kept.

    Nobody may change what it returns.
    """

    def decorate(make: Callable[[Written], Made]) -> Callable[[Written], Made]:
        known = lru_cache(most)(make)

        @wraps(make)
        def made(text: Written) -> Made:
            return known(text) if len(text) <= LONGEST else make(text)

        return made

    return decorate
