"""The cart by hook and by record: prices, merging, limits, ordered lines, lists and keyword.

Covers: handlers/cart.py
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.answers import CART_RECORD, code
from tests.api import shop
from tests.api.buying import add, order, record_of
from tests.paths import CART_RECORDS
from tests.running import Client, Server

PRODUCT = {
    "prod_list_id",
    "prod_list_name",
    "prod_list_modelnumber",
    "prod_list_basic_price",
    "prod_list_status",
    "prod_list_icon_url",
}


# --- create ----------------------------------------------------------------------------------------------


def test_line_has_exactly_the_contracts_keys(buyer: Client) -> None:
    """`HookRecordBase`, the collection's fields and the product, flat and in `product`."""
    line = add(buyer, shop.DIME)
    assert set(line) == CART_RECORD
    assert set(line["product"]) == PRODUCT
    assert line["cart_id"].startswith("CART-")
    assert line["cart_owner"] == buyer.openid
    assert line["cart_status"] == "active"


@pytest.mark.parametrize(
    "name",
    [pytest.param("id", id="its record id"), pytest.param("prod_list_id", id="its prod_list_id")],
)
def test_product_is_named_by(buyer: Client, name: str) -> None:
    """Either id names the product; the line keeps the record id."""
    body = {"cart_product_id": shop.DIME[name], "cart_product_quantity": 1}
    assert buyer.data("/cart/create", body)["cart_product_id"] == shop.DIME["id"]


def test_price_is_the_products_and_exact(buyer: Client) -> None:
    """`cart_at_price` in yuan, as the product has it."""
    assert [
        add(buyer, p)["cart_at_price"] for p in (shop.DIME, shop.ODD, shop.DEAREST, shop.FREE)
    ] == [
        0.1,
        19.99,
        9999999.99,
        0,
    ]


def test_product_shows_its_icon_only_while_that_is_visible(server: Server, buyer: Client) -> None:
    """A path under `/pb/api/files`, `""` without a file, and `""` for an invalid attachment."""
    assert add(buyer, shop.ODD)["product"]["prod_list_icon_url"] == ""
    server.change("tbl_attachments", shop.PICTURE["id"], attachments_link="icon.png")
    url = add(buyer, shop.DIME)["product"]["prod_list_icon_url"]
    assert url == f"/pb/api/files/tbl_attachments/{shop.PICTURE['id']}/icon.png"
    server.change("tbl_attachments", shop.PICTURE["id"], attachments_link="")


def test_second_create_adds_to_the_line(buyer: Client) -> None:
    """One line, the sum of both, the same id; `updated` moves and `created` stays."""
    first = add(buyer, shop.DIME, 2, cart_remark="白色")
    time.sleep(0.01)
    second = add(buyer, shop.DIME, 3)
    assert second["cart_id"] == first["cart_id"]
    assert second["cart_product_quantity"] == 5
    assert second["cart_remark"] == "白色"
    assert second["created"] == first["created"]
    assert second["updated"] > first["updated"]
    assert buyer.data("/cart/list")["totalItems"] == 1


def test_second_create_replaces_the_remark_when_one_is_sent(buyer: Client) -> None:
    """Also by an empty one."""
    add(buyer, shop.DIME, cart_remark="白色")
    assert add(buyer, shop.DIME, cart_remark="黑色")["cart_remark"] == "黑色"
    assert add(buyer, shop.DIME, cart_remark="")["cart_remark"] == ""


def test_second_create_takes_the_price_anew(server: Server, buyer: Client) -> None:
    """A changed price reaches the line with the next create, and not before."""
    assert add(buyer, shop.SHIFTY)["cart_at_price"] == 8.8
    server.change("tbl_product_list", shop.SHIFTY["id"], prod_list_basic_price=777)
    try:
        (line,) = buyer.data("/cart/list")["items"]
        assert line["cart_at_price"] == 8.8
        assert line["product"]["prod_list_basic_price"] == 7.77
        assert add(buyer, shop.SHIFTY)["cart_at_price"] == 7.77
    finally:
        server.change("tbl_product_list", shop.SHIFTY["id"], prod_list_basic_price=880)


def test_quantity_stops_at_9999(buyer: Client) -> None:
    """9,999 fit; one more is refused and changes nothing."""
    add(buyer, shop.DIME, 9998)
    assert add(buyer, shop.DIME, 1)["cart_product_quantity"] == 9999
    body = {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 1}
    answer = buyer.hook("/cart/create", body)
    assert code(answer) == (400, "validation_failed")
    assert set(answer.json()["data"]["fields"]) == {"cart_product_quantity"}
    (line,) = buyer.data("/cart/list")["items"]
    assert line["cart_product_quantity"] == 9999


