"""The dashboard's figures agree with counts made in plain Python.

Covers: bai_wx/console/figures.py, bai_wx/console/best_sold.py, bai_wx/console/placed.py
"""

from collections import Counter

import orjson
import pytest
from peewee import Database

from bai_wx.console import figures
from models.orders import Order
from tests.factories import ALICE, BOB, make_order, make_product, make_user

TODAY = "2026-11-27"
MIDNIGHT = {  # Beijing's, in UTC
    "2026-11-27 15:59:59.999Z": "2026-11-27",
    "2026-11-27 16:00:00.000Z": "2026-11-28",
    "2026-11-27 04:30:00.000Z": "2026-11-27",
    "2026-11-26 16:00:00.000Z": "2026-11-27",
    "2026-11-26 15:59:59.999Z": "2026-11-26",
    "2026-11-13 16:00:00.000Z": "2026-11-14",  # the first of fourteen days
    "2026-11-13 15:59:59.999Z": "2026-11-13",
    "2020-01-01 00:00:00.000Z": "2020-01-01",
}
"""Moments around midnights, and the day in Beijing that each lies in."""
IMPORTED = "2026-11-27 05:00:00.000Z"
"""When every second order came from another shop: its row is younger than it."""
STATES = ("pending", "confirmed", "completed", "cancelled")
ODD_SNAPSHOTS = ("", "null", "[]", "{", '{"items": {"a": {"prod_list_id": "P-a", "quantity": 3}}}')
ODD_ITEMS = [
    7,
    None,
    "P-a",
    {"prod_list_id": "P-a"},
    {"prod_list_id": "P-a", "quantity": "4"},
    {"prod_list_id": "P-a", "quantity": 1e300},
    {"prod_list_id": None, "quantity": 2},
]


def snapshot(*goods: tuple[str, int, float]) -> str:
    """The text of a snapshot of these products, quantities and subtotals in yuan."""
    items = [
        {"prod_list_id": key, "prod_list_name": f"{key} of then", "quantity": n, "subtotal": yuan}
        for key, n, yuan in goods
    ]
    return orjson.dumps({"items": items}).decode()


@pytest.fixture
def orders(database: Database) -> list[dict[str, object]]:
    """An order of each state in each of the moments, every third one deleted, and a user beside it."""
    made: list[dict[str, object]] = []
    for place, (moment, day) in enumerate(MIDNIGHT.items()):
        for which, state in enumerate(STATES):
            number = 4 * place + which
            goods = (("P-a", 1 + number % 4, 10.0), ("P-b", 4, 0.29 * (number + 1)))
            row = {
                "order_create": moment,
                "created": IMPORTED if number % 2 else moment,
                "order_status": state,
                "order_amount": 1000 + 29 * (number + 1),
                "is_delete": int(number % 3 == 2),
            }
            make_order((ALICE, BOB)[number % 2], order_snap=snapshot(*goods), **row)
            made.append({**row, "day": day, "goods": goods})
        make_user(created=moment, is_delete=place % 2)
    make_product(prod_list_id="P-a", prod_list_name="now A")
    make_product(prod_list_id="P-c", prod_list_status="off_sale")
    return [each for each in made if not each["is_delete"]]


def test_each_day_has_the_orders_turnover_and_users_of_beijings_day(
    orders: list[dict[str, object]],
) -> None:
    found = figures.read(TODAY)
    assert [day.date for day in found.days] == [f"2026-11-{n}" for n in range(14, 28)]
    for day in found.days:
        of_day = [each for each in orders if each["day"] == day.date]
        kept = [each["order_amount"] for each in of_day if each["order_status"] != "cancelled"]
        users = [d for place, d in enumerate(MIDNIGHT.values()) if d == day.date and not place % 2]
        assert day == (day.date, len(of_day), sum(kept), len(users))  # type: ignore[arg-type]  # fen
    assert found.today.orders > 0
    assert found.today.turnover > 0
    assert found.today.users > 0


def test_states_products_and_users_are_counted_without_the_deleted(
    orders: list[dict[str, object]],
) -> None:
    found = figures.read(TODAY)
    assert found.states == Counter(each["order_status"] for each in orders)
    assert found.products == {"on_sale": 1, "off_sale": 1}
    assert found.users == (len(MIDNIGHT) + 1) // 2


def test_the_best_sold_products_are_those_of_the_days(orders: list[dict[str, object]]) -> None:
    quantities: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for each in orders:
        if "2026-11-14" <= str(each["day"]) <= TODAY and each["order_status"] != "cancelled":
            for key, number, yuan in each["goods"]:  # type: ignore[attr-defined]  # as made above
                quantities[key] += number
                amounts[key] += round(yuan * 100)
    sold = [(each.name, each.quantity, each.turnover) for each in figures.sold(TODAY)]
    assert sold == [
        ("P-b of then", quantities["P-b"], amounts["P-b"]),
        ("now A", quantities["P-a"], amounts["P-a"]),
    ]
    assert [bool(each.id) for each in figures.sold(TODAY)] == [False, True]


def test_odd_snapshots_of_an_import_sell_nothing(database: Database) -> None:
    moment = "2026-11-27 04:30:00.000Z"
    for text in (*ODD_SNAPSHOTS, orjson.dumps({"items": ODD_ITEMS}).decode()):
        make_order(created=moment, order_create=moment)
        Order.update(order_snap=text).where(Order.order_snap.contains("SW-1")).execute()
    assert figures.sold(TODAY) == []
    assert figures.read(TODAY).today.orders == len(ODD_SNAPSHOTS) + 1


def test_the_orders_that_wait_longest_come_first_with_their_customers(database: Database) -> None:
    make_user(openid=ALICE.openid, users_name="王小明")
    for minute in range(figures.FEW + 2):
        moment = f"2026-11-27 04:{59 - minute}:00.000Z"
        make_order(ALICE if minute % 2 else BOB, order_create=moment)
    make_order(ALICE, order_create="2020-01-01 00:00:00.000Z", order_status="confirmed")
    make_order(ALICE, order_create="2020-01-01 00:00:00.000Z", is_delete=1)
    waiting = figures.read(TODAY).waiting
    assert [each.placed for each in waiting] == sorted(each.placed for each in waiting)
    assert waiting[0].placed == f"2026-11-27 04:{59 - figures.FEW - 1}:00.000Z"
    assert [each.customer for each in waiting] == ["王小明", ""] * (figures.FEW // 2)
    assert all(each.amount == 3980 and each.number for each in waiting)


def test_an_empty_shop_has_zeros(database: Database) -> None:
    found = figures.read(TODAY)
    assert found.today == (TODAY, 0, 0, 0)
    assert (found.states, found.waiting, found.users) == ({}, [], 0)
    assert figures.sold(TODAY) == []
