"""What the contract says of one field of a collection: JSON Schema, and the extensions beside it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bai_wx.contract.files import ContractError
from bai_wx.contract.keywords import ALTERNATIVES, Keywords
from bai_wx.contract.spots import Spot, Spots
from bai_wx.record.fields import DEFAULT_TEXT_MAX


class Kind(StrEnum):
    """The kinds of field. `bai_wx.record.fields` has a class for each."""

    TEXT = "text"
    EDITOR = "editor"
    URL = "url"
    SELECT = "select"
    DATE = "date"
    MONEY = "money"
    INT = "int"
    BOOL = "bool"
    RELATION = "relation"
    RELATIONS = "relations"
    FILE = "file"
    JSON = "json"


@dataclass(frozen=True)
class Derived:
    """`x-derived`: a `value` shown `when` a filter holds, or the text that `joins` a relation's rows."""

    value: str = ""
    when: str = ""
    joins: str = ""


@dataclass(frozen=True)
class FieldSpec:
    """One field as the contract declares it."""

    name: str
    kind: Kind
    keywords: Keywords
    spot: Spot
    spots: Spots
    title: str = ""
    description: str = ""
    max_length: int | None = None
    """Characters of a text or an address."""
    pattern: str = ""
    """What a set text matches as a whole, without anchors."""
    values: tuple[str, ...] = ()
    """What a select stores, the empty text and a derived value left out."""
    minimum: int | None = None
    maximum: int | None = None
    is_filled: bool = False
    """Whether the schema refuses the value of a field that is not set."""
    target: str = ""
    """The collection whose record ids a relation holds."""
    unique: bool = False
    private: bool = False
    hidden: bool = False
    server_made: bool = False
    id_prefix: str = ""
    derived: Derived | None = None

    @property
    def required(self) -> bool:
        """Whether a create without it is refused. What the server fills is not asked for."""
        return self.is_filled and not self.server_made

    def spot_of(self, keyword: str) -> Spot:
        """Where a keyword stands, or the field where the keyword is missing."""
        return self.spots.of(self.keywords.place(keyword))


DATES = frozenset({"DateTime", "DateTimeOrEmpty"})
_WHOLE = re.compile(r"\^(?:\((?P<optional>.*)\)\?|(?P<always>.*))\$", re.DOTALL)


def field_spec(name: str, said: Keywords, spots: Spots, *, hidden: bool = False) -> FieldSpec:
    """The field of a property. Raises: `ContractError` for one of no kind that a collection has."""
    spot = spots.of(said.pointer)
    kind = _kind(said)
    if kind is None:
        raise ContractError(
            f"{spot}: no kind of field has this schema; docs/contract-extensions.md lists them"
        )
    derived = Derived(**said.get("x-derived")) if said.get("x-derived") else None
    return FieldSpec(
        name,
        kind,
        said,
        spot,
        spots,
        title=said.get("title", ""),
        description=said.get("description", ""),
        max_length=_max_length(kind, said),
        pattern=set_pattern(said.get("pattern", "")) if kind in (Kind.TEXT, Kind.URL) else "",
        values=_values(said, derived) if kind is Kind.SELECT else (),
        minimum=_bound(said, min) if kind is Kind.INT else None,
        maximum=_bound(said, max) if kind is Kind.INT else None,
        is_filled=_refuses_zero(kind, said),
        target=_target(said),
        unique=said.get("x-unique", False),
        private=said.get("x-private", False),
        hidden=hidden or said.get("x-hidden", False),
        server_made=said.get("readOnly", False),
        id_prefix=said.get("x-id-prefix", ""),
        derived=derived,
    )


def set_pattern(pattern: str) -> str:
    """A pattern without its anchors and without the leave to be empty: `^([0-9]{2})?$` is `[0-9]{2}`."""
    found = _WHOLE.fullmatch(pattern)
    return (found["optional"] or found["always"] or "") if found else pattern


def fixed_length(pattern: str) -> int | None:
    """The characters of every text that matches `[a-z0-9]{15}` and the like, which need no other limit."""
    found = re.fullmatch(r"\[[^\]]+\]\{(\d+)\}", pattern)
    return int(found[1]) if found else None


def _kind(said: Keywords) -> Kind | None:
    if said.get("x-relation"):
        return Kind.RELATIONS if said.get("type") == "array" else Kind.RELATION
    if said.get("x-file"):
        return Kind.FILE
    if DATES & set(said.names):
        return Kind.DATE
    if "Money" in said.names:
        return Kind.MONEY
    return _plain_kind(said)


def _plain_kind(said: Keywords) -> Kind | None:
    match said.get("type"):
        case "string":
            return _text_kind(said)
        case "integer":
            return Kind.INT
        case "boolean":
            return Kind.BOOL
        case "number":
            return None
        case _:
            return Kind.JSON


def _text_kind(said: Keywords) -> Kind:
    if said.get("enum"):
        return Kind.SELECT
    if said.get("contentMediaType") == "text/html":
        return Kind.EDITOR
    return Kind.URL if said.get("format") == "uri" else Kind.TEXT


def _max_length(kind: Kind, said: Keywords) -> int | None:
    if kind not in (Kind.TEXT, Kind.URL):
        return None
    length: int | None = said.get("maxLength")
    fixed = fixed_length(set_pattern(said.get("pattern", "")))
    return (fixed or DEFAULT_TEXT_MAX) if length is None else length


def _values(said: Keywords, derived: Derived | None) -> tuple[str, ...]:
    shown = derived.value if derived else ""
    return tuple(value for value in said.get("enum") if value not in ("", None, shown))


def _bound(said: Keywords, of: Any) -> int | None:
    if said.get("enum"):
        return int(of(said.get("enum")))
    bound: int | None = said.get("minimum" if of is min else "maximum")
    return bound


def _target(said: Keywords) -> str:
    target = said.get("x-relation", "")
    return str(target[0] if isinstance(target, list) else target)


def _refuses_zero(kind: Kind, said: Keywords) -> bool:
    """Whether the schema refuses the value of a field that is not set."""
    match kind:
        case Kind.INT | Kind.MONEY:
            return bool((_bound(said, min) or 0) > 0)
        case Kind.RELATIONS:
            return bool(said.get("minItems", 0) > 0)
        case Kind.BOOL:
            return False
        case Kind.JSON:
            return _refuses_null(said)
        case _:
            return _refuses_empty(said)


def _refuses_empty(said: Keywords) -> bool:
    pattern, enum = said.get("pattern"), said.get("enum")
    is_long = said.get("minLength", 0) > 0
    fits = (pattern is None or re.search(pattern, "")) and (enum is None or "" in enum)
    return is_long or not fits


def _refuses_null(said: Keywords) -> bool:
    types = said.get("type")
    if types is not None:
        return "null" not in (types if isinstance(types, list) else [types])
    branches = [branch for name in ALTERNATIVES for branch in said.get(name, ())]
    return bool(branches) and not any(branch.get("type") == "null" for branch in branches)
