"""Orders in the console: found in a few clicks, moved by the rules, with what happened to them.

Covers: bai_wx/console/amounts.py, bai_wx/console/notes.py, bai_wx/console/sales/, bai_wx/console/views/orders.py, models/migrations/0014_notes.py
"""  # noqa: E501

import re
from datetime import date, timedelta

import pytest

from bai_wx.console import times
from bai_wx.console.roles import Role
from tests.console.people import make_customer, place_order
from tests.console.shop import PHONE, Console
from tests.console.visitor import Visitor, address
from tests.running import Client

ORDERS = "/console/tbl_order"
NUMBER = re.compile(r">\s*(20\d{10,})\s*<")
MOVE = re.compile(r'data-bs-target="#move-(\w+)"')
TOTAL = re.compile(r'console-total">([^<]+)<')
FACT = re.compile(r"<dt>([^<]*)</dt>\s*<dd[^>]*>([^<]*)</dd>")
TAB = re.compile(r'status=(\w+)"[^>]*>\s*\S+ <span class="console-count">(\d+)')


@pytest.fixture(scope="module")
def customer(console: Console) -> Client:
    return make_customer(console, "orders-li", "李四光", "13911112222")


@pytest.fixture
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


def page_of(visitor: Visitor, order_id: str) -> str:
    """The page of an order."""
    answer = visitor.get(f"{ORDERS}/detail?pk={order_id}")
    assert answer.status_code == 200
    return answer.text


def move(visitor: Visitor, order_id: str, status: str, reason: str = "") -> str:
    """Press a button of an order. Returns: the page that follows."""
    answer = visitor.post(f"{ORDERS}/move?pk={order_id}", {"status": status, "reason": reason})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"{ORDERS}/detail?pk={order_id}")
    return page_of(visitor, order_id)


def status_of(console: Console, order_id: str) -> str:
    return str(console.server.row("tbl_order", order_id)["order_status"])


def test_the_buttons_are_the_moves_that_the_rules_allow(
    console: Console, editor: Visitor, customer: Client
) -> None:
    order_id = place_order(console, customer)
    assert set(MOVE.findall(page_of(editor, order_id))) == {"confirmed"}
    assert set(MOVE.findall(move(editor, order_id, "confirmed"))) == {"completed", "cancelled"}
    assert MOVE.findall(move(editor, order_id, "completed")) == []
    assert MOVE.findall(page_of(console.of(Role.VIEWER), order_id)) == []


def test_a_pending_order_says_how_it_is_cancelled_and_which_number_is_whose(
    console: Console, editor: Visitor, customer: Client
) -> None:
    order_id = place_order(console, customer)
    pending = page_of(editor, order_id)
    assert "确认之后可以取消" in pending
    assert "确认之后可以取消" not in page_of(console.of(Role.VIEWER), order_id)
    assert "确认之后可以取消" not in move(editor, order_id, "confirmed")
    order = console.server.row("tbl_order", order_id)
    facts = dict(FACT.findall(pending))
    assert facts["订单号（客户看到的）"] == order["order_number"]
    assert facts["系统编号"] == order["order_id"]


def test_the_two_ways_to_filter_are_called_apart(console: Console, editor: Visitor) -> None:
    page = editor.get(f"{ORDERS}/list").text
    assert re.search(r'type="submit">查找</button>', page)
    assert re.findall(r"</i>(\S*筛选)\s", page)[0] == "更多筛选"


REFUSED_MOVES = {
    "a state too far": ("completed", "", "当前状态"),
    "no state": ("lost", "", "当前状态"),
    "cancelled without a reason": ("cancelled", "  ", "请填写取消原因"),
    "a reason that is too long": ("confirmed", "长" * 501, "最多 500 字"),
}


@pytest.mark.parametrize("name", REFUSED_MOVES)
def test_a_move_that_is_refused_is_told(
    console: Console, editor: Visitor, customer: Client, name: str
) -> None:
    status, reason, told = REFUSED_MOVES[name]
    order_id = place_order(console, customer)
    assert told in move(editor, order_id, status, reason)
    assert status_of(console, order_id) == "pending"


def test_a_reason_stays_in_the_timeline_with_who_and_when(
    console: Console, editor: Visitor, customer: Client
) -> None:
    order_id = place_order(console, customer)
    move(editor, order_id, "confirmed")
    page = move(editor, order_id, "cancelled", "仓库没有货 <b>")
    assert "仓库没有货 &lt;b&gt;" in page
    events = page.partition("console-timeline")[2].partition("</ol>")[0]
    assert re.findall(r"已取消|已确认|下单", events) == [
        "已取消",
        "已确认",
        "下单",
    ]
    assert re.findall(r"· (editor|客户)", events) == ["editor", "editor", "客户"]
    assert times.today() in events
    shown = customer.data("/order/list")["items"]
    assert "cancelled" in {each["order_status"] for each in shown if each["pb_id"] == order_id}


