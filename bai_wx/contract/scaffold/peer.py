"""A new collection as PocketBase holds it: a migration of the peer that the conformance asks."""

import json
from typing import Final

from bai_wx.contract import pocketbase
from bai_wx.contract.scaffold.plan import NewCollection
from bai_wx.record.base import pocketbase_id

MIGRATION: Final = """/// {title}: `{table}` as PocketBase would hold it, written by `bai-wx scaffold`.
migrate((app) => {{
  app.save(new Collection({collection}));
}});
"""


def peer_text(new: NewCollection) -> str:
    """The migration of PocketBase that makes the collection."""
    fields = (pocketbase.field(each, _collection_id) for each in new.spec.fields.values())
    collection = {
        "id": _collection_id(new.table),
        "name": new.table,
        "type": "base",
        **pocketbase.rules(new.spec),
        "fields": [*fields, *pocketbase.COMMON],
        "indexes": list(pocketbase.unique_indexes(new.spec)),
    }
    shown = json.dumps(collection, ensure_ascii=False, indent=2).replace("\n", "\n  ")
    return MIGRATION.format(title=new.title, table=new.table, collection=shown)


def file_name(new: NewCollection) -> str:
    """The name of its file, behind the number."""
    return f"_{new.table.removeprefix('tbl_')}.js"


def _collection_id(name: str) -> str:
    return pocketbase_id("base", name)
