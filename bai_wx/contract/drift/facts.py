"""Facts of a collection that stand in the contract and in its model, and must be the same in both."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bai_wx.contract.collections import CollectionSpec
from bai_wx.contract.field_specs import FieldSpec, Kind, set_pattern
from bai_wx.contract.keywords import Keywords

LIMITS = {
    Kind.TEXT: ("max_length", "pattern"),
    Kind.URL: ("max_length", "pattern"),
    Kind.SELECT: ("values",),
    Kind.INT: ("minimum", "maximum"),
    Kind.MONEY: ("minimum", "maximum"),
    Kind.DATE: ("pattern",),
    Kind.RELATION: ("pattern", "target"),
    Kind.RELATIONS: ("target",),
    Kind.FILE: ("max_length",),
}
"""By kind of field: what limits its values."""

KEYWORDS = {
    "max_length": "maxLength",
    "pattern": "pattern",
    "values": "enum",
    "minimum": "minimum",
    "maximum": "maximum",
    "target": "x-relation",
    "required": "minLength",
    "server_made": "readOnly",
    "unique": "x-unique",
    "private": "x-private",
    "hidden": "x-hidden",
    "id_prefix": "x-id-prefix",
    "derived": "x-derived",
    "joins": "x-derived",
    "kind": "type",
}
"""By fact: the keyword that says it."""


LIMITING = frozenset(
    {"maxLength", "pattern", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
)
"""The keywords that limit a value; each that a field's schema has must be compared."""


class Subject(NamedTuple):
    """What a fact is about: a collection, or a field of it, and which fact of it."""

    collection: str
    field: str
    fact: str

    def __str__(self) -> str:
        return f"{self.collection}{'.' if self.field else ''}{self.field} {self.fact}"


@dataclass(frozen=True)
class Fact:
    """A value, and where it stands."""

    value: Any
    place: str


Facts = dict[Subject, Fact]


@dataclass
class Report:
    """What a comparison found."""

    differences: list[str] = field(default_factory=list)
    """A line for each, with file, line and pointer or attribute on both sides."""
    left_out: list[str] = field(default_factory=list)
    """What could not be compared, a line for each."""
    compared: dict[str, int] = field(default_factory=dict)
    """The number of facts compared, by collection."""
    rows: int = 0
    """The number of rows for which conditions were compared."""
    set_apart: int = 0
    """Properties whose limits differ with a reason (`x-own-limits`)."""

    def __str__(self) -> str:
        facts = ", ".join(f"{name} {number}" for name, number in self.compared.items())
        return (
            f"the models say what the contract says: {sum(self.compared.values())} facts compared"
            f" ({facts}), {self.rows} rows in truth tables, {self.set_apart} properties set apart"
            f" with a reason, {len(self.left_out)} left out"
        )

    def count(self, collection: str, facts: int = 1) -> None:
        """Note facts that were compared."""
        self.compared[collection] = self.compared.get(collection, 0) + facts

    def differ(self, subject: object, said: Fact, other: Fact) -> None:
        """Note a difference."""
        self.differences.append(
            f"{subject}: {shown(said.value)} in the contract ({said.place}),"
            f" {shown(other.value)} in the model ({other.place})"
        )


def shown(value: Any) -> str:
    """A value of a fact as a difference says it."""
    if isinstance(value, (set, frozenset)):
        return ", ".join(sorted(value)) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


def contract_facts(spec: CollectionSpec) -> Facts:
    """What the contract says of a collection."""
    facts = {Subject(spec.name, "", name): each for name, each in _of_collection(spec)}
    for each in (*spec.common.values(), *spec.fields.values()):
        for name, fact in _of_field(each):
            facts[Subject(spec.name, each.name, name)] = fact
        for name, fact in _of_writes(spec, each):
            facts[Subject(spec.name, each.name, name)] = fact
    return facts


def _of_collection(spec: CollectionSpec) -> Iterator[tuple[str, Fact]]:
    yield "owner", Fact(spec.owner, str(spec.spot_of("x-owner")))
    yield "constants", Fact(_pairs(spec.constants), str(spec.spot))
    yield "type", Fact("auth" if spec.is_auth else "base", str(spec.spot))
    for fact, verb in (("listed", "list"), ("created by clients", "create")):
        found = spec.operations.get(verb)
        yield fact, Fact(found is not None, str(found.spot if found else spec.spot))
    changed = spec.operations.get("update") or spec.operations.get("delete")
    place = changed.spot if changed else spec.spot
    yield "changed by clients", Fact(changed is not None, str(place))


def _pairs(constants: Any) -> tuple[str, ...]:
    return tuple(sorted(f"{name}={value!r}" for name, value in constants.items()))


def _of_field(spec: FieldSpec) -> Iterator[tuple[str, Fact]]:
    yield "field", Fact(True, str(spec.spot))
    values = {
        "kind": str(spec.kind),
        "required": spec.is_filled,
        "server_made": spec.server_made,
        "unique": spec.unique,
        "private": spec.private,
        "hidden": spec.hidden,
        "id_prefix": spec.id_prefix,
        "derived": spec.derived.value if spec.derived else "",
        "joins": spec.derived.joins if spec.derived else "",
    }
    values |= {name: limit_of(spec, name) for name in LIMITS.get(spec.kind, ())}
    for name, value in values.items():
        yield name, Fact(value, str(spec.spot_of(KEYWORDS.get(name, name))))


def limit_of(spec: FieldSpec, name: str) -> Any:
    """A limit of a field, by its name in `LIMITS`."""
    if spec.kind in (Kind.DATE, Kind.RELATION) and name == "pattern":
        return set_pattern(spec.keywords.get("pattern", ""))
    if spec.kind is Kind.MONEY:
        return spec.keywords.get(name)
    if spec.kind is Kind.FILE:
        return spec.keywords.get("maxLength")
    return getattr(spec, name)


def _may_lack(said: Keywords | None, asked: bool) -> bool:
    """Whether a create asks, with a reason, for what stored rows may lack."""
    return asked and bool(said and said.get("x-own-limits"))


def _of_writes(spec: CollectionSpec, field: FieldSpec) -> Iterator[tuple[str, Fact]]:
    for verb in ("create", "update"):
        operation = spec.operations.get(verb)
        if operation is None:
            yield f"set by {verb}", Fact(False, str(spec.spot))
            continue
        said = operation.body.get(field.name)
        spot = spec.spots.of(said.pointer) if said else operation.body_spot
        yield f"set by {verb}", Fact(field.name in operation.settable, str(spot))
        asked = field.name in operation.body_required
        if verb == "create" and field.name in operation.settable and not _may_lack(said, asked):
            yield "required by create", Fact(asked, str(operation.required_spot))
