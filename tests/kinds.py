"""The names of the kinds of field, as tests' tables and PocketBase's collections have them."""

from typing import Final

from bai_wx.record.fields import (
    Bool,
    Date,
    Editor,
    File,
    Int,
    Json,
    Money,
    RecordField,
    Relation,
    Relations,
    Select,
    Text,
    Url,
)

_NAMES: Final = {
    Url: "url",
    Text: "text",
    Editor: "editor",
    Int: "number",
    Bool: "bool",
    Money: "money",
    Date: "date",
    Select: "select",
    Json: "json",
    Relation: "relation",
    Relations: "relations",
    File: "file",
}


def kind_of(field: RecordField) -> str:
    """The name of a field's kind."""
    return next(name for kind, name in _NAMES.items() if isinstance(field, kind))
