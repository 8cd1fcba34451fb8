"""The cart (`tbl_cart`): one line an owner and product while active, until an order takes it."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any, ClassVar, Final, NotRequired, Self, TypedDict

from peewee import JOIN, SQL, Expression, Field, ModelSelect, fn

from bai_wx.database.connection import locked, retry_if_refused
from bai_wx.database.statement import Param, Statement
from bai_wx.errors import CartAlreadyOrdered, CartFull, CartLineExists, ValidationFailed
from bai_wx.record import clock, ids
from bai_wx.record.base import UNDELETED, Caller, Record, Verb, index_newest_first
from bai_wx.record.fields import Date, Int, Money, Relation, Select, Text
from bai_wx.record.hook_lists import HookList, ListAsk, ListPage
from bai_wx.record.problems import Problems
from bai_wx.record.readable_numbers import readable_number
from bai_wx.record.refusals import noted
from bai_wx.record.shape import Shape, optional, value
from models.attachments import FILE_URL, Attachment
from models.products import OFFERED, Offer, Product, icon

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

    _offer: Offer | None = None
    """The line's product, once it was seen that it can be bought."""

    OWNER: ClassVar[str | None] = "cart_owner"
    NOT_DELETED: ClassVar[SQL | int] = UNDELETED
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
    @retry_if_refused
    def add(
        cls, caller: Caller, product_reference: str, quantity: int, remark: str | None
    ) -> dict[str, Any]:
        """Put a product into the caller's cart, into its active line where there is one.

        The price is taken anew; the remark is replaced when one is given.
        Args: `product_reference` is the product's record id or its `prod_list_id`.
        Raises: `ProductUnavailable`, `CartFull`, `ValidationFailed` past 9,999 of one product.
        """
        with cls.writing(caller):
            product = Product.on_sale([product_reference])[product_reference]
            found = cls._active_line(caller.openid, product.id)
            line = found or cls._new_line(caller.openid)
            line._take(product)
            line._add_pieces(quantity)
            if remark is not None:
                line.set_remark(remark)
            if found is None:
                line.insert_row()
            else:
                line.touch()
                line.update_row("cart_product_quantity", "cart_at_price", "cart_remark", "updated")
            return line._with_product(product)

    @classmethod
    def _active_line(cls, openid: str, product_id: str) -> Self | None:
        return cls.first_of(_active_line(), {"openid": openid, "product_id": product_id})

    @classmethod
    def _new_line(cls, openid: str) -> Self:
        cls._refuse_full(openid)
        return cls(cart_owner=openid)

    @classmethod
    def _refuse_full(cls, openid: str) -> None:
        row = _ACTIVE_COUNT.row({"openid": openid})
        if row is not None and row[0] >= MAX_ACTIVE_LINES:
            raise CartFull

    @classmethod
    def _refuse_second(cls, openid: str, product_id: str) -> None:
        if cls._active_line(openid, product_id) is not None:
            raise CartLineExists

    def _refuse_ordered(self) -> None:
        if self.cart_status == ORDERED:
            raise CartAlreadyOrdered(self.cart_id)

    def _take(self, product: Offer) -> None:
        """Let the line be of this product, at its price of now: the one is never without the other."""
        self.cart_product_id = product.id
        self.cart_at_price = product.prod_list_basic_price
        self._offer = product

    def _offered(self) -> Offer:
        """The line's product. Raises: `ProductUnavailable` when it cannot be bought now."""
        if self._offer is None:
            self._offer = Product.offer(self.cart_product_id)
        return self._offer

    def exchange_product(self, product_id: str) -> None:
        """Let the line be of another product, named by its record id, and take its price.

        Raises: `CartAlreadyOrdered`, `ProductUnavailable`, `CartLineExists`.
        """
        self._refuse_ordered()
        product = Product.offer(product_id)
        self._refuse_second(self.cart_owner, product.id)
        self._take(product)

    def set_quantity(self, quantity: int) -> None:
        """Change how many, as many as the field allows; the price stays.

        Raises: `CartAlreadyOrdered`, `ProductUnavailable`.
        """
        self._refuse_ordered()
        if quantity != self.cart_product_quantity:
            self._offered()
        self.cart_product_quantity = quantity

    def _add_pieces(self, quantity: int) -> None:
        # JSON's 2.0 is an integer too.
        total = self.cart_product_quantity + int(quantity)
        if total > MAX_QUANTITY:
            raise ValidationFailed({"cart_product_quantity": f"单个商品最多 {MAX_QUANTITY} 件"})
        self.set_quantity(total)

    def set_remark(self, remark: str) -> None:
        """Change the remark. Raises: `CartAlreadyOrdered`."""
        self._refuse_ordered()
        self.cart_remark = remark

    VERBS: ClassVar[Mapping[str, Verb]] = {
        "cart_product_id": exchange_product,
        "cart_product_quantity": set_quantity,
        "cart_remark": set_remark,
    }

    def _with_product(self, product: Offer) -> dict[str, Any]:
        """The line as `CartRecord`, as reading it and its product back would make it."""
        return _encode(self.__data__, product)

    @classmethod
    def page(cls, caller: Caller, ask: ListAsk) -> ListPage:
        """A page of the caller's lines, as `CartRecord`s."""
        return CART_LIST.page(caller, ask)

    @classmethod
    def detail(cls, caller: Caller, cart_id: str) -> dict[str, Any]:
        """One of the caller's lines, as `CartRecord`. Raises: `NotFound`."""
        return CART_LIST.detail(caller, cart_id)

    @classmethod
    def change(cls, caller: Caller, cart_id: str, changes: CartChanges) -> dict[str, Any]:
        """Change quantity or remark of one of the caller's lines; the price stays.

        Raises: `NotFound`, `CartAlreadyOrdered`, `ProductUnavailable` where the quantity changes.
        """
        with cls.writing(caller):
            line = cls.to_change(caller, "cart_id", cart_id)
            line.apply(_whole(changes))
            line.touch()
            line.update_row("cart_product_quantity", "cart_remark", "updated")
            # The product is read once: as what is bought, or else, off sale or not, to be shown.
            return line._with_product(line._offer) if line._offer else cls.detail(caller, cart_id)

    @classmethod
    def remove(cls, caller: Caller, cart_id: str) -> None:
        """Delete one of the caller's lines softly, ordered or not. Raises: `NotFound`."""
        with cls.writing(caller):
            cls.to_change(caller, "cart_id", cart_id).mark_deleted()

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
        line = cls(cart_owner=caller.openid)
        product_id = values.get("cart_product_id", "")
        if "cart_product_id" not in problems:
            with noted(cls.collection(), problems):
                line._take(Product.offer(product_id))
                values["cart_at_price"] = line.cart_at_price
        with noted(cls.collection(), problems):
            cls._refuse_full(caller.openid)
        if not problems:
            with noted(cls.collection(), problems):
                cls._refuse_second(caller.openid, product_id)

    def prepare_update(self, changes: dict[str, Any], caller: Caller, problems: Problems) -> None:
        """Change what the verbs let change; another product brings its price."""
        before = self.cart_product_id
        super().prepare_update(changes, caller, problems)
        if self.cart_product_id != before:
            changes["cart_at_price"] = self.cart_at_price


