"""Random valid filters, written from the grammar over the fields and paths of `places`.

Texts and numbers are mostly ones that rows hold, so that filters find some rows and not all.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from bai_wx.dialect.filter.functions import FUNCTIONS
from bai_wx.dialect.filter.macros import MACROS
from bai_wx.dialect.filter.operators import OPERATORS
from tests.conformance import places
from tests.conformance.places import COMPANY, GUEST, ORDERS, OWNED, PATHS, USERS, Field, Path
from tests.conformance.samples import TEXTS

Draw = Callable[[st.SearchStrategy[Any]], Any]

PLAIN: Final = tuple(sorted(OPERATORS))
OF_ANY: Final = tuple("?" + operator for operator in PLAIN)
FOR_EQUALS: Final = ("=", "!=", "~", "!~")
PARTS: Final = tuple(
    f"@{name}" for name in ["second", "minute", "hour", "day", "month", "weekday", "year"]
)
MODIFIERS: Final = (":lower", ":length", ":each", ":isset", ":changed")
MULTIPLE: Final = ("relation", "relations", "select", "file")
NUMBERS: Final = ("number", "money")
FORMATS: Final = ("%Y", "%Y-%m", "%m", "%d", "%H:%M", "%s", "%w", "%Y-%m-%d %H:%M:%f", "", "text")
SHIFTS: Final = ("+1 day", "-1 month", "start of year", "weekday 0", "nonsense", "utc")
JOINS: Final = (" && ", " || ", "&&", "||", "\n&& // and\n", "\t||\t", " || ", " // or\n||")
OWNERS_SEE: Final = ("alice", "alice", "alice", "bob")
"""Who asks for what has an owner: Alice has most, a guest nothing."""

ELEMENTS: Final = {
    "operator": (*PLAIN, *OF_ANY),
    "macro": tuple(MACROS),
    "modifier": MODIFIERS,
    "function": tuple(FUNCTIONS),
    "path": tuple(dict.fromkeys(path.steps for path in PATHS)),
}
"""What is counted, and must occur."""

STARTS: Final = (*PATHS, *([COMPANY, ORDERS] * 2))
"""What filters are built around, with the next: so each occurs, however few are drawn."""

FEATURED: Final = (*ELEMENTS["macro"], *ELEMENTS["modifier"], *ELEMENTS["function"])


class Term(NamedTuple):
    """A part of a filter, and the elements in it."""

    text: str
    used: tuple[str, ...]


class Place(NamedTuple):
    """Where a comparison looks: the list's own rows, or those at the end of a path."""

    collection: str
    path: Path | None

    def named(self, name: str) -> str:
        """A field's name there."""
        return f"{self.path.steps}.{name}" if self.path else name

    @property
    def used(self) -> tuple[str, ...]:
        """The path as an element."""
        return (self.path.steps,) if self.path else ()


@dataclass(frozen=True)
class Asked:
    """One request: who asks which list for what. An empty sort leaves the order open."""

    collection: str
    user: str
    filter: str
    sort: str
    used: tuple[str, ...]


@st.composite
def requests(draw: Draw, start: Path | str, element: str) -> Asked:
    """A list with a filter, half of them sorted.

    Args: `start` is a path that the filter goes, or just a list; `element` a macro, modifier or
        function that is in it. All else is random.
    """
    root = start.root if isinstance(start, Path) else start
    here = Place(root, None)
    there = Place(start.target, start) if isinstance(start, Path) else here
    elsewhere = [Place(path.target, path) for path in places.paths_of(root)]
    anywhere = st.sampled_from((here, there, there, *elsewhere))
    first, second = draw(terms(there)), draw(anywhere.flatmap(lambda at: terms(at, element)))
    others = draw(st.lists(anywhere.flatmap(terms), max_size=2))
    whole = draw(joined(draw(st.permutations([first, second, *others]))))
    guards = {path.guard for path in PATHS if path.root == root and path.steps in whole.used}
    text = " && ".join([f"({whole.text})", *sorted(guards - {""})])
    has_owner = root in OWNED or any(places.BACK_TO_LINES in name for name in whole.used)
    user = draw(st.sampled_from(OWNERS_SEE if has_owner else (*USERS, GUEST)))
    return Asked(root, user, text, draw(st.just("") | sorts(root) | sorts(root)), whole.used)


