"""A collection of the contract as PocketBase holds it: its fields, its indexes, and who may do what.

Fields name the options that the contract decides; PocketBase has a default for every other one.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from bai_wx.contract.collections import CollectionSpec
from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.record.fields import DEFAULT_TEXT_MAX
from bai_wx.record.money import MAX_FEN, yuan_of

ACTIVE: Final = '@request.auth.users_status = "active" && @request.auth.is_delete = 0'
"""What holds of a user whose token counts: PocketBase itself asks of neither."""

COMMON: Final[list[dict[str, Any]]] = [
    {"type": "number", "name": "is_delete", "onlyInt": True, "min": 0, "max": 1},
    {"type": "autodate", "name": "created", "onCreate": True},
    {"type": "autodate", "name": "updated", "onCreate": True, "onUpdate": True},
]
MOST_RELATED: Final = 999
"""The most rows that a relation to many holds."""

_OWN: Final = re.compile(r"(?<!\w)\w++ *+= *+@request\.auth\.openid")


def owner(spec: CollectionSpec) -> FieldSpec | None:
    """The column that holds whose the row is: the only one who sees it, or who may change it."""
    if spec.owner:
        return spec.fields[spec.owner]
    return next((each for each in spec.fields.values() if each.private), None)


def rules(spec: CollectionSpec) -> dict[str, str]:
    """Who may do what, in PocketBase's words; a rule that is not there is the operator's alone.

    A disabled user's token is a guest's on native paths, and a guest's status is not "active" either.
    """
    column = spec.owner or getattr(owner(spec), "name", "")
    own = f"{column} = @request.auth.openid && {ACTIVE}"
    not_given_away = (
        f"(@request.body.{column}:isset = false || @request.body.{column} = @request.auth.openid)"
    )
    visible = ["is_delete = 0"]
    visible += [own] if spec.owner else []
    visible += [f"({_not_by_guests(spec.visible)})"] if spec.visible else []
    seen = " && ".join(visible)
    changed = seen if spec.owner else f"{seen} && {own}"
    made = {
        "list": ("listRule", seen),
        "view": ("viewRule", seen),
        "create": ("createRule", _creates(spec)),
        "update": ("updateRule", f"{changed} && {not_given_away}"),
        "delete": ("deleteRule", changed),
    }
    return dict(made[verb] for verb in made if verb in spec.operations)


def _not_by_guests(visible: str) -> str:
    """The filter as a rule. A guest's openid is `""` in PocketBase, as that of a row without an owner."""
    return _OWN.sub(r'(\g<0> && @request.auth.openid != "")', visible)


def _creates(spec: CollectionSpec) -> str:
    column = owner(spec)
    if column is None or column.private or column.name not in spec.settable("create"):
        return ACTIVE
    return f"@request.body.{column.name} = @request.auth.openid && {ACTIVE}"


def field(spec: FieldSpec, collection_id: Callable[[str], str]) -> dict[str, Any]:
    """A field. `collection_id` gives the id of a collection by its name."""
    made: dict[str, Any] = {"type": spec.kind.value, "name": spec.name}
    match spec.kind:
        case Kind.TEXT:
            length = 0 if spec.max_length == DEFAULT_TEXT_MAX else spec.max_length
            made |= {"max": length} | ({"pattern": f"^({spec.pattern})$"} if spec.pattern else {})
        case Kind.SELECT:
            made |= {"values": list(spec.values), "maxSelect": 1}
        case Kind.INT:
            bounds = {"min": spec.minimum, "max": spec.maximum}
            made |= {"type": "number", "onlyInt": True, **bounds}
        case Kind.MONEY:
            made |= {"type": "number", "min": 0, "max": yuan_of(MAX_FEN)}
        case Kind.RELATION | Kind.RELATIONS:
            most = MOST_RELATED if spec.kind is Kind.RELATIONS else 1
            target = {"collectionId": collection_id(spec.target), "maxSelect": most}
            made |= {"type": "relation", **target}
        case Kind.FILE:
            made |= {"maxSelect": 1}
    return made | {name: True for name in ("required", "hidden") if getattr(spec, name)}


def unique_indexes(spec: CollectionSpec) -> Iterator[str]:
    """The statements that make its unique indexes."""
    for each in spec.fields.values():
        if each.unique:
            yield f"CREATE UNIQUE INDEX idx_{each.name} ON {spec.name} ({each.name})"
    for number, unique in enumerate(spec.uniques):
        where = f" WHERE {_sql(unique.when)}" if unique.when else ""
        name = f"idx_{spec.name}_{number}"
        yield f"CREATE UNIQUE INDEX {name} ON {spec.name} ({', '.join(unique.fields)}){where}"


def _sql(filter_text: str) -> str:
    """A filter over the row as SQL; it was read before, and holds comparisons alone."""
    return filter_text.replace("&&", "AND").replace("||", "OR")
