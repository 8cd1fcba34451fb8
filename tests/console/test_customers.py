"""Customers in the console: personal numbers are masked, revealed to those who may, and that is written down.

Covers: bai_wx/console/sales/, bai_wx/console/views/cells.py, bai_wx/console/views/customers.py
"""

import json
import re

import pytest

from bai_wx.console.roles import Role
from tests.console.people import USERS, make_customer, place_order
from tests.console.shop import Console
from tests.console.visitor import HEADER, Visitor, address
from tests.running import Client

PAGES = f"/console/{USERS}"
PHONE, PAPER = "13755556666", "110101199003071234"
NAMES = re.compile(r'<td data-column="users_name".*?<a [^>]*>([^<]+)</a>', re.DOTALL)


@pytest.fixture(scope="module")
def wang(console: Console) -> Client:
    customer = make_customer(console, "customers-wang", "王二小", PHONE)
    console.server.change(USERS, customer.user_id, users_id_number=PAPER)
    place_order(console, customer)
    return customer


def audited(console: Console, action: str) -> list[dict[str, object]]:
    return console.server.rows("SELECT * FROM console_audit WHERE action = ?", action)


PATHS = {
    "list": "/list?q=王二小",
    "list with every column": "/list?q=王二小&cols=users_phone,users_id_number,openid",
    "detail": "/detail?pk={}",
    "edit": "/edit?pk={}",
    "lookup": None,
}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_no_page_shows_a_personal_number(
    console: Console, wang: Client, role: Role, name: str
) -> None:
    path = PATHS[name]
    place = f"{PAGES}{path}" if path else f"/console/_api/{USERS}/relation-lookup?pks={{}}"
    answer = console.of(role).get(place.format(wang.user_id))
    assert answer.status_code == 200
    assert PHONE not in answer.text
    assert PAPER not in answer.text
    assert wang.user_id in answer.text


def reveal(visitor: Visitor, customer: Client, field: str) -> tuple[int, object]:
    answer = visitor.post(f"{PAGES}/reveal?pk={customer.user_id}", {"field": field})
    return answer.status_code, answer.json()["value"] if answer.status_code == 200 else None


REVEALED = {"users_phone": (PHONE, "137****6666"), "users_id_number": (PAPER, "****34")}


@pytest.mark.parametrize("field", REVEALED)
def test_who_reveals_a_number_is_in_the_audit_log(
    console: Console, wang: Client, field: str
) -> None:
    before = len(audited(console, "reveal"))
    value, masked = REVEALED[field]
    assert reveal(console.of(Role.EDITOR), wang, field) == (200, value)
    *_, entry = audited(console, "reveal")
    assert len(audited(console, "reveal")) == before + 1
    assert (entry["operator_name"], entry["record_id"]) == ("editor", wang.user_id)
    assert json.loads(str(entry["after"])) == {field: masked}


