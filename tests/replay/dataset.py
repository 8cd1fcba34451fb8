"""The shop that requests are recorded on: every kind of value and of invisible row, alike in every run.

Ids tell what a row is: `prod00000000007` is product 7. Alice has many rows, Bob a few, Carol none, Dave
is disabled, Erin's cart is full. All moments lie in the past, or in the year 2999.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jwt

from tests.conformance.samples import MONEY, TEXTS
from tests.replay.pictures import picture
from tests.row_ids import BUSINESS_IDS, record_id

Row = dict[str, Any]

SECRET: Final = "Recorded-Replayed+Compared=5,000 answers"
"""Signs the tokens of both servers."""

USERS: Final = {name: f"oREPLAY-{name}" for name in ("alice", "bob", "carol", "dave", "erin")}
PRODUCTS, ATTACHMENTS, DOCUMENTS, COMPANIES, CART_LINES, ORDERS = 212, 15, 24, 12, 60, 60
FULL_CART: Final = 200
LISTS: Final[tuple[list[str] | None, ...]] = (
    None,
    [],
    ["new", "hot"],
    ["hot"],
    ["热销", "新品", "quo'te"],
    ["5", "", "a,b"],
)
PARAMETERS: Final[tuple[list[dict[str, Any]] | None, ...]] = (
    None,
    [],
    [{"name": "量程", "value": "0-10", "unit": "bar", "category": "电气", "sort": 1}],
    [{"name": "a", "value": 5, "sort": 2}, {"name": "b", "value": "3", "sort": 3.5}],
    [{"name": "开关", "value": True}, {"name": "z", "value": None, "extra": {"deep": [1]}}],
)
"""JSON of the shapes that the contract promises."""
FUTURE, PAST = "2999-01-01 00:00:00.000Z", "2020-01-01 00:00:00.000Z"


def code(collection: str, number: int) -> str:
    """The business id of a row."""
    return f"{BUSINESS_IDS[collection][1]}-{record_id(collection, number)}"


def product(number: int) -> str:
    """The id of a product; 4, 11, 18 … below 40 are off sale, 36 and 39 are deleted."""
    return record_id("tbl_product_list", number)


def attachment(number: int) -> str:
    """The id of an attachment; 4, 9 and 14 are invalid, 13 is deleted."""
    return record_id("tbl_attachments", number)


def moment(number: int) -> str:
    """A fixed moment of `created`; two neighbours share it, so that sort keys are equal."""
    return (
        f"2025-{1 + number // 56 % 12:02d}-{1 + number // 2 % 28:02d} {number % 24:02d}:00:01.007Z"
    )


def token(name: str, expires_at: int = 4_000_000_000, **claims: Any) -> str:
    """A token of an imported user, the same in every run; `claims` are beside or instead of the usual."""
    return jwt.encode(
        {
            "id": record_id("tbl_auth_users", list(USERS).index(name)),
            "type": "auth",
            "collectionId": "pbc_421601843",
            "exp": expires_at,
            "refreshable": True,
            **claims,
        },
        _token_key(name) + SECRET,
        algorithm="HS256",
    )


def _token_key(name: str) -> str:
    return f"token-key-of-{name}-".ljust(50, "x")


def _row(collection: str, number: int, **values: Any) -> Row:
    return {
        "id": record_id(collection, number),
        "created": moment(number),
        "updated": moment(number + 1),
        "is_delete": 0,
        BUSINESS_IDS[collection][0]: code(collection, number),
        **values,
    }


def _users() -> Iterator[Row]:
    companies = {"alice": record_id("tbl_company", 1), "bob": record_id("tbl_company", 5)}
    for number, (name, openid) in enumerate(USERS.items()):
        yield _row(
            "tbl_auth_users",
            number,
            openid=openid,
            users_name=name,
            users_type="游客",
            users_phone="13812348000" if name == "alice" else "",
            users_status="disabled" if name == "dave" else "active",
            company=companies.get(name, ""),
            token_key=_token_key(name),
        )


def link(number: int) -> str:
    """The name of an attachment's file; every fourth has none."""
    return f"picture_abcdef{number:04d}.png" if number % 4 else ""


