"""A deleted row is gone from every path of both families, and still in the SQLite file."""

import time
from typing import Any
from uuid import uuid4

import pytest

from tests.api import shop, tokens
from tests.api.bundle import OPERATIONS
from tests.api.pictures import PNG
from tests.paths import CART_RECORDS, COMPANIES, ORDER_RECORDS, PRODUCTS
from tests.running import Client, Server


@pytest.fixture
def user(guest: Client) -> Client:
    """A user of the test's own."""
    return guest.login(f"deleter-{uuid4().hex}")


def new_line(user: Client) -> dict[str, Any]:
    """A line in the cart, as `{"table", "id", "business_id"}` says where."""
    body = {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 2, "cart_remark": "待删"}
    line = user.data("/cart/create", body)
    return {"table": "tbl_cart", "id": line["pb_id"], "cart_id": line["cart_id"]}


def new_order(user: Client) -> dict[str, Any]:
    """An order."""
    items = [{"prod_list_id": shop.DIME["prod_list_id"], "quantity": 1}]
    body = {"order_source": "product", "items": items, "order_remark": "待删"}
    placed = user.data("/order/create", body)
    return {"table": "tbl_order", "id": placed["pb_id"], "order_id": placed["order_id"]}


def new_company(user: Client) -> dict[str, Any]:
    """A company."""
    record = user.request("POST", COMPANIES, json={"company_name": "待删公司"}).json()
    return {"table": "tbl_company", "id": record["id"], "company_id": record["company_id"]}


MAKERS = {"cart": new_line, "order": new_order, "company": new_company}


def by_hook(user: Client, row: dict[str, Any]) -> int:
    """Delete as the mini program does."""
    thing = row["table"].removeprefix("tbl_")
    return user.hook(f"/{thing}/delete", {f"{thing}_id": row[f"{thing}_id"]}).status_code


def by_record(user: Client, row: dict[str, Any]) -> int:
    """Delete as the SDKs do."""
    return user.request("DELETE", f"/collections/{row['table']}/records/{row['id']}").status_code


def by_patch(user: Client, row: dict[str, Any]) -> int:
    """Set the flag; what stands beside it is dropped."""
    body = {"is_delete": 1, "cart_remark": "改", "order_remark": "改", "company_name": "改"}
    path = f"/collections/{row['table']}/records/{row['id']}"
    return user.request("PATCH", path, json=body).status_code


WAYS = [
    pytest.param("cart", by_hook, 200, id="a cart line by hook"),
    pytest.param("cart", by_record, 204, id="a cart line by record"),
    pytest.param("cart", by_patch, 200, id="a cart line by PATCH"),
    pytest.param("order", by_hook, 200, id="an order by hook"),
    pytest.param("order", by_record, 204, id="an order by record"),
    pytest.param("order", by_patch, 200, id="an order by PATCH"),
    pytest.param("company", by_patch, 200, id="a company by PATCH"),
]


@pytest.mark.parametrize(("thing", "delete", "status"), WAYS)
def test_only_flag_and_updated_change(
    server: Server, user: Client, thing: str, delete: Any, status: int
) -> None:
    """The row is still in the file, word for word."""
    row = MAKERS[thing](user)
    before = server.row(row["table"], row["id"])
    time.sleep(0.01)
    assert delete(user, row) == status
    after = server.row(row["table"], row["id"])
    assert after["is_delete"] == 1
    assert after["updated"] > before["updated"]
    assert {name for name in before if before[name] != after[name]} == {"is_delete", "updated"}


@pytest.mark.parametrize(("thing", "delete", "status"), WAYS)
def test_row_is_gone_from_its_record_paths(
    user: Client, thing: str, delete: Any, status: int
) -> None:
    """List, count, filter, view, update and delete answer as if it had never been."""
    row = MAKERS[thing](user)
    delete(user, row)
    path = f"/collections/{row['table']}/records"
    for text in (
        f"id='{row['id']}'",
        "is_delete=1",
        "is_delete!=0",
        f"{thing}_id='{row[f'{thing}_id']}'",
    ):
        page = user.get(path, params={"filter": text}).json()
        assert (page["totalItems"], page["items"]) == (0, []), text
    for method, body in (
        ("GET", None),
        ("PATCH", {}),
        ("PATCH", {"is_delete": 0}),
        ("DELETE", None),
    ):
        answer = user.request(method, f"{path}/{row['id']}", json=body)
        expected = 403 if (thing, method) == ("company", "DELETE") else 404
        assert answer.status_code == expected, method
    never = user.get(f"{path}/zzzzzzzzzzzzzzz")
    assert user.get(f"{path}/{row['id']}").content == never.content


