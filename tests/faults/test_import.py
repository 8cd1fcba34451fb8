"""What an import lets in: only rows that lists answer as the contract says, and no product for nothing.

Covers: bai_wx/transfer/row_check.py
"""

import json
import os
import tempfile
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.faults.conftest import Said
from tests.running import Server

Row = dict[str, Any]

ITEM: Row = {
    "prod_list_id": "P-1",
    "prod_list_name": "开关",
    "prod_list_modelnumber": "SW",
    "quantity": 2,
    "at_price": 1.5,
    "subtotal": 3,
}
ORDER: Row = {
    "order_owner": "alice",
    "order_source": "product",
    "order_amount": 3,
    "order_snap": {"items": [ITEM], "total": 3},
}
PRODUCT: Row = {"prod_list_name": "开关", "prod_list_basic_price": 1.5}
DOCUMENT: Row = {"document_title": "说明"}
COMPANY: Row = {"company_name": "甲"}
ATTACHMENT: Row = {}
USER: Row = {"openid": "alice"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A home with a database that nobody serves."""
    shop = Server(tmp_path_factory.mktemp("import") / "home")
    shop.command("migrate")
    return shop


def bring(
    shop: Server, collection: str, *rows: Row, json_told: bool = False
) -> CompletedProcess[str]:
    """Import rows of one collection."""
    folder = Path(tempfile.mkdtemp(dir=shop.home.parent))
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (folder / f"{collection}.jsonl").write_text("".join(lines), encoding="utf-8")
    more = ["--json"] if json_told else []
    return shop.command("import", str(folder), *more, check=False)


def snap(**changes: Any) -> Row:
    """An order whose snapshot differs."""
    return {**ORDER, "order_snap": {**ORDER["order_snap"], **changes}}


def item(**changes: Any) -> Row:
    """An order whose one item differs."""
    return snap(items=[{**ITEM, **changes}])


BAD_ROWS = [
    ("tbl_order", {**ORDER, "order_snap": "text"}, "order_snap", "snapshot-is-a-text"),
    ("tbl_order", {**ORDER, "order_snap": [1]}, "order_snap", "snapshot-is-a-list"),
    ("tbl_order", {**ORDER, "order_snap": {}}, "order_snap.items", "snapshot-without-items"),
    ("tbl_order", snap(total="3"), "order_snap.total", "total-is-a-text"),
    ("tbl_order", snap(total=-1), "order_snap.total", "total-below-0"),
    ("tbl_order", snap(more=1), "order_snap.more", "snapshot-with-an-unknown-key"),
    ("tbl_order", item(quantity="2"), "order_snap.items.0.quantity", "quantity-is-a-text"),
    ("tbl_order", item(quantity=0), "order_snap.items.0.quantity", "quantity-0"),
    ("tbl_order", item(quantity=10_000), "order_snap.items.0.quantity", "quantity-10000"),
    ("tbl_order", item(prod_list_name="n" * 201), "order_snap.items.0.prod_list_name", "long-name"),
    ("tbl_order", item(prod_list_id=""), "order_snap.items.0.prod_list_id", "item-without-an-id"),
    ("tbl_order", {**ORDER, "order_amount": 4}, "order_amount", "amount-unlike-its-snapshot"),
    ("tbl_order", {**ORDER, "order_amount": 0}, "order_amount", "amount-0-unlike-its-snapshot"),
    ("tbl_order", {**ORDER, "order_status": ""}, "order_status", "order-without-a-state"),
    ("tbl_order", {**ORDER, "order_owner": "o" * 101}, "order_owner", "owner-too-long"),
    ("tbl_order", {**ORDER, "order_id": "O" * 65}, "order_id", "order-id-too-long"),
    ("tbl_product_list", {**PRODUCT, "prod_list_tags": {"a": 1}}, "prod_list_tags", "tags-object"),
    ("tbl_product_list", {**PRODUCT, "prod_list_tags": [1]}, "prod_list_tags", "tag-is-a-number"),
    (
        "tbl_product_list",
        {**PRODUCT, "prod_list_parameters": "text"},
        "prod_list_parameters",
        "parameters-are-a-text",
    ),
    (
        "tbl_product_list",
        {**PRODUCT, "prod_list_parameters": [{"name": 1}]},
        "prod_list_parameters.0.name",
        "parameter-name-is-a-number",
    ),
    ("tbl_product_list", {**PRODUCT, "prod_list_id": "P" * 65}, "prod_list_id", "long-product-id"),
    (
        "tbl_document",
        {**DOCUMENT, "document_keywords": {"a": 1}},
        "document_keywords",
        "keywords-object",
    ),
    (
        "tbl_document",
        {**DOCUMENT, "document_share_count": -1},
        "document_share_count",
        "count-below-0",
    ),
    ("tbl_attachments", {"attachments_size": -1}, "attachments_size", "size-below-0"),
    ("tbl_attachments", {"attachments_md5": "xyz"}, "attachments_md5", "md5-that-is-none"),
    ("tbl_company", {**COMPANY, "company_id": "C" * 65}, "company_id", "company-id-too-long"),
    ("tbl_auth_users", {"openid": "o" * 101}, "openid", "openid-too-long"),
    ("tbl_auth_users", {**USER, "users_status": ""}, "users_status", "user-without-a-state"),
]


@pytest.mark.parametrize(
    ("collection", "row", "field"),
    [pytest.param(*row[:3], id=f"E5-{row[3]}") for row in BAD_ROWS],
)
def test_row_off_the_contract_is_refused(
    shop: Server, collection: str, row: Row, field: str, said: Said
) -> None:
    """It is told by file, line and field, with what would be right; nothing is written."""
    good = {
        "tbl_order": ORDER,
        "tbl_product_list": PRODUCT,
        "tbl_document": DOCUMENT,
        "tbl_company": COMPANY,
        "tbl_attachments": ATTACHMENT,
        "tbl_auth_users": {"openid": f"bob-{os.urandom(4).hex()}"},
    }[collection]
    good_id = (
        "good" + os.urandom(6).hex()[:11]
    )  # of the case's own: an older import may have written it
    done = bring(shop, collection, {**good, "id": good_id}, row)
    said(f"{done.returncode}: {done.stderr.strip()}")
    assert done.returncode == 1
    assert f"{collection}.jsonl:2: {field} " in done.stderr
    assert shop.rows(f"SELECT id FROM {collection} WHERE id = ?", good_id) == []


@pytest.mark.parametrize(
    ("row", "status", "counted"),
    [
        pytest.param({}, "off_sale", 1, id="D4-neither-price-nor-state"),
        pytest.param(
            {"prod_list_status": "on_sale"}, "off_sale", 1, id="D4-on-sale-without-a-price"
        ),
        pytest.param({"prod_list_basic_price": 0}, "off_sale", 1, id="D4-price-0-without-a-state"),
        pytest.param(
            {"prod_list_basic_price": None, "prod_list_status": "on_sale"},
            "off_sale",
            1,
            id="D4-price-null",
        ),
        pytest.param(
            {"prod_list_basic_price": 0, "prod_list_status": "on_sale"},
            "on_sale",
            0,
            id="D4-both-named",
        ),
        pytest.param(
            {"prod_list_basic_price": 0.01}, "on_sale", 0, id="D4-a-price-without-a-state"
        ),
        pytest.param({"prod_list_status": "off_sale"}, "off_sale", 0, id="D4-off-sale-by-itself"),
    ],
)
def test_product_is_not_sold_for_nothing_by_oversight(
    shop: Server, row: Row, status: str, counted: int, said: Said, request: pytest.FixtureRequest
) -> None:
    """On sale at 0 only where a row names both; else it is off sale, counted and said."""
    name = request.node.callspec.id
    done = bring(shop, "tbl_product_list", {"prod_list_name": name, **row}, json_told=True)
    (kept,) = shop.rows(
        "SELECT prod_list_status FROM tbl_product_list WHERE prod_list_name = ?", name
    )
    said(f"{kept['prod_list_status']}; {done.stdout.strip()}")
    assert kept["prod_list_status"] == status
    assert json.loads(done.stdout).get("off_sale", 0) == counted


@pytest.mark.parametrize("told", [pytest.param("taken off sale: 2", id="D4-said-in-words")])
def test_off_sale_is_said(shop: Server, told: str, said: Said) -> None:
    """Whoever imports reads how many."""
    done = bring(
        shop, "tbl_product_list", PRODUCT, {"prod_list_name": "a"}, {"prod_list_name": "b"}
    )
    said(done.stdout.strip())
    assert told in done.stdout