def _attachments() -> Iterator[Row]:
    for n in range(ATTACHMENTS):
        yield _row(
            "tbl_attachments",
            n,
            attachments_link=link(n),
            attachments_filename=f"图片 {n}.png" if n % 2 else f"Picture_{n}.PNG",
            attachments_filetype="image/png" if n % 3 else "application/pdf",
            attachments_size=n * 1000,
            attachments_md5=f"{n:032x}" if n % 5 else "",
            attachments_owner=USERS["alice"] if n % 2 else "",
            attachments_ocr=TEXTS[n % len(TEXTS)],
            attachments_status="invalid" if n % 5 == 4 else "valid",
            attachments_remark=TEXTS[-1 - n % len(TEXTS)],
            is_delete=int(n == 13),
        )


def _products() -> Iterator[Row]:
    """40 that are hard to read, and 172 plain ones that fill Erin's cart."""
    for n in range(40):
        text = TEXTS[n % len(TEXTS)]
        yield _row(
            "tbl_product_list",
            n,
            prod_list_name=text or f"product {n}",
            prod_list_modelnumber=f"WX-{n % 7:03d}" if n % 6 else "",
            prod_list_icon=attachment(n % ATTACHMENTS) if n % 3 else "",
            prod_list_description=f"<p>{text} <b>{n}</b></p>" if n % 2 else text,
            prod_list_feature=TEXTS[(n * 3) % len(TEXTS)],
            prod_list_parameters=PARAMETERS[n % len(PARAMETERS)],
            prod_list_plantype="plan" if n % 2 else "",
            prod_list_category=f"类目{n % 4}" if n % 5 else "",
            prod_list_sort=(n * 7) % 10 - 3,
            prod_list_comm_type="comm" if n % 3 == 1 else "",
            prod_list_series=f"S{n % 3}",
            prod_list_basic_price=MONEY[n % len(MONEY)],
            prod_list_status="off_sale" if n % 7 == 4 else "on_sale",
            prod_list_function=LISTS[n % len(LISTS)],
            prod_list_tags=("新品|热销", "热销", "")[n % 3],
            prod_list_remark=TEXTS[(n + 7) % len(TEXTS)],
            is_delete=int(n in (36, 39)),
        )
    for n in range(40, PRODUCTS):
        values = {"prod_list_name": f"网关 {n}", "prod_list_basic_price": n / 10}
        yield _row("tbl_product_list", n, prod_list_status="on_sale", **values)


def _some_attachments(number: int) -> list[str]:
    """No, one or three ids; one of the three is invalid now and then."""
    return [attachment((number + 2 * n) % ATTACHMENTS) for n in range((0, 1, 3)[number % 3])]


def _documents() -> Iterator[Row]:
    for n in range(DOCUMENTS):
        yield _row(
            "tbl_document",
            n,
            document_title=TEXTS[n % len(TEXTS)] or "untitled",
            document_subtitle=TEXTS[-1 - n % len(TEXTS)],
            document_summary=f"summary {n}",
            document_content=f"<h1>标题 {n}</h1><p>Some <i>text</i> &amp; more &lt;{n}&gt;</p>",
            document_type=("guide", "faq", "")[n % 3],
            document_images=_some_attachments(n),
            document_videos=_some_attachments(n + 1),
            document_files=_some_attachments(n + 2),
            document_owner=USERS["bob"] if n % 2 else "",
            document_relation_model=f"WX-{n % 7:03d}",
            document_keywords=("门锁|智能", "节能", "")[n % 3],
            document_product_categories=f"类目0|类目{n % 4}",
            document_application_scenarios="|".join(["客房", "大堂"][: n % 3]),
            document_share_count=n,
            document_download_count=n * 10 % 4,
            document_status="草稿" if n == 7 else "有效",
            document_effect_date=("", PAST, "", "", "", PAST, "", FUTURE)[n % 8],
            document_expiry_date=("", FUTURE, "", "", "", "", "", "", PAST, "")[n % 10],
            is_delete=int(n == 6),
        )