@pytest.mark.parametrize(
    ("thing", "delete", "status"), [way for way in WAYS if way.values[0] != "company"]
)
def test_row_is_gone_from_its_hooks(user: Client, thing: str, delete: Any, status: int) -> None:
    """List, keyword, detail, update, delete."""
    row = MAKERS[thing](user)
    delete(user, row)
    name = {f"{thing}_id": row[f"{thing}_id"]}
    for body in ({}, {"keyword": "待删"}, {"sort": "updated"}):
        page = user.data(f"/{thing}/list", body)
        assert (page["totalItems"], page["totalPages"], page["items"]) == (0, 0, [])
    for verb, more in (("detail", {}), ("update", {f"{thing}_remark": "改"}), ("delete", {})):
        answer = user.hook(f"/{thing}/{verb}", {**name, **more})
        never = user.hook(f"/{thing}/{verb}", {f"{thing}_id": "X-NEVER", **more})
        assert (answer.status_code, answer.content) == (404, never.content)


def test_deleted_line_cannot_be_ordered(user: Client) -> None:
    """404, as a missing one."""
    row = new_line(user)
    by_hook(user, row)
    body = {"order_source": "cart", "cart_ids": [row["cart_id"]]}
    assert user.hook("/order/create", body).status_code == 404


def test_deleted_line_leaves_its_order_alone(user: Client) -> None:
    """The snapshot keeps what was ordered."""
    row = new_line(user)
    placed = user.data("/order/create", {"order_source": "cart", "cart_ids": [row["cart_id"]]})
    assert by_hook(user, row) == 200
    assert user.data("/order/detail", {"order_id": placed["order_id"]}) == placed


def test_deleted_company_cannot_be_joined(user: Client) -> None:
    """400, as an unknown one."""
    row = new_company(user)
    by_patch(user, row)
    assert user.hook("/wechat/profile", {"company_id": row["company_id"]}).status_code == 400


def test_undeleted_row_is_back(server: Server, user: Client) -> None:
    """Only the operator's command line restores."""
    row = new_line(user)
    by_record(user, row)
    server.command("undelete", "tbl_cart", row["id"])
    assert user.get(f"{CART_RECORDS}/{row['id']}").json()["is_delete"] == 0
    assert user.data("/cart/list")["totalItems"] == 1


# --- rows only the operator deletes ----------------------------------------------------------------------


def test_deleted_product_is_gone_everywhere(server: Server, user: Client) -> None:
    """List, view, count, filter, expand, cart create, order; a cart line shows null."""
    product = {
        "id": f"t{uuid4().hex[:14]}",
        "prod_list_id": f"P-{uuid4().hex[:8]}",
        "prod_list_name": "短命品",
        "prod_list_basic_price": 1,
        "prod_list_status": "on_sale",
    }
    server.take({"tbl_product_list": [product]})
    line = user.data("/cart/create", {"cart_product_id": product["id"], "cart_product_quantity": 1})
    total = user.get(PRODUCTS).json()["totalItems"]
    before = server.row("tbl_product_list", product["id"])
    server.change("tbl_product_list", product["id"], is_delete=1)
    assert user.get(PRODUCTS).json()["totalItems"] == total - 1
    assert user.get(f"{PRODUCTS}/{product['id']}").status_code == 404
    assert user.get(PRODUCTS, params={"filter": f"id='{product['id']}'"}).json()["items"] == []
    assert user.data("/cart/detail", {"cart_id": line["cart_id"]})["product"] is None
    (record,) = user.get(CART_RECORDS, params={"expand": "cart_product_id"}).json()["items"]
    assert record["expand"] == {}
    assert user.data("/cart/list", {"keyword": "短命品"})["totalItems"] == 0
    for reference in (product["id"], product["prod_list_id"]):
        body = {"cart_product_id": reference, "cart_product_quantity": 1}
        assert user.hook("/cart/create", body).json()["data"]["code"] == "product_unavailable"
    items = [{"prod_list_id": product["prod_list_id"], "quantity": 1}]
    ordered = user.hook("/order/create", {"order_source": "product", "items": items})
    assert ordered.json()["data"]["code"] == "product_unavailable"
    after = server.row("tbl_product_list", product["id"])
    assert {name for name in before if before[name] != after[name]} == {"is_delete"}


