"""What a collection's model says of it, in the words of `bai_wx.contract.drift.facts`."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from bai_wx.contract.drift.facts import LIMITS, Fact, Facts, Subject
from bai_wx.contract.field_specs import Kind, fixed_length
from bai_wx.contract.spots import shown_path
from bai_wx.dialect.conditions import UniqueIndex
from bai_wx.record import clock, ids
from bai_wx.record.base import Record
from bai_wx.record.fields import Private, RecordField
from bai_wx.record.money import MAX_FEN, yuan_of
from bai_wx.record.strict_values import MAX_NAME_BYTES

EITHER: Final = object()
"""The value of a fact that the model leaves to the contract: what a default fills may be empty or not."""


def kind_of(field: RecordField) -> Kind | None:
    """The kind of a model's field: that of the first of its classes which is a kind's."""
    names = (each.__name__.lower() for each in type(field).__mro__)
    return next((Kind(name) for name in names if name in set(Kind)), None)


def model_facts(model: type[Record]) -> Facts:
    """What a model says of its collection."""
    name = model.collection()
    facts = {Subject(name, "", fact): each for fact, each in _of_model(model)}
    for field in model.record_fields().values():
        for fact, each in (*_of_field(model, field), *_of_writes(model, field)):
            facts[Subject(name, field.name, fact)] = each
    return facts


def _of_model(model: type[Record]) -> Iterator[tuple[str, Fact]]:
    constants = tuple(sorted(f"{name}={value!r}" for name, value in model.CONSTANTS.items()))
    yield "owner", Fact(model.OWNER, place_of(model, "OWNER"))
    yield "constants", Fact(constants, place_of(model, "CONSTANTS"))
    yield "type", Fact(model.COLLECTION_TYPE, place_of(model, "COLLECTION_TYPE"))
    yield "listed", Fact(model.LISTED, place_of(model, "LISTED"))
    for fact, rule in (("created by clients", "may_create"), ("changed by clients", "may_update")):
        is_own = _function(model, rule) is not _function(Record, rule)
        is_uploaded = rule == "may_create" and any(
            f.is_file for f in model.record_fields().values()
        )
        yield fact, Fact(is_own or is_uploaded, place_of(model, rule))


def _function(model: type[Record], name: str) -> Any:
    found = getattr(model, name)
    return getattr(found, "__func__", found)


def _of_field(model: type[Record], field: Any) -> Iterator[tuple[str, Fact]]:
    kind = kind_of(field)
    values: dict[str, Any] = {
        "field": True,
        "kind": str(kind),
        "required": field.required or (EITHER if field.default != field.zero else False),
        "server_made": field.server_made,
        "unique": bool(field.unique),
        "private": isinstance(field, Private),
        "hidden": field.hidden,
        "id_prefix": _prefix(field),
        "derived": getattr(field, "derived", ""),
        "joins": getattr(field, "joins", ""),
    }
    values |= {name: _limit(field, kind, name) for name in LIMITS.get(kind, ())} if kind else {}
    place = place_of(model, field.name)
    for name, value in values.items():
        yield name, Fact(value, place)


def _prefix(field: Any) -> str:
    made = field.default
    is_business_id = isinstance(made, partial) and made.func is ids.business_id
    return str(made.args[0]) if is_business_id else ""


def _limit(field: Any, kind: Kind, name: str) -> Any:
    match kind, name:
        case ((Kind.TEXT | Kind.URL), "max_length"):
            return min(field.text_max, fixed_length(field.pattern) or field.text_max)
        case Kind.DATE, "pattern":
            return clock.TIMESTAMP
        case Kind.RELATION, "pattern":
            return ids.RECORD_ID_PATTERN
        case Kind.MONEY, _:
            return yuan_of(MAX_FEN if name == "maximum" else 0)
        case Kind.FILE, _:
            return MAX_NAME_BYTES
        case Kind.SELECT, _:
            return tuple(map(str, field.values))
        case _:
            return getattr(field, name)


def _of_writes(model: type[Record], field: RecordField) -> Iterator[tuple[str, Fact]]:
    sets = {"create": model.CREATABLE, "update": model.UPDATABLE}
    for verb, names in sets.items():
        attribute = "CREATABLE" if verb == "create" else "UPDATABLE"
        yield f"set by {verb}", Fact(field.name in names, place_of(model, attribute))
    if field.name in model.CREATABLE:
        yield "required by create", Fact(field.required, place_of(model, field.name))


def place_of(model: type[Any], attribute: str) -> str:
    """Where a class defines an attribute, or one of its bases does: `models/cart.py:41 CartLine.OWNER`."""
    for each in model.__mro__:
        file = inspect.getsourcefile(each) if each.__module__ != "builtins" else None
        lines = _lines(file, each.__name__) if file else {}
        if attribute and attribute in lines:
            return f"{shown_path(Path(str(file)))}:{lines[attribute]} {model.__name__}.{attribute}"
    file = inspect.getsourcefile(model)
    line = _lines(str(file), model.__name__).get("", 1)
    return f"{shown_path(Path(str(file)))}:{line} {model.__name__}"


def place_of_index(model: type[Any], index: UniqueIndex | None) -> str:
    """Where the index is named, else the class."""
    place = place_of(model, "Meta")
    if index is None:
        return place_of(model, "")
    file = str(inspect.getsourcefile(model))
    for number, line in enumerate(Path(file).read_text("utf-8").splitlines(), start=1):
        if f'"{index.name}"' in line:
            return f"{shown_path(Path(file))}:{number} {index.name}"
    return place


@cache
def _lines(file: str, name: str) -> dict[str, int]:
    """The line of each name that a class of a file defines; `""` is the class itself."""
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(Path(file).read_text("utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name == name:
            found[""] = node.lineno
            for statement in node.body:
                found |= dict.fromkeys(_defined(statement), statement.lineno)
    return found


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    yield from (target.id for target in targets if isinstance(target, ast.Name))
