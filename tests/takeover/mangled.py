"""Rows as no API lets them in and as old databases have them all the same, one of every kind.

Each is a good row of its collection but for some values. They are written by SQL.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.takeover.names import business_id, openid
from tests.takeover.shapes import COMPANIES, PRODUCTS, USERS, Shape
from tests.takeover.shop import Row, Shop

REFUSED, CHANGED, KEPT, JOINED = "refused", "changed", "kept", "joined"
TOLD: Final = (REFUSED, CHANGED)
"""It is refused or mended, and the report says so in either case."""

NOWHERE: Final = "nowhere00000000"
"""A record id that no row has."""

FIRST: Final = 900_000
"""The number of the first mangled row: no good row has it."""


@dataclass(frozen=True)
class Raw:
    """Bytes that are written as a text, though they are none."""

    text: bytes


@dataclass(frozen=True)
class Mangled:
    """A kind of row. `fates` are what may become of it; `field` is ours that is told of, where one is."""

    name: str
    collection: str
    values: Row
    fates: tuple[str, ...]
    field: str = ""


def kinds(shop: Shop) -> Iterator[Mangled]:
    """Every kind of mangled row in a shop's shape."""
    yield from _products(shop.shape)
    yield from _documents(shop.shape)
    yield from _companies()
    yield from _attachments(shop)
    yield from _users(shop)
    yield from _cart(shop)
    yield from _orders(shop)
    yield from _others()


def rows(shop: Shop) -> Iterator[tuple[Mangled, Row]]:
    """Every kind, with its row: an id of its own, and what a good row has where the kind says nothing."""
    good = {
        COMPANIES: shop.company,
        "tbl_attachments": shop.attachment,
        PRODUCTS: shop.product,
        "tbl_document": shop.document,
        USERS: shop.user,
        "tbl_cart": shop.cart_line,
        "tbl_order": shop.order,
        "tbl_system_dict": shop.dictionary,
    }
    for place, kind in enumerate(kinds(shop)):
        row = good[kind.collection](FIRST + place)
        row |= {"is_delete": 0}
        if kind.collection == "tbl_cart":
            row |= {"cart_owner": f"oMANGLED{place:020}", "cart_status": "active"}
        if kind.collection == USERS:
            row |= {"users_status": "active"}
        yield kind, row | kind.values


def _products(shape: Shape) -> Iterator[Mangled]:
    def goods(name: str, values: Row, *fates: str, field: str = "") -> Mangled:
        return Mangled(name, PRODUCTS, values, fates, field or next(iter(values)))

    price = "prod_list_basic_price"
    yield goods("a price with more than two decimals", {price: 19.996}, CHANGED)
    yield goods("a price that is a word", {price: "面议"}, REFUSED)
    yield goods("a negative price", {price: -5}, REFUSED)
    yield goods("a price beyond the largest", {price: 10_000_000_000}, REFUSED)
    yield goods("an endless price", {price: math.inf}, REFUSED)
    yield goods("no name", {"prod_list_name": ""}, REFUSED)
    yield goods("a name that is too long", {"prod_list_name": "长" * 201}, REFUSED)
    yield goods("a text that is no UTF-8", {"prod_list_remark": Raw(b"\xff\xfe\x80")}, *TOLD)
    yield goods("a product's state that nobody knows", {"prod_list_status": "预售"}, REFUSED)
    yield goods("an icon that is nowhere", {"prod_list_icon": NOWHERE}, *TOLD)
    yield goods(
        "a business id that another has", {"prod_list_id": business_id("product", 0)}, REFUSED
    )
    yield goods("parameters of another shape", {"prod_list_parameters": {"a": 1}}, *TOLD)
    yield goods("JSON that is broken", {"prod_list_function": Raw(b'{"a":')}, *TOLD)
    yield goods("a mark of deletion that is neither", {"is_delete": 2}, *TOLD)
    yield goods("a fraction where a whole number stands", {"prod_list_sort": 1.5}, *TOLD)
    yield goods("a record id of another form", {"id": "Goods-No.1"}, REFUSED)
    yield goods("a hostile text", {"prod_list_name": "' OR 1=1 --<script>{{7*7}}"}, KEPT)
    yield goods("a deleted row", {"is_delete": 1}, KEPT)
    yield goods("a day of creation that is none", {"created": "yesterday"}, *TOLD)


def _documents(shape: Shape) -> Iterator[Mangled]:
    def document(name: str, values: Row, *fates: str, field: str = "") -> Mangled:
        return Mangled(name, "tbl_document", values, fates, field)

    effect = "document_effect_date"
    yield document("a date that is none", {shape.effect_date: "soon"}, *TOLD, field=effect)
    yield document(
        "a date of another form",
        {shape.effect_date: "2024-05-06T07:08:09+08:00"},
        *TOLD,
        KEPT,
        field=effect,
    )
    yield document(
        "a negative count", {"document_share_count": -1}, *TOLD, field="document_share_count"
    )
    yield document("a very long text", {"document_content": "<p>长文</p>" * 20_000}, KEPT)
    image = "document_images"
    real = shape.one("attachment", 1)
    lost = [real, NOWHERE] if shape.is_related else f"{real}|A-NOWHERE"
    yield document("a picture that is nowhere", {"document_image": lost}, *TOLD, KEPT, field=image)
    if shape.is_related:
        broken = {"document_image": Raw(b'["one","tw')}
        yield document("a list that is broken", broken, *TOLD, field=image)


