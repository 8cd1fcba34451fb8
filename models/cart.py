"""The cart (`tbl_cart`): one line an owner and product while active, until an order takes it."""

from functools import partial
from typing import Any, ClassVar, NotRequired, Self, TypedDict

from peewee import JOIN, SQL, Expression, ModelSelect, fn

from errors import CartAlreadyOrdered, CartFull, NotFound, ValidationFailed
from models import clock, ids
from models.attachments import FILE_URL, Attachment
from models.base import UNDELETED, Caller, Record, index_newest_first
from models.database import database
from models.fields import Date, Int, Money, Relation, Select, Text
from models.listing import HookList, ListAsk, ListPage
from models.numbers import readable_number
from models.problems import (
    CART_FULL,
    INVALID_TRANSITION,
    MISSING_RELATION,
    NOT_UNIQUE,
    Problems,
)
from models.products import Offer, Product, icon
from models.shape import Shape, optional, value
from models.statement import Param, Statement
from models.users import hold

ACTIVE, ORDERED = "active", "ordered"
MAX_QUANTITY = 9999
MAX_ACTIVE_LINES = 200


class CartChanges(TypedDict):
    """What a hook may change of a line."""

    cart_product_quantity: NotRequired[int]
    cart_remark: NotRequired[str]


class CartLine(Record):
    """So many of one product. `cart_at_price` is in fen: the price when the line was written."""

    cart_id = Text(default=partial(ids.business_id, "CART"), unique=True, server_made=True)
    cart_number = Text(64, default=readable_number, server_made=True)
    cart_create = Date(default=clock.now, server_made=True)
    cart_owner = Text(required=True)
    cart_product_id = Relation("tbl_product_list", required=True)
    cart_product_quantity = Int(1, MAX_QUANTITY, required=True)
    cart_at_price = Money(server_made=True)
    cart_status = Select(ACTIVE, ORDERED, default=ACTIVE)
    cart_remark = Text(500)

    OWNER: ClassVar[str | None] = "cart_owner"
    NOT_DELETED: ClassVar[Any] = UNDELETED
    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {"cart_owner", "cart_product_id", "cart_product_quantity", "cart_remark"}
    )
    UPDATABLE: ClassVar[frozenset[str]] = frozenset(
        {"cart_product_id", "cart_product_quantity", "cart_remark", "is_delete"}
    )

    class Meta:
        table_name = "tbl_cart"
        indexes = ((("cart_owner", "is_delete", "seq"), False),)

    @classmethod
    def add(
        cls, caller: Caller, product_reference: str, quantity: int, remark: str | None
    ) -> dict[str, Any]:
        """Put a product into the caller's cart, into its active line where there is one.

        The price is taken anew; the remark is replaced when one is given.
        Args: `product_reference` is the product's record id or its `prod_list_id`.
        Raises: `ProductUnavailable`, `CartFull`, `ValidationFailed` past 9,999 of one product.
        """
        with database.atomic():
            hold(caller.openid)
            product = Product.on_sale([product_reference])[product_reference]
            line = cls._active_line(caller.openid, product.id)
            if line is None:
                line = cls._new_line(caller.openid, product)
                line._take(product, quantity, remark)
                line.insert_row()
            else:
                line.touch()
                line._take(product, quantity, remark)
                line.update_row("cart_product_quantity", "cart_at_price", "cart_remark", "updated")
            return line._with_product(product)

    @classmethod
    def _active_line(cls, openid: str, product_id: str) -> Self | None:
        return cls.first_of(_ACTIVE_LINE, {"openid": openid, "product_id": product_id})

    @classmethod
    def _is_full(cls, openid: str) -> bool:
        row = _ACTIVE_COUNT.row({"openid": openid})
        return row is not None and row[0] >= MAX_ACTIVE_LINES

    @classmethod
    def _new_line(cls, openid: str, product: Offer) -> Self:
        if cls._is_full(openid):
            raise CartFull
        return cls(cart_owner=openid, cart_product_id=product.id)

    def _take(self, product: Offer, quantity: int, remark: str | None) -> None:
        self.cart_product_quantity += int(quantity)  # JSON's 2.0 is an integer too
        if self.cart_product_quantity > MAX_QUANTITY:
            raise ValidationFailed({"cart_product_quantity": f"单个商品最多 {MAX_QUANTITY} 件"})
        self.cart_at_price = product.prod_list_basic_price
        if remark is not None:
            self.cart_remark = remark

    def _with_product(self, product: Offer) -> dict[str, Any]:
        """The line as `CartRecord`, as reading it and its product back would make it."""
        own = CART_RECORD.columns[: -len(product[1:])]
        row = (*(self.__data__[column.name] for column in own), *product[1:])
        return CART_RECORD.encode([row])[0]

    @classmethod
    def page(cls, caller: Caller, ask: ListAsk) -> ListPage:
        """A page of the caller's lines, as `CartRecord`s."""
        return CART_LIST.page(caller, ask)

    @classmethod
    def detail(cls, caller: Caller, cart_id: str) -> dict[str, Any]:
        """One of the caller's lines, as `CartRecord`. Raises: `NotFound`."""
        return CART_LIST.detail(caller, cart_id)

    @classmethod
    def find(cls, caller: Caller, cart_id: str) -> Self:
        """One of the caller's lines. Raises: `NotFound`."""
        values = {"openid": caller.openid, "cart_id": cart_id, "now": clock.now()}
        line = cls.first_of(_BY_CART_ID, values)
        if line is None:
            raise NotFound
        return line

    @classmethod
    def change(cls, caller: Caller, cart_id: str, changes: CartChanges) -> dict[str, Any]:
        """Change quantity or remark of one of the caller's lines; the price stays.

        Raises: `NotFound`, `CartAlreadyOrdered`.
        """
        with database.atomic():
            hold(caller.openid)
            line = cls.find(caller, cart_id)
            if line.cart_status == ORDERED:
                raise CartAlreadyOrdered(cart_id)
            if "cart_product_quantity" in changes:
                line.cart_product_quantity = int(changes["cart_product_quantity"])
            if "cart_remark" in changes:
                line.cart_remark = changes["cart_remark"]
            line.touch()
            line.update_row("cart_product_quantity", "cart_remark", "updated")
            return cls.detail(caller, cart_id)

    @classmethod
    def remove(cls, caller: Caller, cart_id: str) -> None:
        """Delete one of the caller's lines softly, ordered or not. Raises: `NotFound`."""
        with database.atomic():
            hold(caller.openid)
            cls.find(caller, cart_id).mark_deleted()

    @classmethod
    def may_create(cls, values: dict[str, Any], caller: Caller | None) -> bool:
        """Only into one's own cart, naming oneself."""
        return caller is not None and values.get("cart_owner") == caller.openid

    def may_update(self, caller: Caller | None, values: dict[str, Any]) -> bool:
        """Only one's own line, and not to hand it to somebody else."""
        return caller is not None and values.get("cart_owner", caller.openid) == caller.openid

    @classmethod
    def prepare_create(cls, values: dict[str, Any], caller: Caller, problems: Problems) -> None:
        """Take the product's price; refuse what is not on sale, a second line, a full cart."""
        hold(caller.openid)
        if "cart_product_id" not in problems:
            _price(values, problems)
        if "cart_owner" not in problems and cls._is_full(caller.openid):
            problems["cart_owner"] = CART_FULL
        if not problems:
            cls._refuse_second_line(caller.openid, values["cart_product_id"], problems)

    def prepare_update(self, changes: dict[str, Any], caller: Caller, problems: Problems) -> None:
        """Deleting is all that can be done to an ordered line; another product brings its price."""
        if self.is_delete_asked(changes, problems):
            return
        if self.cart_status == ORDERED:
            if any(value != getattr(self, name) for name, value in changes.items()):
                problems["cart_status"] = INVALID_TRANSITION
            return
        product_id = changes.get("cart_product_id", self.cart_product_id)
        if product_id != self.cart_product_id and "cart_product_id" not in problems:
            _price(changes, problems)
            if not problems:
                self._refuse_second_line(caller.openid, product_id, problems)

    @classmethod
    def _refuse_second_line(cls, openid: str, product_id: str, problems: Problems) -> None:
        if cls._active_line(openid, product_id) is not None:
            problems["cart_owner"] = problems["cart_product_id"] = NOT_UNIQUE


