"""The audit log: what an entry holds, what is found of it, and that nothing is changed or removed.

Covers: bai_wx/console/masking.py, bai_wx/console/transfers/operator.py
"""

import pytest
from peewee import Database, DatabaseError

from bai_wx.console import audit
from bai_wx.console.acting import COMMAND_LINE, Acting
from bai_wx.console.audit import Filter
from bai_wx.console.masking import OPENIDS
from bai_wx.console.persons import HELD
from bai_wx.console.roles import Role
from bai_wx.console.transfers.operator import LoadingOperator
from models.products import Product

pytestmark = pytest.mark.usefixtures("rolled_back")

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.0.0.1", "session1")


@pytest.fixture
def three_entries(rolled_back: Database) -> None:
    """A price of Wang's, a login of Wang's, and an order moved by a command."""
    price = audit.PRICE
    audit.note(WANG, "change", Product, "p1", {price: 10}, {price: 12.5}, "涨价")
    audit.note(WANG, "login", "operators", "operator0000001", {}, {})
    audit.note(COMMAND_LINE, "move", "tbl_order", "o1", {"a": 1}, {"a": 2})


@pytest.mark.usefixtures("three_entries")
@pytest.mark.parametrize(
    ("asked", "actions"),
    [
        pytest.param(Filter(), ["move", "login", "change"], id="all, the newest first"),
        pytest.param(Filter(operator_name="小王"), ["login", "change"], id="of one operator"),
        pytest.param(Filter(collection="tbl_order"), ["move"], id="of a collection"),
        pytest.param(Filter(action="change"), ["change"], id="of an action"),
        pytest.param(Filter(record_id="p1"), ["change"], id="of a record"),
        pytest.param(Filter(since="2999"), [], id="since later"),
        pytest.param(Filter(until="2020"), [], id="until earlier"),
        pytest.param(Filter(since="2020", until="2999", action="move"), ["move"], id="several"),
    ],
)
def test_what_is_found(asked: Filter, actions: list[str]) -> None:
    assert [each.action for each in audit.entries(asked)] == actions
    assert audit.count(asked) == len(actions)


@pytest.mark.usefixtures("three_entries")
def test_an_entry_says_who_what_and_why() -> None:
    (entry,) = audit.history_of("tbl_product_list", "p1")
    assert (entry.operator_id, entry.operator_name) == ("operator0000001", "小王")
    assert (entry.role, entry.address, entry.reason) == ("editor", "10.0.0.1", "涨价")
    assert (entry.before, entry.after) == ({audit.PRICE: 10}, {audit.PRICE: 12.5})
    (price,) = audit.price_history("p1")
    assert (price.by, price.before, price.after) == ("小王", 10, 12.5)


def test_personal_numbers_are_masked() -> None:
    numbers = {"users_phone": "13800138000", "users_id_number": "110101199001011234"}
    audit.note(WANG, "change", "tbl_auth_users", "u1", numbers, {"users_phone": ""})
    (entry,) = audit.entries()
    assert entry.before == {"users_phone": "138****8000", "users_id_number": "****34"}
    assert entry.after == {"users_phone": ""}


def test_no_openid_is_kept() -> None:
    """Its end tells two owners apart. An entry cannot be corrected when its person is erased."""
    assert {name for name, _ in HELD.values()} <= OPENIDS
    owner = {"document_owner": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"}
    audit.note(WANG, "change", "tbl_document", "d1", owner, {"document_owner": ""})
    (entry,) = audit.entries()
    assert entry.before == {"document_owner": "****fL2M"}
    assert entry.after == {"document_owner": ""}


@pytest.mark.usefixtures("three_entries")
@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE console_audit SET reason = 'x'", id="a change"),
        pytest.param("UPDATE console_audit SET reason = 'x' WHERE seq = 1", id="of one entry"),
        pytest.param("DELETE FROM console_audit", id="a removal"),
        pytest.param("DELETE FROM console_audit WHERE seq = 1", id="of one"),
    ],
)
def test_nothing_is_changed_or_removed(rolled_back: Database, statement: str) -> None:
    """The database refuses it, whoever asks."""
    with pytest.raises(DatabaseError, match="append-only"), rolled_back.atomic():
        rolled_back.execute_sql(statement)
    assert audit.count() == 3


def test_many_rows_are_noted_at_once_as_one_is() -> None:
    operator = LoadingOperator(WANG)
    entries = [
        (f"u{n}", {"updated": "a"}, {"users_phone": "13800138000", "updated": f"b{n}"})
        for n in range(3)
    ]
    operator.note("change", Product, entries, "目录.xlsx")
    audit.note(WANG, "change", Product, "u9", *entries[0][1:], "目录.xlsx")
    many, [one] = audit.entries(), audit.history_of("tbl_product_list", "u9")
    assert {each.record_id for each in many} == {"u0", "u1", "u2", "u9"}
    noted = audit.history_of("tbl_product_list", "u0")[0]
    assert (noted.after, noted.reason, noted.role) == (one.after, one.reason, one.role)
    assert noted.after["users_phone"] == "138****8000"
    assert operator.last_change(Product, "u1", "b1") == "小王"
    assert (
        operator.last_change(Product, "u1", "later")
        == operator.last_change(Product, "x", "b1")
        == ""
    )
