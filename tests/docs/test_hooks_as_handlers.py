"""Each hook of docs/hooks-as-handlers.md and what it becomes here do the same.

The hooks run in PocketBase 0.40.6, ours in a copy of the checkout that the page was followed in.
"""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.databases import without_sql
from tests.docs.hook_servers import FILES, PAGE, PRODUCT, Both, running, shown
from tests.docs.pages import text
from tests.docs.placing import pieces
from tests.followed import typed

pytestmark = without_sql

COUPONS = "/collections/tbl_coupon/records"
MADE = {"id", "created", "updated", "coupon_id"}
"""What differs between any two rows."""

LONG_AGO = "2026-01-01 00:00:00.000Z"
PATIENCE_S = 20


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with running(tmp_path_factory.mktemp("hooks")) as servers:
        yield servers


def alike(answers: list[requests.Response], status: int) -> dict[str, Any]:
    """What both answered, which must be equal but for what is made anew. Returns: our answer's JSON."""
    assert [each.status_code for each in answers] == [status] * 2, [each.text for each in answers]
    bodies = [each.json() for each in answers]
    ours, theirs = ({k: v for k, v in body.items() if k not in MADE} for body in bodies)
    assert ours == theirs
    return dict(bodies[0])


def record_paths(answers: list[requests.Response]) -> list[str]:
    """The path of the record that each has made."""
    return [f"{COUPONS}/{each.json()['id']}" for each in answers]


def test_before_create(both: Both) -> None:
    """The server chooses id and state, and tidies the code up."""
    answers = both.make("create", "  spring10 ", coupon_state="used", coupon_id="mine")
    made = alike(answers, 200)
    assert (made["coupon_code"], made["coupon_state"]) == ("SPRING10", "unused")
    assert all(re.fullmatch(r"CP-\w{26}", each.json()["coupon_id"]) for each in answers)
    told = alike(both.make("create", "   "), 400)["data"]
    assert told["coupon_code"]["code"] == "validation_required"


def test_validation_across_collections(both: Both) -> None:
    """The product costs 199 yuan."""
    product = {"coupon_product": PRODUCT["id"]}
    staff = [
        both.make("staff", f"V{amount}", coupon_amount=amount, **product) for amount in (200, 199)
    ]
    told = alike(staff[0], 400)["data"]
    assert told["coupon_amount"]["code"] == "validation_worth_more"
    alike(both.make("validation", "FREE", coupon_amount=10), 200)


def test_unique_for_each_user(both: Both) -> None:
    """Another user may have the same code."""
    alike(both.make("unique", "ONCE"), 200)
    answers = both.make("unique", "once")
    assert [each.status_code for each in answers] == [400, 400]
    found = [each.json()["data"]["coupon_code"] for each in answers]
    assert [each["code"] for each in found] == ["validation_not_unique"] * 2
    assert found[1]["message"] == "You have this coupon already.", "the hook's own words"
    alike(both.make("validation", "ONCE"), 200)


def test_computed_field(both: Both) -> None:
    made = alike(both.make("computed", "TITLE", coupon_amount=9.9, coupon_title="mine"), 200)
    assert made["coupon_title"] == "TITLE · 9.90 元"


def test_another_value_in_answers(both: Both) -> None:
    """Answers are alike; a filter finds what is shown here alone."""
    assert (
        alike(both.make("enrich", "OLD", coupon_expiry=LONG_AGO), 200)["coupon_state"] == "expired"
    )
    alike(both.make("enrich", "YOUNG", coupon_expiry="2099-01-01 00:00:00.000Z"), 200)
    found = [
        each.json()["totalItems"]
        for each in both.ask("enrich", "GET", f"{COUPONS}?filter=coupon_state='expired'")
    ]
    assert found == [1, 0]


