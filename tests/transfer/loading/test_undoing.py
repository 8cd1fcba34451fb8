"""All rows of a table are written or none, whatever happens while it is written."""

from collections.abc import Callable
from typing import Any

import pytest

from bai_wx.console import audit
from bai_wx.transfer.loading.journal import JournalRow
from bai_wx.transfer.loading.report import UNDOING, WRITING
from models.cart import CartLine
from models.dict import Dictionary
from models.products import Product
from tests.factories import make_product
from tests.transfer.loading.tables import Loader, product

MANY = 120
"""Rows that take several transactions: the first has 50."""


class Meanwhile(list[tuple[str, int, int]]):
    """Notes the progress, and does something once, after the first transaction of the table."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self._work: Callable[[], Any] | None = work

    def append(self, told: tuple[str, int, int]) -> None:
        super().append(told)
        if told[0] == WRITING and self._work is not None:
            work, self._work = self._work, None
            work()


def dictionaries(*names: str) -> list[dict[str, Any]]:
    return [{"dict_name": name} for name in names]


def many(*last: str) -> list[dict[str, Any]]:
    return dictionaries(*(f"字典 {number}" for number in range(MANY)), *last)


def test_rows_are_taken_back_where_the_database_refuses_one(load: Loader) -> None:
    report = load(many("字典 3"), Dictionary)
    [fault] = report.faults
    assert (fault.line, fault.field, fault.chinese) == (MANY + 1, "dict_name", "已被另一条记录使用")
    assert not report.is_written
    assert (report.created, report.kept) == (0, 0)
    assert report.undone >= 50
    assert not Dictionary.select().exists()
    assert not JournalRow.select().exists()
    assert load.told[-1][0] == UNDOING
    actions = [entry.action for entry in audit.entries(limit=MANY * 4)]
    assert actions == ["delete"] * report.undone + ["create"] * report.undone


def test_the_table_can_be_sent_again_after_it_was_taken_back(load: Loader) -> None:
    load(many("字典 3"), Dictionary)
    report = load(many("字典 3"), Dictionary, skip_bad=True)
    assert (report.created, report.refused) == (MANY, 1)
    assert Dictionary.select().count() == MANY


def test_a_changed_row_gets_back_what_it_held(load: Loader) -> None:
    there = make_product(prod_list_name="旧", prod_list_basic_price=100)
    rows = [{"id": there.id, "prod_list_name": "新"}, *map(product, range(MANY))]
    gone = make_product()
    load.told = Meanwhile(lambda: gone.mark_deleted())
    report = load([*rows, {"id": gone.id, "prod_list_name": "晚了"}])
    assert [fault.line for fault in report.faults] == [MANY + 2]
    now = Product.get_by_id(there.seq)
    assert (now.prod_list_name, now.prod_list_basic_price) == ("旧", 100)
    assert now.updated > there.updated
    assert Product.select().count() == 2


def test_a_row_that_others_have_touched_meanwhile_stays(load: Loader) -> None:
    gone = make_product()
    changed, used = "被改的", "被买的"

    def others() -> None:
        row = Product.get(Product.prod_list_name == changed)
        row.prod_list_remark = "别动"
        row.updated = "2999-01-01 00:00:00.000Z"
        row.update_row("prod_list_remark", "updated")
        bought = Product.get(Product.prod_list_name == used)
        CartLine.create(cart_owner="openid-a", cart_product_id=bought.id)
        gone.mark_deleted()

    load.told = Meanwhile(others)
    rows = [product(0, prod_list_name=changed), product(0, prod_list_name=used)]
    rows += [product(number) for number in range(MANY)]
    report = load([*rows, {"id": gone.id, "prod_list_name": "晚了"}])
    assert report.kept == 2
    assert "未能撤回" in report.texts[0]
    left = Product.select().where(Product.id != gone.id).order_by(Product.seq)
    assert [row.prod_list_name for row in left] == [changed, used]


def test_a_table_that_was_interrupted_goes_on_when_it_is_sent_again(load: Loader) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    load.told = Meanwhile(stop)
    rows = [product(number) for number in range(MANY)]
    with pytest.raises(KeyboardInterrupt):
        load(rows)
    assert Product.select().count() == 50
    report = load(rows)
    assert (report.created, report.unchanged) == (MANY - 50, 50)
    assert Product.select().count() == MANY
    assert not JournalRow.select().exists()


def test_what_came_before_an_interruption_is_taken_back_too(load: Loader) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    load.told = Meanwhile(stop)
    with pytest.raises(KeyboardInterrupt):
        load(many("字典 3"), Dictionary)
    assert Dictionary.select().count() == 50
    report = load(many("字典 3"), Dictionary)
    assert not report.is_written
    assert not Dictionary.select().exists()


def test_what_a_killed_run_has_left_is_taken_back_where_the_check_refuses_a_row(
    load: Loader,
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    load.told = Meanwhile(stop)
    there = make_product(prod_list_name="旧")
    rows = [*map(product, range(MANY)), {"id": there.id, "prod_list_name": "晚了"}]
    with pytest.raises(KeyboardInterrupt):
        load(rows)
    there.mark_deleted()
    report = load(rows)
    assert (report.is_written, report.undone, report.kept) == (False, 50, 0)
    assert [row.id for row in Product.select()] == [there.id]
    assert not JournalRow.select().exists()
