"""The pictures of products, as small as a list shows them."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from peewee import JOIN

from models.attachments import Attachment, file_url
from models.products import Product, icon

SMALL: Final = "100x100"
"""A size that the server of files makes, see `bai_wx/files/thumbnails.py`."""


class Pictured(NamedTuple):
    """A product's record id, and the path of its picture, `""` without one."""

    record_id: str
    picture: str


def of_products(names: Iterable[str]) -> dict[str, Pictured]:
    """What is there of these products, each named by its record id or its `prod_list_id`, deleted or not."""
    wanted = list(set(names))
    columns = (Product.id, Product.prod_list_id, Attachment.id, Attachment.attachments_link)
    found: Any = (
        Product.select(*columns, Attachment.attachments_filetype)
        .join(Attachment, JOIN.LEFT_OUTER, on=icon())
        .where((Product.id << wanted) | (Product.prod_list_id << wanted))
        .tuples()
    )
    pictured: dict[str, Pictured] = {}
    for record_id, business_id, picture_id, link, filetype in found:
        is_picture = (filetype or "").startswith("image/")
        url = file_url(picture_id, link) if is_picture else ""
        each = Pictured(record_id, f"{url}?thumb={SMALL}" if url else "")
        pictured |= {record_id: each, business_id: each}
    return pictured
