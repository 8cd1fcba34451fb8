"""The operator's writes: checked like a client's, noted in the same transaction, nothing overwritten unseen.

Covers: bai_wx/record/row_values.py, bai_wx/record/problem_texts.py, bai_wx/transfer/operator_rows.py
"""

from typing import Any

import orjson
import pytest

from bai_wx.console import audit, writing
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.console.writing import Changed, Invalid
from bai_wx.errors import Forbidden, NotFound, OrderInProgress, OrderStateInvalid
from bai_wx.files.store import FileStore
from bai_wx.record import ids
from bai_wx.record.base import Record
from bai_wx.record.upkeep import CannotRestore
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from models.dict import Dictionary
from models.documents import Document
from models.orders import Order
from models.products import Product
from models.users import User
from tests.factories import (
    make_attachment,
    make_cart_line,
    make_company,
    make_document,
    make_order,
    make_product,
    make_user,
)

pytestmark = pytest.mark.usefixtures("rolled_back")

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.0.0.1")
LI = Acting("operator0000002", "小李", Role.EDITOR, "10.0.0.2")
ADMIN = Acting("operator0000003", "店长", Role.ADMIN, "10.0.0.3")
VIEWER = Acting("operator0000004", "客服", Role.VIEWER, "10.0.0.4")

SWITCH = {"prod_list_name": "智能开关", "prod_list_basic_price": 19.9}


def refused(call: Any, *arguments: Any) -> dict[str, str]:
    """The Chinese text of each field that a write is refused for. Nothing is noted."""
    before = audit.count()
    with pytest.raises(Invalid) as caught:
        call(*arguments)
    assert audit.count() == before
    assert all(english.endswith(".") for _, english in caught.value.problems.values())
    return {name: chinese for name, (chinese, _) in caught.value.problems.items()}


def test_a_new_row_has_what_the_server_makes() -> None:
    icon = make_attachment()
    values = {**SWITCH, "prod_list_icon": icon.id, "prod_list_parameters": [{"name": "电压"}]}
    row = writing.create(Product, values, WANG)
    stored = Product.get(Product.id == row.id)
    assert (stored.prod_list_basic_price, stored.prod_list_status) == (1990, "on_sale")
    assert stored.prod_list_id.startswith("P-")
    assert orjson.loads(stored.prod_list_parameters) == [{"name": "电压"}]
    (entry,) = audit.history_of("tbl_product_list", row.id)
    assert (entry.action, entry.before) == ("create", {})
    assert entry.after["prod_list_basic_price"] == 19.9


def test_a_product_without_price_and_state_is_off_sale() -> None:
    """As an import's: nothing is sold at 0 because a form left a field empty."""
    assert writing.create(Product, {"prod_list_name": "x"}, WANG).prod_list_status == "off_sale"


