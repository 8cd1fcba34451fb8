"""Times, pictures, ids, lists and filters, as the page for builders says."""

import re
from typing import Any

import pytest

from tests.docs.building.shop_requests import (
    ICON,
    SINGLE_SWITCH,
    SINGLE_SWITCH_NAMED,
    SWITCH,
    SWITCH_NAMED,
    THERMOSTAT,
    found,
    of,
    of_product,
    order,
    put,
    refused,
)
from tests.paths import CART_RECORDS, DOCUMENTS, LOGIN, ORDER_RECORDS, PRODUCTS
from tests.running import Client, Server


@of("时间")
def test_times(guest: Client, user: Client) -> None:
    made = order(user, **of_product())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z", made["created"])
    day = made["created"][:10]
    unset = guest.get(DOCUMENTS, params={"filter": "document_expiry_date = ''"}).json()
    assert unset["items"][0]["document_expiry_date"] == ""
    for begin, is_found in (f"{day} 00:00:00.000Z", True), (day, True), (f"{day}T00:00:00Z", False):
        assert bool(found(user, ORDER_RECORDS, f"created >= '{begin}'")) is is_found
    beijing = made["order_number"][8:10]
    assert int(beijing) == (int(made["created"][11:13]) + 8) % 24


@of("图片的地址")
def test_addresses_of_pictures(guest: Client, user: Client) -> None:
    assert put(user, SWITCH)["product"]["prod_list_icon_url"] == ICON
    login = guest.data(LOGIN, {"users_wx_code": "demo-without-picture"})
    assert login["user"]["users_picture_url"] == ""
    path = ICON.removeprefix("/pb/api")
    original = guest.get(path).content
    sizes = "100x100", "200x200", "400x400", "750x0", "300x300", "many"
    shown = [guest.get(path, params={"thumb": size}) for size in sizes]
    assert [each.status_code for each in shown] == [200] * len(sizes)
    assert [each.content != original for each in shown] == [True, True, True, *[False] * 3]
    named = "/files/tbl_attachments/A-01KAR4B7M2X9C6V3Q8N5KJ1WTF/switch_8h2k5m1q9x.png"
    assert guest.get(named).status_code == 404


@of("产品图")
def test_picture_of_a_product(server: Server, guest: Client) -> None:
    def shown() -> dict[str, Any]:
        return dict(guest.get(f"{PRODUCTS}/{SWITCH}", params={"expand": "prod_list_icon"}).json())

    icon = shown()["expand"]["prod_list_icon"]
    assert f"/pb/api/files/tbl_attachments/{icon['id']}/{icon['attachments_link']}" == ICON
    server.change("tbl_attachments", icon["id"], attachments_status="invalid")
    assert "prod_list_icon" not in shown().get("expand", {})
    server.change("tbl_attachments", icon["id"], attachments_status="valid")


@of("用竖线连接的文本", "文档")
def test_documents(guest: Client) -> None:
    product = guest.get(f"{PRODUCTS}/{SWITCH}").json()
    assert product["prod_list_tags"].split("|") == ["热销", "新品"]
    plan = guest.get(f"{DOCUMENTS}/d2g5h8j3k6m9n4p", params={"expand": "document_images"}).json()
    assert plan["document_type"] == "文档类型@方案|文档类型@手册"
    assert plan["document_content"].startswith("<h2>")
    assert len(plan["expand"]["document_images"]) == len(plan["document_image"].split("|")) == 2
    asked = {"filter": "dict_name = '文档类型'"}
    words = guest.get("/collections/tbl_system_dict/records", params=asked).json()["items"][0]
    assert len(words["dict_word_enum"].split("|")) == len(words["dict_word_description"].split("|"))
    statuses = {row["document_status"] for row in guest.get(DOCUMENTS).json()["items"]}
    assert statuses == {"有效", "过期"}
    assert len(found(guest, DOCUMENTS, "document_status = '有效'")) == 2


@of("产品分类")
def test_categories(guest: Client) -> None:
    asked = {"fields": "prod_list_category", "sort": "prod_list_sort", "perPage": 1000}
    items = guest.get(PRODUCTS, params={**asked, "skipTotal": "true"}).json()["items"]
    categories = list(dict.fromkeys(row["prod_list_category"] for row in items))
    assert categories == ["开关面板", "温控器", "传感器", "主机网关"]
    assert {*items[0]} == {"prod_list_category"}