def test_sixteen_creates_at_once_leave_one_line_with_the_sum(buyer: Client) -> None:
    """Whoever comes first makes the line, the others add to it."""
    with ThreadPoolExecutor(16) as pool:
        clients = [Client(buyer.url, buyer.token) for _ in range(16)]
        lines = list(pool.map(lambda c: add(c, shop.DIME, 3), clients))
    assert len({line["cart_id"] for line in lines}) == 1
    (line,) = buyer.data("/cart/list")["items"]
    assert line["cart_product_quantity"] == 48


def test_ordered_or_deleted_line_makes_room_for_a_new_one(buyer: Client) -> None:
    """Only an active, undeleted line takes more."""
    ordered = add(buyer, shop.DIME)
    order(buyer, ordered)
    second = add(buyer, shop.DIME)
    buyer.data("/cart/delete", {"cart_id": second["cart_id"]})
    third = add(buyer, shop.DIME)
    assert len({ordered["cart_id"], second["cart_id"], third["cart_id"]}) == 3


def test_cart_holds_200_active_lines(server: Server, guest: Client) -> None:
    """The 201st is 409 `cart_full`, natively `validation_cart_full`; adding to a line still works."""
    goods = [
        {
            "id": f"tbulk{n:010d}",
            "prod_list_id": f"P-BULK-{n}",
            "prod_list_name": f"散货 {n}",
            "prod_list_status": "on_sale",
            "prod_list_basic_price": 1,
        }
        for n in range(201)
    ]
    server.take({"tbl_product_list": goods})
    user = guest.login("hoarder")
    for product in goods[:200]:
        add(user, product)
    last = {"cart_product_id": goods[200]["id"], "cart_product_quantity": 1}
    assert code(user.hook("/cart/create", last)) == (409, "cart_full")
    native = user.request("POST", CART_RECORDS, json=record_of(user, goods[200]))
    assert native.status_code == 400
    assert native.json()["data"]["cart_owner"]["code"] == "validation_cart_full"
    assert add(user, goods[0])["cart_product_quantity"] == 2
    page = user.data("/cart/list", {"perPage": 100, "page": 2})
    assert (page["totalItems"], page["totalPages"], len(page["items"])) == (200, 2, 100)
    everything = [line["cart_id"] for line in page["items"]]
    everything += [line["cart_id"] for line in user.data("/cart/list", {"perPage": 100})["items"]]
    data = user.data("/order/create", {"order_source": "cart", "cart_ids": everything})
    assert data["order_amount"] == 201
    assert len(data["order_source_id"]) == 1000
    assert data["order_source_id"] == ",".join(everything)[:1000]
    assert user.hook("/cart/create", last).status_code == 200


def test_product_off_sale_can_no_longer_be_added(server: Server, buyer: Client) -> None:
    """Its line stays and shows that it is off sale; a deleted product shows null."""
    line = add(buyer, shop.SHIFTY)
    body = {"cart_product_id": shop.SHIFTY["id"], "cart_product_quantity": 1}
    try:
        server.change("tbl_product_list", shop.SHIFTY["id"], prod_list_status="off_sale")
        assert code(buyer.hook("/cart/create", body)) == (400, "product_unavailable")
        shown = buyer.data("/cart/detail", {"cart_id": line["cart_id"]})
        assert shown["product"]["prod_list_status"] == "off_sale"
        bought = buyer.hook(
            "/order/create", {"order_source": "cart", "cart_ids": [line["cart_id"]]}
        )
        assert code(bought) == (400, "product_unavailable")
        server.change("tbl_product_list", shop.SHIFTY["id"], is_delete=1)
        assert buyer.data("/cart/detail", {"cart_id": line["cart_id"]})["product"] is None
        assert code(buyer.hook("/cart/create", body)) == (400, "product_unavailable")
    finally:
        server.change(
            "tbl_product_list", shop.SHIFTY["id"], prod_list_status="on_sale", is_delete=0
        )


# --- update and delete -----------------------------------------------------------------------------------


def test_update_changes_quantity_and_remark_and_nothing_else(buyer: Client) -> None:
    """Each alone or both; the price stays."""
    line = add(buyer, shop.DIME, 2)
    cart_id = line["cart_id"]
    assert (
        buyer.data("/cart/update", {"cart_id": cart_id, "cart_product_quantity": 7})[
            "cart_product_quantity"
        ]
        == 7
    )
    changed = buyer.data("/cart/update", {"cart_id": cart_id, "cart_remark": "快"})
    assert (changed["cart_product_quantity"], changed["cart_remark"]) == (7, "快")
    same = set(CART_RECORD) - {"cart_product_quantity", "cart_remark", "updated"}
    assert {name: changed[name] for name in same} == {name: line[name] for name in same}


def test_detail_is_what_create_answered(buyer: Client) -> None:
    """The same record."""
    line = add(buyer, shop.DIME)
    assert buyer.data("/cart/detail", {"cart_id": line["cart_id"]}) == line