def test_route(both: Both) -> None:
    for code, amount, expiry in (("A", 10.5, ""), ("B", 2.5, ""), ("C", 50, LONG_AGO)):
        alike(both.make("route", code, coupon_amount=amount, coupon_expiry=expiry), 200)
    ours, theirs = both.ask("route", "POST", "/coupon/summary", {})
    assert ours.json()["data"] == theirs.json() == {"count": 2, "amount": 13}
    for server in (f"{both.pair.ours}/pb/api", f"{both.pair.theirs}/api"):
        assert requests.post(f"{server}/coupon/summary", json={}, timeout=30).status_code == 401


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds, which PocketBase does after it has answered."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_cron(both: Both) -> None:
    """What expired is void, and so not shown any more; the timer's unit runs our command."""
    answers = both.make("cron", "NIGHT", coupon_expiry=LONG_AGO)
    alike(answers, 200)
    ours, theirs = record_paths(answers)
    [unit] = [each.text for each in shown("ini") if each.file.endswith(".service")]
    command = re.findall(r"^ExecStart=/opt/bai-wx/bin/bai-wx (.+)$", unit, re.MULTILINE)
    assert [both.server.command(*each.split()).returncode for each in command] == [0]
    both.run_cron("void_expired_coupons")
    assert both.ask("cron", "GET", ours)[0].status_code == 404
    eventually(lambda: both.ask("cron", "GET", theirs)[1].status_code == 404)


def test_webhook(both: Both) -> None:
    """The robot hears the same of both; of ours once, however often the command is run."""
    alike(both.make("webhook", "HELLO"), 200)
    for _ in range(2):
        both.server.command("coupon", "tell")
    expected = {"msgtype": "text", "text": {"content": "新的优惠券 HELLO"}}
    heard = {path: said.count(expected) for path, said in both.robot.heard.items()}
    assert heard == {"/ours": 1, "/theirs": 1}


def test_role(both: Both) -> None:
    refused = alike(both.make("role", "LARGE", coupon_amount=150), 403)
    assert refused["message"] == "Only staff may make large coupons."
    alike(both.make("staff", "LARGE", coupon_amount=150), 200)
    alike(both.make("role", "SMALL", coupon_amount=100), 200)


def test_after_create(both: Both) -> None:
    """The product is in the cart. Where the hook fails, its coupon is there all the same."""
    product = {"coupon_product": PRODUCT["id"]}
    alike(both.make("after", "FIRST", **product), 200)
    carts = both.ask("after", "GET", "/collections/tbl_cart/records?fields=cart_product_id")
    assert alike(carts, 200)["items"] == [{"cart_product_id": PRODUCT["id"]}]
    again = both.make("after", "SECOND", **product)
    assert [each.status_code for each in again] == [200, 400]
    found = both.ask("after", "GET", f"{COUPONS}?filter=coupon_code='SECOND'&fields=id")
    assert [each.json()["totalItems"] for each in found] == [1, 1]


def test_nothing_of_the_coupon_stays_where_the_line_is_refused(both: Both) -> None:
    both.server.change("tbl_product_list", PRODUCT["id"], prod_list_status="off_sale")
    try:
        ours, _ = both.make("after", "THIRD", coupon_product=PRODUCT["id"])
    finally:
        both.server.change("tbl_product_list", PRODUCT["id"], prod_list_status="on_sale")
    assert ours.status_code == 400
    assert both.server.rows("SELECT id FROM tbl_coupon WHERE coupon_code = 'THIRD'") == []


def test_the_copy_fits_its_contract(both: Both) -> None:
    copy = both.server.home.parent / "checkout"
    said = typed(copy, f"bai-wx scaffold --check && ruff check -q {FILES}")
    assert "every operation has its function" in said


def test_the_pages_show_the_same() -> None:
    """The Chinese page has the same pieces and as many sections."""
    twin = PAGE.replace(".md", ".zh.md")
    assert pieces(text(twin)) == pieces(text(PAGE))
    sections = [len(re.findall(r"^## ", text(page), re.MULTILINE)) for page in (PAGE, twin)]
    assert sections[0] == sections[1] == len(shown("js")) + 2