def test_a_reason_finds_its_order_and_stands_in_the_list(
    console: Console, editor: Visitor, customer: Client
) -> None:
    wrong, other = place_order(console, customer), place_order(console, customer)
    for order_id, reason in ((wrong, "买错 Model <X>"), (other, "不要了")):
        move(editor, order_id, "confirmed", "已电话核对")
        move(editor, order_id, "cancelled", reason)
    number = console.server.row("tbl_order", wrong)["order_number"]
    for text in ("买错", "model <x"):
        page = editor.get(address(f"{ORDERS}/list", {"q": text, "status": "cancelled"})).text
        assert NUMBER.findall(page) == [number]
        assert "原因：买错 Model &lt;X&gt;</div>" in page
        assert "已电话核对" not in page


def test_what_the_customer_cancelled_is_said_of_the_customer(
    console: Console, editor: Visitor, customer: Client
) -> None:
    order_id = place_order(console, customer)
    order = console.server.row("tbl_order", order_id)["order_id"]
    customer.data("/order/update", {"order_id": order, "order_status": "cancelled"})
    events = page_of(editor, order_id).partition("console-timeline")[2]
    assert re.findall(r"· (\w+)", events)[:2] == ["客户", "客户"]


def test_what_nobody_wrote_down_is_said_of_nobody(
    console: Console, editor: Visitor, customer: Client
) -> None:
    order_id = place_order(console, customer)
    console.server.change("tbl_order", order_id, order_status="completed")
    assert "无记录" in page_of(editor, order_id)


def test_a_note_is_kept_and_seen_by_operators_alone(
    console: Console, editor: Visitor, customer: Client
) -> None:
    order_id = place_order(console, customer)
    text = "客户要求周六送货\n<script>alert(1)</script>"
    answer = editor.post(f"{ORDERS}/note?pk={order_id}", {"text": f"{text}\0"})
    assert answer.status_code == 303
    page = page_of(console.of(Role.VIEWER), order_id)
    assert "客户要求周六送货\n&lt;script&gt;" in page
    assert "周六送货" not in customer.hook("/order/list").text
    [entry] = console.server.rows("SELECT * FROM console_audit WHERE action = 'note'")
    assert (entry["record_id"], entry["operator_name"]) == (order_id, "editor")
    assert "周六" not in entry["after"]


@pytest.mark.parametrize("text", ["", "  ", "长" * 1001])
def test_a_note_has_a_length(
    console: Console, editor: Visitor, customer: Client, text: str
) -> None:
    order_id = place_order(console, customer)
    editor.post(f"{ORDERS}/note?pk={order_id}", {"text": text})
    assert "备注需 1 到 1000 字" in page_of(editor, order_id)


@pytest.mark.parametrize("path", ["move", "note"])
def test_a_viewer_writes_nothing(console: Console, customer: Client, path: str) -> None:
    order_id = place_order(console, customer)
    before = console.rows("tbl_order"), console.rows("console_notes")
    form = {"status": "confirmed", "text": "看到了"}
    answer = console.of(Role.VIEWER).post(f"{ORDERS}/{path}?pk={order_id}", form)
    assert answer.status_code == 403
    assert (console.rows("tbl_order"), console.rows("console_notes")) == before


@pytest.mark.parametrize("path", ["detail", "print"])
def test_an_order_that_is_not_there_is_not_found(editor: Visitor, path: str) -> None:
    assert editor.get(f"{ORDERS}/{path}?pk=000000000000000").status_code == 404


@pytest.mark.parametrize("path", ["create", "edit"])
def test_no_form_changes_an_order(console: Console, path: str) -> None:
    order_id = console.first("tbl_order")
    admin = console.of(Role.ADMIN)
    assert admin.get(f"{ORDERS}/{path}?pk={order_id}").status_code == 403
    assert admin.post(f"{ORDERS}/{path}?pk={order_id}", {"order_remark": "x"}).status_code == 403


def test_the_print_has_the_goods_and_no_note(
    console: Console, editor: Visitor, customer: Client
) -> None:
    order_id = place_order(console, customer, pieces=3)
    editor.post(f"{ORDERS}/note?pk={order_id}", {"text": "难缠的客户"})
    order = console.server.row("tbl_order", order_id)
    paper = editor.get(f"{ORDERS}/print?pk={order_id}").text
    total = f"¥{order['order_amount'] / 100:,.2f}"
    for shown in (order["order_number"], total, "李四光", "139****2222", ">3<"):
        assert shown in paper
    assert "难缠" not in paper


@pytest.fixture(scope="module")
def cancelled_yesterday(console: Console, customer: Client) -> str:
    """The number of the one order of this customer that is of yesterday and cancelled."""
    yesterday = (date.fromisoformat(times.today()) - timedelta(1)).isoformat()
    begins, ends = times.day_bounds(yesterday)
    almost = "2020-01-01 00:00:00.000Z"
    cases = ((begins, "cancelled"), (begins, "pending"), (ends, "cancelled"), (almost, "cancelled"))
    ids = []
    for moment, status in cases:
        ids.append(place_order(console, customer))
        console.server.change("tbl_order", ids[-1], order_create=moment, order_status=status)
    others = place_order(console, console.customer)
    console.server.change("tbl_order", others, order_create=begins, order_status="cancelled")
    return str(console.server.row("tbl_order", ids[0])["order_number"])