@pytest.mark.parametrize(
    ("model", "values", "field", "text"),
    [
        pytest.param(Product, {}, "prod_list_name", "不能为空", id="missing"),
        pytest.param(Product, {"prod_list_name": "  "}, "prod_list_name", "不能为空", id="blank"),
        pytest.param(
            Product, {"prod_list_name": "字" * 201}, "prod_list_name", "最多 200", id="too long"
        ),
        pytest.param(
            Product, {"prod_list_basic_price": "12元"}, "prod_list_basic_price", "金额", id="words"
        ),
        pytest.param(
            Product,
            {"prod_list_basic_price": 1.234},
            "prod_list_basic_price",
            "两位",
            id="1/10 fen",
        ),
        pytest.param(
            Product, {"prod_list_basic_price": -1}, "prod_list_basic_price", "金额", id="negative"
        ),
        pytest.param(
            Product, {"prod_list_basic_price": 1e9}, "prod_list_basic_price", "金额", id="too much"
        ),
        pytest.param(
            Product,
            {"prod_list_status": "on_sale", "prod_list_basic_price": 0},
            "prod_list_basic_price",
            "不能上架",
            id="on sale for nothing",
        ),
        pytest.param(Product, {"prod_list_status": "x"}, "prod_list_status", "on_sale", id="state"),
        pytest.param(Product, {"prod_list_sort": 1.5}, "prod_list_sort", "整数", id="a fraction"),
        pytest.param(
            Product, {"prod_list_sort": float("inf")}, "prod_list_sort", "整数", id="infinite"
        ),
        pytest.param(
            Product, {"prod_list_icon": "nobody000000000"}, "prod_list_icon", "不存在", id="no row"
        ),
        pytest.param(
            Product, {"prod_list_id": "P-mine"}, "prod_list_id", "不能在此修改", id="the server's"
        ),
        pytest.param(Product, {"is_delete": 1}, "is_delete", "不能在此修改", id="the deletion"),
        pytest.param(Product, {"no_such": 1}, "no_such", "不能在此修改", id="no field"),
        pytest.param(Company, {"company_usci": "123"}, "company_usci", "格式", id="credit code"),
        pytest.param(Dictionary, {"dict_name": "levels"}, "dict_name", "另一条", id="not unique"),
        pytest.param(
            Document, {"document_status": "过期"}, "document_status", "草稿", id="derived"
        ),
        pytest.param(
            Document, {"document_effect_date": "soon"}, "document_effect_date", "时间", id="a date"
        ),
        pytest.param(
            Document,
            {
                "document_effect_date": "2026-01-02 00:00:00.000Z",
                "document_expiry_date": "2026-01-01 00:00:00.000Z",
            },
            "document_expiry_date",
            "晚于",
            id="expires before its effect",
        ),
    ],
)
def test_what_a_new_row_is_refused_for(
    model: type[Record], values: dict[str, Any], field: str, text: str
) -> None:
    Dictionary.create(dict_name="levels")
    titles = {Product: "prod_list_name", Company: "company_name", Document: "document_title"}
    whole = {titles[model]: "x"} | values if model in titles and values else values
    found = refused(writing.create, model, whole, WANG)
    assert list(found) == [field]
    assert text in found[field]


@pytest.mark.parametrize("model", [CartLine, Order, User, Attachment])
def test_what_operators_do_not_create(model: type[Record]) -> None:
    """A cart, an order and a user are somebody's doing; an attachment needs its file."""
    assert list(refused(writing.create, model, {}, WANG)) == [""]


def test_a_form_sent_twice_makes_one_row() -> None:
    record_id = ids.record_id()
    made = [writing.create(Product, SWITCH, WANG, record_id) for _ in range(2)]
    assert made[0].id == made[1].id
    assert audit.count() == Product.select().count() == 1
    assert "id" in refused(writing.create, Product, SWITCH, LI, record_id)


def test_a_change_is_written_and_noted() -> None:
    row = make_product()
    values = {"prod_list_basic_price": "25.50", "prod_list_name": row.prod_list_name}
    changed = writing.change(Product, row.id, values, row.updated, WANG)
    stored = Product.get_by_id(row.seq)
    assert stored.prod_list_basic_price == 2550
    assert stored.updated == changed.updated > row.updated
    (entry,) = audit.history_of("tbl_product_list", row.id)
    assert entry.before == {"prod_list_basic_price": 19.9, "updated": row.updated}
    assert entry.after == {"prod_list_basic_price": 25.5, "updated": stored.updated}


def test_no_difference_is_no_write() -> None:
    row = make_product()
    writing.change(Product, row.id, {"prod_list_basic_price": 19.9}, "an old moment", WANG)
    assert Product.get_by_id(row.seq).updated == row.updated
    assert audit.count() == 0


def test_the_second_operator_is_told_what_changed() -> None:
    row = make_product(prod_list_name="开关")
    seen = row.updated
    writing.change(Product, row.id, {"prod_list_basic_price": 21}, seen, WANG)
    changed = writing.change(Product, row.id, {"prod_list_basic_price": 22}, None, WANG)
    form = {"prod_list_basic_price": 19.9, "prod_list_name": "新开关"}
    with pytest.raises(Changed) as caught:
        writing.change(Product, row.id, form, seen, LI)
    (difference,) = caught.value.differences
    assert (difference.field, difference.before, difference.now, difference.yours) == (
        "prod_list_basic_price",
        19.9,
        22,
        19.9,
    )
    assert (caught.value.by, caught.value.at) == ("小王", changed.updated)
    assert Product.get_by_id(row.seq).prod_list_name == "开关"
    writing.change(Product, row.id, {"prod_list_name": "新开关"}, changed.updated, LI)
    assert Product.get_by_id(row.seq).prod_list_basic_price == 2200


