"""The rows all servers get: users with their orders, and 200 products. Made the same way each time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

USERS, ORDERS_EACH, PRODUCTS = 50, 200, 200

Row = dict[str, Any]


def record_id(prefix: str, number: int) -> str:
    """Make a record id of 15 characters."""
    return f"{prefix}{number:0{15 - len(prefix)}d}"


def openid(number: int) -> str:
    """The openid of a user of the bench."""
    return f"oBENCH{number:022d}"


def users(number: int = USERS) -> Iterator[Row]:
    """The users, as `bai-wx import` takes them."""
    for n in range(number):
        yield {"id": record_id("u", n), "openid": openid(n), "users_name": f"用户{n}"}


def products() -> Iterator[Row]:
    """The products."""
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
            "prod_list_category": f"类目{n % 8}",
            "prod_list_sort": n,
            "prod_list_basic_price": n + 0.5,
            "prod_list_status": "on_sale",
            "prod_list_tags": ["新品", "热销"],
        }


def orders(owners: int = USERS, each: int = ORDERS_EACH) -> Iterator[Row]:
    """The orders, owners interleaved, as time would leave them."""
    for n in range(owners * each):
        price, quantity = n % PRODUCTS + 0.5, n % 5 + 1
        item = {
            "prod_list_id": f"P-{n % PRODUCTS:06d}",
            "prod_list_name": f"工业传感器 {n % PRODUCTS}",
            "prod_list_modelnumber": f"WX-{n % PRODUCTS:04d}",
            "quantity": quantity,
            "at_price": price,
            "subtotal": price * quantity,
        }
        stamp = f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d} 08:{n % 60:02d}:00.000Z"
        yield {
            "id": record_id("o", n),
            "order_id": f"O-{n:08d}",
            "order_number": f"20260101{n:08d}",
            "order_create": stamp,
            "order_owner": openid(n % owners),
            "order_source": "product",
            "order_source_id": item["prod_list_id"],
            "order_status": "pending",
            "order_snap": {"items": [item], "total": item["subtotal"]},
            "order_amount": item["subtotal"],
            "order_remark": "请尽快发货",
            "created": stamp,
            "updated": stamp,
        }


def write(folder: Path, owners: int = USERS, each: int = ORDERS_EACH) -> None:
    """Write the rows as the files `bai-wx import` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("tbl_auth_users", users(owners)),
        ("tbl_product_list", products()),
        ("tbl_order", orders(owners, each)),
    ):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