# The rule that no path around these functions can break.
index_newest_first(CartLine, "cart_owner", "is_delete")
index_newest_first(CartLine, "cart_owner", "is_delete", "cart_status")
CartLine.add_index(
    CartLine.index(
        CartLine.cart_owner,
        CartLine.cart_product_id,
        unique=True,
        name="tbl_cart_one_active_line",
    ).where((CartLine.is_delete == 0) & (CartLine.cart_status == ACTIVE))
)


def _price(values: dict[str, Any], problems: Problems) -> None:
    """Set the price of the line's product, or note that it cannot be bought."""
    product = Product.offer(values["cart_product_id"])
    if product is None:
        problems["cart_product_id"] = MISSING_RELATION
    else:
        values["cart_at_price"] = product.prod_list_basic_price


def _active() -> Expression:
    """The lines of an owner that no order has taken; constants as the index has them, see `present`."""
    return (
        (CartLine.cart_owner == Param("openid"))
        & (CartLine.cart_status == SQL(f"'{ACTIVE}'"))
        & (CartLine.is_delete == UNDELETED)
    )


_ACTIVE_LINE = Statement(
    CartLine.select().where(_active(), CartLine.cart_product_id == Param("product_id"))
)
_ACTIVE_COUNT = Statement(CartLine.select(fn.COUNT(SQL("*"))).where(_active()))
_BY_CART_ID = Statement(
    CartLine.select().where(
        CartLine.visible(CartLine, Param("openid"), Param("now")),
        CartLine.cart_id == Param("cart_id"),
    )
)

