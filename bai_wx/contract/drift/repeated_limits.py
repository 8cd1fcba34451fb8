"""Limits of a collection's field that stand elsewhere in the contract too, in requests and answers of any kind.

A property with a field's name has the field's limits, or says why not (`x-own-limits`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bai_wx.contract.bundler import Contract
from bai_wx.contract.collections import CollectionSpec
from bai_wx.contract.drift.facts import KEYWORDS, LIMITING, LIMITS, Report, limit_of, shown
from bai_wx.contract.extensions import is_name_map, nodes
from bai_wx.contract.field_specs import FieldSpec, Kind, set_pattern
from bai_wx.contract.files import Pointer
from bai_wx.contract.keywords import ALTERNATIVES, Keywords, keywords

JSON_TYPES: Mapping[Kind, str] = {
    Kind.INT: "integer",
    Kind.MONEY: "number",
    Kind.RELATIONS: "array",
}
"""The JSON type of a kind's value; of the others a string."""


def compare_repeated(
    contract: Contract, specs: Mapping[str, CollectionSpec], report: Report
) -> None:
    """Compare the limits of every property that has a field's name, but for the fields themselves."""
    fields = {name: each for spec in specs.values() for name, each in spec.common.items()}
    owners = dict.fromkeys(fields, "every collection")
    for spec in specs.values():
        fields |= spec.fields
        owners |= dict.fromkeys(spec.fields, spec.name)
    declared = {each.keywords.pointer for spec in specs.values() for each in _all(spec)}
    for pointer in _properties(contract.bundle):
        name = pointer[-1]
        if name in fields and pointer not in declared:
            _compare(contract.bundle, fields[name], owners[name], pointer, report)


def _all(spec: CollectionSpec) -> Iterator[FieldSpec]:
    yield from spec.common.values()
    yield from spec.fields.values()


def _properties(bundle: Mapping[str, Any]) -> Iterator[Pointer]:
    """Where each property of each schema of a bundle stands."""
    for node, pointer in nodes(bundle):
        if pointer[-1:] == ("properties",) and is_name_map(pointer) and isinstance(node, dict):
            yield from ((*pointer, name) for name in node)


def _compare(
    bundle: Mapping[str, Any],
    field: FieldSpec,
    collection: str,
    pointer: Pointer,
    report: Report,
) -> None:
    said = keywords(bundle, pointer)
    if said.get("x-own-limits"):
        report.set_apart += 1
        return
    limits = [each for branch in _branches(bundle, said) for each in _limits(field, branch)]
    for keyword, value, at, expected in limits:
        report.count(collection)
        if value != expected:
            here, there = field.spots.of(at), field.spot_of(keyword)
            report.differences.append(
                f"{collection}.{field.name} {keyword}: {shown(value)} here ({here}),"
                f" {shown(expected)} of the field ({there})"
            )


def _branches(bundle: Mapping[str, Any], said: Keywords) -> Iterator[Keywords]:
    """A schema and its alternatives."""
    yield said
    for name in ALTERNATIVES:
        for index in range(len(said.get(name, ()))):
            yield from _branches(bundle, keywords(bundle, (*said.place(name), str(index))))


def _limits(field: FieldSpec, said: Keywords) -> Iterator[tuple[str, Any, Pointer, Any]]:
    """Keyword, value, place and the field's own value of each limit there."""
    types = said.get("type", JSON_TYPES.get(field.kind, "string"))
    if JSON_TYPES.get(field.kind, "string") not in (types if isinstance(types, list) else [types]):
        return
    for keyword in sorted(LIMITING & said.values.keys()):
        yield keyword, *_value(field, keyword, said), _expected(field, keyword)
    if said.get("minLength") and not field.is_filled:
        yield "minLength", said.get("minLength"), said.place("minLength"), 0


def _value(field: FieldSpec, keyword: str, said: Keywords) -> tuple[Any, Pointer]:
    value = said.get(keyword)
    if keyword == "enum":
        derived = field.derived.value if field.derived else ""
        value = {str(each) for each in value if each not in ("", None, derived)}
    if keyword == "pattern":
        value = set_pattern(value)
    return value, said.place(keyword)


def _expected(field: FieldSpec, keyword: str) -> Any:
    if keyword == "enum" and field.kind is Kind.INT:
        return {str(each) for each in field.keywords.get("enum", ())}
    names = [name for name in LIMITS.get(field.kind, ()) if KEYWORDS[name] == keyword]
    value = limit_of(field, names[0]) if names else field.keywords.get(keyword)
    return set(value) if keyword == "enum" and value else value