# The rule that no path around these functions can break.
index_newest_first(CartLine, "cart_owner", "is_delete")
index_newest_first(CartLine, "cart_owner", "is_delete", "cart_status")
CartLine.add_index(
    CartLine.index(
        CartLine.cart_owner,
        CartLine.cart_product_id,
        unique=True,
        name="tbl_cart_one_active_line",
    ).where(CartLine.undeleted(CartLine) & (CartLine.cart_status == ACTIVE))
)


def _whole(changes: CartChanges) -> CartChanges:
    """The changes as columns hold them: JSON's 2.0 is an integer too."""
    if "cart_product_quantity" not in changes:
        return changes
    return {**changes, "cart_product_quantity": int(changes["cart_product_quantity"])}


def _active() -> Expression:
    """The lines of an owner that no order has taken; constants as the index has them, see `present`."""
    return (
        (CartLine.cart_owner == Param("openid"))
        & (CartLine.cart_status == SQL(f"'{ACTIVE}'"))
        & CartLine.undeleted(CartLine)
    )


@cache
def _active_line() -> Statement:
    """Reads and locks the active line of an owner and a product."""
    product = CartLine.cart_product_id == Param("product_id")
    return Statement(locked(CartLine.select().where(_active(), product)))


_ACTIVE_COUNT = Statement(CartLine.select(fn.COUNT(SQL("*"))).where(_active()))


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


def _source(column: "Field[Any]") -> str:
    """Where the value of a column of `CartRecord` is found: in `product`, an `Offer`, or in `line`."""
    for part, offered in OFFERED.items():
        if offered is column:
            return f"product.{part}"
    return f"line[{column.name!r}]"


_encode: Final = CART_RECORD.encoder("line, product", _source)


def _select(*columns: Any) -> "ModelSelect[CartLine]":
    """Lines with their product, off sale or not, and its icon; a deleted product is no product."""
    product = (Product.id == CartLine.cart_product_id) & Product.undeleted(Product)
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
