"""A shop as the code of the contract 1.0.0 left it: 20,000 rows, in the columns of the sixth migration.

Frozen like that migration: it never changes, whatever becomes of the models. Every kind of row that
a step forward converts is in it: deleted rows and all states, lists of words, relations to rows that
are gone, and companies that share nothing.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

LAST_STEP: Final = "0006_login_codes"
Row = dict[str, Any]

USERS, COMPANIES, FILES, GOODS, PAPERS = 2_000, 500, 2_000, 1_000, 1_500
LINES, ORDERS = 6_000, 7_000
BEFORE, PAST, FUTURE = (f"{year}-03-01 08:00:00.000Z" for year in (2020, 2025, 2999))
STATES: Final = ("published", "draft", "", "published", "published")
MOVES: Final = ("pending", "confirmed", "completed", "cancelled")


def openid(number: int) -> str:
    """The openid of a user."""
    return f"oOLD{number:024d}"


def record_id(prefix: str, number: int) -> str:
    """A record id of 15 characters."""
    return f"{prefix}{number:0{15 - len(prefix)}d}"


def words(number: int) -> str:
    """The JSON of a list of words, as that day's columns held it: none, empty, one, two."""
    lists: list[list[str] | None] = [None, [], ["开关"], ["开关", "安装"]]
    return compact(lists[number % len(lists)])


