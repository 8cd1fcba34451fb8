"""Orders (`tbl_order`): how they are placed, and the states they go through."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Final, NotRequired, Self, TypedDict

from peewee import SQL, TextField

from bai_wx.database.connection import ModelT, database, locked, retry_if_refused
from bai_wx.database.statement import Param, Statement
from bai_wx.errors import (
    ApiError,
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
from bai_wx.record.money import expected_fen, yuan_of
from bai_wx.record.problems import Problems
from bai_wx.record.quotas import RowQuotas, made_in_a_day, owned
from bai_wx.record.readable_numbers import readable_number
from bai_wx.record.refusals import noted
from bai_wx.record.shape import JsonObject, Shape, constant, value
from models.order_lines import mark_ordered
from models.order_requests import OrderCreateBody, OrderRequest, Source
from models.order_snapshots import (
    SnapshotRefused,
    amount_of,
    goods_sent,
    keywords_of,
    snapshot_of,
)

MAX_SOURCE_ID: Final = 1000  # characters


class Status(StrEnum):
    """The states of an order."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


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


class Order(Record):
    """One order. `order_amount` is in fen. `order_keywords` is searched by `keyword`, and never answered."""

    order_id = Text(64, default=partial(ids.business_id, "O"), unique=True, server_made=True)
    order_number = Text(64, default=readable_number)
    order_create = Date(default=clock.now, server_made=True)
    order_owner = Text(100, required=True)
    order_source = Select(*Source, required=True)
    order_source_id = Text(MAX_SOURCE_ID)
    order_status = Select(*Status, default=Status.PENDING.value)
    order_snap = Json()
    order_amount = Money()
    order_remark = Text(500)
    order_keywords = TextField(default="")

    OWNER: ClassVar[str | None] = "order_owner"
    OPERATOR_CREATES: ClassVar[bool] = False
    SHOWN_AS: ClassVar[tuple[str, ...]] = ("OrderRecord",)
    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "order_number",
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
        indexes = (
            (("order_owner", "is_delete", "seq"), False),
            # The number first: the operator looks through them for one, whoever owns the order.
            (("order_number", "order_owner"), True),
        )

    @classmethod
    def set_by_operator(cls) -> frozenset[str]:
        """None: the operator moves an order, and changes nothing else of it."""
        return frozenset()

    @classmethod
    @retry_if_refused
    def place(cls, caller: Caller, body: OrderCreateBody) -> JsonObject:
        """Order lines of the caller's cart, or products, at the products' present prices; all or nothing.

        Raises: `NotFound` for a line that is missing, deleted or another user's, `CartAlreadyOrdered`,
        `ProductUnavailable`, `AmountTooLarge`, `AmountChanged`, `ValidationFailed` for goods that cannot
        be told and for a number that an order of this owner has.
        """
        request = OrderRequest.read(body)
        with cls.writing(caller):
            refuse_too_many = _QUOTAS.ask(caller.openid)
            number = cls._ask_number(caller.openid, body.get("order_number"))
            try:
                ordered = request.ordered(caller)
            except ApiError:
                refuse_too_many()  # first, whatever else is wrong
                raise
            refuse_too_many()
            expected = expected_fen(body.get("order_amount"))
            snapshot = snapshot_of(ordered.goods, ordered.field, expected)
            order = cls(
                order_owner=caller.openid,
                order_number=number(),
                order_source=ordered.source.value,
                order_source_id=",".join(ordered.names)[:MAX_SOURCE_ID],
                order_remark=body.get("order_remark", ""),
                **snapshot,
            )
            if ordered.lines:
                mark_ordered(caller, ordered.lines)
            order.insert_row()
            return _encode(order.__data__)

    @classmethod
    def _ask_number(cls, openid: str, sent: str | None) -> Callable[[], str]:
        """Gives, when it is called, the number that was sent, or a new one. Raises then: `ValidationFailed`.

        An order of this owner has a new one as good as never, and then the unique index refuses it: `place` is
        done once more.
        """
        if not sent:
            return readable_number
        asked = _SAME_NUMBER.ask({"openid": openid, "number": sent})

        def number() -> str:
            if asked.row() is not None:
                raise ValidationFailed({"order_number": "已被使用"})
            return sent

        return number

    @classmethod
    def _ask_new_number(cls, openid: str) -> Callable[[], str]:
        """Gives, when it is called, a number that no order of this owner has: clients send their own.

        Nobody can have sent it for an order of another's, as nobody can guess it (`readable_number`).
        """
        made = readable_number()
        asked = _SAME_NUMBER.ask({"openid": openid, "number": made})
        return lambda: made if asked.row() is None else cls._ask_new_number(openid)()

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
        """Change the remark of a pending order, or cancel it. Other keys of `changes` are ignored.

        Raises: `NotFound`, `OrderStateInvalid`.
        """
        with cls.writing(caller):
            order = cls.to_change(caller, "order_id", order_id)
            if order.apply(changes):
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
        refuse_too_many = _QUOTAS.ask(caller.openid)
        number = None if values.get("order_number") else cls._ask_new_number(caller.openid)
        expected = values.get("order_amount")
        with noted(cls.collection(), problems):
            try:
                goods = goods_sent(values.get("order_snap", ""))
            except SnapshotRefused as refused:
                problems["order_snap"] = refused.problem
            else:
                values.update(snapshot_of(goods, "order_snap", expected))
        refuse_too_many()
        if number is not None:
            values["order_number"] = number()


def _found(order: ModelT | None) -> ModelT:
    if order is None:
        raise NotFound
    return order


_QUOTAS = RowQuotas(
    owned(
        "open-orders",
        "待处理的订单太多，请等待处理或取消后再下单",
        Order.order_owner,
        (Order.is_delete == 0) & (Order.order_status == Status.PENDING.value),
    ),
    made_in_a_day("orders-a-day", Order.order_owner, "今天下单太多，请明天再试"),
)
_SAME_NUMBER = Statement(
    Order.select(SQL("1")).where(
        Order.order_number == Param("number"), Order.order_owner == Param("openid")
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
        "is_delete": constant(0),
    }
)
"""`OrderRecord` of the contract."""

_encode: Final = ORDER_RECORD.encoder("order", lambda column: f"order[{column.name!r}]")


ORDER_LIST = HookList(
    model=Order,
    select=Order.select,
    shape=ORDER_RECORD,
    searched=(Order.order_id, Order.order_number, Order.order_remark, Order.order_keywords),
    sortable={
        "created": Order.created,
        "updated": Order.updated,
        "order_create": Order.order_create,
        "order_number": Order.order_number,
        "order_status": Order.order_status,
        "order_amount": Order.order_amount,
    },
    status=Order.order_status,
    number=Order.order_number,
    named_by=Order.order_id,
)


index_newest_first(Order, "order_owner", "is_delete")
index_newest_first(Order, "order_owner", "is_delete", "order_status")
