"""JSON Lines: values are the contract's, and keys may be titles too."""

from collections.abc import Callable

import pytest

from bai_wx.transfer.sheets.table import Kind, Table, TableRefused

CsvOf = Callable[..., Table]


def test_values_are_as_they_are(csv_of: CsvOf) -> None:
    table = csv_of(
        '{"prod_list_name": "=1", "基础价格": 9.5, "prod_list_function": "", "id": ""}\n'
        '\n{"_example": true, "prod_list_name": "x"}\n'
        '{"prod_list_name": "b", "prod_list_remark": null, "collectionName": "x"}\n',
        name="rows.jsonl",
    )
    assert table.kind is Kind.JSONL
    assert [(row.line, row.cells, row.empty) for row in table.rows()] == [
        (
            1,
            {"prod_list_name": "=1", "prod_list_basic_price": 9.5, "prod_list_function": ""},
            ("id",),
        ),
        (4, {"prod_list_name": "b"}, ("prod_list_remark",)),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param('{"价钱": 1}', "No field is called", id="an unknown key"),
        pytest.param('{"prod_list_name": "a", "产品名称": "b"}', "twice", id="a field twice"),
    ],
)
def test_a_key_is_a_fault_of_its_row(line: str, said: str, csv_of: CsvOf) -> None:
    [row] = csv_of(line, name="rows.jsonl").rows()
    assert [said in fault.english for fault in row.faults] == [True]


@pytest.mark.parametrize(
    "line", [pytest.param("[1]", id="no object"), pytest.param("{", id="no JSON")]
)
def test_what_is_no_object_refuses_the_table(line: str, csv_of: CsvOf) -> None:
    with pytest.raises(TableRefused, match=r"^row 2: "):
        list(csv_of(f'{{"prod_list_name": "a"}}\n{line}\n', name="rows.jsonl").rows())
