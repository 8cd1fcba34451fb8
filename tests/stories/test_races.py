"""Many requests at the same moment, through two workers, leave what one after the other would.

Each story ends with a look into the database file, not only at the answers.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.answers import code
from tests.running import Client, Server, uploaded_files
from tests.stories.crowd import all_at_once, crowd, statuses

ROUNDS = range(3)
PRODUCTS = 270  # more than a full cart and a crowd need

names = (f"race-{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers on one SQLite file, and a shop of many products."""
    with Server(tmp_path_factory.mktemp("races") / "home", workers=2) as server:
        server.take({"tbl_product_list": map(_product, range(PRODUCTS))})
        yield server


def _product(number: int) -> dict[str, Any]:
    return {
        "id": product(number),
        "prod_list_id": f"P-RACE-{number:04d}",
        "prod_list_name": f"竞速开关 {number}",
        "prod_list_basic_price": round(0.1 * number + 0.07, 2),
        "prod_list_status": "on_sale",
    }


def product(number: int) -> str:
    """The record id of one of the catalogue's products."""
    return f"raceproduct{number:04d}"


@pytest.fixture
def buyer(shop: Server) -> Client:
    """Somebody who has never been here."""
    return Client(shop.url).login(next(names))


def put(client: Client, number: int, quantity: int = 1) -> dict[str, Any]:
    """Put a product into the cart by hook; returns the line."""
    body = {"cart_product_id": product(number), "cart_product_quantity": quantity}
    line: dict[str, Any] = client.data("/cart/create", body)
    return line


