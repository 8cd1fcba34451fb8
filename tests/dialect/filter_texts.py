"""Texts that look like filters: from the grammar, broken in one place or more, or blown up."""

import random
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from bai_wx.dialect.filter.macros import MACROS
from bai_wx.dialect.filter.operators import ANY_OPERATORS, OPERATORS
from bai_wx.dialect.filter.scan import MAX_BYTES
from tests.conformance import places

Tokens = list[str]
Draw = Callable[[st.SearchStrategy[Any]], Any]

_SIGNS = st.sampled_from([*sorted(OPERATORS), *sorted(ANY_OPERATORS)])
_JOINS = st.sampled_from([("&&", "", ""), ("||", "", ""), ("&&", "(", ")"), ("||", "(", ")")])
_GAPS = st.sampled_from((" ", " ", " ", "", "\n", "//\n"))
_IS_LARGE = st.sampled_from((False, False, False, False, False, False, True))
MODIFIERS = ("lower", "length", "each", "isset", "changed")
VALUES = (
    *("1", "-2.5", "0", "00003.50", "9" * 400, "-" + "9" * 60 + "." + "9" * 60, "''", '""'),
    *("'a%'", r"'\\'", r'"\%_"', "'\\n'", "'商🚀'", "'1e999999'", "'1e-9999999999'", "'0x1F'"),
    *("null", "TRUE", "false", *MACROS),
)
FUNCTIONS = ("strftime", "geoDistance", "lower", "STRFTIME")
WRONG = (
    "nope",
    "id:upper",
    "id:",
    "@nope",
    "'@request.'",
    "@collection.x.id",
    "id.id",
    "id(",
    "()",
)
JUNK = (
    *("(", ")", "((", "))", "&&", "||", "&", "|", "!", "==", "<>", "~~", "?", ",", ".", ":", "..a"),
    *("'", '"', "\\", "//", "/", "`", "%", "\x00", "\r", "\x7f", "\u2028", "\ufeff", "\ud800", "é"),
    *(
        ";",
        "--",
        "/*",
        "' OR 1=1 --",
        "{}",
        "[0]",
        "\u0660",
        "1e1",
        ".5",
        "5.",
        "+3",
        "- 2",
        "#",
        "@",
    ),
)


@st.composite
def texts(draw: Draw, collection: str) -> str:
    """Any of them, over the fields and paths of a collection."""
    operands = st.sampled_from(_operands(collection))
    tokens: Tokens = []
    for number in range(draw(st.integers(1, 4))):
        join, opened, closed = draw(_JOINS)
        tokens = [*opened, *tokens, *([join] if number else [])]
        tokens += [draw(operands), draw(_SIGNS), draw(operands), *closed]
    for broken in draw(_BREAKS):
        tokens = draw(broken(tokens))
    text = draw(_GAPS).join(tokens)
    return draw(_blown_up(text)) if draw(_IS_LARGE) else text


@cache
def _operands(collection: str) -> Tokens:
    """A field, wherever it is, a value, or a call."""
    choose = random.Random(0).choice  # drawn here, as each draw of Hypothesis costs
    own = [field.name for field in places.fields_of(collection)]
    there = [
        f"{path.steps}.{field.name}"
        for path in places.paths_of(collection)
        for field in places.fields_of(path.target)
        if "." not in field.name
    ]
    names = [*own, *there]
    modified = [f"{name}:{modifier}" for name in names for modifier in MODIFIERS]
    formatted = [f"strftime('{form}', {name})" for name in names for form in ("%Y", "%%%s", "x")]
    calls = [
        f"{function}({', '.join(choose(names + list(VALUES)) for _ in range(number))})"
        for function in FUNCTIONS
        for number in range(12)
    ]
    kinds = (own, own, names, list(VALUES), modified, formatted, calls)
    return [choose(choose(kinds)) for _ in range(2_000)] + list(WRONG)


@st.composite
def _without_one(draw: Draw, tokens: Tokens) -> Tokens:
    place = draw(st.integers(0, len(tokens)))
    return tokens[:place] + tokens[place + 1 :]


@st.composite
def _with_one_again(draw: Draw, tokens: Tokens) -> Tokens:
    place = draw(st.integers(0, len(tokens)))
    return tokens[:place] + tokens[place : place + 1] * draw(st.integers(2, 5)) + tokens[place:]


@st.composite
def _with_junk(draw: Draw, tokens: Tokens) -> Tokens:
    place = draw(st.integers(0, len(tokens)))
    return [*tokens[:place], draw(st.sampled_from(JUNK) | st.text(max_size=5)), *tokens[place:]]


@st.composite
def _glued(draw: Draw, tokens: Tokens) -> Tokens:
    place = draw(st.integers(0, len(tokens)))
    return [*tokens[:place], "".join(tokens[place : place + 2]), *tokens[place + 2 :]]


@st.composite
def _wrapped(draw: Draw, tokens: Tokens) -> Tokens:
    return ["(" * draw(st.integers(1, 60)), *tokens, ")" * draw(st.integers(1, 60))]


_WAYS = (_without_one, _with_one_again, _with_junk, _glued, _wrapped)
_BREAKS = st.sampled_from(
    [
        *([()] * 9),
        *((way,) for way in _WAYS),
        *pairwise(_WAYS),
    ]
)


@st.composite
def _blown_up(draw: Draw, text: str) -> str:
    """The text as often as a filter may be long, in one of several ways."""
    often = max(1, min(200, MAX_BYTES // (len(text.encode(errors="replace")) + 4)))
    many = draw(st.sampled_from((often, often, often + 1, often // 2 + 1)))
    join = draw(st.sampled_from(("&&", "||")))
    repeated = join.join([f"({text})"] * many)
    return draw(  # type: ignore[no-any-return]
        st.sampled_from(
            (
                join.join([text] * many),
                repeated,
                f"({text}{join}" * many + "1=1" + ")" * many,
                "(" * many * 9 + text + ")" * many * 9,
                text.replace(".", "." + "prod_list_icon." * (many % 40)),
                text.replace("'", "'" + "\\%_" * (many * 4)),
                text + "//" + "x" * many,
            )
        )
    )