@st.composite
def joined(draw: Draw, found: Sequence[Term]) -> Term:
    """Terms with joins between them, in groups or not."""
    text, used = found[0]
    for term in found[1:]:
        join = draw(st.sampled_from(JOINS))
        text = draw(
            st.sampled_from(
                (
                    f"{text}{join}{term.text}",
                    f"({text}){join}{term.text}",
                    f"{text}{join}({term.text})",
                    f"{term.text}{join}({text})",
                    f"({text})({term.text})",
                )
            )
        )
        used = (*used, *term.used)
    return Term(text, used)


@st.composite
def sorts(draw: Draw, root: str) -> str:
    """Up to three keys, own or of one related row, and the id, so that the order is whole."""
    # Which of several related rows a sort goes by is promised by neither server.
    single = [Place(path.target, path) for path in places.paths_of(root) if not path.is_many]
    where = st.sampled_from([Place(root, None), *single])
    keys = [
        f"{draw(_SIGNS)}{place.named(draw(st.sampled_from(places.fields_of(place.collection))).name)}"
        for place in draw(st.lists(where, max_size=3))
    ]
    return ",".join([*keys, f"{draw(_SIGNS)}id"])


_SIGNS: Final = st.sampled_from(("", "-", "+"))


@st.composite
def terms(draw: Draw, place: Place, element: str = "") -> Term:
    """One comparison of something at a place, of this element if one is given."""
    write = _WRITERS[element] if element else draw(st.sampled_from(_KINDS_OF_TERM))
    left, right, operators, used = draw(write(place, element))
    if draw(st.integers(0, 5)) == 0:
        left, right = right, left
    plain = draw(st.sampled_from(operators))
    is_any = draw(st.booleans()) or (place.path is not None and place.path.is_any)
    operator = f"?{plain}" if is_any else plain
    gap = draw(st.sampled_from((" ", " ", "", "\n", "\t")))
    return Term(f"{left}{gap}{operator}{gap}{right}", (*place.used, operator, *used))


class Halves(NamedTuple):
    """A comparison without its operator, and which operators say most about it."""

    left: str
    right: str
    operators: tuple[str, ...]
    used: tuple[str, ...] = ()


@st.composite
def _values(draw: Draw, place: Place, _: str) -> Halves:
    """A field beside a value that a row holds there."""
    field = draw(_fields(place))
    operators = PLAIN if field.kind in (*NUMBERS, "date", "text") else FOR_EQUALS
    value = draw(st.sampled_from(field.values))
    return Halves(place.named(field.name), draw(_literals(value)), operators)


@st.composite
def _constants(draw: Draw, place: Place, _: str) -> Halves:
    """A field beside a constant, or beside anything else a row of any kind holds."""
    field = draw(_fields(place))
    right = draw(
        st.sampled_from(("null", "NULL", "''", '""', "true", "False", "0", "-0.5"))
        | st.sampled_from(TEXTS).flatmap(_texts)
    )
    return Halves(place.named(field.name), right, PLAIN)


@st.composite
def _fields_together(draw: Draw, place: Place, _: str) -> Halves:
    """Two fields of one row."""
    left = draw(_fields(place))
    alike = [field for field in places.fields_of(place.collection) if field.kind == left.kind]
    right = draw(st.sampled_from(alike))
    return Halves(place.named(left.name), place.named(right.name), PLAIN)


@st.composite
def _moments(draw: Draw, place: Place, macro: str) -> Halves:
    """A date or a number beside a macro."""
    macro = macro or draw(st.sampled_from(ELEMENTS["macro"]))
    field = draw(_fields(place, *(NUMBERS if macro in PARTS else ("date",))))
    return Halves(place.named(field.name), macro, PLAIN, (macro,))


@st.composite
def _modified(draw: Draw, place: Place, element: str) -> Halves:
    """A field with a modifier, which may not suit it."""
    modifier = (element or draw(st.sampled_from(ELEMENTS["modifier"])))[1:]
    kinds = MULTIPLE if modifier in ("length", "each") else ()
    kinds = kinds if draw(st.integers(0, 4)) else ()
    field = draw(_fields(place, *kinds))
    value = draw(st.sampled_from(field.values))
    if modifier == "each" and field.kind == "relations":
        value = draw(st.sampled_from([item for ids in field.values for item in ids]))
    right = draw(_literals(value.lower() if isinstance(value, str) else value))
    if modifier == "length" and field.kind in MULTIPLE:
        right = str(draw(st.integers(0, 3)))
    return Halves(place.named(f"{field.name}:{modifier}"), right, PLAIN, (f":{modifier}",))


