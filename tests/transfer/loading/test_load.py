"""A table makes rows and changes rows: all of them or none, or those that are right.

Covers: bai_wx/transfer/loading/, bai_wx/console/transfers/operator.py
"""

import time
from typing import Any

import orjson
import pytest

from bai_wx.console import audit
from bai_wx.transfer.loading.journal import JournalRow
from bai_wx.transfer.loading.report import READING, WRITING
from models.attachments import Attachment
from models.documents import Document
from models.products import OFF_SALE, ON_SALE, Product
from models.users import User
from tests.factories import make_attachment, make_company, make_product, make_user
from tests.transfer.loading.tables import WANG, Loader, product


def named(name: str) -> Product:
    found: Product = Product.get(Product.prod_list_name == name)
    return found


def test_rows_without_an_id_are_created(load: Loader) -> None:
    report = load([product(1), product(2, prod_list_status=OFF_SALE)])
    assert report.counts == {"read": 2, "created": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert report.is_written
    first, second = Product.select().order_by(Product.seq)
    assert (first.prod_list_name, first.prod_list_basic_price) == ("开关 1", 1999)
    assert (first.prod_list_status, second.prod_list_status) == (ON_SALE, OFF_SALE)
    assert first.created == first.updated
    assert first.prod_list_id.startswith("P-")


def test_the_same_file_again_changes_nothing(load: Loader) -> None:
    rows = [product(number) for number in range(3)]
    load(rows)
    before = list(Product.select().tuples())
    report = load(rows)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 3)
    assert list(Product.select().tuples()) == before


def test_a_row_of_a_known_id_is_changed_in_the_fields_it_has(load: Loader) -> None:
    there = make_product(prod_list_name="旧", prod_list_basic_price=100, prod_list_category="面板")
    report = load([{"id": there.id, "prod_list_basic_price": 2.5, "prod_list_category": ""}])
    now = Product.get_by_id(there.seq)
    assert report.changed == 1
    assert (now.prod_list_name, now.prod_list_basic_price) == ("旧", 250)
    assert now.prod_list_category == "面板"
    assert now.updated > there.updated


def test_a_row_of_a_known_business_id_is_changed(load: Loader) -> None:
    there = make_product(prod_list_name="旧")
    report = load([{"prod_list_id": there.prod_list_id, "prod_list_name": "新"}])
    assert (report.changed, report.created) == (1, 0)
    assert Product.get_by_id(there.seq).prod_list_name == "新"


def test_an_empty_cell_clears_a_field_that_is_to_be_cleared(load: Loader) -> None:
    there = make_product(prod_list_category="面板")
    load(
        [{"id": there.id, "prod_list_category": ""}],
        cleared=frozenset({"prod_list_category"}),
    )
    assert Product.get_by_id(there.seq).prod_list_category == ""


def test_a_row_that_is_as_it_is_stored_is_unchanged(load: Loader) -> None:
    there = make_product(prod_list_name="开关", prod_list_basic_price=1999)
    row = {"id": there.id, "updated": "2020-01-01 00:00:00.000Z"}
    report = load([row | {"prod_list_name": "开关", "prod_list_basic_price": 19.99}])
    assert (report.unchanged, report.refused) == (1, 0)
    assert Product.get_by_id(there.seq).updated == there.updated


def test_new_rows_keep_the_ids_that_the_table_says(load: Loader) -> None:
    load(
        [product(1, id="product00000001"), product(2, prod_list_id="P-01KAR3Z8H5D2F7G4J9K6MB1NQC")]
    )
    first, second = Product.select().order_by(Product.seq)
    assert first.id == "product00000001"
    assert second.prod_list_id == "P-01KAR3Z8H5D2F7G4J9K6MB1NQC"


AT_ZERO = {"prod_list_basic_price": 0, "prod_list_status": ON_SALE}
REFUSED: list[Any] = [
    pytest.param({"prod_list_name": ""}, "prod_list_name", "不能为空", id="no name"),
    pytest.param({"prod_list_basic_price": "贵"}, "prod_list_basic_price", "金额", id="no price"),
    pytest.param({"prod_list_basic_price": 1.234}, "prod_list_basic_price", "金额", id="third"),
    pytest.param(AT_ZERO, "prod_list_basic_price", "上架", id="at 0"),
    pytest.param({"prod_list_status": "卖光"}, "prod_list_status", "请选择", id="unknown state"),
    pytest.param({"prod_list_icon": "没有"}, "prod_list_icon", "没有编号或名称", id="no such picture"),
    pytest.param({"prod_list_parameters": {"a": 1}}, "prod_list_parameters", "接口约定", id="off the contract"),
    pytest.param({"id": "X"}, "id", "至少", id="bad id"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "field", "chinese"), REFUSED)
def test_a_row_that_does_not_fit_refuses_all(
    load: Loader, values: dict[str, Any], field: str, chinese: str
) -> None:
    report = load([product(1), product(2, **values)])
    [fault] = report.faults
    assert (fault.line, fault.field) == (2, field)
    assert chinese in fault.chinese
    assert fault.english
    assert (report.created, report.refused, report.is_written) == (0, 1, False)
    assert not Product.select().exists()


def test_bad_rows_are_skipped_where_that_is_asked(load: Loader) -> None:
    report = load([product(1), product(2, prod_list_basic_price="贵")], skip_bad=True)
    assert (report.created, report.refused, report.is_written) == (1, 1, True)
    assert [row.prod_list_name for row in Product.select()] == ["开关 1"]


