"""Customers: found by what an operator knows of them, and what one page shows of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import Expression, fn

from bai_wx.console import audit, rows
from bai_wx.console.acting import Acting, present
from bai_wx.console.roles import Permission
from bai_wx.console.sales import carts
from bai_wx.database.connection import database
from bai_wx.errors import Forbidden, NotFound
from bai_wx.record.base import Record
from models.attachments import Attachment
from models.cart import ACTIVE, CartLine
from models.company import Company
from models.documents import Document
from models.orders import Order, Status
from models.users import PHONE_END, User

PHONE_ENDS: Final = range(PHONE_END - 1, PHONE_END + 1)
"""So many of a phone's last digits name it: its mask shows four of them."""
FEW: Final = 10
"""So many orders, documents and the like the page of a customer shows."""


def matching(text: str) -> Expression:
    """The condition on users that a text names them: a part of the name, an openid, an id, or a phone.

    A phone is named by its last three or four digits, which every page shows, and by the whole of it where
    the operator may reveal numbers: whoever may not could ask for one number after the other.
    """
    named = (
        rows.holding(User, ["users_name"], text)
        | (User.openid == text)
        | (User.users_id == text)
        | (User.id == text)
    )
    digits = text.removeprefix("+86").replace(" ", "").replace("-", "")
    if not digits.isdecimal():
        return named
    if len(digits) in PHONE_ENDS:
        # The index is of four digits: of three, any may be the first.
        ends = (
            [digits] if len(digits) == PHONE_END else [f"{first}{digits}" for first in "0123456789"]
        )
        return named | (User.users_phone_end_index << User.users_phone_end_index.digests(*ends))
    operator = present.get()
    if operator is not None and not operator.may(Permission.REVEAL):
        return named
    wholes = User.users_phone_index.digests(digits, f"+86{digits}", text)
    return named | (User.users_phone_index << wholes)


def openids(text: str) -> Any:
    """The openids of the customers that a text names, as a subquery."""
    return User.select(User.openid).where(matching(text))


def attach(found: Sequence[Record], column: str) -> None:
    """Read the customers whose openids a column of these rows holds, deleted ones too, in one query."""
    wanted = {getattr(row, column) for row in found}
    near = {user.openid: user for user in User.select().where(User.openid << list(wanted))}
    for row in found:
        related = getattr(row, rows.RELATED, None) or {}
        setattr(row, rows.RELATED, related | {column: near.get(getattr(row, column))})


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of a customer shows beside its fields. `spent` is in fen, of completed orders."""

    orders: Sequence[Order]
    order_counts: dict[str, int]
    spent: int
    cart: Sequence[CartLine]
    companies: Sequence[Company]
    documents: Sequence[Document]
    uploads: int
    has_papers: bool


def sheet(user: User) -> Sheet:
    """Read what belongs to a customer."""
    own = Order.order_owner == user.openid
    in_cart = (CartLine.cart_owner == user.openid) & (CartLine.cart_status == ACTIVE)
    is_its_company = (Company.company_owner_openid == user.openid) | (Company.id == user.company)
    uploaded = (Attachment.attachments_owner == user.openid) & Attachment.undeleted(Attachment)
    newest = [("created", "desc")]
    spent = own & (Order.order_status == Status.COMPLETED) & Order.undeleted(Order)
    lines = rows.page(CartLine, in_cart, [("updated", "desc")], 0, -1)
    carts.attach_pictures(lines)
    return Sheet(
        rows.page(Order, own, newest, 0, FEW),
        counted(Order, Order.order_status, own),
        Order.select(fn.COALESCE(fn.SUM(Order.order_amount), 0)).where(spent).scalar(),
        lines,
        rows.page(Company, is_its_company, newest, 0, FEW),
        rows.page(Document, Document.document_owner == user.openid, newest, 0, FEW),
        Attachment.select().where(uploaded).count(),
        bool(user.users_id_pic_a or user.users_id_pic_b),
    )


def counted(model: type[Record], column: Any, condition: Expression | None) -> dict[str, int]:
    """How many undeleted rows that meet a condition have each value of a column."""
    wanted = model.undeleted(model) if condition is None else model.undeleted(model) & condition
    found: Any = model.select(column, fn.COUNT(model.seq)).where(wanted).group_by(column)
    return dict(found.tuples())


def reveal(record_id: str, field: str, acting: Acting) -> str:
    """A masked number of a customer, whole. The audit log keeps who saw it, in one transaction.

    Raises: `Forbidden`, `NotFound`.
    """
    if not acting.may(Permission.REVEAL):
        raise Forbidden(f"{acting.role} reveals nothing")
    with database.atomic():
        user = rows.by_id(User, record_id)
        if user is None:
            raise NotFound
        audit.note(acting, audit.Action.REVEAL, User, user.id, {}, {field: getattr(user, field)})
        return str(getattr(user, field))