def test_a_clients_change_is_told_too() -> None:
    """The log does not know it: what differs from the form is shown, and no operator is named."""
    row = make_company(company_add="旧址")
    Company.update(company_add="新址", updated="2999-01-01 00:00:00.000Z").execute()
    form = {"company_add": "旧址", "company_name": "改名"}
    with pytest.raises(Changed) as caught:
        writing.change(Company, row.id, form, row.updated, WANG)
    found = {each.field: (each.before, each.now) for each in caught.value.differences}
    assert found["company_add"] == (None, "新址")
    assert caught.value.by == ""


def test_two_changes_in_one_millisecond_are_two_moments() -> None:
    row = make_product(updated="2999-01-01 00:00:00.000Z")
    first = writing.change(Product, row.id, {"prod_list_sort": 1}, row.updated, WANG)
    assert first.updated == "2999-01-01 00:00:00.001Z"


@pytest.mark.parametrize(
    ("model", "values"),
    [
        pytest.param(CartLine, {"cart_remark": "x"}, id="a cart"),
        pytest.param(Order, {"order_amount": 1}, id="an order's amount"),
        pytest.param(Order, {"order_status": "completed"}, id="its state, which is moved"),
        pytest.param(User, {"users_status": "disabled"}, id="a user's state, which has a verb"),
        pytest.param(User, {"token_key": "x"}, id="a secret"),
        pytest.param(Attachment, {"attachments_link": "x.png"}, id="a file"),
        pytest.param(Attachment, {"attachments_is_identity": 0}, id="the mark of a paper"),
    ],
)
def test_what_operators_do_not_change(model: type[Record], values: dict[str, Any]) -> None:
    rows = {
        CartLine: make_cart_line,
        Order: make_order,
        User: make_user,
        Attachment: make_attachment,
    }
    row: Any = rows[model]()
    assert list(refused(writing.change, model, row.id, values, row.updated, ADMIN)) == list(values)


def test_a_stored_problem_does_not_keep_other_fields() -> None:
    """An imported credit code that is wrong stays, until somebody changes it."""
    row = make_company(company_usci="odd")
    values = {"company_usci": "odd", "company_add": "新址"}
    writing.change(Company, row.id, values, row.updated, WANG)
    assert Company.get_by_id(row.seq).company_add == "新址"


def test_joined_texts_follow_their_relation() -> None:
    picture, row = make_attachment(), make_document()
    writing.change(Document, row.id, {"document_images": [picture.id]}, row.updated, WANG)
    assert Document.get_by_id(row.seq).document_image == picture.attachments_id
    (entry,) = audit.entries()
    assert entry.after["document_image"] == picture.attachments_id


def test_rows_are_deleted_and_restored() -> None:
    rows = [make_product() for _ in range(3)]
    assert writing.delete(Product, [row.id for row in rows], WANG) == 3
    assert writing.delete(Product, [rows[0].id], WANG) == 0
    assert Product.select().where(Product.is_delete == 0).count() == 0
    assert [each.action for each in audit.entries()] == ["delete"] * 3
    restored = writing.restore(Product, rows[0].prod_list_id, WANG)
    assert (restored.id, restored.is_delete) == (rows[0].id, 0)
    assert audit.entries()[0].action == "restore"
    with pytest.raises(NotFound):
        writing.restore(Product, rows[0].id, WANG)


def test_rules_against_deletion_hold_for_all_rows_or_none() -> None:
    pending, confirmed = make_order(), make_order(order_status="confirmed")
    with pytest.raises(OrderInProgress):
        writing.delete(Order, [pending.id, confirmed.id], WANG)
    assert Order.get_by_id(pending.seq).is_delete == 0
    assert audit.count() == 0
    assert list(refused(writing.delete, CartLine, [make_cart_line().id], ADMIN)) == [""]


