"""The collections by name. `models` registers each, so nothing in the engine names one."""

from bai_wx.record.base import Record

COLLECTIONS: dict[str, type[Record]] = {}
"""In the order of their registration: what others point at comes first."""

_BY_ID: dict[str, type[Record]] = {}


def register(*models: type[Record]) -> None:
    """Make collections known to the records API, import, export and the schema."""
    for model in models:
        COLLECTIONS[model.collection()] = model
        _BY_ID[model.collection_id()] = model


def find(name_or_id: str) -> type[Record] | None:
    """Find a collection by its name, in any case, or by its id."""
    return _BY_ID.get(name_or_id) or COLLECTIONS.get(name_or_id.lower())
