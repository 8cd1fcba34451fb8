"""What is exported comes back unchanged, in every format.

Covers: bai_wx/transfer/sheets/
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bai_wx.transfer.sheets.formula_guard import guarded, unguarded
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.table import Kind
from bai_wx.transfer.sheets.writing import write_table

RoundTrip = Callable[[Kind, str, Sequence[dict[str, Any]]], list[dict[str, Any]]]

PRODUCT: dict[str, Any] = {
    "id": "p9x2c5v8b1n4m7q",
    "created": "2026-11-20 02:01:00.007Z",
    "updated": "2026-11-20 02:01:59.999Z",
    "prod_list_id": "P-01KAR3Z8H5D2F7G4J9K6MB1NQC",
    "prod_list_name": "智能开关面板 三键",
    "prod_list_parameters": [{"name": "额定电压", "value": "220", "sort": 1}],
    "prod_list_sort": -10,
    "prod_list_basic_price": 199.5,
    "prod_list_status": "off_sale",
    "prod_list_function": ["场景联动", "断电记忆"],
    "prod_list_barcode": "0000690000019",
}
DOCUMENT: dict[str, Any] = {
    "id": "d4m7q1x8c5v2b9n",
    "document_title": "安装说明",
    "document_content": "<p>第一行\r\n第二行</p>\n",
    "document_images": ["a6j2p5q6t4b9g1y", "a4g9m3n8r6y2d7w"],
    "document_effect_date": "2026-11-01 00:30:00.000Z",
    "document_expiry_date": "2026-12-01 00:30:15.250Z",
    "document_status": "有效",
}
USER: dict[str, Any] = {
    "id": "u4m7q1x8c5v2b9n",
    "users_phone": "+8613800138000",
    "users_phone_verified": True,
    "users_status": "active",
}
TEXTS = {
    "a formula": "=1+1",
    "a link": '=HYPERLINK("http://x.test","x")',
    "a command": "=cmd|' /C calc'!A0",
    "plus": "+8613800138000",
    "minus": "-5",
    "at": "@SUM(A1)",
    "a tab": "\tx",
    "a carriage return": "\rx",
    "a line feed": "\nx",
    "a full-width sign": "＝1",
    "an apostrophe": "'quoted'",
    "an apostrophe before a formula": "'=1",
    "two apostrophes before a formula": "''=1",
    "an apostrophe alone": "'",
    "what Excel leaves of a number": "6.95E+12",
    "quotes, commas and lines": 'a "b", c;\r\nd\te',
    "XML": "<r>a & b</r>",
    "the end of a section": "]]>",
    "characters XML cannot hold": "a\x00b\x07c\x1f",
    "the escape of Excel": "_x0041_ and _x005F_",
    "blanks around": "  a  ",
    "an emoji": "👍🏽",
    "a digit text": "000123",
    "a link address": "https://x.test/?a=1&b=2",
    "a truth": "TRUE",
    "an error": "#N/A",
    "a date": "2026-11-23",
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("collection", "row"),
    [
        pytest.param("tbl_product_list", PRODUCT, id="a product"),
        pytest.param("tbl_document", DOCUMENT, id="a document"),
        pytest.param("tbl_auth_users", USER, id="a user"),
    ],
)
def test_a_row_comes_back(
    kind: Kind, collection: str, row: dict[str, Any], round_trip: RoundTrip
) -> None:
    assert round_trip(kind, collection, [row]) == [row]


@pytest.mark.parametrize("kind", Kind)
def test_hostile_texts_come_back(kind: Kind, round_trip: RoundTrip) -> None:
    rows = [{"id": "p", "prod_list_name": text} for text in TEXTS.values()]
    assert round_trip(kind, "tbl_product_list", rows) == rows


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="'=+-@\t\r\n1E.＝a", max_size=8))
def test_the_guard_comes_off(text: str) -> None:
    assert unguarded(guarded(text)) == text


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), min_size=20, max_size=40
    )
)
def test_any_text_comes_back(texts: list[str], round_trip: RoundTrip) -> None:
    rows = [{"id": "p", "prod_list_name": text} for text in texts if text.strip()]
    if rows:
        for kind in Kind:
            assert round_trip(kind, "tbl_product_list", rows) == rows


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("collection", "field", "value"),
    [
        pytest.param("tbl_product_list", "prod_list_sort", 9_007_199_254_740_991, id="16 digits"),
        pytest.param("tbl_product_list", "prod_list_basic_price", 0.29, id="cents"),
        pytest.param("tbl_product_list", "prod_list_basic_price", 9_999_999.99, id="the highest"),
        pytest.param("tbl_product_list", "prod_list_basic_price", 0, id="no price"),
        pytest.param("tbl_product_list", "prod_list_function", "", id="an empty text in JSON"),
        pytest.param("tbl_product_list", "prod_list_function", "=1", id="a formula in JSON"),
        pytest.param("tbl_product_list", "prod_list_function", -5, id="a number in JSON"),
        pytest.param("tbl_product_list", "prod_list_function", [None, {"a": "'="}], id="any JSON"),
        pytest.param("tbl_document", "document_images", ["a|b", "c"], id="a bar in an id"),
        pytest.param(
            "tbl_document", "document_effect_date", "0999-01-01 00:00:00.001Z", id="before Excel"
        ),
        pytest.param(
            "tbl_document", "document_effect_date", "9999-12-31 23:59:59.999Z", id="after all"
        ),
        pytest.param("tbl_auth_users", "users_phone_verified", False, id="no"),
    ],
)
def test_a_value_comes_back(
    kind: Kind, collection: str, field: str, value: object, round_trip: RoundTrip
) -> None:
    assert round_trip(kind, collection, [{"id": "a", field: value}]) == [{"id": "a", field: value}]


def test_unset_values_are_empty_cells(round_trip: RoundTrip) -> None:
    unset = {"prod_list_name": "a", "prod_list_remark": "", "prod_list_parameters": None}
    for kind in Kind:
        assert round_trip(kind, "tbl_product_list", [unset]) == [{"prod_list_name": "a"}]


def test_excel_shows_texts_as_texts(products: Layout, tmp_path: Path) -> None:
    """Another library sees no formula, and the mark by which Excel keeps editing from making one."""
    path = tmp_path / "rows.xlsx"
    with path.open("wb") as file:
        rows = [{"prod_list_name": "=1+1", "prod_list_barcode": "6950000000019"}]
        write_table(file, Kind.XLSX, products, rows, ["prod_list_name", "prod_list_barcode"])
    book = openpyxl.load_workbook(path)
    [name, barcode] = next(iter(book.worksheets[0].iter_rows(min_row=2)))
    assert (name.value, name.data_type, name.quotePrefix) == ("=1+1", "s", True)
    assert (barcode.value, barcode.data_type) == ("6950000000019", "s")
    assert book.worksheets[0]["A1"].value == "产品名称"
    book.close()


def test_csv_is_what_excel_opens(products: Layout) -> None:
    made = BytesIO()
    rows = [{"prod_list_name": "=1", "prod_list_sort": -5, "prod_list_status": "on_sale"}]
    write_table(
        made, Kind.CSV, products, rows, ["prod_list_name", "prod_list_sort", "prod_list_status"]
    )
    assert made.getvalue().decode("utf-8") == "\ufeff产品名称,排序值,销售状态\r\n'=1,-5,在售\r\n"


def test_a_text_that_no_cell_holds_stays_what_it_was(round_trip: RoundTrip) -> None:
    long = {"id": "d", "document_content": "长" * 32_768}
    assert round_trip(Kind.XLSX, "tbl_document", [long]) == [{"id": "d"}]
    assert round_trip(Kind.CSV, "tbl_document", [long]) == [long]
