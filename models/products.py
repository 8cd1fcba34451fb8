"""Products (`tbl_product_list`): the catalogue. Everybody may see those on sale."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial, reduce
from operator import or_
from typing import Any, ClassVar, Final, NamedTuple, Self

from peewee import JOIN, Expression, Field, ModelAlias, ModelSelect, Node

from bai_wx.database.connection import among
from bai_wx.database.statement import Asked, Param, Statement
from bai_wx.errors import ProductUnavailable
from bai_wx.record import clock, ids
from bai_wx.record.base import FieldValues, Record, Rows, index_newest_first
from bai_wx.record.fields import Int, Json, Money, Relation, Select, Text
from bai_wx.record.problems import NO_PRICE, Problems
from models.attachments import Attachment

ON_SALE, OFF_SALE = "on_sale", "off_sale"


MAX_NAME: Final = 200  # characters


class Offer(NamedTuple):
    """A product on sale, with what cart and orders need of it. The price is in fen."""

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

    prod_list_id = Text(64, default=partial(ids.business_id, "P"), unique=True, server_made=True)
    prod_list_name = Text(MAX_NAME, required=True)
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
    prod_list_status = Select(ON_SALE, OFF_SALE, first=ON_SALE)
    prod_list_function = Json()
    prod_list_barcode = Text(64)
    prod_list_tags = Text()
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

    IS_COUNTED: ClassVar[bool] = True

    BY_CLIENTS: ClassVar[tuple[str, str]] = ("id", "prod_list_id")
    """The columns by which a hook may name a product."""

    @classmethod
    def shown(cls, rows: "Rows[Self]", openid: Node, now: Node) -> Expression:
        """Only products on sale."""
        return rows.prod_list_status == ON_SALE

    IMPORT_NOTES: ClassVar[Mapping[str, str]] = {
        "off_sale": "products taken off sale: {}; they name no price,"
        " or the price 0 without saying that they are on sale"
    }

    @classmethod
    def prepare_import(cls, given: FieldValues) -> Iterator[str]:
        """Take a product off sale that would be sold at 0 without its row saying both."""
        says_both = "prod_list_status" in given and "prod_list_basic_price" in given
        is_on_sale = given.get("prod_list_status", ON_SALE) == ON_SALE
        if is_on_sale and not given.get("prod_list_basic_price") and not says_both:
            given["prod_list_status"] = OFF_SALE
            yield "off_sale"

    @classmethod
    def check_values(
        cls, changes: Mapping[str, Any], stored: Mapping[str, Any], problems: Problems
    ) -> None:
        """Check that a product which is put on sale, or whose price changes, is not sold at 0."""
        if not changes.keys() & {"prod_list_status", "prod_list_basic_price"}:
            return
        whole = {**stored, **changes}
        if whole.get("prod_list_status") == ON_SALE and not whole.get("prod_list_basic_price"):
            problems.setdefault("prod_list_basic_price", NO_PRICE)

    @classmethod
    def on_sale(cls, references: Iterable[str]) -> dict[str, Offer]:
        """Find products that can be bought now, each named by its record id or its `prod_list_id`.

        Returns: the products by the names that were given.
        Raises: `ProductUnavailable` when one is unknown, deleted or off sale.
        """
        return cls.ask_on_sale(references)()

    @classmethod
    def ask_on_sale(cls, references: Iterable[str]) -> Callable[[], dict[str, Offer]]:
        """As `on_sale`, done when what is returned is called. See `Statement.ask`."""
        wanted = list(references)
        values = {f"name{place}": name for place, name in enumerate(wanted)}
        asked = _offers(len(wanted)).ask(values | {"now": clock.now()})
        return partial(cls._on_sale, wanted, asked)

    @classmethod
    def _on_sale(cls, wanted: list[str], asked: Asked) -> dict[str, Offer]:
        offers = [Offer(*row) for row in asked.rows()]
        # A record id wins over a business id of the same text: cart lines name products by it.
        found = {
            getattr(offer, name): offer for name in reversed(cls.BY_CLIENTS) for offer in offers
        }
        if missing := [reference for reference in wanted if reference not in found]:
            raise cls.unavailable(missing)
        return {reference: found[reference] for reference in wanted}

    @classmethod
    def unavailable(cls, references: list[str]) -> ProductUnavailable:
        """The error about these products. It gives the first one's name, if there is a row of it."""
        named = reduce(or_, (getattr(cls, column) == references[0] for column in cls.BY_CLIENTS))
        row = cls.select(cls.prod_list_name).where(named).first()
        return ProductUnavailable(
            f"not on sale: {', '.join(references)}",
            name=row.prod_list_name if row else _beginning(references[0]),
        )

    @classmethod
    def offer(cls, record_id: str) -> Offer:
        """The product of this record id. Raises: `ProductUnavailable` when it cannot be bought now."""
        for row in _offers(1).rows({"name0": record_id, "now": clock.now()}):
            offer = Offer(*row)
            if offer.id == record_id:
                return offer
        raise cls.unavailable([record_id])


def _beginning(text: str) -> str:
    """As much of what a client sent in an id's place as a name has: a toast shows it."""
    return text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}…"


index_newest_first(Product, "prod_list_status", "is_delete")


OFFERED: Final[Mapping[str, "Field[Any]"]] = {
    "id": Product.id,
    "prod_list_id": Product.prod_list_id,
    "prod_list_name": Product.prod_list_name,
    "prod_list_modelnumber": Product.prod_list_modelnumber,
    "prod_list_basic_price": Product.prod_list_basic_price,
    "prod_list_status": Product.prod_list_status,
    "icon_id": Attachment.id,
    "icon_link": Attachment.attachments_link,
}
"""The column each part of an `Offer` is read from."""


@cache
def _offers(number: int) -> Statement:
    """Reads the products on sale, with icons, of the ids `name0`, `name1` …, `number` of them, either id."""
    names = [Param(f"name{place}") for place in range(number)]
    # Not OR: with several names SQLite would then scan everything that is on sale.
    by_id, by_business_id = (_named(column, names) for column in Product.BY_CLIENTS)
    by_either = by_id.union_all(by_business_id)
    offers = (
        Product.select(*(OFFERED[part] for part in Offer._fields))
        .join(Attachment, JOIN.LEFT_OUTER, on=icon())
        .where(
            among(Product.seq, by_either),
            Product.visible(Product, None, Param("now")),
        )
    )
    return Statement(offers)


def icon() -> Expression:
    """The condition under which an attachment is a product's icon, at the parameter `now`."""
    valid = Attachment.visible(Attachment, None, Param("now"))
    return (Attachment.id == Product.prod_list_icon) & valid


def _named(column: str, names: list[Param]) -> "ModelSelect[Product]":
    """The `seq` of the products that have one of these names in this column."""
    product: ModelAlias[Product] = Product.alias()
    return product.select(product.seq).where(getattr(product, column) << names)