@st.composite
def _formatted(draw: Draw, place: Place, _: str) -> Halves:
    """`strftime` of a date, or of a number that counts seconds."""
    form = draw(st.sampled_from(FORMATS).flatmap(_texts))
    is_date = draw(st.integers(0, 4)) > 0
    field = draw(_fields(place, "date") if is_date else _fields(place, "number"))
    shifts = draw(st.lists(st.sampled_from(SHIFTS).map(lambda text: f"'{text}'"), max_size=2))
    shifts = shifts if is_date else ["'unixepoch'", *shifts]
    arguments = ", ".join([form, place.named(field.name), *shifts])
    right = draw(st.sampled_from(("'2025'", "'2024'", "'01'", "'2025-01'", "'1970'", "''", "'12'")))
    return Halves(f"strftime({arguments})", right, PLAIN, ("strftime",))


@st.composite
def _distances(draw: Draw, place: Place, _: str) -> Halves:
    """`geoDistance` of two numbers taken for a point."""
    lon, lat = draw(_fields(place, "number")), draw(_fields(place, "number"))
    point = f"{draw(st.integers(-20, 20))}.5, {draw(st.integers(-20, 20))}"
    limit = str(draw(st.sampled_from((10, 500, 1500, 5000))))
    operators = (">", ">=", "<", "<=", "!=")
    call = f"geoDistance({place.named(lon.name)},{place.named(lat.name)}, {point})"
    return Halves(call, limit, operators, ("geoDistance",))


@st.composite
def _without_fields(draw: Draw, place: Place, _: str) -> Halves:
    """Two values."""
    left, right = (draw(st.sampled_from((*TEXTS, 1, 5, -0.5)).flatmap(_literals)) for _ in range(2))
    return Halves(left, right, PLAIN)


_KINDS_OF_TERM: Final = (
    *([_values] * 8),
    *([_moments] * 5),
    *([_modified] * 3),
    _constants,
    _fields_together,
    _formatted,
    _distances,
    _without_fields,
)
_WRITERS: Final = {
    **dict.fromkeys(ELEMENTS["macro"], _moments),
    **dict.fromkeys(ELEMENTS["modifier"], _modified),
    "strftime": _formatted,
    "geoDistance": _distances,
}
"""By element: what writes a comparison with it."""


def _fields(place: Place, *kinds: str) -> st.SearchStrategy[Field]:
    """A field there of these kinds, or any at all; places inside JSON are many, and one in four."""
    known = places.fields_of(place.collection)
    fitting = [field for field in known if field.kind in kinds] or list(known)
    inside = [field for field in fitting if "." in field.name]
    outside = [field for field in fitting if "." not in field.name]
    if not inside:
        return st.sampled_from(outside)
    return st.sampled_from((outside, outside, outside, inside)).flatmap(st.sampled_from)


def _literals(value: Any) -> st.SearchStrategy[str]:
    """A value as a filter writes it: whole, or a part of it to look for."""
    if value is None:
        return st.just("null")
    if isinstance(value, bool):
        return st.sampled_from((str(value), str(value).lower(), str(int(value))))
    if isinstance(value, int | float):
        return st.sampled_from((str(value), str(value), f"'{value}'"))
    if isinstance(value, str):
        return st.one_of(_texts(value), _texts(value), _parts_of(value).flatmap(_texts))
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    parts = [item for item in _items(value) if isinstance(item, str)]
    return st.sampled_from((compact, *parts)).flatmap(_texts)


def _items(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


@st.composite
def _parts_of(draw: Draw, text: str) -> str:
    """Some of the text, maybe as a pattern."""
    start = draw(st.integers(0, len(text)))
    part = text[start : draw(st.integers(start, len(text)))]
    return draw(  # type: ignore[no-any-return]
        st.sampled_from((part, part.upper(), f"{text[:start]}%", f"%{text[start:]}", f"%{part}%"))
    )


@st.composite
def _texts(draw: Draw, text: str) -> str:
    """A text in either kind of quotes, line feeds and tabs as they are or escaped."""
    quote = draw(st.sampled_from("'\""))
    text = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    if draw(st.booleans()):
        text = text.replace("\n", "\\n").replace("\t", "\\t")
    return f"{quote}{text}{quote}"
