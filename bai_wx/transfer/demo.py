"""The demo shop: a small maker of hotel-room controls, with goods, pictures and documents."""

import hashlib
from typing import Any

from bai_wx.database.connection import database, lock_name
from bai_wx.files.store import FileStore
from bai_wx.record import clock
from bai_wx.record.base import FieldValues
from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer.demo_goods import (
    BARCODES,
    COMPANY,
    DICTIONARIES,
    DOCUMENTS,
    FEATURES,
    FUNCTIONS,
    ICONS,
    OWN_ICONS,
    PARAMETERS,
    PRODUCTS,
)
from bai_wx.transfer.demo_pictures import draw_picture
from bai_wx.transfer.importer import Source, SourceRow, load

OPENED_AT_S = 1_795_140_000  # 2026-11-20 02:00:00 UTC, when the first row was written
SHOP = ("tbl_company", "tbl_attachments", "tbl_product_list", "tbl_document", "tbl_system_dict")


def load_demo_shop(files: FileStore) -> bool:
    """Load the demo shop into an empty shop. Returns: whether it was empty.

    Files come first, so that a crash leaves no attachment without its file; loading them again
    writes the same bytes under the same names.
    """
    with database.atomic():
        lock_name("the demo shop")  # of servers that start at once one loads it
        if not _is_empty():
            return False
        pictures = {key: draw_picture(key, colour) for key, *_, colour in ICONS}
        _store_icons(files, pictures)
        load(_sources(pictures))
    return True


def is_demo_shop() -> bool:
    """Whether the shop of this database began as the demo shop."""
    company = COLLECTIONS["tbl_company"]
    return bool(company.select(company.seq).where(company.id == COMPANY["id"]).exists())


def _is_empty() -> bool:
    models = (COLLECTIONS[name] for name in SHOP)
    return not any(model.select(model.seq).exists() for model in models)


def _store_icons(files: FileStore, pictures: dict[str, bytes]) -> None:
    for key, record_id, stored, _, _ in ICONS:
        files.put("tbl_attachments", record_id, f"{stored}.png", pictures[key])


def _sources(pictures: dict[str, bytes]) -> list[Source]:
    tables = {
        "tbl_company": [COMPANY],
        "tbl_attachments": [_attachment(*each[:4], pictures[each[0]]) for each in ICONS],
        "tbl_product_list": [_product(sort, each) for sort, each in enumerate(PRODUCTS, 1)],
        "tbl_document": list(DOCUMENTS),
        "tbl_system_dict": list(DICTIONARIES),
    }
    return [
        Source("demo", name, [_dated(line, values) for line, values in enumerate(rows, 1)])
        for name, rows in tables.items()
    ]


def _dated(line: int, values: FieldValues) -> SourceRow:
    """A row of the shop's own time: each a minute after the one before."""
    written = clock.text_of(OPENED_AT_S + 60 * line)
    return SourceRow(line, {**values, "created": written, "updated": written})


def _attachment(
    key: str, record_id: str, stored: str, business_id: str, data: bytes
) -> FieldValues:
    return {
        "id": record_id,
        "attachments_id": business_id,
        "attachments_link": f"{stored}.png",
        "attachments_filename": f"{key}.png",
        "attachments_filetype": "image/png",
        "attachments_size": len(data),
        "attachments_md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "attachments_status": "valid",
    }


def _product(sort: int, row: tuple[Any, ...]) -> FieldValues:
    key, record_id, business_id, name, model, yuan, status, plan, category, bus, series, tags = row
    picture = OWN_ICONS.get(record_id, key)
    return {
        "id": record_id,
        "prod_list_id": business_id,
        "prod_list_name": name,
        "prod_list_modelnumber": model,
        "prod_list_icon": next(each[1] for each in ICONS if each[0] == picture),
        "prod_list_description": f"{series}{name}，适用于{plan}项目，{bus} 通讯。",
        "prod_list_feature": FEATURES[key],
        "prod_list_parameters": PARAMETERS[key],
        "prod_list_plantype": plan,
        "prod_list_category": category,
        "prod_list_sort": sort * 10,
        "prod_list_comm_type": bus,
        "prod_list_series": series,
        "prod_list_basic_price": yuan,
        "prod_list_status": status,
        "prod_list_function": FUNCTIONS.get(key),
        "prod_list_barcode": BARCODES.get(record_id, ""),
        "prod_list_tags": tags,
    }
