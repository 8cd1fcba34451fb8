"""The rows all servers get: 2,000 users, 1,000 products, 20,000 cart lines, 20,000 orders.

Every user has ten cart lines. The orders belong to the first 500 users, 40 each, so that a list of 30
truly holds 30 rows; 32 of the 40 are pending, so that this holds of the filtered list too. Made the
same way each time, ids and times included. A larger shop holds copies of these rows, their numbers
shifted: see `bench/copies.py`.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

USERS, PRODUCTS = 2_000, 1_000
CART_LINES_EACH = 10
BUYERS, ORDERS_EACH = 500, 40
"""The users who have ordered are the first ones."""

CATEGORIES = 8
PRODUCTS_APART = 7  # between the first products in two neighbours' carts
STATES = ("pending", "pending", "pending", "pending", "completed")
_OPENED = datetime(2026, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


def record_id(prefix: str, number: int) -> str:
    """Make a record id of 15 characters."""
    return f"{prefix}{number:0{15 - len(prefix)}d}"


def openid(number: int) -> str:
    """The openid of a user of the bench."""
    return f"oBENCH{number:022d}"


def token_key(number: int) -> str:
    """The part of a user's signing key that its row holds, in PocketBase's length."""
    return f"k{number:049d}"


def product_number(user: int, place: int) -> int:
    """The product at this place of a user's cart; places past the dataset's are for the bench to fill."""
    copy, first = divmod(user, USERS)
    return copy * PRODUCTS + (first * PRODUCTS_APART + place) % PRODUCTS


def cart_line_number(user: int, place: int) -> int:
    """The line at this place of a user's cart."""
    copy, first = divmod(user, USERS)
    return copy * USERS * CART_LINES_EACH + place * USERS + first


def category(number: int) -> str:
    """The name of a product category."""
    return f"类目{number}"


class Sample:
    """Who is asked for and as whom: as many at every size, at random over all of the shop."""

    def __init__(self, times: int = 1) -> None:
        draw = random.Random(1)
        self.users = draw.sample(range(USERS * times), USERS)
        buyers = [copy * USERS + n for copy in range(times) for n in range(BUYERS)]
        self.buyers = draw.sample(buyers, BUYERS)
        self.products = draw.sample(range(PRODUCTS * times), PRODUCTS)
        self.categories = draw.sample(range(CATEGORIES * times), CATEGORIES)


def users() -> Iterator[Row]:
    """The users, as `bai-wx import` takes them."""
    for n in range(USERS):
        yield {
            "id": record_id("u", n),
            "openid": openid(n),
            "token_key": token_key(n),
            "users_id": f"U-{n:06d}",
            "users_name": f"用户{n}",
            "users_type": "游客",
            "users_idtype": "WeChat",
            "users_status": "active",
            **_times(n),
        }


def products() -> Iterator[Row]:
    """The products, all on sale."""
    for n in range(PRODUCTS):
        yield {
            "id": record_id("p", n),
            "prod_list_id": f"P-{n:06d}",
            "prod_list_name": f"工业传感器 {n}",
            "prod_list_modelnumber": f"WX-{n:04d}",
            "prod_list_description": "测量范围宽、精度高、寿命长。" * 4,
            "prod_list_parameters": [
                {"name": "量程", "value": "0-10", "unit": "bar", "category": "电气", "sort": 1}
            ],
            "prod_list_category": category(n % CATEGORIES),
            "prod_list_sort": n,
            "prod_list_basic_price": price(n),
            "prod_list_status": "on_sale",
            "prod_list_function": ["测量", "远传"],
            "prod_list_barcode": f"69{n:011d}",
            "prod_list_tags": "新品|热销",
            **_times(n),
        }


def price(product: int) -> float:
    """What a product costs, in yuan."""
    return product + 0.5


def cart_lines() -> Iterator[Row]:
    """The cart lines, owners interleaved, as time would leave them."""
    for n in range(USERS * CART_LINES_EACH):
        place, user = divmod(n, USERS)
        product, times = product_number(user, place), _times(n)
        yield {
            "id": record_id("c", n),
            "cart_id": f"CART-{n:08d}",
            "cart_number": f"20260101{n:08d}",
            "cart_create": times["created"],
            "cart_owner": openid(user),
            "cart_product_id": record_id("p", product),
            "cart_product_quantity": n % 5 + 1,
            "cart_at_price": price(product),
            "cart_status": "active",
            "cart_remark": "",
            **times,
        }


def orders() -> Iterator[Row]:
    """The orders, owners interleaved."""
    for n in range(BUYERS * ORDERS_EACH):
        place, user = divmod(n, BUYERS)
        product, quantity, times = n % PRODUCTS, n % 5 + 1, _times(n)
        item = {
            "prod_list_id": f"P-{product:06d}",
            "prod_list_name": f"工业传感器 {product}",
            "prod_list_modelnumber": f"WX-{product:04d}",
            "quantity": quantity,
            "at_price": price(product),
            "subtotal": price(product) * quantity,
        }
        yield {
            "id": record_id("o", n),
            "order_id": f"O-{n:08d}",
            "order_number": f"20260101{n:08d}",
            "order_create": times["created"],
            "order_owner": openid(user),
            "order_source": "product",
            "order_source_id": item["prod_list_id"],
            "order_status": STATES[place % len(STATES)],
            "order_snap": {"items": [item], "total": item["subtotal"]},
            "order_amount": item["subtotal"],
            "order_remark": "请尽快发货",
            **times,
        }


COLLECTIONS = {
    "tbl_auth_users": users,
    "tbl_product_list": products,
    "tbl_cart": cart_lines,
    "tbl_order": orders,
}
"""The rows by collection, in the order of dependence."""


UNKNOWN_TO_CONTRACT_1 = frozenset({"users_idtype", "prod_list_function", "prod_list_barcode"})


def as_it_is(row: Row) -> Row:
    """The row of today's contract."""
    return row


def of_contract_1(row: Row) -> Row:
    """The same row for a server of contract 1.0.0: other words, no fields that came later."""
    known = {name: value for name, value in row.items() if name not in UNKNOWN_TO_CONTRACT_1}
    if "users_type" in known:
        known["users_type"] = "wechat"
    if "prod_list_tags" in known:
        known["prod_list_tags"] = known["prod_list_tags"].split("|")
    return known


def write(folder: Path, shaped: Callable[[Row], Row] = as_it_is) -> None:
    """Write the rows as the files `bai-wx import` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in COLLECTIONS.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(shaped(row), ensure_ascii=False) + "\n" for row in rows())


def _times(number: int) -> dict[str, str]:
    """When a row was made: one every ten minutes, so that no two of a collection are equal."""
    moment = (_OPENED + timedelta(minutes=10 * number)).strftime("%Y-%m-%d %H:%M:%S.000Z")
    return {"created": moment, "updated": moment}
