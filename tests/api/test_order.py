"""Orders by hook and by record: snapshots, sums, states, all-or-nothing.

Covers: handlers/order.py
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from tests.answers import ORDER_RECORD, code
from tests.api import shop
from tests.api.buying import add, buy, from_cart, item
from tests.paths import ORDER_RECORDS
from tests.running import Client, Server

# --- create by hook --------------------------------------------------------------------------------------


def test_order_has_exactly_the_contracts_keys(buyer: Client) -> None:
    """`HookRecordBase` and the collection's fields; no `is_delete`."""
    placed = buy(buyer, item(shop.DIME))
    assert set(placed) == ORDER_RECORD
    assert placed["order_id"].startswith("O-")
    assert re.match(r"20\d\d[01]\d[0-3]\d", placed["order_number"])
    assert placed["order_owner"] == buyer.openid
    assert (placed["order_status"], placed["order_source"], placed["order_remark"]) == (
        "pending",
        "product",
        "",
    )
    assert placed["order_source_id"] == shop.DIME["prod_list_id"]


def test_order_numbers_sort_by_time_and_never_repeat(buyer: Client) -> None:
    """Twelve in a row."""
    numbers = [buy(buyer, item(shop.DIME))["order_number"] for _ in range(12)]
    assert numbers == sorted(set(numbers))


def test_snapshot_says_the_goods_as_they_were(buyer: Client) -> None:
    """Exactly the contract's keys, ids, names, prices and sums, in the order sent."""
    placed = buy(buyer, item(shop.ODD, 3), item(shop.DIME, 7), order_remark="送货上门")
    assert placed["order_snap"] == {
        "items": [
            {
                "prod_list_id": "P-T-ODD",
                "prod_list_name": "测试品 odd",
                "prod_list_modelnumber": "T-ODD",
                "quantity": 3,
                "at_price": 19.99,
                "subtotal": 59.97,
            },
            {
                "prod_list_id": "P-T-DIME",
                "prod_list_name": "测试品 dime",
                "prod_list_modelnumber": "T-DIME",
                "quantity": 7,
                "at_price": 0.1,
                "subtotal": 0.7,
            },
        ],
        "total": 60.67,
    }
    assert placed["order_amount"] == 60.67
    assert placed["order_remark"] == "送货上门"


@pytest.mark.parametrize(
    ("bought", "amount"),
    [
        pytest.param([(shop.DIME, 1), (shop.TWO_DIMES, 1)], "0.3", id="0.1 + 0.2 is 0.3"),
        pytest.param([(shop.DIME, 3)], "0.3", id="3 x 0.1 is 0.3"),
        pytest.param([(shop.TWO_DIMES, 3)], "0.6", id="3 x 0.2 is 0.6"),
        pytest.param([(shop.ODD, 9999)], "199880.01", id="9999 x 19.99"),
        pytest.param([(shop.ODD, 100), (shop.DIME, 1)], "1999.1", id="100 x 19.99 + 0.1"),
        pytest.param([(shop.FREE, 9999)], "0", id="nothing for free goods"),
        pytest.param([(shop.DEAREST, 1)], "9999999.99", id="the highest amount there is"),
        pytest.param(
            [(shop.DEAREST, 1), (shop.FREE, 5)], "9999999.99", id="the highest and free ones"
        ),
    ],
)
def test_sums_are_exact(buyer: Client, bought: list[tuple[shop.Row, int]], amount: str) -> None:
    """Amount, total and the sum of the subtotals are the same to the fen, as text too."""
    body = {"order_source": "product", "items": [item(*each) for each in bought]}
    text = buyer.hook("/order/create", body).text
    assert re.search(rf'"order_amount":{re.escape(amount)}(?:\.0)?[,}}]', text)
    snap = buyer.data("/order/list")["items"][0]["order_snap"]
    assert Decimal(str(snap["total"])) == Decimal(amount)
    assert sum(Decimal(str(each["subtotal"])) for each in snap["items"]) == Decimal(amount)


def test_sum_past_the_limit_is_refused_from_the_cart_too(buyer: Client) -> None:
    """Nothing is ordered and the lines stay active."""
    lines = [add(buyer, shop.DEAREST), add(buyer, shop.DIME)]
    answer = buyer.hook("/order/create", from_cart(*lines))
    assert code(answer) == (400, "validation_failed")
    assert buyer.data("/cart/list", {"cart_status": "active"})["totalItems"] == 2
    assert buyer.data("/order/list")["totalItems"] == 0


