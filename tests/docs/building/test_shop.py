"""Prices, cart and orders, as the page for builders says."""

import re

from tests.docs.building.shop_requests import (
    GATEWAY,
    SENSOR,
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
from tests.paths import PRODUCTS
from tests.running import Client, Server


@of("显示哪个价格", "金额")
def test_prices(server: Server, user: Client) -> None:
    put(user, SENSOR, 3)
    server.change("tbl_product_list", SENSOR, prod_list_basic_price=7990)
    line = user.data("/cart/list", {"cart_status": "active"})["items"][0]
    assert line["cart_at_price"] == 69.9
    assert line["product"]["prod_list_basic_price"] == line["product_basic_price"] == 79.9
    asked = {"order_source": "cart", "cart_ids": [line["cart_id"]]}
    answer = user.hook("/order/create", {**asked, "order_amount": 69.9 * 3})
    changed = answer.json()["data"]
    assert (answer.status_code, changed["code"]) == (409, "amount_changed")
    assert changed["order_amount"] == 239.7
    made = order(user, **asked, order_amount=79.9 * 3)
    server.change("tbl_product_list", SENSOR, prod_list_basic_price=6990)
    assert made["order_amount"] == 239.7
    assert made["order_snap"]["items"][0]["at_price"] == 79.9
    assert order(user, **of_product(SENSOR, 3), order_amount=69.9 * 3)["order_amount"] == 209.7
    assert 69.9 * 3 == 209.70000000000002


@of("加入购物车")
def test_adding(server: Server, user: Client) -> None:
    put(user, GATEWAY, 2)
    server.change("tbl_product_list", GATEWAY, prod_list_basic_price=60000)
    joined = put(user, GATEWAY, 3)
    server.change("tbl_product_list", GATEWAY, prod_list_basic_price=59900)
    assert (joined["cart_product_quantity"], joined["cart_at_price"]) == (5, 600)
    assert user.data("/cart/list")["totalItems"] == 1
    for quantity in 0, 10000:
        body = {"cart_id": joined["cart_id"], "cart_product_quantity": quantity}
        assert refused(user, "/cart/update", body) == (400, "validation_failed")


@of("分组")
def test_groups(user: Client) -> None:
    unnamed = put(user, SWITCH)
    assert re.fullmatch(r"\d{24}", unnamed["cart_number"])
    put(user, THERMOSTAT, cart_number="客厅")
    assert user.data("/cart/list", {"cart_number": "客厅"})["totalItems"] == 1
    assert put(user, THERMOSTAT, cart_number="卧室")["cart_number"] == "卧室"
    kept = put(user, THERMOSTAT)
    assert (kept["cart_number"], kept["cart_product_quantity"]) == ("卧室", 3)
    for nothing in "", None:
        body = {"cart_id": kept["cart_id"], "cart_number": nothing}
        assert user.data("/cart/update", body)["cart_number"] == "卧室"


@of("下架与删除的产品")
def test_products_that_are_gone(server: Server, user: Client) -> None:
    off, gone, kept = (put(user, each) for each in (THERMOSTAT, GATEWAY, SWITCH))
    server.change("tbl_product_list", THERMOSTAT, prod_list_status="off_sale")
    server.change("tbl_product_list", GATEWAY, is_delete=1)
    lines = {row["cart_id"]: row for row in user.data("/cart/list")["items"]}
    assert lines[off["cart_id"]]["product"]["prod_list_status"] == "off_sale"
    assert lines[gone["cart_id"]]["product"] is None
    assert lines[gone["cart_id"]]["product_name"] == ""
    for line in off, gone:
        more = {"cart_id": line["cart_id"], "cart_product_quantity": 2}
        assert refused(user, "/cart/update", more) == (400, "product_unavailable")
        user.data("/cart/update", {"cart_id": line["cart_id"], "cart_remark": "x"})
    both = {"order_source": "cart", "cart_ids": [kept["cart_id"], off["cart_id"]]}
    answer = user.hook("/order/create", both).json()
    assert answer["data"]["code"] == "product_unavailable"
    assert "温控面板 风机盘管" in answer["errMsg"]
    still = user.data("/cart/detail", {"cart_id": kept["cart_id"]})
    assert still["cart_status"] == "active"
    server.change("tbl_product_list", THERMOSTAT, prod_list_status="on_sale")
    server.change("tbl_product_list", GATEWAY, is_delete=0)


@of("下单")
def test_ordering(user: Client) -> None:
    line = put(user, SWITCH)["cart_id"]
    for body in (
        {"cart_ids": [line], **of_product()},
        {"order_source": "cart", "cart_ids": [line, line]},
        {"order_source": "product", "items": of_product()["items"] * 2},
    ):
        assert refused(user, "/order/create", body) == (400, "validation_failed")
    cheap = {"items": [{"prod_list_id": SWITCH_NAMED, "quantity": 1, "at_price": 1}], "total": 1}
    made = order(user, order_source="product", order_snap=cheap, order_status="completed")
    assert (made["order_amount"], made["order_status"]) == (199.5, "pending")
    key = {"headers": {"Idempotency-Key": "builder-1"}}
    sent = [user.data("/order/create", of_product(), **key)["order_id"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert user.hook("/order/create", of_product(SWITCH, 2), **key).status_code == 422


@of("取消订单", "订单的状态")
def test_cancelling(server: Server, user: Client) -> None:
    line = put(user, SWITCH)["cart_id"]
    made = order(user, order_source="cart", cart_ids=[line])["order_id"]
    cancel = {"order_id": made, "order_status": "cancelled"}
    assert [user.data("/order/update", cancel)["order_status"] for _ in "12"] == ["cancelled"] * 2
    assert user.data("/cart/detail", {"cart_id": line})["cart_status"] == "ordered"
    again = {"order_id": made, "order_status": "pending"}
    assert refused(user, "/order/update", again) == (409, "order_state_invalid")
    late = {"order_id": made, "order_remark": "x"}
    assert refused(user, "/order/update", late) == (409, "order_state_invalid")

    confirmed = order(user, **of_product())["order_id"]
    server.command("order", "move", confirmed, "confirmed")
    asked = {"order_id": confirmed}
    cancelled = {**asked, "order_status": "cancelled"}
    assert refused(user, "/order/update", cancelled) == (409, "order_state_invalid")
    assert refused(user, "/order/delete", asked) == (409, "order_in_progress")
    pending = order(user, **of_product())
    assert user.data("/order/update", {"order_id": pending["order_id"], "order_remark": "快"})
    user.data("/order/delete", {"order_id": pending["order_id"]})
    assert server.row("tbl_order", pending["pb_id"])["order_status"] == "pending"


@of("订单的快照")
def test_snapshots(guest: Client, user: Client) -> None:
    snap = order(user, **of_product())["order_snap"]
    names = {"prod_list_id", "prod_list_name", "prod_list_modelnumber"}
    assert set(snap["items"][0]) == {*names, "quantity", "at_price", "subtotal"}
    ids = SWITCH_NAMED, SINGLE_SWITCH_NAMED
    query = " || ".join(f"prod_list_id = '{each}'" for each in ids)
    assert found(guest, PRODUCTS, query) == [SWITCH, SINGLE_SWITCH]