def order_body(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of an order of these cart lines."""
    return {"order_source": "cart", "cart_ids": [line["cart_id"] for line in lines]}


@pytest.mark.parametrize("round_", ROUNDS)
def test_creates_of_one_product_leave_one_line_with_the_exact_sum(
    shop: Server, buyer: Client, round_: int
) -> None:
    """64 hook creates at once, of differing quantities."""
    quantities = [1 + number % 5 for number in range(64)]
    answers = all_at_once(
        crowd(buyer, 64),
        lambda client, number: client.hook(
            "/cart/create",
            {"cart_product_id": product(round_), "cart_product_quantity": quantities[number]},
        ),
    )
    assert statuses(answers) == {200: 64}
    kept = shop.rows("SELECT * FROM tbl_cart WHERE cart_owner = ?", buyer.openid)
    assert [(row["cart_status"], row["is_delete"]) for row in kept] == [("active", 0)]
    assert kept[0]["cart_product_quantity"] == sum(quantities)
    seen = sorted(a.json()["data"]["cart_product_quantity"] for a in answers)
    assert len(set(seen)) == 64, "each answer shows the sum as it was after that create"
    assert seen[-1] == sum(quantities)


@pytest.mark.parametrize("round_", ROUNDS)
def test_orders_of_the_same_lines_leave_one_order(shop: Server, buyer: Client, round_: int) -> None:
    """32 orders at once of the same three lines: one gets them, 31 are told so."""
    lines = [put(buyer, number, 1 + round_) for number in range(3)]
    answers = all_at_once(
        crowd(buyer, 32),
        lambda client, number: client.hook("/order/create", order_body(lines)),
    )
    assert statuses(answers) == {200: 1, 409: 31}
    assert {code(a)[1] for a in answers if a.status_code == 409} == {"cart_already_ordered"}
    orders = shop.rows("SELECT * FROM tbl_order WHERE order_owner = ?", buyer.openid)
    assert len(orders) == 1
    assert orders[0]["order_source_id"] == ",".join(line["cart_id"] for line in lines)
    kept = shop.rows("SELECT * FROM tbl_cart WHERE cart_owner = ?", buyer.openid)
    assert [row["cart_status"] for row in kept] == ["ordered"] * 3


@pytest.mark.parametrize("round_", ROUNDS)
def test_orders_of_overlapping_lines_take_each_line_once(
    shop: Server, buyer: Client, round_: int
) -> None:
    """32 orders at once of neighbouring pairs out of 9 lines: no line ends up in two orders."""
    lines = [put(buyer, number) for number in range(9)]
    answers = all_at_once(
        crowd(buyer, 32),
        lambda client, number: client.hook(
            "/order/create", order_body([lines[number % 9], lines[(number + 1) % 9]])
        ),
    )
    assert set(statuses(answers)) == {200, 409}
    orders = shop.rows("SELECT * FROM tbl_order WHERE order_owner = ?", buyer.openid)
    taken = [cart_id for row in orders for cart_id in row["order_source_id"].split(",")]
    assert len(orders) == statuses(answers)[200]
    assert len(taken) == len(set(taken)) == 2 * len(orders)
    ordered = shop.rows(
        "SELECT cart_id FROM tbl_cart WHERE cart_owner = ? AND cart_status = 'ordered'",
        buyer.openid,
    )
    assert sorted(row["cart_id"] for row in ordered) == sorted(taken)


@pytest.mark.parametrize("round_", ROUNDS)
def test_first_logins_of_one_openid_leave_one_user(shop: Server, round_: int) -> None:
    """64 first logins at once: one registers, 63 log in, all are the same user."""
    name = next(names)
    answers = all_at_once(
        crowd(Client(shop.url), 64),
        lambda client, number: client.hook("/wechat/login", {"users_wx_code": f"demo-{name}"}),
    )
    assert statuses(answers) == {200: 64}
    data = [answer.json()["data"] for answer in answers]
    assert len({each["user"]["pb_id"] for each in data}) == 1
    assert [each["status"] for each in data].count("register_success") == 1
    openid = data[0]["user"]["openid"]
    assert len(shop.rows("SELECT id FROM tbl_auth_users WHERE openid = ?", openid)) == 1


CREATES: dict[str, tuple[str, dict[str, Any], str]] = {
    "hook cart": (
        "/cart/create",
        {"cart_product_id": product(20), "cart_product_quantity": 7},
        "SELECT cart_product_quantity FROM tbl_cart WHERE cart_owner = ?",
    ),
    "hook order": (
        "/order/create",
        {"order_source": "product", "items": [{"prod_list_id": "P-RACE-0021", "quantity": 7}]},
        "SELECT 7 FROM tbl_order WHERE order_owner = ?",
    ),
    "native cart": (
        "/collections/tbl_cart/records",
        {"cart_owner": "", "cart_product_id": product(22), "cart_product_quantity": 7},
        "SELECT cart_product_quantity FROM tbl_cart WHERE cart_owner = ?",
    ),
    "native order": (
        "/collections/tbl_order/records",
        {
            "order_owner": "",
            "order_source": "product",
            "order_snap": {"items": [{"prod_list_id": "P-RACE-0023", "quantity": 7}]},
        },
        "SELECT 7 FROM tbl_order WHERE order_owner = ?",
    ),
    "native company": (
        "/collections/tbl_company/records",
        {"company_name": "竞速有限公司"},
        "SELECT 7 FROM tbl_company WHERE company_owner_openid = ?",
    ),
}


@pytest.mark.parametrize("create", [pytest.param(c, id=name) for name, c in CREATES.items()])
def test_the_same_idempotency_key_works_once(
    shop: Server, buyer: Client, create: tuple[str, dict[str, Any], str]
) -> None:
    """32 requests at once with one key make one row and are all answered alike."""
    path, body, count = create
    body = {key: buyer.openid if value == "" else value for key, value in body.items()}
    answers = all_at_once(
        crowd(buyer, 32),
        lambda client, number: client.hook(path, body, headers={"Idempotency-Key": "same-key"}),
    )
    assert statuses(answers) == {200: 32}
    assert len({answer.content for answer in answers}) == 1
    assert [tuple(row.values()) for row in shop.rows(count, buyer.openid)] == [(7,)]


def test_the_same_idempotency_key_uploads_once(shop: Server, buyer: Client) -> None:
    """32 uploads at once with one key make one row and one file, and are all answered alike."""
    before = uploaded_files(shop)
    answers = all_at_once(
        crowd(buyer, 32),
        lambda client, number: client.request(
            "POST",
            "/collections/tbl_attachments/records",
            files={"attachments_link": ("race.pdf", b"%PDF-1.4 race", "application/pdf")},
            headers={"Idempotency-Key": "same-key"},
        ),
    )
    assert statuses(answers) == {200: 32}
    assert len({answer.content for answer in answers}) == 1
    count = "SELECT id FROM tbl_attachments WHERE attachments_owner = ?"
    assert len(shop.rows(count, buyer.openid)) == 1
    assert len(uploaded_files(shop) - before) == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_different_bodies_under_one_key_work_once(shop: Server, buyer: Client, round_: int) -> None:
    """32 requests at once with one key and two bodies: the first body wins, the other is 422."""
    answers = all_at_once(
        crowd(buyer, 32),
        lambda client, number: client.hook(
            "/cart/create",
            {"cart_product_id": product(30), "cart_product_quantity": 1 + number % 2},
            headers={"Idempotency-Key": f"two-bodies-{round_}"},
        ),
    )
    assert statuses(answers) == {200: 16, 422: 16}
    kept = shop.rows("SELECT * FROM tbl_cart WHERE cart_owner = ?", buyer.openid)
    assert [row["cart_product_quantity"] for row in kept] in ([1], [2])


@pytest.mark.parametrize("round_", ROUNDS)
def test_native_creates_of_one_product_leave_one_active_line(
    shop: Server, buyer: Client, round_: int
) -> None:
    """32 native creates at once: one line, and 31 answers that name both fields as not unique."""
    body = {
        "cart_owner": buyer.openid,
        "cart_product_id": product(40 + round_),
        "cart_product_quantity": 3,
    }
    answers = all_at_once(
        crowd(buyer, 32),
        lambda client, number: client.hook("/collections/tbl_cart/records", body),
    )
    assert statuses(answers) == {200: 1, 400: 31}
    refused = [answer.json()["data"] for answer in answers if answer.status_code == 400]
    assert {field for data in refused for field in data} == {"cart_owner", "cart_product_id"}
    assert {each["code"] for data in refused for each in data.values()} == {"validation_not_unique"}
    kept = shop.rows("SELECT * FROM tbl_cart WHERE cart_owner = ?", buyer.openid)
    assert [row["cart_product_quantity"] for row in kept] == [3]


@pytest.mark.parametrize("round_", ROUNDS)
def test_native_updates_to_one_product_leave_one_active_line_of_it(
    shop: Server, buyer: Client, round_: int
) -> None:
    """16 lines of different products become lines of one product at once: one of them may."""
    lines = [put(buyer, 50 + number) for number in range(16)]
    answers = all_at_once(
        crowd(buyer, 16),
        lambda client, number: client.request(
            "PATCH",
            f"/collections/tbl_cart/records/{lines[number]['pb_id']}",
            json={"cart_product_id": product(70)},
        ),
    )
    assert statuses(answers) == {200: 1, 400: 15}
    kept = shop.rows(
        "SELECT * FROM tbl_cart WHERE cart_owner = ? AND cart_product_id = ?",
        buyer.openid,
        product(70),
    )
    assert len(kept) == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_an_ordered_line_keeps_the_quantity_it_was_ordered_with(
    shop: Server, buyer: Client, round_: int
) -> None:
    """24 updates of each family and 8 orders of one line at once: snapshot and line agree."""
    line = put(buyer, 80 + round_, 5)
    record = f"/collections/tbl_cart/records/{line['pb_id']}"

    def act(client: Client, number: int) -> requests.Response:
        if number % 7 == 0:
            return client.hook("/order/create", order_body([line]))
        quantity = {"cart_product_quantity": 100 + number}
        if number % 2:
            return client.request("PATCH", record, json=quantity)
        return client.hook("/cart/update", {"cart_id": line["cart_id"], **quantity})

    answers = all_at_once(crowd(buyer, 56), act)
    assert set(statuses(answers)) <= {200, 400, 409}
    (order,) = shop.rows("SELECT * FROM tbl_order WHERE order_owner = ?", buyer.openid)
    (kept,) = shop.rows("SELECT * FROM tbl_cart WHERE cart_owner = ?", buyer.openid)
    (item,) = json.loads(order["order_snap"])["items"]
    assert kept["cart_status"] == "ordered"
    assert item["quantity"] == kept["cart_product_quantity"]
    late = buyer.hook("/cart/update", {"cart_id": line["cart_id"], "cart_product_quantity": 1})
    assert code(late) == (409, "cart_already_ordered")


@pytest.mark.parametrize("round_", ROUNDS)
def test_an_order_and_deletes_of_its_line_agree(shop: Server, buyer: Client, round_: int) -> None:
    """16 orders and 16 deletes of a line at once: an order exists only if the line was ordered."""
    line = put(buyer, 90 + round_)

    def act(client: Client, number: int) -> requests.Response:
        if number % 2:
            return client.hook("/order/create", order_body([line]))
        return client.hook("/cart/delete", {"cart_id": line["cart_id"]})

    answers = all_at_once(crowd(buyer, 32), act)
    assert set(statuses(answers)) <= {200, 404, 409}
    deletes = statuses(answers[::2])
    assert deletes == {200: 1, 404: 15}
    (kept,) = shop.rows("SELECT * FROM tbl_cart WHERE cart_owner = ?", buyer.openid)
    orders = shop.rows("SELECT * FROM tbl_order WHERE order_owner = ?", buyer.openid)
    assert kept["is_delete"] == 1
    assert len(orders) == (1 if kept["cart_status"] == "ordered" else 0)
    assert len(orders) == statuses(answers[1::2]).get(200, 0)


@pytest.mark.parametrize("family", ["hook", "native"])
def test_a_cart_never_holds_more_than_200_active_lines(
    shop: Server, buyer: Client, family: str
) -> None:
    """64 creates of different products at once into a cart of 196 lines: four find room."""
    for number in range(196):
        put(buyer, number)

    def act(client: Client, number: int) -> requests.Response:
        body = {"cart_product_id": product(200 + number), "cart_product_quantity": 1}
        if family == "hook":
            return client.hook("/cart/create", body)
        return client.hook("/collections/tbl_cart/records", {"cart_owner": buyer.openid, **body})

    answers = all_at_once(crowd(buyer, 64), act)
    refused = 409 if family == "hook" else 400
    assert statuses(answers) == {200: 4, refused: 60}
    for answer in answers:
        if answer.status_code == 409:
            assert code(answer)[1] == "cart_full"
        if answer.status_code == 400:
            assert answer.json()["data"]["cart_owner"]["code"] == "validation_cart_full"
    (count,) = shop.rows(
        "SELECT count(*) AS active FROM tbl_cart WHERE cart_owner = ? AND cart_status = 'active'"
        " AND is_delete = 0",
        buyer.openid,
    )
    assert count["active"] == 200
