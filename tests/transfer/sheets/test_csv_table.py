"""CSV as people bring it: encodings, delimiters, what Excel does to it. Covers headings of every format."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.opening import open_table
from bai_wx.transfer.sheets.table import Table, TableRefused

CsvOf = Callable[..., Table]

NAME, PRICE, SORT, STATUS = (
    "prod_list_name",
    "prod_list_basic_price",
    "prod_list_sort",
    "prod_list_status",
)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        pytest.param("utf-8", "", id="UTF-8"),
        pytest.param("utf-8-sig", "", id="UTF-8 with a mark"),
        pytest.param("gbk", "", id="GBK"),
        pytest.param("gb18030", "", id="GB18030"),
        pytest.param("utf-16", "", id="UTF-16 with a mark"),
        pytest.param("utf-16-be", "\ufeff", id="UTF-16, big end first"),
    ],
)
def test_an_encoding_is_recognised(encoding: str, mark: str, csv_of: CsvOf) -> None:
    text = f"{mark}产品名称,备注\r\n智能开关,“三键”\r\n"
    [row] = csv_of(text, encoding).rows()
    assert row.cells == {NAME: "智能开关", "prod_list_remark": "“三键”"}


def test_a_file_of_no_encoding_is_refused(tmp_path: Path, products: Layout) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("产品名称\n".encode() + b"\xff\xfe\xff")
    with pytest.raises(TableRefused, match="neither UTF-8 nor GB18030"):
        open_table(path, products)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_delimiter_is_recognised(delimiter: str, csv_of: CsvOf) -> None:
    text = f'产品名称{delimiter}基础价格\n"a,b;c\td"{delimiter}9.5\n'
    assert [row.cells for row in csv_of(text).rows()] == [{NAME: "a,b;c\td", PRICE: 9.5}]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        pytest.param("产品名称", NAME, id="title"),
        pytest.param("prod_list_name", NAME, id="name"),
        pytest.param("Name", NAME, id="English title"),
        pytest.param(" 产品 名称 * ", NAME, id="blanks and an asterisk"),
        pytest.param("＊产品名称：", NAME, id="full-width marks"),
        pytest.param("基础价格（元）", PRICE, id="a remark in full-width brackets"),
        pytest.param("基础价格(yuan)", PRICE, id="a remark in brackets"),
        pytest.param("备注（prod_list_name）", NAME, id="the name in brackets"),
        pytest.param("错误原因", "", id="the reasons of another time"),
        pytest.param("collectionName", "", id="what PocketBase adds"),
        pytest.param("价钱", None, id="unknown"),
    ],
)
def test_a_heading_names_a_field(heading: str, field: str | None, products: Layout) -> None:
    assert products.field_of(heading) == field


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        pytest.param("产品名称,价钱\na,1\n", "B1", "价钱", id="unknown"),
        pytest.param("产品名称,Name\na,b\n", "B1", "A, B are the same", id="twice"),
        pytest.param("甲,乙\n1,2\n", "", "There are no headings", id="none known"),
        pytest.param("\n\n", "", "empty", id="empty"),
        pytest.param('产品名称\n"a\n', "row 2", "not CSV", id="a quote that does not end"),
    ],
)
def test_a_table_is_refused(text: str, place: str, said: str, csv_of: CsvOf) -> None:
    with pytest.raises(TableRefused, match=f"^{place}.*{said}") as refused:
        list(csv_of(text).rows())
    assert all(fault.chinese for fault in refused.value.faults)


def test_a_title_may_stand_above_the_headings(csv_of: CsvOf) -> None:
    table = csv_of("二〇二六年产品表,,\n,,\n基础价格,,产品名称,\n9,,a,\n")
    [row] = table.rows()
    assert (row.line, row.cells) == (4, {PRICE: 9, NAME: "a"})
    assert table.fields == (PRICE, "", NAME)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("1,280.50", 1280.5, id="thousands"),
        pytest.param("￥199.5", 199.5, id="a sign"),
        pytest.param("１９９元", 199, id="full-width digits and the unit"),
        pytest.param("-5", -5, id="negative"),
        pytest.param("'-5", -5, id="with the guard of an export"),
        pytest.param("面议", "面议", id="no number stays a text"),
        pytest.param("1e3", "1e3", id="an exponent stays a text"),
    ],
)
def test_a_price_is_read(cell: str, value: object, csv_of: CsvOf) -> None:
    [row] = csv_of(f'产品名称,基础价格\na,"{cell}"\n').rows()
    assert row.cells[PRICE] == value


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        pytest.param("2026-01-05", "2026-01-04 16:00:00.000Z", id="a day"),
        pytest.param("2026/1/5 8:30", "2026-01-05 00:30:00.000Z", id="as Excel saves it"),
        pytest.param("2026年1月5日", "2026-01-04 16:00:00.000Z", id="in Chinese"),
        pytest.param("2026.01.05 08:30:15", "2026-01-05 00:30:15.000Z", id="with points"),
        pytest.param("2026-01-05 08:30:15.123Z", "2026-01-05 08:30:15.123Z", id="as stored"),
        pytest.param("2026-01-05T08:30:00+09:00", "2026-01-04 23:30:00.000Z", id="with a zone"),
        pytest.param("2026-13-05", "2026-13-05", id="no date stays a text"),
        pytest.param("明天", "明天", id="words stay a text"),
    ],
)
def test_a_moment_is_of_beijing(
    cell: str, moment: str, tmp_path: Path, made_layouts: dict[str, Layout]
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"标题,生效日期\na,{cell}\n", "utf-8")
    [row] = open_table(path, made_layouts["tbl_document"]).rows()
    assert row.cells["document_effect_date"] == moment


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("在售", "on_sale", id="the contract's word"),
        pytest.param(" on_sale ", "on_sale", id="the value"),
        pytest.param("停产", "停产", id="an unknown one stays"),
    ],
)
def test_a_state_is_read(cell: str, value: str, csv_of: CsvOf) -> None:
    [row] = csv_of(f"产品名称,销售状态\na,{cell}\n").rows()
    assert row.cells[STATUS] == value


def test_several_relations_stand_between_bars_or_lines(
    tmp_path: Path, made_layouts: dict[str, Layout]
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('标题,图片\na,"1.jpg | 2.jpg\n3.jpg"\n', "utf-8")
    [row] = open_table(path, made_layouts["tbl_document"]).rows()
    assert row.cells["document_images"] == ["1.jpg", "2.jpg", "3.jpg"]


@pytest.mark.parametrize(
    ("heading", "cell", "said"),
    [
        pytest.param("条形码", "6.95E+12", "Excel has cut", id="a long number that Excel cut"),
        pytest.param("产品功能", "甲、乙", "JSON", id="no JSON"),
    ],
)
def test_a_lost_value_is_a_fault_of_its_cell(
    heading: str, cell: str, said: str, csv_of: CsvOf
) -> None:
    [row] = csv_of(f"产品名称,{heading}\n\na,{cell}\n").rows()
    [fault] = row.faults
    assert said in fault.english
    assert (fault.line, fault.column, fault.title) == (3, "B", heading)
    assert fault.in_chinese.startswith(f"第 3 行 B 列（{heading}）：")


def test_empty_cells_and_rows_are_told_from_values(csv_of: CsvOf) -> None:
    found = list(csv_of("产品名称,备注,条形码\na,,\n,,\n  ,　,\nb\n").rows())
    assert [(row.line, row.cells, row.empty) for row in found] == [
        (2, {NAME: "a"}, ("prod_list_remark", "prod_list_barcode")),
        (5, {NAME: "b"}, ("prod_list_remark", "prod_list_barcode")),
    ]


def test_a_value_without_a_heading_is_a_fault(csv_of: CsvOf) -> None:
    [row] = csv_of("产品名称,,备注\na,x,,y\n").rows()
    assert [fault.column for fault in row.faults] == ["B", "D"]


def test_how_much_was_read_grows_to_the_whole(csv_of: CsvOf) -> None:
    table = csv_of("产品名称\n" + "一个产品\n" * 20_000)
    assert table.read < 1
    seen = [table.read for _ in table.rows()]
    assert seen == sorted(seen)
    assert 0 < seen[0] < 0.1
    assert table.read == 1
    assert len(list(table.rows())) == 20_000
