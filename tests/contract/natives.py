"""The native operations of every collection, as the contract lists them, for what is driven by them."""

import random
import string
from collections.abc import Callable
from typing import Any, Final

from bai_wx.contract.collections import CollectionSpec, collections
from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.contract.scaffold.samples import sample
from tests.contract.operations import CONTRACT
from tests.contract.stock import FEWEST_ROWS, Item, Stock

COLLECTIONS: Final = collections(CONTRACT)
Values = dict[str, Any]


def named(*verbs: str) -> list[str]:
    """The operationIds of these verbs."""
    specs = COLLECTIONS.values()
    return [s.operations[verb].id for s in specs for verb in verbs if verb in s.operations]


def of_rows_with_owners() -> list[str]:
    """The operations on one row of a collection whose rows have owners."""
    owned = [spec for spec in COLLECTIONS.values() if spec.owner]
    verbs = ("view", "update", "delete")
    return [s.operations[verb].id for s in owned for verb in verbs if verb in s.operations]


def refusals(spec: CollectionSpec) -> tuple[str, ...]:
    """What a fitting body may be refused with: a row that is not there, or one that is there already."""
    relations = [name for name, field in spec.fields.items() if field.target]
    unique = [name for name, field in spec.fields.items() if field.unique]
    unique += [name for each in spec.uniques for name in each.fields]
    return (
        *(f"{name} validation_missing_rel_records" for name in relations),
        *(f"{name} validation_not_unique" for name in unique),
    )


def paths() -> dict[str, Callable[[Stock], Values]]:
    """By the operation on one row: the id of a row that it may find."""
    return {
        spec.operations[verb].id: _row(spec)
        for spec in COLLECTIONS.values()
        for verb in ("view", "update", "delete")
        if verb in spec.operations
    }


def bodies() -> dict[str, Callable[[Stock, Values], Values]]:
    """By the operation that writes: a body with the caller's openid, and rows that are there."""
    return {
        spec.operations[verb].id: _filled(spec)
        for spec in COLLECTIONS.values()
        for verb in ("create", "update")
        if verb in spec.operations
    }


def searched() -> dict[str, str]:
    """By the operation that lists: a field to filter and sort by."""
    lists = [spec for spec in COLLECTIONS.values() if "list" in spec.operations]
    return {spec.operations["list"].id: _text_field(spec) for spec in lists}


def _text_field(spec: CollectionSpec) -> str:
    texts = [name for name, field in spec.fields.items() if field.kind is Kind.TEXT]
    return texts[-1] if texts else "id"


def _row(spec: CollectionSpec) -> Callable[[Stock], Values]:
    if not spec.owner:
        return lambda stock: {"recordId": stock.any_of(spec.name)["id"]}
    return lambda stock: {"recordId": stock.own(spec.name, lambda: _new(stock, spec))["id"]}


def _new(stock: Stock, spec: CollectionSpec) -> list[Item]:
    """Some rows of the caller's, made as the contract says."""
    bodies = [_filled(spec)(stock, _least(spec)) for _ in range(FEWEST_ROWS)]
    return stock.created(spec.name, bodies)


def _least(spec: CollectionSpec) -> Values:
    """What a create must name."""
    media = spec.operations["create"].definition["requestBody"]["content"]["application/json"]
    value: Values = sample(media["schema"], CONTRACT.bundle)
    return value


def _filled(spec: CollectionSpec) -> Callable[[Stock, Values], Values]:
    unique = {name for each in spec.uniques for name in each.fields}

    def fill(stock: Stock, body: Values) -> Values:
        for name in body:
            body[name] = _value(spec, name, body[name], stock, is_unique=name in unique)
        return body

    return fill


def _value(spec: CollectionSpec, name: str, value: Any, stock: Stock, *, is_unique: bool) -> Any:
    field = spec.fields.get(name)
    if name == "id":
        return _letters(stock.random, 15)
    if name == spec.owner:
        return stock.openid
    if field is None or not value:
        return value
    if field.kind is Kind.RELATION:
        return stock.any_of(field.target)["id"]
    is_text = field.kind is Kind.TEXT and (is_unique or field.unique)
    return _letters(stock.random, _longest(field)) if is_text else value


def _longest(field: FieldSpec) -> int:
    return min(field.max_length or 15, 15)


def _letters(draw: random.Random, length: int) -> str:
    return "".join(draw.choices(string.ascii_lowercase + string.digits, k=length))
