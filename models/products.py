"""Products (`tbl_product_list`): what the shop shows. Guests may see those on sale."""

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar, Self

from peewee import Expression

from errors import ProductUnavailable
from models import ids
from models.base import Record, index_newest_first
from models.fields import Int, Json, Money, Relation, Select, Text

ON_SALE, OFF_SALE = "on_sale", "off_sale"


class Product(Record):
    """One product. `prod_list_basic_price` is in fen."""

    prod_list_id = Text(default=partial(ids.business_id, "P"), unique=True, server_made=True)
    prod_list_name = Text(200, required=True)
    prod_list_modelnumber = Text(100)
    prod_list_icon = Relation("tbl_attachments")
    prod_list_description = Text()
    prod_list_feature = Text()
    prod_list_parameters = Json()
    prod_list_plantype = Text(50)
    prod_list_category = Text(50)
    prod_list_sort = Int()
    prod_list_comm_type = Text(50)
    prod_list_series = Text(50)
    prod_list_basic_price = Money()
    prod_list_status = Select(ON_SALE, OFF_SALE)
    prod_list_tags = Json()
    prod_list_remark = Text(1000)

    class Meta:
        table_name = "tbl_product_list"
        indexes = (
            *(
                (("prod_list_status", "is_delete", *sort, "seq"), False)
                for sort in ((), ("prod_list_sort",), ("prod_list_basic_price",))
            ),
            (("prod_list_icon",), False),
        )

    BY_CLIENTS: ClassVar[tuple[str, str]] = ("id", "prod_list_id")
    """The columns by which a hook may name a product."""

    @classmethod
    def shown(cls, rows: Any, now: Any) -> Expression:
        """Only those on sale."""
        return rows.prod_list_status == ON_SALE  # type: ignore[no-any-return]

    @classmethod
    def on_sale(cls, references: Iterable[str]) -> dict[str, Self]:
        """Find products that can be bought now, each named by its record id or its `prod_list_id`.

        Returns: the product by the reference it was asked by.
        Raises: `ProductUnavailable` when one is unknown, deleted or off sale.
        """
        wanted = list(references)
        by_either = (cls.id << wanted) | (cls.prod_list_id << wanted)
        rows = list(cls.visible_to(None).where(by_either))
        # A record id wins over a business id of the same text: cart lines name products by it.
        found = {getattr(row, name): row for name in reversed(cls.BY_CLIENTS) for row in rows}
        if missing := [reference for reference in wanted if reference not in found]:
            raise ProductUnavailable(f"not on sale: {', '.join(missing)}")
        return {reference: found[reference] for reference in wanted}

    @classmethod
    def is_on_sale(cls, record_id: str) -> bool:
        """Whether the product of this record id can be bought now."""
        return bool(cls.visible_to(None).where(cls.id == record_id).exists())


index_newest_first(Product, "prod_list_status", "is_delete")