CUSTOMER_BY = {"name": "四光", "end of the phone": "2222", "whole phone": "13911112222"}


@pytest.mark.parametrize("name", CUSTOMER_BY)
def test_yesterdays_cancelled_orders_of_one_customer_are_found(
    editor: Visitor, cancelled_yesterday: str, name: str
) -> None:
    asked = {"status": "cancelled", "period": "yesterday", "customer": CUSTOMER_BY[name]}
    page = editor.get(address(f"{ORDERS}/list", asked)).text
    assert NUMBER.findall(page) == [cancelled_yesterday]


def test_days_are_beijings_and_both_ends_count(editor: Visitor, cancelled_yesterday: str) -> None:
    today = date.fromisoformat(times.today())
    yesterday = (today - timedelta(1)).isoformat()
    asked = {"since": yesterday, "until": yesterday, "customer": "四光", "status": "cancelled"}
    assert NUMBER.findall(editor.get(address(f"{ORDERS}/list", asked)).text) == [
        cancelled_yesterday
    ]
    before = {**asked, "since": "2020-01-01", "until": (today - timedelta(2)).isoformat()}
    found = NUMBER.findall(editor.get(address(f"{ORDERS}/list", before)).text)
    assert (len(found), cancelled_yesterday in found) == (1, False)


def test_the_tabs_count_what_the_other_filters_leave(
    editor: Visitor, cancelled_yesterday: str
) -> None:
    asked = {"period": "yesterday", "customer": "四光"}
    tabs = dict(TAB.findall(editor.get(address(f"{ORDERS}/list", asked)).text))
    assert tabs == {"pending": "1", "confirmed": "0", "completed": "0", "cancelled": "1"}


def test_the_foot_sums_all_that_is_found_not_the_page(
    console: Console, editor: Visitor, customer: Client, cancelled_yesterday: str
) -> None:
    sql = "SELECT order_amount, order_status FROM tbl_order WHERE order_owner = ? AND is_delete = 0"
    placed = console.server.rows(sql, customer.openid)
    for status in ("", "cancelled", "confirmed", "lost"):
        asked = {"customer": "四光", "status": status, "page_size": "20", "page": "2"}
        total = sum(each["order_amount"] for each in placed if status in ("", each["order_status"]))
        page = editor.get(address(f"{ORDERS}/list", asked)).text
        assert TOTAL.findall(page) == [f"¥{total / 100:,.2f}"]
    found = editor.get(address(f"{ORDERS}/list", {"q": cancelled_yesterday})).text
    one = console.server.rows(
        "SELECT order_amount FROM tbl_order WHERE order_number = ?", cancelled_yesterday
    )[0]
    assert TOTAL.findall(found) == [f"¥{one['order_amount'] / 100:,.2f}"]


SEARCHED = {"part of the phone": "1111", "another's phone": PHONE, "a name nobody has": "五湖四海"}


@pytest.mark.parametrize("name", SEARCHED)
def test_a_customer_is_not_found_by(editor: Visitor, cancelled_yesterday: str, name: str) -> None:
    page = editor.get(address(f"{ORDERS}/list", {"customer": SEARCHED[name]})).text
    assert cancelled_yesterday not in page


def test_a_search_looks_at_number_goods_and_customer(
    console: Console, editor: Visitor, cancelled_yesterday: str
) -> None:
    snapped = console.server.rows("SELECT prod_list_name FROM tbl_product_list ORDER BY seq")[0]
    for text in (cancelled_yesterday[3:], "李四光"):
        found = NUMBER.findall(
            editor.get(address(f"{ORDERS}/list", {"q": text, "page_size": "100"})).text
        )
        assert cancelled_yesterday in found
    by_goods = editor.get(address(f"{ORDERS}/list", {"q": snapped["prod_list_name"]})).text
    assert NUMBER.findall(by_goods)


@pytest.mark.parametrize(
    "asked", [{"since": "gestern"}, {"period": "never"}, {"until": "2026-13-1"}]
)
def test_an_address_that_says_nothing_is_400(editor: Visitor, asked: dict[str, str]) -> None:
    assert editor.get(address(f"{ORDERS}/list", asked)).status_code == 400


SNAPSHOTS = {
    "none": "",
    "a list": '[{"prod_list_name": "旧面板", "quantity": 2}]',
    "items that are none": '{"items": [1, "x", null]}',
    "values of other kinds": '{"items": [{"prod_list_name": 5, "quantity": "2", "at_price": null}]}',
    "a text": '"面板"',
}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_an_imported_snapshot_breaks_no_page(
    console: Console, editor: Visitor, customer: Client, name: str
) -> None:
    order_id = place_order(console, customer)
    console.server.change("tbl_order", order_id, order_snap=SNAPSHOTS[name])
    assert ("旧面板" in page_of(editor, order_id)) is (name == "a list")
    assert editor.get(f"{ORDERS}/list").status_code == 200
    assert editor.get(f"{ORDERS}/print?pk={order_id}").status_code == 200
