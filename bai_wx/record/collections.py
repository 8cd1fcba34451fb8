"""The collections by name. Each is known by being defined, so nothing in the engine names one."""

from collections.abc import Iterator

from bai_wx.database.versions import CollectionVersion
from bai_wx.record.base import COLLECTIONS as COLLECTIONS
from bai_wx.record.base import Record
from bai_wx.record.fields import RecordField


def find(name_or_id: str) -> type[Record] | None:
    """Find a collection by its name, in any case, or by its id."""
    if name_or_id.startswith("pbc_"):
        return next((m for m in COLLECTIONS.values() if m.collection_id() == name_or_id), None)
    return COLLECTIONS.get(name_or_id.lower())


def is_public(model: type[Record]) -> bool:
    """Whether a collection's rows have no owner, who alone may see them."""
    return model.OWNER is None and model.LISTED


def public_tables() -> frozenset[str]:
    """The tables that public rows are read from: those of the collections without owners, and of versions."""
    public = {name for name, model in COLLECTIONS.items() if is_public(model)}
    return frozenset({*public, CollectionVersion._meta.table_name})


def targets_first() -> list[type[Record]]:
    """The collections, each after those its relations point at; else by name.

    Of collections that point at each other in a circle, the one whose name comes first is last.
    """
    order: dict[str, None] = {}
    for name in sorted(COLLECTIONS):
        _after_targets(name, order, set())
    return [COLLECTIONS[name] for name in order]


def _after_targets(name: str, order: dict[str, None], waiting: set[str]) -> None:
    if name in order or name in waiting:
        return
    waiting.add(name)
    for target in sorted(targets_of(COLLECTIONS[name])):
        _after_targets(target, order, waiting)
    order[name] = None


def targets_of(model: type[Record]) -> set[str]:
    """The collections that a collection's relations point at."""
    return {field.target for field in relations(model)}


def relations(model: type[Record]) -> Iterator[RecordField]:
    """The fields of a collection that hold record ids."""
    return (each for each in model.record_fields().values() if each.target)


def business_id_field(model: type[Record]) -> str:
    """Name the field that holds the collection's business id: the server's first unique one."""
    fields = model._meta.fields
    return next(
        name
        for name, each in model.record_fields().items()
        if each.server_made and name.endswith("_id") and fields[name].unique
    )