def test_a_row_whose_place_is_taken_is_not_restored() -> None:
    old = make_cart_line(is_delete=1)
    make_cart_line(cart_product_id=old.cart_product_id)
    with pytest.raises(CannotRestore):
        writing.restore(CartLine, old.id, WANG)
    assert audit.count() == 0


@pytest.mark.parametrize(
    ("state", "status", "is_moved"),
    [
        pytest.param("pending", "confirmed", True, id="confirm"),
        pytest.param("confirmed", "completed", True, id="complete"),
        pytest.param("confirmed", "cancelled", True, id="cancel"),
        pytest.param("pending", "cancelled", False, id="cancel what only its owner may"),
        pytest.param("completed", "cancelled", False, id="what is done"),
        pytest.param("pending", "pending", False, id="no move"),
    ],
)
def test_orders_move_by_the_rules(state: str, status: str, is_moved: bool) -> None:
    order = make_order(order_status=state)
    if not is_moved:
        with pytest.raises(OrderStateInvalid):
            writing.move_order(order.order_id, status, "", WANG)
        assert (Order.get_by_id(order.seq).order_status, audit.count()) == (state, 0)
        return
    assert writing.move_order(order.id, status, "缺货", WANG).order_status == status
    (entry,) = audit.history_of("tbl_order", order.id)
    assert (entry.action, entry.reason) == ("move", "缺货")
    assert (entry.before["order_status"], entry.after["order_status"]) == (state, status)


def test_users_are_restored_by_admins_alone_and_deleted_by_nobody() -> None:
    """A deleted user cannot log in, so both would be a way around `disable`."""
    user = make_user(is_delete=1)
    with pytest.raises(Forbidden):
        writing.restore(User, user.id, WANG)
    assert writing.restore(User, user.id, ADMIN).is_delete == 0
    assert list(refused(writing.delete, User, [user.id], ADMIN)) == [""]


def test_users_are_disabled_by_admins_alone() -> None:
    user = make_user(users_phone="13800138000")
    with pytest.raises(Forbidden):
        writing.set_user_status(user.id, "disabled", WANG)
    assert writing.set_user_status(user.id, "disabled", ADMIN, "刷单").users_status == "disabled"
    assert writing.set_user_status(user.openid, "active", ADMIN).users_status == "active"
    assert [(e.action, e.reason) for e in audit.entries()] == [("enable", ""), ("disable", "刷单")]
    assert "users_phone" not in audit.entries()[0].before


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda row: writing.create(Product, SWITCH, VIEWER), id="create"),
        pytest.param(lambda row: writing.change(Product, row.id, {}, None, VIEWER), id="change"),
        pytest.param(lambda row: writing.delete(Product, [row.id], VIEWER), id="delete"),
        pytest.param(lambda row: writing.restore(Product, row.id, VIEWER), id="restore"),
        pytest.param(lambda row: writing.move_order("x", "confirmed", "", VIEWER), id="move"),
        pytest.param(lambda row: writing.set_user_status("x", "active", VIEWER), id="disable"),
        pytest.param(
            lambda row: writing.upload(Attachment, "a.png", b"", {}, VIEWER, FileStore.at("/tmp")),
            id="upload",
        ),
    ],
)
def test_a_viewer_writes_nothing(write: Any) -> None:
    with pytest.raises(Forbidden):
        write(make_product())


def test_a_write_without_its_entry_is_no_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the log cannot be written, the row is not changed either."""
    row = make_product()

    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "note", fail)
    for write in (
        lambda: writing.change(Product, row.id, {"prod_list_sort": 7}, None, WANG),
        lambda: writing.create(Product, SWITCH, WANG),
        lambda: writing.delete(Product, [row.id], WANG),
    ):
        with pytest.raises(OSError, match="full"):
            write()
    (stored,) = Product.select()
    assert (stored.prod_list_sort, stored.is_delete) == (0, 0)