def test_order_from_the_cart_takes_its_lines(buyer: Client) -> None:
    """The lines become `ordered`, the source names them, the sum is theirs."""
    lines = [add(buyer, shop.DIME, 2), add(buyer, shop.ODD)]
    kept = add(buyer, shop.PERCENT)
    placed = buyer.data("/order/create", from_cart(*lines))
    assert placed["order_source"] == "cart"
    assert placed["order_source_id"] == ",".join(line["cart_id"] for line in lines)
    assert placed["order_amount"] == 20.19
    states = {line["cart_id"]: line["cart_status"] for line in buyer.data("/cart/list")["items"]}
    assert [states[line["cart_id"]] for line in (*lines, kept)] == ["ordered", "ordered", "active"]


def test_order_takes_price_and_name_of_now_and_keeps_them(server: Server, buyer: Client) -> None:
    """The line's own price is old news; later changes do not reach the snapshot."""
    line = add(buyer, shop.SHIFTY)
    try:
        server.change(
            "tbl_product_list", shop.SHIFTY["id"], prod_list_basic_price=123, prod_list_name="新名"
        )
        placed = buyer.data("/order/create", from_cart(line))
    finally:
        server.change(
            "tbl_product_list",
            shop.SHIFTY["id"],
            prod_list_basic_price=880,
            prod_list_name=shop.SHIFTY["prod_list_name"],
        )
    assert placed["order_amount"] == 1.23
    assert placed["order_snap"]["items"][0]["prod_list_name"] == "新名"
    assert buyer.data("/order/detail", {"order_id": placed["order_id"]}) == placed


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param("another's", id="another user's line"),
        pytest.param("missing", id="a missing line"),
        pytest.param("deleted", id="a deleted line"),
        pytest.param("ordered", id="a line ordered before"),
        pytest.param("off sale", id="a line whose product went off sale"),
    ],
)
def test_one_bad_line_orders_nothing(
    server: Server, buyer: Client, bob: Client, spoil: str
) -> None:
    """All or none: the good line stays active, no order appears."""
    good, other = add(buyer, shop.DIME), add(buyer, shop.SHIFTY)
    expected = (404, "not_found")
    if spoil == "another's":
        other = add(bob, shop.DIME)
    elif spoil == "missing":
        other = {"cart_id": "CART-NONE"}
    elif spoil == "deleted":
        buyer.data("/cart/delete", {"cart_id": other["cart_id"]})
    elif spoil == "ordered":
        buyer.data("/order/create", from_cart(other))
        expected = (409, "cart_already_ordered")
    else:
        server.change("tbl_product_list", shop.SHIFTY["id"], prod_list_status="off_sale")
        expected = (400, "product_unavailable")
    before = buyer.data("/order/list")["totalItems"]
    try:
        assert code(buyer.hook("/order/create", from_cart(good, other))) == expected
    finally:
        server.change("tbl_product_list", shop.SHIFTY["id"], prod_list_status="on_sale")
    assert buyer.data("/cart/detail", {"cart_id": good["cart_id"]})["cart_status"] == "active"
    assert buyer.data("/order/list")["totalItems"] == before


def test_sixteen_orders_of_the_same_lines_at_once_leave_one(buyer: Client) -> None:
    """One wins, the others are told that the lines are ordered."""
    body = from_cart(add(buyer, shop.DIME), add(buyer, shop.ODD))
    with ThreadPoolExecutor(16) as pool:
        clients = [Client(buyer.url, buyer.token) for _ in range(16)]
        answers = list(pool.map(lambda c: c.hook("/order/create", body), clients))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 15
    assert buyer.data("/order/list")["totalItems"] == 1


# --- states ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moves", "state"),
    [
        pytest.param(["confirmed"], "confirmed", id="pending to confirmed"),
        pytest.param(["confirmed", "completed"], "completed", id="confirmed to completed"),
        pytest.param(["confirmed", "cancelled"], "cancelled", id="confirmed to cancelled"),
    ],
)
def test_operator_moves_an_order(
    server: Server, buyer: Client, moves: list[str], state: str
) -> None:
    """`bai-wx order move`, and the owner sees it in both families."""
    placed = buy(buyer, item(shop.DIME))
    for move in moves:
        server.command("order", "move", placed["order_id"], move)
    assert buyer.data("/order/detail", {"order_id": placed["order_id"]})["order_status"] == state
    assert buyer.get(f"{ORDER_RECORDS}/{placed['pb_id']}").json()["order_status"] == state


def test_operator_too_keeps_to_the_moves_there_are(server: Server, buyer: Client) -> None:
    """pending to completed is refused on the command line, with a word on stderr."""
    placed = buy(buyer, item(shop.DIME))
    refused = server.command("order", "move", placed["order_id"], "completed", check=False)
    assert refused.returncode != 0
    assert refused.stderr


