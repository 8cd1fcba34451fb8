"""What an entry of the log says that changed, as its readers see it.

Covers: bai_wx/console/value_texts.py
"""

from typing import Any

import pytest

from bai_wx.console import differences
from bai_wx.console.audit import Entry
from bai_wx.console.differences import Difference

PRODUCT = "tbl_product_list"


def entry(before: dict[str, Any], after: dict[str, Any], collection: str = PRODUCT) -> Entry:
    who = ("operator0000001", "小王", "editor", "10.0.0.1")
    return Entry(1, "2026-11-27 00:00:00.000Z", *who, "change", collection, "p1", before, after, "")


@pytest.mark.parametrize(
    ("name", "before", "after", "texts"),
    [
        pytest.param("prod_list_basic_price", 19.9, 1250, ("¥19.90", "¥1,250.00"), id="an amount"),
        pytest.param("prod_list_name", "开关", "台灯", ("开关", "台灯"), id="a text"),
        pytest.param("prod_list_sort", 0, 5, ("0", "5"), id="a number"),
        pytest.param("prod_list_icon", "", "a1", ("", "a1"), id="set for the first time"),
        pytest.param(
            "created",
            "2026-11-27 16:30:00.000Z",
            "",
            ("2026-11-28 00:30:00", ""),
            id="a moment in Beijing",
        ),
        pytest.param("prod_list_function", None, {"a": [1]}, None, id="JSON"),
        pytest.param("is_delete", 0, 1, (), id="what the action says"),
        pytest.param("updated", "a", "b", (), id="what every write changes"),
        pytest.param("prod_list_remark", "", None, (), id="unset and still unset"),
    ],
)
def test_a_field(name: str, before: Any, after: Any, texts: Any) -> None:
    found = differences.of_entry(entry({name: before}, {name: after}))
    if texts is None:
        assert found[0].after == '{\n  "a": [\n    1\n  ]\n}'
    else:
        assert [(each.before, each.after) for each in found] == ([texts] if texts else [])


def test_lists_are_compared_line_by_line() -> None:
    volts, amps = {"name": "电压", "value": "220", "unit": ""}, {"name": "电流", "value": "10"}
    before = {"prod_list_parameters": [volts, amps]}
    after = {"prod_list_parameters": [volts, {"name": "电流", "value": "16"}]}
    [found] = differences.of_entry(entry(before, after))
    assert found.lines == (
        ("@", ""),
        (" ", "name: 电压 · value: 220"),
        ("-", "name: 电流 · value: 10"),
        ("+", "name: 电流 · value: 16"),
    )


def test_fields_are_told_in_the_collections_order() -> None:
    after = {"prod_list_sort": 2, "prod_list_name": "b", "gone_since": "x"}
    found = differences.of_entry(entry({}, after))
    assert [each.name for each in found] == ["prod_list_name", "prod_list_sort"]


def test_an_operators_name_is_no_change() -> None:
    after = {"name": "小李", "role": "admin"}
    found = differences.of_entry(entry({"role": "editor"}, after, "console_operators"))
    assert found == [Difference("role", "editor", "admin")]


def test_what_is_too_long_is_not_compared() -> None:
    """Comparing takes a time that grows faster than the text."""
    long = "\n".join("x" * 100 for _ in range(2_000))
    values = {"prod_list_description": long}
    [found] = differences.of_entry(entry(values, {"prod_list_description": long + "\ny"}))
    assert found.lines == ()
    assert len(found.after) < len(long)
