"""Orders (`tbl_order`): how they are placed, and the states they go through."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, partial
from typing import Any, ClassVar, Final, NamedTuple, NotRequired, Self, TypedDict

from peewee import TextField

from bai_wx.database.connection import ModelT, database, locked, retry_if_refused
from bai_wx.database.statement import Param, Statement
from bai_wx.errors import (
    CartAlreadyOrdered,
    NotFound,
    OrderInProgress,
    OrderRemarkFixed,
    OrderStateInvalid,
    ValidationFailed,
)
from bai_wx.record import clock, ids
from bai_wx.record.base import Caller, FieldValues, Record, Verb, index_newest_first
from bai_wx.record.fields import Date, Json, Money, Select, Text
from bai_wx.record.hook_lists import HookList, ListPage, ListQuery
from bai_wx.record.money import yuan_of
from bai_wx.record.problems import Problems
from bai_wx.record.readable_numbers import readable_number
from bai_wx.record.refusals import noted
from bai_wx.record.shape import JsonObject, Shape, value
from models import cart
from models.cart import CartLine
from models.order_snapshots import (
    Goods,
    OrderItem,
    SnapshotRefused,
    amount_of,
    goods_of,
    goods_sent,
    keywords_of,
    snapshot_of,
)
from models.products import Product

MAX_SOURCE_ID: Final = 1000  # characters


class Status(StrEnum):
    """The states of an order."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """How an order was placed: from the cart, or directly from products."""

    CART = "cart"
    PRODUCT = "product"


class Actor(StrEnum):
    """Who moves an order."""

    OWNER = "owner"
    OPERATOR = "operator"


TRANSITIONS: Final[Mapping[Actor, Mapping[str, frozenset[str]]]] = {
    Actor.OWNER: {
        Status.PENDING: frozenset({Status.CANCELLED}),
    },
    Actor.OPERATOR: {
        Status.PENDING: frozenset({Status.CONFIRMED}),
        Status.CONFIRMED: frozenset({Status.COMPLETED, Status.CANCELLED}),
    },
}
"""By actor and present state: the states that this actor may move the order to."""


class OrderChanges(TypedDict):
    """The changes of an order that a hook may ask for."""

    order_status: NotRequired[str]
    order_remark: NotRequired[str]


class Line(NamedTuple):
    """The columns of a cart line that placing an order needs."""

    seq: int
    cart_id: str
    cart_product_id: str
    cart_product_quantity: int
    cart_status: str


class Order(Record):
    """One order. `order_amount` is in fen. `order_keywords` is searched by `keyword`, and never answered."""

    order_id = Text(default=partial(ids.business_id, "O"), unique=True, server_made=True)
    order_number = Text(64, default=readable_number, unique=True, server_made=True)
    order_create = Date(default=clock.now, server_made=True)
    order_owner = Text(required=True)
    order_source = Select(*Source, required=True)
    order_source_id = Text(MAX_SOURCE_ID)
    order_status = Select(*Status, default=Status.PENDING.value)
    order_snap = Json()
    order_amount = Money()
    order_remark = Text(500)
    order_keywords = TextField(default="")

    OWNER: ClassVar[str | None] = "order_owner"
    SHOWN_AS: ClassVar[tuple[str, ...]] = ("OrderRecord",)
    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "order_owner",
            "order_source",
            "order_source_id",
            "order_snap",
            "order_amount",
            "order_remark",
        }
    )
    UPDATABLE: ClassVar[frozenset[str]] = frozenset({"order_remark", "order_status", "is_delete"})

    class Meta:
        table_name = "tbl_order"
        indexes = ((("order_owner", "is_delete", "seq"), False),)

    @classmethod
    @retry_if_refused
    def place_from_cart(
        cls, caller: Caller, cart_ids: Sequence[str], remark: str, expected_fen: int | None = None
    ) -> JsonObject:
        """Order lines of the caller's cart at the products' present prices; all of them or none.

        Args: `expected_fen` is the amount that the client expects; None where it sent none.
        Raises: `NotFound` for a line that is missing, deleted or another user's,
        `CartAlreadyOrdered`, `ProductUnavailable`, `AmountTooLarge`, `AmountChanged`.
        """
        with cls.writing(caller):
            lines = _active_lines(caller, cart_ids)
            ordered = snapshot_of(_goods_of_lines(lines), "cart_ids", expected_fen)
            _mark_ordered(lines)
            return cls._place(caller, Source.CART, cart_ids, ordered, remark)

    @classmethod
    @retry_if_refused
    def place_from_products(
        cls,
        caller: Caller,
        items: Sequence[OrderItem],
        remark: str,
        expected_fen: int | None = None,
    ) -> JsonObject:
        """Order products directly. Args: `expected_fen` as in `place_from_cart`.

        Raises: `ProductUnavailable`, `ValidationFailed` for a product named twice, `AmountTooLarge`,
        `AmountChanged`.
        """
        with cls.writing(caller):
            names = [item["prod_list_id"] for item in items]
            products = Product.on_sale(names)
            if len({product.id for product in products.values()}) < len(items):
                raise ValidationFailed({"items": "商品不能重复"})
            ordered = snapshot_of(goods_of(items, products), "items", expected_fen)
            return cls._place(caller, Source.PRODUCT, names, ordered, remark)

    @classmethod
    def _place(
        cls,
        caller: Caller,
        source: Source,
        names: Sequence[str],
        ordered: FieldValues,
        remark: str,
    ) -> JsonObject:
        order = cls(
            order_owner=caller.openid,
            order_source=source.value,
            order_source_id=",".join(names)[:MAX_SOURCE_ID],
            order_remark=remark,
            **ordered,
        )
        order.insert_row()
        return _encode(order.__data__)

    @classmethod
    def page(cls, caller: Caller, query: ListQuery) -> ListPage:
        """A page of the caller's orders, as `OrderRecord`s."""
        return ORDER_LIST.page(caller, query)

    @classmethod
    def detail(cls, caller: Caller, order_id: str) -> JsonObject:
        """One of the caller's orders, as `OrderRecord`. Raises: `NotFound`."""
        return ORDER_LIST.detail(caller, order_id)

    @classmethod
    def change(cls, caller: Caller, order_id: str, changes: OrderChanges) -> JsonObject:
        """Change the remark of a pending order, or cancel it.

        Raises: `NotFound`, `OrderStateInvalid`.
        """
        with cls.writing(caller):
            order = cls.to_change(caller, "order_id", order_id)
            order.apply(changes)
            order.touch()
            order.update_row("order_remark", "order_status", "updated")
            return cls.detail(caller, order_id)

    def rewrite_remark(self, remark: str) -> None:
        """Change the remark, in memory. Raises: `OrderRemarkFixed` unless the order is pending."""
        if self.order_status != Status.PENDING:
            raise OrderRemarkFixed(f"remark of a {self.order_status} order")
        self.order_remark = remark

    def move_by_owner(self, status: str) -> None:
        """Change the state, in memory, as its owner may. Raises: `OrderStateInvalid`."""
        self.move_to(status, Actor.OWNER)

    VERBS: ClassVar[Mapping[str, Verb]] = {
        "order_remark": rewrite_remark,
        "order_status": move_by_owner,
    }

    def can_move(self, status: str, actor: Actor) -> bool:
        """Whether this actor may move the order to that state."""
        return status in TRANSITIONS[actor].get(self.order_status, ())

    def move_to(self, status: str, actor: Actor) -> None:
        """Change the state, in memory. Raises: `OrderStateInvalid`."""
        if not self.can_move(status, actor):
            raise OrderStateInvalid(f"{actor} may not move {self.order_status} to {status}")
        self.order_status = status

    @classmethod
    def move(cls, order_id: str, status: str) -> Self:
        """Move any order, as the operator does. Raises: `NotFound`, `OrderStateInvalid`."""
        with database.atomic():
            undeleted = (cls.order_id == order_id) & cls.undeleted(cls)
            order: Self = _found(locked(cls.select().where(undeleted)).first())
            order.move_to(status, Actor.OPERATOR)
            order.touch()
            order.update_row("order_status", "updated")
            return order

    @classmethod
    def remove(cls, caller: Caller, order_id: str) -> None:
        """Delete one of the caller's orders softly. Raises: `NotFound`, `OrderInProgress`."""
        with cls.writing(caller):
            cls.to_change(caller, "order_id", order_id).mark_deleted()

    def mark_deleted(self) -> None:
        """Delete the order softly. Raises: `OrderInProgress` for a confirmed one."""
        if self.order_status == Status.CONFIRMED:
            raise OrderInProgress(self.order_id)
        super().mark_deleted()

    @classmethod
    def fill_derived(cls, values: FieldValues) -> None:
        """Fill `order_keywords`."""
        values["order_keywords"] = keywords_of(values.get("order_snap", ""))

    @classmethod
    def check_import(
        cls, values: Mapping[str, Any], shown: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Check that the amount is the total of the snapshot."""
        amount = amount_of(shown["order_snap"])
        if amount is not None and amount != values["order_amount"]:
            yield "order_amount", f"must be {yuan_of(amount)}, the total of order_snap"

    @classmethod
    def may_create(cls, values: FieldValues, caller: Caller | None) -> bool:
        """Only the caller itself may be the owner of a new order."""
        return caller is not None and values.get("order_owner") == caller.openid

    def may_update(self, caller: Caller | None, values: FieldValues) -> bool:
        """Only the owner may change an order, and not its owner."""
        return caller is not None and values.get("order_owner", caller.openid) == caller.openid

    @classmethod
    def prepare_create(cls, values: FieldValues, caller: Caller, problems: Problems) -> None:
        """Fill snapshot and amount from the ids and quantities sent, at the products' own prices."""
        expected_fen = values.get("order_amount")
        with noted(cls.collection(), problems):
            try:
                goods = goods_sent(values.get("order_snap", ""))
            except SnapshotRefused as refused:
                problems["order_snap"] = refused.problem
                return
            values.update(snapshot_of(goods, "order_snap", expected_fen))


def _found(order: ModelT | None) -> ModelT:
    if order is None:
        raise NotFound
    return order


def _active_lines(caller: Caller, cart_ids: Sequence[str]) -> list[Line]:
    """The caller's lines of these ids, in their order. Raises: `NotFound`, `CartAlreadyOrdered`."""
    values = {f"name{place}": cart_id for place, cart_id in enumerate(cart_ids)}
    rows = _lines(len(cart_ids)).rows(values | {"openid": caller.openid, "now": clock.now()})
    found = {line.cart_id: line for line in (Line(*row) for row in rows)}
    if len(found) < len(cart_ids):
        raise NotFound
    if ordered := [name for name, line in found.items() if line.cart_status != cart.ACTIVE]:
        raise CartAlreadyOrdered(", ".join(ordered))
    return [found[cart_id] for cart_id in cart_ids]


def _goods_of_lines(lines: Sequence[Line]) -> list[Goods]:
    products = Product.on_sale([line.cart_product_id for line in lines])
    return [Goods(products[line.cart_product_id], line.cart_product_quantity) for line in lines]


def _mark_ordered(lines: Sequence[Line]) -> None:
    """Mark lines as ordered. Raises: `CartAlreadyOrdered` when another order took one meanwhile."""
    values = {f"seq{place}": line.seq for place, line in enumerate(lines)}
    taken = _marking(len(lines)).write(values | {"updated": clock.now()})
    if taken.rowcount != len(lines):
        raise CartAlreadyOrdered


@cache
def _lines(number: int) -> Statement:
    """Reads and locks the caller's cart lines of the ids `name0`, `name1` …, `number` of them."""
    names = [Param(f"name{place}") for place in range(number)]
    visible = CartLine.visible(CartLine, Param("openid"), Param("now"))
    columns = [getattr(CartLine, name) for name in Line._fields]
    return Statement(locked(CartLine.select(*columns).where(visible, CartLine.cart_id << names)))


@cache
def _marking(number: int) -> Statement:
    """Marks the lines `seq0`, `seq1` …, `number` of them, as ordered where they are still active."""
    seqs = [Param(f"seq{place}") for place in range(number)]
    row = {CartLine.cart_status: cart.ORDERED, CartLine.updated: Param("updated")}
    return Statement(
        CartLine.update(row).where(
            CartLine.seq << seqs,
            CartLine.cart_status == cart.ACTIVE,
            CartLine.undeleted(CartLine),
        )
    )


ORDER_RECORD = Shape(
    {
        "pb_id": value(Order.id),
        "created": value(Order.created),
        "updated": value(Order.updated),
        "order_id": value(Order.order_id),
        "order_number": value(Order.order_number),
        "order_create": value(Order.order_create),
        "order_owner": value(Order.order_owner),
        "order_source": value(Order.order_source),
        "order_source_id": value(Order.order_source_id),
        "order_status": value(Order.order_status),
        "order_snap": value(Order.order_snap),
        "order_amount": value(Order.order_amount),
        "order_remark": value(Order.order_remark),
    }
)
"""`OrderRecord` of the contract."""

_encode: Final = ORDER_RECORD.encoder("order", lambda column: f"order[{column.name!r}]")


ORDER_LIST = HookList(
    model=Order,
    select=Order.select,
    shape=ORDER_RECORD,
    searched=(Order.order_number, Order.order_remark, Order.order_keywords),
    sortable={
        "created": Order.created,
        "updated": Order.updated,
        "order_create": Order.order_create,
        "order_number": Order.order_number,
        "order_status": Order.order_status,
        "order_amount": Order.order_amount,
    },
    status=Order.order_status,
    named_by=Order.order_id,
)


index_newest_first(Order, "order_owner", "is_delete")
index_newest_first(Order, "order_owner", "is_delete", "order_status")
