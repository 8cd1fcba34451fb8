"""The rows both servers hold: every kind of value, visible and not, made the same way each time.

Ids tell what a row is: `prod00000000007` is product 7. Moments are fixed; only documents in and out
of force lie around the start of the run. Alice has most rows, Bob a few, Carol none, Dave is disabled.
"""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bai_wx.record import clock
from models.documents import EXPIRED
from tests.conformance.samples import DATES, JSONS, MONEY, TEXTS, USCI
from tests.row_ids import BUSINESS_IDS, record_id

Row = dict[str, Any]
Rows = dict[str, list[Row]]

USERS: Final = {
    "alice": "oALICE-conformance",
    "bob": "oBOB-conformance",
    "carol": "oCAROL-conformance",
    "dave": "oDAVE-conformance",
}
DISABLED: Final = "dave"
IDENTITY_PAPERS: Final = {6: "alice", 12: "bob"}
"""The attachments that are identity papers, with their owners."""

PRODUCTS, ATTACHMENTS, DOCUMENTS, COMPANIES, CART_LINES, ORDERS = 40, 15, 24, 8, 60, 60
DAY_S: Final = 86_400
_START: Final = time.time()


def product(number: int) -> str:
    """The id of a product; 4, 11, 18 … are off sale, 36 and 39 are deleted."""
    return record_id("tbl_product_list", number)


def attachment(number: int) -> str:
    """The id of an attachment; 4, 9 and 14 are invalid, 13 is deleted, 6 and 12 are identity papers."""
    return record_id("tbl_attachments", number)


PAPER: Final = f"{attachment(6)}/picture_6_abcdefghij.png"
"""Alice's identity paper: its record id and the name of its file."""