def compact(value: Any) -> str:
    """JSON as the columns hold it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def base(prefix: str, number: int) -> Row:
    """What every row has; each twentieth is deleted."""
    moment = f"2026-01-{number % 28 + 1:02d} 08:{number % 60:02d}:00.{number % 1000:03d}Z"
    return {
        "id": record_id(prefix, number),
        "created": moment,
        "updated": moment,
        "is_delete": int(number % 20 == 19),
    }


def users() -> Iterator[Row]:
    """Each fifth has a whole profile, each fiftieth is disabled."""
    for n in range(USERS):
        is_whole = n % 5 == 0
        yield {
            **base("u", n),
            "openid": openid(n),
            "unionid": "",
            "users_id": f"U-OLD-{n:05d}",
            "users_name": f"老用户{n}" if is_whole else "",
            "users_phone": f"138{n:08d}" if is_whole else "",
            "users_picture": "https://img.example.com/a.png" if is_whole else "",
            "users_type": "wechat",
            "users_status": "disabled" if n % 50 == 49 else "active",
            "users_rank_level": n % 4,
            "company": record_id("c", n % COMPANIES) if is_whole else "",
            "token_key": f"k{n:049d}",
        }


def companies() -> Iterator[Row]:
    """Each belongs to a user; one has a credit code."""
    for n in range(COMPANIES):
        yield {
            **base("c", n),
            "company_id": f"C-OLD-{n:05d}",
            "company_name": f"老酒店{n}",
            "company_type": "有限责任公司",
            "company_entity": "王建国",
            "company_usci": "91440300MA5GWX013E" if n == 0 else "",
            "company_nationality": "中国",
            "company_province": "广东省",
            "company_city": "深圳市",
            "company_postalcode": "518057",
            "company_add": "科苑路 8 号",
            "company_status": ("active", "inactive", "")[n % 3],
            "company_level": "A",
            "company_owner_openid": openid(n),
            "company_remark": "",
        }


def attachments() -> Iterator[Row]:
    """Pictures; each tenth is invalid."""
    for n in range(FILES):
        yield {
            **base("a", n),
            "attachments_id": f"A-OLD-{n:05d}",
            "attachments_link": f"old_{n:010d}.png",
            "attachments_filename": "old.png",
            "attachments_filetype": "image/png",
            "attachments_size": 1_000 + n,
            "attachments_md5": f"{n:032x}",
            "attachments_owner": openid(n % USERS),
            "attachments_ocr": "",
            "attachments_status": "invalid" if n % 10 == 9 else "valid",
            "attachments_remark": "",
        }


def products() -> Iterator[Row]:
    """Each seventh is off sale."""
    for n in range(GOODS):
        yield {
            **base("p", n),
            "prod_list_id": f"P-OLD-{n:05d}",
            "prod_list_name": f"老产品{n}",
            "prod_list_modelnumber": f"OLD-{n:04d}",
            "prod_list_icon": record_id("a", n),
            "prod_list_description": "",
            "prod_list_feature": "",
            "prod_list_parameters": compact([{"name": "量程", "value": "0-10"}]),
            "prod_list_plantype": "",
            "prod_list_category": f"类目{n % 8}",
            "prod_list_sort": n,
            "prod_list_comm_type": "",
            "prod_list_series": "",
            "prod_list_basic_price": 100 * n + 50,
            "prod_list_status": "off_sale" if n % 7 == 6 else "on_sale",
            "prod_list_tags": words(n),
            "prod_list_remark": "",
        }


def documents() -> Iterator[Row]:
    """In effect, not yet, expired; drafts; with pictures of which some are gone."""
    for n in range(PAPERS):
        pictures = [record_id("a", n), record_id("gone", n), record_id("a", n + 1)][: n % 4]
        yield {
            **base("d", n),
            "document_id": f"D-OLD-{n:05d}",
            "document_title": f"老文档{n}",
            "document_subtitle": "",
            "document_summary": "",
            "document_content": "<p>安装前请断开电源。</p>",
            "document_type": "说明书",
            "document_image": compact(pictures),
            "document_video": "[]",
            "document_file": compact([record_id("a", n)]),
            "document_owner": openid(n % USERS),
            "document_relation_model": "",
            "document_keywords": words(n),
            "document_product_categories": words(n + 1),
            "document_application_scenarios": words(n + 2),
            "document_share_count": 0,
            "document_download_count": n,
            "document_favorite_count": 0,
            "document_status": STATES[n % len(STATES)],
            "document_effect": ("", PAST, FUTURE)[n % 3],
            "document_expiry": ("", FUTURE, BEFORE, FUTURE)[n % 4],
            "document_remark": "",
        }


def cart_lines() -> Iterator[Row]:
    """Three of each user; the last is ordered."""
    for n in range(LINES):
        place, user = divmod(n, USERS)
        product = (user + place) % GOODS
        yield {
            **base("l", n),
            "cart_id": f"CART-OLD-{n:05d}",
            "cart_number": f"20260101{n:08d}",
            "cart_create": PAST,
            "cart_owner": openid(user),
            "cart_product_id": record_id("p", product),
            "cart_product_quantity": n % 5 + 1,
            "cart_at_price": 100 * product + 50,
            "cart_status": "ordered" if place == 2 else "active",
            "cart_remark": "",
        }


def orders() -> Iterator[Row]:
    """In every state; the number is unique over all of them."""
    for n in range(ORDERS):
        item = {
            "prod_list_id": f"P-OLD-{n % GOODS:05d}",
            "prod_list_name": f"老产品{n % GOODS}",
            "prod_list_modelnumber": f"OLD-{n % GOODS:04d}",
            "quantity": 1,
            "at_price": n % GOODS + 0.5,
            "subtotal": n % GOODS + 0.5,
        }
        yield {
            **base("o", n),
            "order_id": f"O-OLD-{n:05d}",
            "order_number": f"20260101{n:08d}",
            "order_create": PAST,
            "order_owner": openid(n % USERS),
            "order_source": ("cart", "product")[n % 2],
            "order_source_id": item["prod_list_id"],
            "order_status": MOVES[n % len(MOVES)],
            "order_snap": compact({"items": [item], "total": item["subtotal"]}),
            "order_amount": 100 * (n % GOODS) + 50,
            "order_remark": "",
            "order_keywords": f"老产品{n % GOODS}\nold-{n % GOODS:04d}",
        }


TABLES: Final = {
    "tbl_auth_users": users,
    "tbl_company": companies,
    "tbl_attachments": attachments,
    "tbl_product_list": products,
    "tbl_document": documents,
    "tbl_cart": cart_lines,
    "tbl_order": orders,
}
"""The rows by table, 20,000 in all."""
