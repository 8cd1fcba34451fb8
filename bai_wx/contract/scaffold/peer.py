"""A new collection as PocketBase holds it: a migration of the peer that the conformance asks."""

import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.contract.scaffold.plan import NewCollection
from bai_wx.record.fields import DEFAULT_TEXT_MAX
from bai_wx.record.money import MAX_FEN, yuan_of

MIGRATION: Final = """/// {title}: `{table}` as PocketBase would hold it, written by `bai-wx scaffold`.
migrate((app) => {{
  app.save(new Collection({collection}));
}});
"""
ACTIVE: Final = '@request.auth.users_status = "active"'
COMMON: Final[list[dict[str, Any]]] = [
    {"type": "number", "name": "is_delete", "onlyInt": True, "min": 0, "max": 1},
    {"type": "autodate", "name": "created", "onCreate": True},
    {"type": "autodate", "name": "updated", "onCreate": True, "onUpdate": True},
]


def peer_text(new: NewCollection) -> str:
    """The migration of PocketBase that makes the collection."""
    collection = {
        "id": collection_id(new.table),
        "name": new.table,
        "type": "base",
        **_rules(new),
        "fields": [*map(_field, new.spec.fields.values()), *COMMON],
        "indexes": list(_indexes(new)),
    }
    shown = json.dumps(collection, ensure_ascii=False, indent=2).replace("\n", "\n  ")
    return MIGRATION.format(title=new.title, table=new.table, collection=shown)


def file_name(new: NewCollection) -> str:
    """The name of its file, behind the number."""
    return f"_{new.table.removeprefix('tbl_')}.js"


def collection_id(table: str) -> str:
    """PocketBase's id of a collection: `pbc_` and the CRC-32 of its type and name."""
    return f"pbc_{zlib.crc32(f'base{table}'.encode())}"


def _rules(new: NewCollection) -> dict[str, str]:
    """Who may do what, in PocketBase's words; a rule that is not there is the operator's alone."""
    owner = new.owner.name if new.owner else ""
    own = f"{owner} = @request.auth.openid && {ACTIVE}"
    not_given_away = (
        f"(@request.body.{owner}:isset = false || @request.body.{owner} = @request.auth.openid)"
    )
    visible = ["is_delete = 0"]
    visible += [own] if new.spec.owner else []
    visible += [f"({new.spec.visible})"] if new.spec.visible else []
    seen = " && ".join(visible)
    changed = seen if new.spec.owner else f"{seen} && {own}"
    rules = {
        "list": ("listRule", seen),
        "view": ("viewRule", seen),
        "create": ("createRule", _creates(new)),
        "update": ("updateRule", f"{changed} && {not_given_away}"),
        "delete": ("deleteRule", changed),
    }
    return dict(rules[verb] for verb in rules if verb in new.spec.operations)


def _creates(new: NewCollection) -> str:
    if new.owner is None or new.owner.private or new.owner.name not in new.creatable:
        return ACTIVE
    return f"@request.body.{new.owner.name} = @request.auth.openid && {ACTIVE}"


def _field(field: FieldSpec) -> dict[str, Any]:
    made: dict[str, Any] = {"type": field.kind.value, "name": field.name}
    match field.kind:
        case Kind.TEXT:
            length = 0 if field.max_length == DEFAULT_TEXT_MAX else field.max_length
            made |= {"max": length} | ({"pattern": f"^({field.pattern})$"} if field.pattern else {})
        case Kind.SELECT:
            made |= {"values": list(field.values), "maxSelect": 1}
        case Kind.INT:
            bounds = {"min": field.minimum, "max": field.maximum}
            made |= {"type": "number", "onlyInt": True, **bounds}
        case Kind.MONEY:
            made |= {"type": "number", "min": 0, "max": yuan_of(MAX_FEN)}
        case Kind.RELATION | Kind.RELATIONS:
            most = 999 if field.kind is Kind.RELATIONS else 1
            target = {"collectionId": collection_id(field.target), "maxSelect": most}
            made |= {"type": "relation", **target}
        case Kind.FILE:
            made |= {"maxSelect": 1}
    return made | {name: True for name in ("required", "hidden") if getattr(field, name)}


def _indexes(new: NewCollection) -> Iterator[str]:
    for field in new.spec.fields.values():
        if field.unique:
            yield f"CREATE UNIQUE INDEX idx_{field.name} ON {new.table} ({field.name})"
    for number, each in enumerate(new.spec.uniques):
        where = f" WHERE {_sql(each.when)}" if each.when else ""
        name = f"idx_{new.table}_{number}"
        yield f"CREATE UNIQUE INDEX {name} ON {new.table} ({', '.join(each.fields)}){where}"


def _sql(filter_text: str) -> str:
    """A filter over the row as SQL; it was read before, and holds comparisons alone."""
    return filter_text.replace("&&", "AND").replace("||", "OR")