def test_delete_answers_the_id_and_the_flag(buyer: Client) -> None:
    """`{"cart_id", "is_delete": 1}`, and a second delete is 404."""
    body = {"cart_id": add(buyer, shop.DIME)["cart_id"]}
    assert buyer.data("/cart/delete", body) == {**body, "is_delete": 1}
    assert code(buyer.hook("/cart/delete", body)) == (404, "not_found")


def test_ordered_line_can_be_deleted_but_not_changed(buyer: Client) -> None:
    """409 `cart_already_ordered` by hook, and it still goes away."""
    line = add(buyer, shop.DIME)
    order(buyer, line)
    change = {"cart_id": line["cart_id"], "cart_product_quantity": 5}
    assert code(buyer.hook("/cart/update", change)) == (409, "cart_already_ordered")
    assert buyer.data("/cart/delete", {"cart_id": line["cart_id"]})["is_delete"] == 1


# --- list ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shopper(guest: Client) -> Client:
    """A user with four lines: free, odd, percent, dime (ordered), created in that order."""
    user = guest.login("shopper")
    add(user, shop.FREE, 5, cart_remark="a_b 10% 折扣")
    time.sleep(0.01)  # two creates fit into one millisecond
    add(user, shop.ODD, 1, cart_remark="Mixed Case")
    time.sleep(0.01)
    add(user, shop.PERCENT, 3)
    time.sleep(0.01)
    order(user, add(user, shop.DIME, 9))
    return user


def names(page: dict[str, Any]) -> list[str]:
    """The model numbers of a page's products, in order."""
    return [line["product"]["prod_list_modelnumber"] for line in page["items"]]


FREE, ODD, PERCENT, DIME = "T-FREE", "T-ODD", "PCT_1%", "T-DIME"


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        pytest.param({}, [DIME, PERCENT, ODD, FREE], id="newest first by default"),
        pytest.param({"sort": "created"}, [FREE, ODD, PERCENT, DIME], id="oldest first"),
        pytest.param({"sort": "cart_at_price"}, [FREE, DIME, PERCENT, ODD], id="by price"),
        pytest.param(
            {"sort": "-cart_product_quantity"}, [DIME, FREE, PERCENT, ODD], id="most pieces first"
        ),
        pytest.param(
            {"sort": "cart_status,-cart_at_price"}, [ODD, PERCENT, FREE, DIME], id="by two fields"
        ),
        pytest.param({"sort": "cart_number"}, [FREE, ODD, PERCENT, DIME], id="by number"),
        pytest.param({"cart_status": "active"}, [PERCENT, ODD, FREE], id="active ones"),
        pytest.param({"cart_status": "ordered"}, [DIME], id="ordered ones"),
        pytest.param({"keyword": "mixed"}, [ODD], id="a keyword in the remark, any case"),
        pytest.param({"keyword": "10%"}, [FREE], id="a percent sign is itself"),
        pytest.param({"keyword": "a_b"}, [FREE], id="an underscore is itself"),
        pytest.param({"keyword": "aub"}, [], id="an underscore is no wildcard"),
        pytest.param({"keyword": "%"}, [PERCENT, FREE], id="a percent sign alone"),
        pytest.param({"keyword": "纯铜"}, [PERCENT], id="Chinese in the product's name"),
        pytest.param({"keyword": "SOCKET"}, [PERCENT], id="the product's name in capitals"),
        pytest.param({"keyword": "t-odd"}, [ODD], id="the model number in small letters"),
        pytest.param({"keyword": ""}, [DIME, PERCENT, ODD, FREE], id="an empty keyword is none"),
        pytest.param({"keyword": "' OR 1=1 --"}, [], id="SQL for a keyword"),
        pytest.param({"keyword": "\\"}, [], id="a back-slash"),
        pytest.param({"keyword": "t-o", "cart_status": "active"}, [ODD], id="keyword and state"),
        pytest.param({"page": 2, "perPage": 3}, [FREE], id="the second page"),
        pytest.param({"page": 99}, [], id="a page past the end"),
    ],
)
def test_list_finds(shopper: Client, ask: dict[str, Any], found: list[str]) -> None:
    """Sort, state, keyword and paging."""
    assert names(shopper.data("/cart/list", ask)) == found


def test_list_tells_its_page(shopper: Client) -> None:
    """`page`, `perPage`, `totalItems`, `totalPages`, `items`; 500 where no page is asked for."""
    page = shopper.data("/cart/list")
    assert set(page) == {"page", "perPage", "totalItems", "totalPages", "items"}
    assert (page["page"], page["perPage"], page["totalItems"], page["totalPages"]) == (1, 500, 4, 1)
    assert shopper.data("/cart/list", {"perPage": 3, "page": 2})["totalPages"] == 2
    empty = shopper.data("/cart/list", {"keyword": "nothing like it"})
    assert (empty["totalItems"], empty["totalPages"]) == (0, 0)


def test_list_of_a_huge_page_is_empty(shopper: Client) -> None:
    """The largest page the contract allows."""
    assert shopper.data("/cart/list", {"page": 9007199254740991, "perPage": 100})["items"] == []
