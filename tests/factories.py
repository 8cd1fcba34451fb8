"""Rows for tests: a factory call names only what its test is about. A database is connected."""

import itertools
from typing import Any

import orjson

from bai_wx.record.base import Caller
from bai_wx.record.shape import JsonObject
from models.attachments import Attachment
from models.cart import MAX_ACTIVE_LINES, CartLine
from models.company import Company
from models.documents import Document
from models.order_snapshots import OrderItem
from models.orders import Order
from models.products import Product
from models.users import User

ALICE = Caller(id="alice0000000000", openid="openid-alice")
BOB = Caller(id="bob000000000000", openid="openid-bob")

PAST = "2020-01-01 00:00:00.000Z"
FUTURE = "2999-01-01 00:00:00.000Z"

_numbers = itertools.count(1)


def as_sent(value: Any) -> Any:
    """What a client reads of a value that a handler returns."""
    return orjson.loads(orjson.dumps(value))


def make_user(**columns: Any) -> User:
    """An active user with an openid of its own."""
    row = {"openid": f"openid-{next(_numbers)}", "users_status": "active", "users_type": "游客"}
    row["users_idtype"] = "WeChat"
    user: User = User.create(**{**row, **columns})
    return user


def caller(user: User) -> Caller:
    """The caller a token of this user stands for."""
    return Caller(id=user.id, openid=user.openid)


def make_company(**columns: Any) -> Company:
    """A company nobody owns."""
    company: Company = Company.create(**{"company_name": "宝莱智能", **columns})
    return company


def make_attachment(**columns: Any) -> Attachment:
    """A valid picture."""
    row = {
        "attachments_link": "icon_0123456789.png",
        "attachments_filename": "icon.png",
        "attachments_filetype": "image/png",
        "attachments_status": "valid",
    }
    attachment: Attachment = Attachment.create(**{**row, **columns})
    return attachment


def make_product(**columns: Any) -> Product:
    """A product on sale for 19.90 yuan."""
    row = {
        "prod_list_name": f"智能开关 {next(_numbers)}",
        "prod_list_basic_price": 1990,
        "prod_list_status": "on_sale",
    }
    product: Product = Product.create(**{**row, **columns})
    return product


def make_document(**columns: Any) -> Document:
    """A valid document without dates."""
    row = {"document_title": "安装说明", "document_status": "有效"}
    document: Document = Document.create(**{**row, **columns})
    return document


def make_cart_line(owner: Caller = ALICE, **columns: Any) -> CartLine:
    """An active line of one piece, of a new product unless one is named."""
    row = {"cart_owner": owner.openid, "cart_product_quantity": 1, "cart_at_price": 1990, **columns}
    row.setdefault("cart_product_id", make_product().id)
    line: CartLine = CartLine.create(**row)
    return line


def fill_cart() -> None:
    """As many active lines as a cart holds."""
    for number in range(MAX_ACTIVE_LINES):
        make_cart_line(cart_product_id=f"product{number:08d}")


def make_order(owner: Caller = ALICE, **columns: Any) -> Order:
    """A pending order of two switches."""
    snap = {
        "items": [
            {
                "prod_list_id": "P-1",
                "prod_list_name": "智能开关",
                "prod_list_modelnumber": "SW-1",
                "quantity": 2,
                "at_price": 19.9,
                "subtotal": 39.8,
            }
        ],
        "total": 39.8,
    }
    row = {
        "order_owner": owner.openid,
        "order_source": "product",
        "order_snap": orjson.dumps(snap).decode(),
        "order_amount": 3980,
        **columns,
    }
    Order.fill_derived(row)
    order: Order = Order.create(**row)
    return order


def order_lines(caller: Caller, cart_ids: list[str], remark: str = "") -> JsonObject:
    """Order lines of the cart as a hook does."""
    return Order.place(
        caller, {"order_source": "cart", "cart_ids": cart_ids, "order_remark": remark}
    )


def order_products(caller: Caller, items: list[OrderItem], remark: str = "") -> JsonObject:
    """Order products directly as a hook does."""
    return Order.place(caller, {"order_source": "product", "items": items, "order_remark": remark})