def _companies() -> Iterator[Row]:
    for n in range(COMPANIES):
        yield _row(
            "tbl_company",
            n,
            company_name=TEXTS[n + 7] or "百益智能",
            company_type=("LLC", "", "个体")[n % 3],
            company_entity=f"法人{n}",
            company_usci="91350100M000100Y43" if n == 1 else "",
            company_nationality="中国" if n % 2 else "",
            company_province=("广东", "北京", "")[n % 3],
            company_city=("深圳", "北京", "")[n % 3],
            company_postalcode=f"{n:06d}",
            company_add=TEXTS[n],
            company_status=("active", "inactive", "")[n % 3],
            company_level=str(n % 3),
            company_owner_openid=USERS["alice"] if n % 2 else "",
            company_remark=TEXTS[-1 - n],
            is_delete=int(n == 7),
        )


def _cart_lines() -> Iterator[Row]:
    """Alice has 40 lines, active ones of products 0 to 19; Bob 20; Erin as many as there may be."""
    for n in range(CART_LINES + FULL_CART):
        is_erins = n >= CART_LINES
        owner = "erin" if is_erins else "alice" if n < 40 else "bob"
        yield _row(
            "tbl_cart",
            n,
            cart_number=f"N-{n:04d}",
            cart_create=moment(n),
            cart_owner=USERS[owner],
            cart_product_id=product(n - CART_LINES if is_erins else n % 20 if n < 40 else n - 20),
            cart_product_quantity=(1, 2, 2, 10, 9999)[n % 5],
            cart_at_price=MONEY[n % len(MONEY)],
            cart_status="ordered" if 20 <= n < 40 else "active",
            cart_remark=TEXTS[n % len(TEXTS)],
            is_delete=int(n % 13 == 12 and not is_erins),
        )


def _snapshot(number: int) -> Row:
    price = MONEY[number % len(MONEY)]
    item = {
        "prod_list_id": code("tbl_product_list", number % 40),
        "prod_list_name": TEXTS[number % len(TEXTS)],
        "prod_list_modelnumber": f"WX-{number:03d}",
        "quantity": 1,
        "at_price": price,
        "subtotal": price,
    }
    return {"items": [item], "total": price}


def _orders() -> Iterator[Row]:
    for n in range(ORDERS):
        yield _row(
            "tbl_order",
            n,
            order_number=f"N-{n:04d}",
            order_create=moment(n),
            order_owner=USERS["alice" if n < 45 else "bob"],
            order_source=("cart", "product")[n % 2],
            order_source_id=",".join(code("tbl_cart", n + m) for m in range(n % 3)),
            order_status=("pending", "confirmed", "completed", "cancelled")[n % 4],
            order_snap=_snapshot(n),
            order_amount=MONEY[n % len(MONEY)],
            order_remark=TEXTS[(n * 3) % len(TEXTS)],
            is_delete=int(n % 17 == 16),
        )


def rows() -> dict[str, list[Row]]:
    """All rows, by collection, in the order of insertion."""
    return {
        "tbl_auth_users": list(_users()),
        "tbl_company": list(_companies()),
        "tbl_attachments": list(_attachments()),
        "tbl_product_list": list(_products()),
        "tbl_document": list(_documents()),
        "tbl_cart": list(_cart_lines()),
        "tbl_order": list(_orders()),
    }


def words() -> set[bytes]:
    """What stands in the rows, so that no name is given to it."""
    return set(re.findall(rb"[A-Za-z0-9-]+|[a-z0-9]{10}(?=\.)", json.dumps(rows()).encode()))


def write_files(home: Path) -> None:
    """Write the files of those attachments that have one into a server's home."""
    for n in range(1, ATTACHMENTS):
        if name := link(n):
            folder = home / "files/tbl_attachments" / attachment(n)
            folder.mkdir(parents=True)
            (folder / name).write_bytes(picture("PNG", 150 * n, 100 * n))