def test_refused_rows_are_mended_and_sent_again(load: Loader) -> None:
    load([product(1), product(2, prod_list_basic_price="贵")], skip_bad=True)
    [refused] = [orjson.loads(line) for line in load.refused.read_bytes().splitlines()]
    assert refused["prod_list_name"] == "开关 2"
    assert any("金额" in str(value) for value in refused.values())
    report = load([refused | {"prod_list_basic_price": 3}])
    assert (report.created, report.refused) == (1, 0)
    assert named("开关 2").prod_list_basic_price == 300


def test_a_dry_run_tells_and_writes_nothing(load: Loader) -> None:
    there = make_product(prod_list_name="旧")
    report = load(
        [product(1), {"id": there.id, "prod_list_name": "新"}, product(3, prod_list_name="")],
        dry_run=True,
    )
    assert report.counts == {"read": 3, "created": 1, "changed": 1, "unchanged": 0, "refused": 1}
    [change] = report.changes
    assert change.record_id == there.id
    assert change.before["prod_list_name"] == "旧"
    assert change.after["prod_list_name"] == "新"
    assert Product.select().count() == 1
    assert Product.get_by_id(there.seq).prod_list_name == "旧"


def test_a_row_that_was_changed_after_the_export_is_refused(load: Loader) -> None:
    there = make_product(prod_list_name="旧")
    load([{"id": there.id, "prod_list_name": "小王的"}])
    report = load([{"id": there.id, "updated": there.updated, "prod_list_name": "旧表的"}])
    [fault] = report.faults
    assert fault.field == "updated"
    assert "小王" in fault.chinese
    assert Product.get_by_id(there.seq).prod_list_name == "小王的"


UNFIT_KEYS: list[Any] = [
    pytest.param("deleted", "已被删除", id="a deleted row"),
    pytest.param("twice", "同一条记录", id="one row twice"),
    pytest.param("two", "不是同一条记录", id="ids of two rows"),
    pytest.param("protected", "不能在此修改", id="a field of the server's"),
]


@pytest.mark.parametrize(("case", "chinese"), UNFIT_KEYS)
def test_rows_that_name_no_row_to_change_are_refused(load: Loader, case: str, chinese: str) -> None:
    there, other = make_product(), make_product(is_delete=int(case == "deleted"))
    rows: dict[str, list[dict[str, Any]]] = {
        "deleted": [{"id": other.id, "prod_list_name": "新"}],
        "twice": [{"id": there.id, "prod_list_name": name} for name in ("一", "二")],
        "two": [{"id": there.id, "prod_list_id": other.prod_list_id}],
        "protected": [{"id": there.id, "is_delete": 1}],
    }
    report = load(rows[case])
    assert report.refused == 1
    assert chinese in report.faults[0].chinese


def test_collections_of_the_users_own_doing_are_changed_and_not_created(load: Loader) -> None:
    user = make_user()
    report = load(
        [{"users_tag": "熟客"}, {"id": user.id, "users_tag": "熟客"}], User, skip_bad=True
    )
    assert (report.created, report.refused) == (0, 1)
    assert "不能在此新建" in report.faults[0].chinese


def test_relations_are_named_by_either_id_or_by_name(load: Loader) -> None:
    one, two = make_attachment(attachments_filename="开关.png"), make_attachment()
    three = make_attachment(attachments_filename="唯一.png")
    load(
        [
            product(1, prod_list_icon=one.id),
            product(2, prod_list_icon=two.attachments_id),
            product(3, prod_list_icon="唯一.png"),
        ]
    )
    icons = [row.prod_list_icon for row in Product.select().order_by(Product.seq)]
    assert icons == [one.id, two.id, three.id]


def test_a_name_of_several_rows_is_refused(load: Loader) -> None:
    make_attachment(attachments_filename="a.png")
    make_attachment(attachments_filename="a.png")
    report = load([product(1, prod_list_icon="a.png")])
    assert "有 2 条记录" in report.faults[0].chinese


def test_lists_of_relations_are_joined_by_bars(load: Loader) -> None:
    one, two = make_attachment(), make_attachment()
    load([{"document_title": "文", "document_images": f"{one.attachments_id}|{two.id}"}], Document)
    found = Document.get()
    assert orjson.loads(found.document_images) == [one.id, two.id]
    assert found.document_image == f"{one.attachments_id}|{two.attachments_id}"


def test_the_audit_log_has_an_entry_for_each_row(load: Loader) -> None:
    there = make_product(prod_list_name="旧")
    load([product(1), {"id": there.id, "prod_list_name": "新"}])
    changed, created = audit.entries()
    assert (created.action, created.operator_name) == ("create", WANG.name)
    assert created.after["prod_list_basic_price"] == 19.99
    assert (changed.action, changed.record_id) == ("change", there.id)
    assert changed.before == {"prod_list_name": "旧", "updated": there.updated}
    assert changed.after["prod_list_name"] == "新"
    assert changed.reason == "table.jsonl"


def test_progress_is_told_with_the_rows_in_all(load: Loader) -> None:
    load([product(number) for number in range(1200)])
    phases = {phase for phase, *_ in load.told}
    assert phases == {READING, WRITING}
    assert load.told[-1] == (WRITING, 1200, 1200)


def test_nothing_is_left_in_the_journal_of_what_is_written(load: Loader) -> None:
    load([product(1)])
    assert not JournalRow.select().exists()


def test_a_company_is_found_by_its_name(load: Loader) -> None:
    make_company(company_name="宝莱")
    report = load([{"company_name": "百益"}], type(make_company()))
    assert report.created == 1


def test_time_is_told(load: Loader) -> None:
    began = time.monotonic()
    report = load([product(1)])
    assert 0 <= report.seconds <= time.monotonic() - began + 0.001
    assert report.texts[0].startswith("读取 1 行：已新建 1")
    assert report.to_json()["created"] == 1
    assert Attachment.select().count() == 0