def test_owner_cancels_a_pending_order(buyer: Client) -> None:
    """The one move an owner has; remark and state at once are fine."""
    placed = buy(buyer, item(shop.DIME))
    body = {"order_id": placed["order_id"], "order_status": "cancelled", "order_remark": "不要了"}
    changed = buyer.data("/order/update", body)
    assert (changed["order_status"], changed["order_remark"]) == ("cancelled", "不要了")


def test_owner_rewrites_the_remark_while_pending(buyer: Client) -> None:
    """Nothing but remark and `updated` changes."""
    placed = buy(buyer, item(shop.DIME))
    changed = buyer.data("/order/update", {"order_id": placed["order_id"], "order_remark": "快"})
    same = ORDER_RECORD - {"order_remark", "updated"}
    assert {name: changed[name] for name in same} == {name: placed[name] for name in same}
    assert changed["order_remark"] == "快"


@pytest.mark.parametrize(
    ("moves", "deletable"),
    [
        pytest.param([], True, id="a pending order"),
        pytest.param(["confirmed"], False, id="a confirmed order"),
        pytest.param(["confirmed", "completed"], True, id="a completed order"),
        pytest.param(["confirmed", "cancelled"], True, id="a cancelled order"),
    ],
)
def test_only_a_confirmed_order_cannot_be_deleted(
    server: Server, buyer: Client, moves: list[str], deletable: bool
) -> None:
    """Hook 409 `order_in_progress`; native 409 with `data.order_status.code`."""
    placed = buy(buyer, item(shop.DIME))
    for move in moves:
        server.command("order", "move", placed["order_id"], move)
    body = {"order_id": placed["order_id"]}
    if deletable:
        assert buyer.data("/order/delete", body) == {**body, "is_delete": 1}
        return
    path = f"{ORDER_RECORDS}/{placed['pb_id']}"
    assert code(buyer.hook("/order/delete", body)) == (409, "order_in_progress")
    for refused in (
        buyer.request("DELETE", path),
        buyer.request("PATCH", path, json={"is_delete": 1}),
    ):
        assert refused.status_code == 409
        assert refused.json()["data"]["order_status"]["code"] == "order_in_progress"
    assert buyer.hook("/order/detail", body).status_code == 200


# --- list ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def regular(guest: Client) -> Client:
    """A user with three orders: odd (cancelled, remark), percent, two free ones, placed in that order."""
    user = guest.login("regular")
    first = buy(user, item(shop.ODD), order_remark="Ring the BELL 50%")
    time.sleep(0.01)  # two creates fit into one millisecond
    buy(user, item(shop.PERCENT))
    time.sleep(0.01)
    buy(user, item(shop.FREE, 2))
    user.data("/order/update", {"order_id": first["order_id"], "order_status": "cancelled"})
    return user


@pytest.mark.parametrize(
    ("ask", "amounts"),
    [
        pytest.param({}, [0, 5, 19.99], id="newest first by default"),
        pytest.param({"sort": "created"}, [19.99, 5, 0], id="oldest first"),
        pytest.param({"sort": "-order_amount"}, [19.99, 5, 0], id="dearest first"),
        pytest.param({"sort": "order_number"}, [19.99, 5, 0], id="by number"),
        pytest.param(
            {"sort": "order_status,order_amount"}, [19.99, 0, 5], id="by state, then amount"
        ),
        pytest.param({"sort": "-updated"}, [19.99, 0, 5], id="last changed first"),
        pytest.param({"order_status": "pending"}, [0, 5], id="pending ones"),
        pytest.param({"order_status": "completed"}, [], id="completed ones"),
        pytest.param({"keyword": "bell"}, [19.99], id="a keyword in the remark, any case"),
        pytest.param({"keyword": "50%"}, [19.99], id="a percent sign is itself"),
        pytest.param({"keyword": "纯铜"}, [5], id="a name in the snapshot"),
        pytest.param({"keyword": "pct_1%"}, [5], id="a model in the snapshot"),
        pytest.param({"keyword": "p-t-free"}, [0], id="a product id in the snapshot"),
        pytest.param({"keyword": "at_price"}, [], id="no key of the snapshot's JSON"),
        pytest.param({"keyword": "' OR 1=1 --"}, [], id="SQL for a keyword"),
        pytest.param({"page": 2, "perPage": 2}, [19.99], id="the second page"),
    ],
)
def test_list_finds(regular: Client, ask: dict[str, Any], amounts: list[float]) -> None:
    """Sort, state, keyword and paging."""
    found = regular.data("/order/list", ask)
    assert [order["order_amount"] for order in found["items"]] == amounts
