"""Long texts that lead a regular expression astray, made from the expression itself."""

import re
import re._constants as kinds
import re._parser as parser
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

LENGTH = 50_000
LONGEST_ID = 80
MOST_TEXTS = 120  # beside those that each repeat has of its own
ENDS = ("\x01", '"\x01')
"""What fits nothing, and what only begins to fit: a quote that stays open."""


def case_id(written: str) -> str:
    """The pattern itself, so that a case keeps its id when the code around it moves."""
    return written if len(written) <= LONGEST_ID else f"{written[:LONGEST_ID]}..."


def hostile(pattern: "re.Pattern[Any]") -> Iterator[str]:
    """Long texts: what leads to a repeat, the repeated, and an end that does not fit."""
    written = pattern.pattern
    if isinstance(written, bytes):
        written = written.decode("latin-1")
    tree = parser.parse(written, pattern.flags & ~re.UNICODE & ~re.DEBUG)
    repeats = list(dict.fromkeys(_repeats(tree)))
    starts = list(dict.fromkeys(["", *(start for start, _ in repeats)]))
    letters = list(dict.fromkeys([*_letters(tree), "a", " ", "0", "\n"]))
    units = [*letters, *map("".join, islice(product(letters, repeat=2), 60))]
    pairs = [(start, unit) for unit in letters for start in starts]
    pairs += [("", unit) for unit in units]
    for start, unit in dict.fromkeys([*repeats, *islice(dict.fromkeys(pairs), MOST_TEXTS)]):
        ends = (
            (*ENDS, *(f"{letter}\x01" for letter in letters)) if (start, unit) in repeats else ENDS
        )
        for end in dict.fromkeys(ends):
            yield start + (unit * LENGTH)[:LENGTH] + end


def _letters(tree: Any) -> Iterator[str]:
    """One example of everything a pattern looks for."""
    for kind, value in tree:
        if kind in (kinds.LITERAL, kinds.NOT_LITERAL, kinds.IN, kinds.ANY):
            yield _example([(kind, value)])
        else:
            for inner in _inside(kind, value):
                yield from _letters(inner)


def _repeats(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """What may stand before each repeat, and each thing that it may repeat."""
    for kind, value in tree:
        if kind in REPEATS:
            yield from (
                (before, unit) for unit in [_example(value[2]), *_letters(value[2])] if unit
            )
        for inner in _inside(kind, value):
            yield from _repeats(inner, before)
        before += _example([(kind, value)])


REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT)
LOOKS = (kinds.ASSERT, kinds.ASSERT_NOT)


def _inside(kind: Any, value: Any) -> list[Any]:
    if kind in REPEATS:
        return [value[2]]
    if kind is kinds.SUBPATTERN:
        return [value[3]]
    if kind is kinds.BRANCH:
        return list(value[1])
    if kind is kinds.ATOMIC_GROUP:
        return [value]
    if kind in LOOKS:
        return [value[1]]
    return []


_OF_CATEGORY = {
    kinds.CATEGORY_DIGIT: "0",
    kinds.CATEGORY_SPACE: " ",
    kinds.CATEGORY_WORD: "a",
    kinds.CATEGORY_NOT_SPACE: "a",
    kinds.CATEGORY_NOT_DIGIT: "a",
    kinds.CATEGORY_NOT_WORD: " ",
}


def _example(tree: Any) -> str:
    """A short text that fits."""
    return "".join(_one(kind, value) for kind, value in tree)


def _one(kind: Any, value: Any) -> str:
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.IN:
        return _of_set(value)
    if kind in (kinds.NOT_LITERAL, kinds.ANY):
        return "b" if value == ord("a") else "a"
    if kind in REPEATS:
        return _example(value[2]) * min(value[0], 20)
    if kind in LOOKS:
        return ""
    inner = _inside(kind, value)
    return _example(inner[0]) if inner else ""


def _of_set(items: Any) -> str:
    if items[0][0] is kinds.NEGATE:
        taken = re.compile("[" + "".join(re.escape(c) for c in _spelled(items[1:])) + "]")
        return next(c for c in "a b0-\"'<" if not taken.match(c))
    return next(iter(_spelled(items)))


def _spelled(items: Any) -> list[str]:
    spelled = []
    for kind, value in items:
        if kind is kinds.LITERAL:
            spelled.append(chr(value))
        elif kind is kinds.RANGE:
            spelled.extend(map(chr, value))
        elif kind is kinds.CATEGORY:
            spelled.append(_OF_CATEGORY[value])
    return spelled