def test_deleted_attachment_is_gone_with_its_file(server: Server, user: Client) -> None:
    """List, view, expand and download; the row and its bytes stay in the home."""
    files = {"attachments_link": ("a.png", PNG, "image/png")}
    record = user.request("POST", "/collections/tbl_attachments/records", files=files).json()
    server.take(
        {
            "tbl_product_list": [
                {
                    "id": f"t{uuid4().hex[:14]}",
                    "prod_list_id": f"P-{uuid4().hex[:8]}",
                    "prod_list_name": "带图",
                    "prod_list_basic_price": 1,
                    "prod_list_status": "on_sale",
                    "prod_list_remark": record["id"],
                    "prod_list_icon": record["id"],
                }
            ]
        }
    )
    file = f"/files/tbl_attachments/{record['id']}/{record['attachments_link']}"
    query = {"filter": f"prod_list_remark='{record['id']}'", "expand": "prod_list_icon"}
    assert user.get(file).status_code == 200
    (product,) = user.get(PRODUCTS, params=query).json()["items"]
    assert product["expand"]["prod_list_icon"]["id"] == record["id"]
    server.change("tbl_attachments", record["id"], is_delete=1)
    assert user.get(file).status_code == 404
    assert user.get(f"/collections/tbl_attachments/records/{record['id']}").status_code == 404
    (product,) = user.get(PRODUCTS, params=query).json()["items"]
    assert product["expand"] == {}
    assert product["prod_list_icon"] == record["id"]
    assert (
        server.row("tbl_attachments", record["id"])["attachments_link"]
        == record["attachments_link"]
    )


def test_deleted_document_is_gone(server: Server, guest: Client) -> None:
    """List, count and view."""
    path = "/collections/tbl_document/records"
    document = {
        "id": f"t{uuid4().hex[:14]}",
        "document_id": f"D-{uuid4().hex[:8]}",
        "document_title": "短命文档",
        "document_status": "有效",
    }
    server.take({"tbl_document": [document]})
    total = guest.get(path).json()["totalItems"]
    server.change("tbl_document", document["id"], is_delete=1)
    assert guest.get(path).json()["totalItems"] == total - 1
    assert guest.get(f"{path}/{document['id']}").status_code == 404
    assert server.row("tbl_document", document["id"])["document_title"] == "短命文档"


def test_deleted_user_is_out_everywhere(server: Server, user: Client, guest: Client) -> None:
    """Its tokens end, it cannot log in, it is not counted; its row stays."""
    new_line(user)
    before = guest.get("/system/users-count").json()["data"]["total_users"]
    server.change(tokens.USERS, user.user_id, is_delete=1)
    assert guest.get("/system/users-count").json()["data"]["total_users"] == before - 1
    assert user.hook("/cart/list").status_code == 401
    assert user.get(CART_RECORDS).json()["totalItems"] == 0
    assert user.request("POST", "/collections/tbl_auth_users/auth-refresh").status_code == 401
    assert server.row(tokens.USERS, user.user_id)["openid"] == user.openid


def test_is_delete_on_create_is_ignored(user: Client) -> None:
    """A row is born undeleted, on every native create."""
    line = {
        "cart_owner": user.openid,
        "cart_product_id": shop.DIME["id"],
        "cart_product_quantity": 1,
    }
    snap = {"items": [{"prod_list_id": shop.DIME["prod_list_id"], "quantity": 1}]}
    placed = {"order_owner": user.openid, "order_source": "product", "order_snap": snap}
    for path, body in (
        (CART_RECORDS, line),
        (ORDER_RECORDS, placed),
        (COMPANIES, {"company_name": "甲"}),
    ):
        record = user.request("POST", path, json={**body, "is_delete": 1}).json()
        assert record["is_delete"] == 0
        assert user.get(f"{path}/{record['id']}").status_code == 200


def test_patching_the_flag_to_zero_changes_nothing_else(user: Client) -> None:
    """`is_delete: 0` on a living row is an ordinary update."""
    row = new_line(user)
    answer = user.request(
        "PATCH", f"{CART_RECORDS}/{row['id']}", json={"is_delete": 0, "cart_remark": "改"}
    )
    assert (answer.status_code, answer.json()["cart_remark"]) == (200, "改")


def test_every_delete_of_the_contract_is_walked_here() -> None:
    """A new delete operation must join the table above."""
    assert {op.id for op in OPERATIONS.values() if op.id.endswith("_delete")} == {
        "cart_delete",
        "cart_record_delete",
        "order_delete",
        "order_record_delete",
    }
