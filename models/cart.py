"""The cart (`tbl_cart`). An owner has one active line of a product, until an order takes the line."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, ClassVar, Final

from peewee import JOIN, SQL, Expression, Field, ModelSelect, fn

from bai_wx.database.connection import locked, retry_if_refused
from bai_wx.database.statement import Asked, Param, Statement
from bai_wx.errors import CartAlreadyOrdered, CartFull, CartLineExists, ValidationFailed
from bai_wx.record import clock, ids
from bai_wx.record.base import UNDELETED, Caller, FieldValues, Record, Verb, index_newest_first
from bai_wx.record.fields import Date, Int, Money, Relation, Select, Text
from bai_wx.record.hook_lists import HookList, ListPage, ListQuery
from bai_wx.record.problems import Problems
from bai_wx.record.quotas import RowQuotas, made_in_a_day
from bai_wx.record.readable_numbers import readable_number
from bai_wx.record.refusals import noted
from bai_wx.record.shape import JsonObject, Shape, constant, joined, optional, value
from models.attachments import FILE_URL, Attachment
from models.cart_changes import CHANGED_BY_HOOK, CartChanges, as_columns, leave_out_empty_number
from models.products import OFFERED, Offer, Product, icon

ACTIVE, ORDERED = "active", "ordered"
MAX_QUANTITY = 9999
MAX_ACTIVE_LINES = 200


class CartLine(Record):
    """A product and its quantity. `cart_at_price` is in fen: the price when the line was written.

    `cart_number` is the client's name for the line or for a group of them; a line without one gets a
    number of its own.
    """

    cart_id = Text(64, default=partial(ids.business_id, "CART"), unique=True, server_made=True)
    cart_number = Text(64, default=readable_number)
    cart_create = Date(default=clock.now, server_made=True)
    cart_owner = Text(100, required=True)
    cart_product_id = Relation("tbl_product_list", required=True)
    cart_product_quantity = Int(1, MAX_QUANTITY, required=True)
    cart_at_price = Money(server_made=True)
    cart_status = Select(ACTIVE, ORDERED, default=ACTIVE)
    cart_remark = Text(500)

    _offer: Offer | None = None
    """The line's product, after it was found to be on sale."""

    OWNER: ClassVar[str | None] = "cart_owner"
    OPERATOR_CREATES: ClassVar[bool] = False
    OPERATOR_DELETES: ClassVar[bool] = False
    SHOWN_AS: ClassVar[tuple[str, ...]] = ("CartRecord",)
    NOT_DELETED: ClassVar[SQL | int] = UNDELETED
    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {"cart_number", "cart_owner", "cart_product_id", "cart_product_quantity", "cart_remark"}
    )
    UPDATABLE: ClassVar[frozenset[str]] = frozenset(
        {"cart_number", "cart_product_id", "cart_product_quantity", "cart_remark", "is_delete"}
    )

    class Meta:
        table_name = "tbl_cart"
        indexes = ((("cart_owner", "is_delete", "seq"), False),)

    @classmethod
    def set_by_operator(cls) -> frozenset[str]:
        """None: a cart is its owner's."""
        return frozenset()

    @classmethod
    @retry_if_refused
    def add(
        cls,
        caller: Caller,
        product_reference: str,
        quantity: int,
        remark: str | None,
        number: str | None = None,
    ) -> JsonObject:
        """Put a product into the caller's cart, into its active line where there is one.

        The line gets the product's present price. A remark and a number, if given, replace the line's.
        Args: `product_reference` is the product's record id or its `prod_list_id`. A `number` of `""` is
        none.
        Raises: `ProductUnavailable`, `CartFull`, `ValidationFailed` past 9,999 of one product.
        """
        with cls.writing(caller):
            offers = Product.ask_on_sale([product_reference])
            # Most clients name a product by its record id. Then all that is read comes in one round trip.
            asked = cls._ask_active_line(caller.openid, product_reference)
            refuse_full = cls._ask_whether_full(caller.openid)
            refuse_too_many = _QUOTAS.ask(caller.openid)
            product = offers()[product_reference]
            if product.id != product_reference:
                asked = cls._ask_active_line(caller.openid, product.id)
            found = cls.of_row(asked.row())
            if found is None:
                refuse_full()
                refuse_too_many()
            line = found or cls(cart_owner=caller.openid)
            line._set_product(product)
            line._add_pieces(quantity)
            if remark is not None:
                line.set_remark(remark)
            if number:
                line.set_number(number)
            if found is None:
                line.insert_row()
            else:
                line.touch()
                line.update_row(*CHANGED_BY_HOOK, "cart_at_price", "updated")
            return line._with_product(product)

    @classmethod
    def _ask_active_line(cls, openid: str, product_id: str) -> Asked:
        return _active_line().ask({"openid": openid, "product_id": product_id})

    @classmethod
    def _ask_whether_full(cls, openid: str) -> Callable[[], None]:
        """Raises `CartFull`, when it is called, where the owner has as many lines as may be."""
        return partial(cls._refuse_full, _ACTIVE_COUNT.ask({"openid": openid}))

    @classmethod
    def _refuse_full(cls, counted: Asked) -> None:
        row = counted.row()
        if row is not None and row[0] >= MAX_ACTIVE_LINES:
            raise CartFull

    @classmethod
    def _refuse_second(cls, openid: str, product_id: str) -> None:
        if cls._ask_active_line(openid, product_id).row() is not None:
            raise CartLineExists

    def _refuse_ordered(self) -> None:
        if self.cart_status == ORDERED:
            raise CartAlreadyOrdered(self.cart_id)

    def _set_product(self, product: Offer) -> None:
        """Set product and price together: the line has the product's present price."""
        self.cart_product_id = product.id
        self.cart_at_price = product.prod_list_basic_price
        self._offer = product

    def _require_offer(self) -> Offer:
        """The line's product as an offer. Raises: `ProductUnavailable` when it is not on sale."""
        if self._offer is None:
            self._offer = Product.offer(self.cart_product_id)
        return self._offer

    def exchange_product(self, product_id: str) -> None:
        """Change the product, named by its record id, and the price with it.

        Raises: `CartAlreadyOrdered`, `ProductUnavailable`, `CartLineExists`.
        """
        self._refuse_ordered()
        product = Product.offer(product_id)
        self._refuse_second(self.cart_owner, product.id)
        self._set_product(product)

    def set_quantity(self, quantity: int) -> None:
        """Change the quantity, whose limits the field has checked. The price stays.

        Raises: `CartAlreadyOrdered`, `ProductUnavailable`.
        """
        self._refuse_ordered()
        if quantity != self.cart_product_quantity:
            self._require_offer()
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

    def set_number(self, number: str) -> None:
        """Put the line into another group. Raises: `CartAlreadyOrdered`."""
        self._refuse_ordered()
        self.cart_number = number

    VERBS: ClassVar[Mapping[str, Verb]] = {
        "cart_number": set_number,
        "cart_product_id": exchange_product,
        "cart_product_quantity": set_quantity,
        "cart_remark": set_remark,
    }

    def _with_product(self, product: Offer) -> JsonObject:
        """The line as `CartRecord`: equal to what reading line and product back would give."""
        return _encode(self.__data__, product)

    @classmethod
    def page(cls, caller: Caller, query: ListQuery) -> ListPage:
        """A page of the caller's lines, as `CartRecord`s."""
        return CART_LIST.page(caller, query)

    @classmethod
    def detail(cls, caller: Caller, cart_id: str) -> JsonObject:
        """One of the caller's lines, as `CartRecord`. Raises: `NotFound`."""
        return CART_LIST.detail(caller, cart_id)

    @classmethod
    def change(cls, caller: Caller, cart_id: str, changes: CartChanges) -> JsonObject:
        """Change group, quantity or remark of one of the caller's lines; the price stays.

        Args: other keys of `changes` are ignored.
        Raises: `NotFound`, `CartAlreadyOrdered`, `ProductUnavailable` where the quantity changes.
        """
        with cls.writing(caller):
            line = cls.to_change(caller, "cart_id", cart_id)
            if line.apply(as_columns(changes)):
                line.touch()
                line.update_row(*CHANGED_BY_HOOK, "updated")
            # The product is read once: as the offer, or by `detail`, which shows it on sale or not.
            return line._with_product(line._offer) if line._offer else cls.detail(caller, cart_id)

    @classmethod
    def remove(cls, caller: Caller, cart_id: str) -> None:
        """Delete one of the caller's lines softly, ordered or not. Raises: `NotFound`."""
        with cls.writing(caller):
            cls.to_change(caller, "cart_id", cart_id).mark_deleted()

    @classmethod
    def may_create(cls, values: FieldValues, caller: Caller | None) -> bool:
        """Only the caller itself may be the owner of a new line."""
        return caller is not None and values.get("cart_owner") == caller.openid

    def may_update(self, caller: Caller | None, values: FieldValues) -> bool:
        """Only the owner may change a line, and not its owner."""
        return caller is not None and values.get("cart_owner", caller.openid) == caller.openid

    @classmethod
    def prepare_create(cls, values: FieldValues, caller: Caller, problems: Problems) -> None:
        """Fill price and number; refuse a product that is not on sale, a second line, a full cart."""
        refuse_full = cls._ask_whether_full(caller.openid)
        _QUOTAS.check(caller.openid)
        leave_out_empty_number(values)
        line = cls(cart_owner=caller.openid)
        product_id = values.get("cart_product_id", "")
        if "cart_product_id" not in problems:
            with noted(cls.collection(), problems):
                line._set_product(Product.offer(product_id))
                values["cart_at_price"] = line.cart_at_price
        with noted(cls.collection(), problems):
            refuse_full()
        if not problems:
            with noted(cls.collection(), problems):
                cls._refuse_second(caller.openid, product_id)

    def prepare_update(self, changes: FieldValues, caller: Caller, problems: Problems) -> None:
        """Apply the verbs. A changed product changes the price too."""
        leave_out_empty_number(changes)
        before = self.cart_product_id
        super().prepare_update(changes, caller, problems)
        if self.cart_product_id != before:
            changes["cart_at_price"] = self.cart_at_price