CART_RECORD = Shape(
    {
        "pb_id": value(CartLine.id),
        "created": value(CartLine.created),
        "updated": value(CartLine.updated),
        "cart_id": value(CartLine.cart_id),
        "cart_number": value(CartLine.cart_number),
        "cart_create": value(CartLine.cart_create),
        "cart_owner": value(CartLine.cart_owner),
        "cart_product_id": value(CartLine.cart_product_id),
        "cart_product_quantity": value(CartLine.cart_product_quantity),
        "cart_at_price": value(CartLine.cart_at_price),
        "cart_status": value(CartLine.cart_status),
        "cart_remark": value(CartLine.cart_remark),
        "product": optional(
            Product.prod_list_id,
            {
                "prod_list_id": value(Product.prod_list_id),
                "prod_list_name": value(Product.prod_list_name),
                "prod_list_modelnumber": value(Product.prod_list_modelnumber),
                "prod_list_basic_price": value(Product.prod_list_basic_price),
                "prod_list_status": value(Product.prod_list_status),
                "prod_list_icon_url": FILE_URL,
            },
        ),
    }
)
"""`CartRecord` of the contract, from a line, its product and that one's icon."""


def _select(*columns: Any) -> "ModelSelect[CartLine]":
    """Lines with their product, off sale or not, and its icon; a deleted product is no product."""
    product = (Product.id == CartLine.cart_product_id) & (Product.is_delete == 0)
    return (
        CartLine.select(*columns)
        .join(Product, JOIN.LEFT_OUTER, on=product)
        .join(Attachment, JOIN.LEFT_OUTER, on=icon())
    )


CART_LIST = HookList(
    model=CartLine,
    select=_select,
    shape=CART_RECORD,
    searched=(
        CartLine.cart_number,
        CartLine.cart_remark,
        Product.prod_list_name,
        Product.prod_list_modelnumber,
    ),
    sortable={
        "created": CartLine.created,
        "updated": CartLine.updated,
        "cart_create": CartLine.cart_create,
        "cart_number": CartLine.cart_number,
        "cart_status": CartLine.cart_status,
        "cart_product_quantity": CartLine.cart_product_quantity,
        "cart_at_price": CartLine.cart_at_price,
    },
    status=CartLine.cart_status,
    named_by=CartLine.cart_id,
)
