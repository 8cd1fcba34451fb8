"""A field of the contract as the column of a model, and as that of a migration."""

from typing import Any, Final

from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.contract.scaffold.plan import NewCollection
from bai_wx.contract.scaffold.visible import Condition
from bai_wx.record.fields import DEFAULT_TEXT_MAX

STORED: Final = {Kind.INT: "IntegerField", Kind.MONEY: "BigIntegerField"}
"""The column of a migration, where it is not a text."""

CLASSES: Final = {
    Kind.TEXT: "Text",
    Kind.EDITOR: "Editor",
    Kind.URL: "Url",
    Kind.SELECT: "Select",
    Kind.DATE: "Date",
    Kind.MONEY: "Money",
    Kind.INT: "Int",
    Kind.RELATION: "Relation",
    Kind.RELATIONS: "Relations",
    Kind.FILE: "File",
    Kind.JSON: "Json",
}


def class_name(field: FieldSpec) -> str:
    """The class of a field in `bai_wx.record.fields`."""
    if field.private:
        return "Private"
    return "Derived" if field.derived else CLASSES[field.kind]


def in_model(field: FieldSpec, new: NewCollection) -> str:
    """The column's line in the model: `coupon_name = Text(200, required=True)`."""
    options = [f"{name}={value}" for name, value in _options(field, new).items()]
    arguments = ", ".join([*_arguments(field), *options])
    return f"{field.name} = {class_name(field)}({arguments})"


def in_migration(field: FieldSpec) -> str:
    """The column's line in the migration: `coupon_name = TextField()`."""
    unique = "unique=True" if field.unique else ""
    return f"{field.name} = {stored(field)}({unique})"


def stored(field: FieldSpec) -> str:
    """Peewee's class of the column."""
    return STORED.get(field.kind, "TextField")


def _arguments(field: FieldSpec) -> list[str]:
    match field.kind:
        case Kind.TEXT | Kind.URL:
            return [] if field.max_length == DEFAULT_TEXT_MAX else [str(field.max_length)]
        case Kind.SELECT:
            return [quoted(value) for value in field.values]
        case Kind.RELATION | Kind.RELATIONS:
            return [quoted(field.target)]
        case Kind.INT:
            bounds = [field.minimum, field.maximum]
            while bounds and bounds[-1] is None:
                bounds.pop()
            return [str(bound) for bound in bounds]
    return []


def _options(field: FieldSpec, new: NewCollection) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if field.pattern:
        said["pattern"] = quoted(field.pattern)
    if default := _default(field, new):
        said["default"] = default
    for name in ("required", "unique", "server_made", "hidden"):
        if getattr(field, name):
            said[name] = "True"
    if field.derived and field.derived.when:
        when = Condition(field.derived.when, new.spec.fields, field.spot_of("x-derived"))
        said |= {
            "derived": quoted(field.derived.value),
            "when": f"lambda rows, now: {when.python()}",
        }
    return said


def _default(field: FieldSpec, new: NewCollection) -> str:
    """What the server puts into a field that a row does not name."""
    if field.id_prefix:
        return f"partial(ids.business_id, {quoted(field.id_prefix)})"
    if field.kind is Kind.DATE and field.server_made:
        return "clock.now"
    state = new.first_state(field)
    return quoted(state) if state else ""


def quoted(text: str) -> str:
    """A text as Python writes it, in double quotes."""
    plain = '"' not in text and "\\" not in text
    return f'"{text}"' if plain else repr(text)