def _companies() -> Iterator[Mangled]:
    odd = {"company_usci": "91370100MA3000000X"}
    yield Mangled("a credit code with a wrong check digit", COMPANIES, odd, (KEPT,))
    yield Mangled("a company without a name", COMPANIES, {"company_name": ""}, (REFUSED,))


def _attachments(shop: Shop) -> Iterator[Mangled]:
    def attachment(name: str, values: Row, *fates: str) -> Mangled:
        return Mangled(name, "tbl_attachments", values, fates, next(iter(values)))

    yield attachment("a file that is gone", {"attachments_link": "gone_0123456789.png"}, *TOLD)
    yield attachment("a file outside", {"attachments_link": "../../../data.db"}, *TOLD)
    yield attachment("a checksum of another form", {"attachments_md5": "none"}, *TOLD)
    yield attachment("a negative size", {"attachments_size": -1}, *TOLD)


def _users(shop: Shop) -> Iterator[Mangled]:
    def user(name: str, values: Row, *fates: str, field: str = "") -> Mangled:
        return Mangled(name, USERS, values, fates, field or next(iter(values)))

    yield user("a user without an openid", {"openid": ""}, REFUSED)
    yield user("a second user of an openid", {"openid": openid(0)}, REFUSED, JOINED)
    yield user("a user's state that nobody knows", {"users_status": "冻结"}, REFUSED)
    yield user("a user's name that is too long", {"users_name": "名" * 51}, *TOLD)
    company = "company" if shop.shape.is_related else "company_id"
    yield user("a user whose company is nowhere", {company: NOWHERE}, *TOLD, field="company")
    yield user("a user without a token key", {"tokenKey": ""}, *TOLD, KEPT, field="token_key")


def _cart(shop: Shop) -> Iterator[Mangled]:
    def line(name: str, values: Row, *fates: str) -> Mangled:
        return Mangled(name, "tbl_cart", values, fates, next(iter(values)))

    first = shop.cart_line(0)
    double = {name: first[name] for name in ("cart_owner", "cart_product_id")}
    yield line("a second active line of a product", double, JOINED)
    yield line("a line of no product", {"cart_product_id": NOWHERE}, REFUSED)
    yield line("a line without an owner", {"cart_owner": ""}, REFUSED)
    yield line("a line of no pieces", {"cart_product_quantity": 0}, REFUSED)
    yield line("a line of half a piece", {"cart_product_quantity": 1.5}, REFUSED)
    yield line("a line of too many pieces", {"cart_product_quantity": 10_000}, REFUSED)
    yield line("a line's state that nobody knows", {"cart_status": "借出"}, REFUSED)
    deleted = next(n for n in range(shop.size.products) if shop.product(n)["is_delete"])
    gone = shop.shape.one("product", deleted)
    yield line("a line of a deleted product", {"cart_product_id": gone}, KEPT)


def _orders(shop: Shop) -> Iterator[Mangled]:
    def order(name: str, values: Row, *fates: str) -> Mangled:
        return Mangled(name, "tbl_order", values, fates, next(iter(values)))

    first = shop.order(0)
    twice = {name: first[name] for name in ("order_number", "order_owner")}
    yield order(UNKNOWN_STATE, {"order_status": UNKNOWN_WORD}, REFUSED)
    yield order("an order of another sum", {"order_amount": 0.01}, *TOLD)
    yield order("a snapshot that is no JSON", {"order_snap": Raw(b"goods: one")}, *TOLD)
    yield order("a snapshot of another shape", {"order_snap": {"说明": "三件"}}, *TOLD)
    yield order("an order without an owner", {"order_owner": ""}, REFUSED)
    yield order("an order number twice of one owner", twice, *TOLD)
    yield order(
        "an order number that another owner has", {"order_number": first["order_number"]}, KEPT
    )
    yield order("an order that came from elsewhere", {"order_source": "小程序"}, *TOLD, KEPT)


UNKNOWN_STATE: Final = "an order's state that nobody knows"
UNKNOWN_WORD: Final = "借条"
"""A state that only a `--map` can translate."""


def _others() -> Iterator[Mangled]:
    name = {"dict_name": "资料分类 0"}
    yield Mangled("a dictionary's name twice", "tbl_system_dict", name, (REFUSED,), "dict_name")


def found(rows: "list[tuple[Mangled, Row]]", name: str) -> Row:
    """The row of a kind by the kind's name."""
    return next(row for kind, row in rows if kind.name == name)
