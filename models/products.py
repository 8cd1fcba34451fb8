"""Products (`tbl_product_list`): what the shop shows. Guests may see those on sale."""

from collections.abc import Sequence
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, ClassVar, Final, NamedTuple

from peewee import JOIN, Expression

from errors import ProductUnavailable
from models import clock, ids
from models.attachments import Attachment
from models.base import Record, index_newest_first
from models.fields import Int, Json, Money, Relation, Select, Text
from models.statement import Param, Statement, listed, params

ON_SALE, OFF_SALE = "on_sale", "off_sale"
MAX_SHAPES: Final = 256  # an order has up to 200 items


class Offer(NamedTuple):
    """A product that is sold now, and its icon's attachment, if it has a valid one. The price is in fen."""

    id: str
    prod_list_id: str
    prod_list_name: str
    prod_list_modelnumber: str
    prod_list_basic_price: int
    prod_list_status: str
    icon_id: str | None
    icon_link: str | None


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
                for sort in (
                    (),
                    ("prod_list_sort",),
                    ("prod_list_basic_price",),
                    ("prod_list_category", "prod_list_sort"),
                )
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
    def on_sale(cls, references: Sequence[str]) -> dict[str, Offer]:
        """Find products that can be bought now, each named by its record id or its `prod_list_id`.

        Returns: the offer by the reference it was asked by.
        Raises: `ProductUnavailable` when one is unknown, deleted or off sale.
        """
        asked = listed("reference", references) | {"now": clock.now()}
        offers = [Offer(*row) for row in _on_sale(len(references)).rows(asked)]
        # A record id wins over a business id of the same text: cart lines name products by it.
        found = {
            getattr(offer, name): offer for name in reversed(cls.BY_CLIENTS) for offer in offers
        }
        if missing := [reference for reference in references if reference not in found]:
            raise ProductUnavailable(f"not on sale: {', '.join(missing)}")
        return {reference: found[reference] for reference in references}

    @classmethod
    def is_on_sale(cls, record_id: str) -> bool:
        """Whether the product of this record id can be bought now."""
        return bool(cls.visible_to(None).where(cls.id == record_id).exists())


_BY_ID_ALONE = SimpleNamespace(
    is_delete=Product.is_delete, prod_list_status=Product.prod_list_status.concat("")
)
"""Products whose state no index is searched by: SQLite takes ten for what is on sale, and an id for more."""


@lru_cache(MAX_SHAPES)
def _on_sale(number: int) -> Statement:
    """Reads the offers named by `reference0`, `reference1` … so many."""
    wanted = params("reference", number)
    columns = [getattr(Product, name) for name in Offer._fields[:-2]]
    visible = Product.visible(_BY_ID_ALONE, None, Param("now"))
    query = Product.select(*columns, Attachment.id, Attachment.attachments_link)
    query = query.join(Attachment, JOIN.LEFT_OUTER, on=icon()).where(visible)
    # Not OR, for which SQLite would walk through all that is on sale.
    by_either = [query.where(getattr(Product, name) << wanted) for name in Product.BY_CLIENTS]
    return Statement(by_either[0].union_all(by_either[1]))


def icon() -> Expression:
    """The condition under which an attachment is the icon of a product, at the parameter `now`."""
    valid = Attachment.visible(Attachment, None, Param("now"))
    return (Attachment.id == Product.prod_list_icon) & valid


index_newest_first(Product, "prod_list_status", "is_delete")