REFUSED = {
    "a viewer": (Role.VIEWER, "users_phone", 403),
    "another field": (Role.ADMIN, "token_key", 404),
    "no field": (Role.ADMIN, "", 404),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_number_is_not_revealed_to(console: Console, wang: Client, name: str) -> None:
    role, field, status = REFUSED[name]
    before = len(audited(console, "reveal"))
    assert reveal(console.of(role), wang, field) == (status, None)
    assert len(audited(console, "reveal")) == before


def test_nothing_is_revealed_of_nobody(console: Console) -> None:
    nobody = Client(console.url, "", "", "000000000000000")
    assert reveal(console.of(Role.ADMIN), nobody, "users_phone") == (404, None)


def test_a_page_that_is_read_reveals_nothing(console: Console, wang: Client) -> None:
    answer = console.of(Role.ADMIN).get(f"{PAGES}/reveal?pk={wang.user_id}&field=users_phone")
    assert answer.status_code in {404, 405}


FOUND_BY = {
    "name": ("二小", True),
    "end of the phone": ("6666", True),
    "whole phone": (PHONE, False),
    "middle of the phone": ("5555", False),
    "three last digits": ("666", True),
    "two last digits": ("66", False),
    "longer end of the phone": ("56666", False),
    "beginning of the phone": ("137", False),
    "paper": (PAPER, False),
    "end of the paper": ("1234", False),
}


@pytest.mark.parametrize("typed", [PHONE, "+86 137 5555 6666"])
def test_who_may_reveal_a_phone_finds_its_customer_by_it(
    console: Console, wang: Client, typed: str
) -> None:
    page = console.of(Role.EDITOR).get(address(f"{PAGES}/list", {"q": typed})).text
    assert NAMES.findall(page) == ["王二小"]


@pytest.mark.parametrize("name", FOUND_BY)
def test_a_search_finds_a_customer_by_what_everybody_sees(
    console: Console, wang: Client, name: str
) -> None:
    text, is_found = FOUND_BY[name]
    page = console.of(Role.VIEWER).get(address(f"{PAGES}/list", {"q": text})).text
    assert ("王二小" in NAMES.findall(page)) is is_found


@pytest.mark.parametrize("asked", [{"sort": "users_phone__asc"}, {"filter": "users_phone__eq=1"}])
def test_masked_numbers_are_neither_sorted_nor_filtered_by(
    console: Console, asked: dict[str, str]
) -> None:
    page = console.of(Role.VIEWER).get(address(f"{PAGES}/list", asked))
    by_default = console.of(Role.VIEWER).get(f"{PAGES}/list").text
    if page.status_code != 400:
        assert NAMES.findall(page.text) == NAMES.findall(by_default)


def test_the_page_has_orders_cart_and_companies(console: Console, wang: Client) -> None:
    wang.request("POST", "/collections/tbl_company/records", json={"company_name": "王氏灯饰"})
    product = console.server.rows("SELECT prod_list_id FROM tbl_product_list ORDER BY seq")[0]
    line = {"cart_product_id": product["prod_list_id"], "cart_product_quantity": 7}
    wang.data("/cart/create", line)
    page = console.of(Role.VIEWER).get(f"{PAGES}/detail?pk={wang.user_id}").text
    number = wang.data("/order/list")["items"][0]["order_number"]
    for shown in (number, "王氏灯饰", "× 7", "待确认 1"):
        assert shown in page


SEEN = re.compile(r'name="_seen" value="([^"]+)"')


def test_an_editor_notes_level_and_tags_and_nothing_else(console: Console, wang: Client) -> None:
    editor, path = console.of(Role.EDITOR), f"{PAGES}/edit?pk={wang.user_id}"
    page = editor.get(path).text
    assert re.findall(r'<[^>]* name="(users_\w+)"', page) == [
        "users_rank_level",
        "users_level",
        "users_tag",
        "users_parent_id",
        "users_convers_id",
    ]
    [seen] = SEEN.findall(page)
    form = {"_seen": seen, "users_rank_level": "3", "users_tag": "酒店", "users_status": "disabled"}
    assert editor.post(path, form).status_code == 303
    row = console.server.row(USERS, wang.user_id)
    assert (row["users_rank_level"], row["users_tag"], row["users_status"]) == (3, "酒店", "active")


def set_status(visitor: Visitor, customer: Client, status: str, reason: str) -> int:
    form = {"status": status, "reason": reason}
    return visitor.post(f"{PAGES}/status?pk={customer.user_id}", form).status_code


def test_an_admin_disables_a_customer_and_enables_it_again(console: Console) -> None:
    customer, admin = make_customer(console, "customers-zhao", "赵六"), console.of(Role.ADMIN)
    assert set_status(admin, customer, "disabled", "") == 303
    assert customer.hook("/cart/list").status_code == 200
    assert set_status(admin, customer, "disabled", "冒用他人名义") == 303
    assert customer.hook("/cart/list").status_code == 401
    assert audited(console, "disable")[-1]["reason"] == "冒用他人名义"
    page = admin.get(f"{PAGES}/list?group=disabled").text
    assert "赵六" in NAMES.findall(page)
    assert set_status(admin, customer, "active", "") == 303
    assert customer.hook("/cart/list").status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_others_disable_nobody(console: Console, wang: Client, role: Role) -> None:
    assert set_status(console.of(role), wang, "disabled", "因为") == 403
    assert console.server.row(USERS, wang.user_id)["users_status"] == "active"


@pytest.mark.parametrize("status", ["", "deleted"])
def test_a_state_that_is_none_is_refused(console: Console, wang: Client, status: str) -> None:
    assert set_status(console.of(Role.ADMIN), wang, status, "因为") == 404


def test_a_write_asks_for_the_token_of_the_session(console: Console, wang: Client) -> None:
    admin = console.of(Role.ADMIN)
    path = f"{PAGES}/reveal?pk={wang.user_id}"
    forged = admin.send("POST", path, data={"field": "users_phone"})
    assert forged.status_code == 403
    by_header = {HEADER: admin.token}
    asked = admin.send("POST", path, data={"field": "users_phone"}, headers=by_header)
    assert asked.json() == {"value": PHONE}


@pytest.mark.parametrize(("text", "is_found"), [("钱七", True), ("7777", True), ("377777", False)])
def test_deleted_customers_are_found_no_other_way(
    console: Console, text: str, is_found: bool
) -> None:
    gone = make_customer(console, "customers-qian", "钱七", "13377777777")
    console.server.change(USERS, gone.user_id, is_delete=1)
    try:
        asked = {"collection": USERS, "q": text}
        page = console.of(Role.VIEWER).get(address("/console/trash", asked)).text
        assert (gone.user_id in page) is is_found
    finally:
        console.server.change(USERS, gone.user_id, is_delete=0)


NAMED = {
    "capitals": ("ANNA", True),
    "a letter of another alphabet in capitals": ("ÄRZTIN", True),
    "a percent sign is one": ("%", False),
    "an underscore is one": ("Anna_", False),
}


@pytest.mark.parametrize("name", NAMED)
def test_names_are_found_whatever_their_case(console: Console, name: str) -> None:
    make_customer(console, "customers-anna", "Anna Ärztin")
    text, is_found = NAMED[name]
    page = console.of(Role.VIEWER).get(address(f"{PAGES}/list", {"q": text})).text
    assert ("Anna Ärztin" in NAMES.findall(page)) is is_found