def moment(number: int) -> str:
    """A fixed moment of `created`; two neighbours share it, so that sort keys are equal."""
    return clock.text_of(1_735_689_600 + number // 2 * 3_661.007)


def from_now(days: float) -> str:
    """A moment so many days from the start of the run."""
    return clock.text_of(_START + days * DAY_S)


def base(collection: str, record: str, number: int, **values: Any) -> Row:
    """A row with what every row has; the other fields are unset unless `values` says otherwise."""
    name, prefix = BUSINESS_IDS[collection]
    common = {
        "id": record,
        "created": moment(number),
        "updated": moment(number + 1),
        "is_delete": 0,
        name: f"{prefix}-{record}",
    }
    return {**common, **_REQUIRED.get(collection, {}), **values}


_REQUIRED: Final[Mapping[str, Row]] = {
    "tbl_company": {"company_name": "示例公司", "company_status": ""},
    "tbl_attachments": {"attachments_status": "valid"},
    "tbl_product_list": {"prod_list_name": "示例产品", "prod_list_status": "on_sale"},
    "tbl_document": {
        "document_title": "示例文档",
        "document_status": "有效",
        "document_create": moment(0),
    },
    "tbl_cart": {
        "cart_create": moment(0),
        "cart_status": "active",
        "cart_product_id": product(0),
        "cart_product_quantity": 1,
    },
    "tbl_order": {"order_create": moment(0), "order_source": "cart", "order_status": "pending"},
}
"""What a row must say, or what the importer would else make up."""

OWNERS: Final = {
    "tbl_company": "company_owner_openid",
    "tbl_cart": "cart_owner",
    "tbl_order": "order_owner",
}


def user(name: str, openid: str, number: int, **values: Any) -> Row:
    """A user whose token both servers know."""
    return base(
        "tbl_auth_users",
        record_id("tbl_auth_users", number),
        0,
        openid=openid,
        users_name=name,
        users_type="游客",
        users_idtype="WeChat",
        users_status="disabled" if name == DISABLED else "active",
        token_key=f"token-key-of-{openid}-".ljust(50, "x"),
        **values,
    )


def _attachments() -> Iterable[Row]:
    for n in range(ATTACHMENTS):
        yield base(
            "tbl_attachments",
            attachment(n),
            n,
            attachments_link=f"picture_{n}_abcdefghij.png" if n % 4 else "",
            attachments_filename=f"图片 {n}.png" if n % 2 else f"Picture_{n}.PNG",
            attachments_filetype="image/png" if n % 3 else "application/pdf",
            attachments_size=n * 1000,
            attachments_md5=(f"{n:032x}" if n % 2 else f"{n:032X}") if n % 5 else "",
            # Ours is private, which PocketBase has no word for: only rows that nobody else sees have one.
            attachments_owner=USERS[IDENTITY_PAPERS[n]] if n in IDENTITY_PAPERS else "",
            attachments_ocr=TEXTS[n % len(TEXTS)],
            attachments_status="invalid" if n % 5 == 4 else ("valid", "", "审核中")[n % 3],
            attachments_is_identity=int(n in IDENTITY_PAPERS),
            attachments_remark=TEXTS[-1 - n % len(TEXTS)],
            is_delete=int(n == 13),
        )


def _products() -> Iterable[Row]:
    for n in range(PRODUCTS):
        text = TEXTS[n % len(TEXTS)]
        yield base(
            "tbl_product_list",
            product(n),
            n,
            prod_list_name=text or f"product {n}",
            prod_list_modelnumber=f"WX-{n % 7:03d}" if n % 6 else "",
            prod_list_icon=attachment(n % ATTACHMENTS) if n % 3 else "",
            prod_list_description=f"<p>{text} <b>{n}</b></p>" if n % 2 else text,
            prod_list_feature=TEXTS[(n * 3) % len(TEXTS)],
            prod_list_parameters=JSONS[n % len(JSONS)],
            prod_list_plantype="plan" if n % 2 else "",
            prod_list_category=f"类目{n % 4}" if n % 5 else "",
            prod_list_sort=(n * 7) % 10 - 3,
            prod_list_comm_type="comm" if n % 3 == 1 else "",
            prod_list_series=f"S{n % 3}",
            prod_list_basic_price=MONEY[n % len(MONEY)],
            prod_list_status="off_sale" if n % 7 == 4 else "on_sale",
            prod_list_function=JSONS[(n * 3 + 1) % len(JSONS)],
            prod_list_barcode=f"69{n:011d}" if n % 4 else "",
            prod_list_tags=("新品|热销", "热销", "")[n % 3],
            prod_list_remark=TEXTS[(n + 7) % len(TEXTS)],
            is_delete=int(n in (36, 39)),
        )


def _some_attachments(number: int) -> list[str]:
    """No, one or three ids; one of the three is invalid now and then."""
    count = (0, 1, 3)[number % 3]
    return [attachment((number + 2 * n) % ATTACHMENTS) for n in range(count)]


def _attached(kind: str, number: int) -> Row:
    """A document's relation to attachments, and the text of their business ids."""
    found = _some_attachments(number)
    return {
        f"document_{kind}s": found,
        f"document_{kind}": "|".join(f"A-{each}" for each in found),
    }


def _documents() -> Iterable[Row]:
    effects = ("", from_now(-2), DATES[1], from_now(-0.001), from_now(2), "")
    expiries = ("", from_now(2), "", from_now(1), "", from_now(-1))
    for n in range(DOCUMENTS):
        yield base(
            "tbl_document",
            record_id("tbl_document", n),
            n,
            document_title=TEXTS[n % len(TEXTS)] or "untitled",
            document_subtitle=TEXTS[-1 - n % len(TEXTS)],
            document_summary=f"summary {n}",
            document_content=f"<h1>标题 {n}</h1><p>Some <i>text</i> &amp; more &lt;{n}&gt;</p>",
            document_type=("guide", "faq", "")[n % 3],
            document_create=moment(n // 3),
            document_hotel_type=("商务酒店|度假酒店", "")[n % 2],
            **_attached("image", n),
            **_attached("video", n + 1),
            **_attached("file", n + 2),
            document_owner="",  # private too
            document_relation_model=f"WX-{n % 7:03d}",
            document_keywords=TEXTS[n % len(TEXTS)],
            document_product_categories=f"类目0|类目{n % 4}",
            document_application_scenarios="|".join(TEXTS[-1 - n % len(TEXTS) :][:2]),
            document_share_count=n,
            document_download_count=n * 10 % 4,
            document_favorite_count=0,
            document_status="草稿" if n == 7 else "有效",
            document_effect_date=effects[n % 6],
            document_expiry_date=expiries[n % 6],
            is_delete=int(n == 6),
        )


def as_shown(row: Row) -> Row:
    """The row as ours shows it: PocketBase stores a state that ours derives from the time."""
    is_expired = "" < row.get("document_expiry_date", "") <= clock.now()
    return {**row, "document_status": EXPIRED} if is_expired else row


def _companies() -> Iterable[Row]:
    for n in range(COMPANIES):
        yield base(
            "tbl_company",
            record_id("tbl_company", n),
            n,
            company_name=TEXTS[n + 7],
            company_type=("LLC", "", "个体")[n % 3],
            company_entity=f"法人{n}",
            company_usci=USCI[n] if n < len(USCI) else "",
            company_nationality="中国" if n % 2 else "",
            company_nationality_code="CN" if n % 2 else "",
            company_province=("广东", "北京", "")[n % 3],
            company_province_code=("440000", "110000", "")[n % 3],
            company_city=("深圳", "北京", "")[n % 3],
            company_city_code=("440300", "110100", "")[n % 3],
            company_district="南山区" if n % 4 == 1 else "",
            company_district_code="440305" if n % 4 == 1 else "",
            company_postalcode=f"{n:06d}",
            company_add=TEXTS[n],
            company_status=("active", "停用", "")[n % 3],
            company_level=str(n % 3),
            company_owner_openid=USERS["alice"] if n % 2 else "",
            company_remark=TEXTS[-1 - n],
            is_delete=int(n == 5),
        )


def _cart_lines() -> Iterable[Row]:
    """Alice has 40 lines, active ones of products 0 to 19; Bob 20."""
    for n in range(CART_LINES):
        yield base(
            "tbl_cart",
            record_id("tbl_cart", n),
            n,
            cart_number=f"2025{n:020d}",
            cart_create=DATES[1 + n % 4],
            cart_owner=USERS["alice"] if n < 40 else USERS["bob"],
            cart_product_id=product(n % 20 if n < 40 else n - 20),
            cart_product_quantity=(1, 2, 2, 10, 9999)[n % 5],
            cart_at_price=MONEY[n % len(MONEY)],
            cart_status="ordered" if 20 <= n < 40 else "active",
            cart_remark=TEXTS[n % len(TEXTS)],
            is_delete=int(n % 13 == 12),
        )


def snapshot(*goods: tuple[int, int, float]) -> dict[str, Any]:
    """An `order_snap` of products by number, quantity and price."""
    items = [
        {
            "prod_list_id": f"P-{product(number)}",
            "prod_list_name": TEXTS[number % len(TEXTS)],
            "prod_list_modelnumber": f"WX-{number:03d}",
            "quantity": quantity,
            "at_price": price,
            "subtotal": round(price * quantity, 2),
        }
        for number, quantity, price in goods
    ]
    return {
        "items": items,
        "total": round(sum(price * quantity for _, quantity, price in goods), 2),
    }


def _orders() -> Iterable[Row]:
    states = ("pending", "confirmed", "completed", "cancelled", "")
    for n in range(ORDERS):
        price = MONEY[n % len(MONEY)]
        goods = [(n % PRODUCTS, 1, price), ((n + 1) % PRODUCTS, 0, 0.0)][: 1 + n % 2]
        yield base(
            "tbl_order",
            record_id("tbl_order", n),
            n,
            order_number=f"2025{n:020d}",
            order_create=DATES[1 + n % 4],
            order_owner=USERS["alice"] if n < 45 else USERS["bob"],
            order_source=("cart", "product")[n % 2],
            order_source_id=",".join(record_id("tbl_cart", n + m) for m in range(n % 3)),
            order_status=states[n % 5],
            order_snap=snapshot(*goods) if n % 6 else JSONS[n // 6 % len(JSONS)],
            order_amount=price,
            order_remark=TEXTS[(n * 3) % len(TEXTS)],
            is_delete=int(n % 17 == 16),
        )


def dataset() -> Rows:
    """All rows, by collection, in the order of insertion."""
    companies = {"alice": record_id("tbl_company", 1), "bob": record_id("tbl_company", 5)}
    return {
        "tbl_auth_users": [
            user(name, openid, number, company=companies.get(name, ""))
            for number, (name, openid) in enumerate(USERS.items())
        ],
        "tbl_company": list(_companies()),
        "tbl_attachments": list(_attachments()),
        "tbl_product_list": list(_products()),
        "tbl_document": list(_documents()),
        "tbl_cart": list(_cart_lines()),
        "tbl_order": list(_orders()),
    }


DANGLING: Final = (
    ("tbl_product_list", product(22), "prod_list_icon", "atta99999999999"),
    (
        "tbl_document",
        record_id("tbl_document", 2),
        "document_images",
        json.dumps(["atta99999999999", attachment(1)], separators=(",", ":")),
    ),
)
"""Relations to rows that are gone (table, id, column, what it holds): written past both servers."""