index_newest_first(CartLine, "cart_owner", "is_delete")
index_newest_first(CartLine, "cart_owner", "is_delete", "cart_status")
# One active line of a product, for every writer: the database itself refuses a second.
CartLine.add_index(
    CartLine.index(
        CartLine.cart_owner,
        CartLine.cart_product_id,
        unique=True,
        name="tbl_cart_one_active_line",
    ).where(CartLine.undeleted(CartLine) & (CartLine.cart_status == ACTIVE))
)


def active() -> Expression:
    """The condition of an owner's active lines, with constants as in the index (see `UNDELETED`)."""
    return (
        (CartLine.cart_owner == Param("openid"))
        & (CartLine.cart_status == SQL(f"'{ACTIVE}'"))
        & CartLine.undeleted(CartLine)
    )


@cache
def _active_line() -> Statement:
    """Reads and locks the active line of an owner and a product."""
    product = CartLine.cart_product_id == Param("product_id")
    return Statement(locked(CartLine.select().where(active(), product)))


_QUOTAS = RowQuotas(
    made_in_a_day("cart-lines-a-day", CartLine.cart_owner, "今天加入购物车的次数太多，请明天再试")
)
_ACTIVE_COUNT = Statement(CartLine.select(fn.COUNT(SQL("*"))).where(active()))


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
        "is_delete": constant(0),
        "product_name": joined(Product.prod_list_name),
        "product_modelnumber": joined(Product.prod_list_modelnumber),
        "product_basic_price": joined(Product.prod_list_basic_price),
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
    """Lines with their product, on sale or not, and its icon. A deleted product counts as none."""
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
        CartLine.cart_id,
        CartLine.cart_number,
        CartLine.cart_product_id,
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
    number=CartLine.cart_number,
    named_by=CartLine.cart_id,
)