@of("全部标签")
def test_all_tabs(user: Client) -> None:
    order(user, **of_product())
    ordered = put(user, SWITCH)["cart_id"]
    order(user, order_source="cart", cart_ids=[ordered])
    put(user, THERMOSTAT)
    for nothing in {}, {"order_status": ""}, {"order_status": None}:
        assert user.data("/order/list", nothing)["totalItems"] == 2
    assert user.hook("/order/list", {"order_status": "all"}).status_code == 400
    assert user.hook("/cart/list", {"cart_status": "all"}).status_code == 400
    for state in "pending", "confirmed", "completed", "cancelled":
        of_state = user.data("/order/list", {"order_status": state})
        assert of_state["totalItems"] == (2 if state == "pending" else 0)
    lines = [
        user.data("/cart/list", body)["totalItems"] for body in ({}, {"cart_status": "active"})
    ]
    assert lines == [2, 1]
    badge = {"cart_status": "active", "page": 1, "perPage": 1}
    assert user.data("/cart/list", badge)["totalItems"] == 1


@of("哪个 id 用在哪里")
def test_ids(guest: Client, user: Client) -> None:
    line = put(user, SWITCH_NAMED)
    assert line["cart_product_id"] == SWITCH
    for body in {"cart_id": line["pb_id"]}, {"cart_id": SWITCH}:
        for path in "/cart/detail", "/cart/update", "/cart/delete":
            assert refused(user, path, body) == (404, "not_found")
    lines = {"order_source": "cart", "cart_ids": [line["pb_id"]]}
    assert refused(user, "/order/create", lines) == (404, "not_found")
    assert user.get(f"{CART_RECORDS}/{line['cart_id']}").status_code == 404
    assert user.get(f"{CART_RECORDS}/{line['pb_id']}").status_code == 200
    assert guest.get(f"{PRODUCTS}/{SWITCH_NAMED}").status_code == 404
    made = [order(user, **of_product(name)) for name in (SWITCH, SWITCH_NAMED)]
    snapped = [each["order_snap"]["items"][0]["prod_list_id"] for each in made]
    assert snapped == [SWITCH_NAMED, SWITCH_NAMED]
    assert refused(user, "/order/detail", {"order_id": made[0]["pb_id"]}) == (404, "not_found")
    native = {"cart_owner": user.openid, "cart_product_quantity": 1}
    for product, status in (SINGLE_SWITCH_NAMED, 400), (SINGLE_SWITCH, 200):
        body = {**native, "cart_product_id": product}
        assert user.request("POST", CART_RECORDS, json=body).status_code == status
    assert found(guest, PRODUCTS, f"prod_list_id = '{SWITCH_NAMED}'") == [SWITCH]


@of("分页")
def test_pages(guest: Client, user: Client) -> None:
    none = user.data("/cart/list")
    assert (none["perPage"], none["totalPages"]) == (500, 0)
    for size, status in (100, 200), (101, 400), ("1", 400):
        assert user.hook("/cart/list", {"perPage": size}).status_code == status
    assert guest.get(PRODUCTS).json()["perPage"] == 30
    assert guest.get(PRODUCTS, params={"perPage": 2000}).json()["perPage"] == 1000
    assert guest.get(PRODUCTS, params={"skipTotal": "true"}).json()["totalItems"] == -1


@of("排序")
def test_sorts(user: Client) -> None:
    made = [order(user, **of_product(SWITCH, n))["order_id"] for n in (2, 1, 3)]
    listed = [row["order_id"] for row in user.data("/order/list")["items"]]
    assert listed == made[::-1]
    assert [row["order_id"] for row in user.get(ORDER_RECORDS).json()["items"]] == made
    by_amount = user.data("/order/list", {"sort": "-order_amount,created"})["items"]
    assert [row["order_amount"] for row in by_amount] == [598.5, 399, 199.5]
    assert user.hook("/order/list", {"sort": "order_snap"}).status_code == 400


@of("筛选")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(r"prod_list_name ~ 'o\'brien'", 0, id="an escaped quote"),
        pytest.param("prod_list_name ~ 'o''brien'", 400, id="a doubled quote"),
        pytest.param("prod_list_modelnumber ~ 'blv-sw'", 2, id="contains, in any case"),
        pytest.param("prod_list_modelnumber = 'blv-sw-03'", 0, id="equals, in its case"),
        pytest.param("prod_list_name ~ '智能%'", 2, id="a wildcard"),
        pytest.param("prod_list_nam = 'x'", 400, id="a field that is not there"),
        pytest.param("prod_list_name = 开关", 400, id="a text without quotes"),
        pytest.param("undefined", 400, id="undefined"),
        pytest.param(f"prod_list_name ~ '{'长' * 1150}'", 0, id="nearly 3500 bytes"),
        pytest.param(f"prod_list_name ~ '{'长' * 1170}'", 400, id="more than 3500 bytes"),
        pytest.param(" || ".join(["id=''"] * 200), 0, id="200 comparisons"),
        pytest.param(" || ".join(["id=''"] * 201), 400, id="more than 200 comparisons"),
    ],
)
def test_filters(guest: Client, query: str, expected: int) -> None:
    answer = guest.get(PRODUCTS, params={"filter": query})
    assert (answer.json().get("totalItems"), answer.status_code) in {
        (expected, 200),
        (None, expected),
    }
