"""An operator's row is held against the contract: what lists answer of it is what the contract says.

Covers: bai_wx/transfer/contract_check.py
"""

from collections.abc import Iterator
from typing import Any

import pytest

from bai_wx.console import writing
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.console.writing import Invalid
from bai_wx.contract import loader
from bai_wx.transfer import contract_check
from models.products import Product
from tests.factories import make_product

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.0.0.1")


@pytest.fixture(scope="module")
def bundle() -> dict[str, Any]:
    return loader.load()


@pytest.fixture(autouse=True)
def checked(
    bundle: dict[str, Any], rolled_back: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setattr(contract_check, "_enabled", [])
    contract_check.enable(bundle)
    return


@pytest.mark.parametrize(
    ("parameters", "texts"),
    [
        pytest.param([{"name": "电压", "value": "220"}], None, id="a list of parameters"),
        pytest.param(None, None, id="none"),
        pytest.param("220V", ("与接口约定不符", "Must be null or array."), id="a text"),
        pytest.param(
            [{"name": "电压"}, {"sort": "1"}],
            ("第 2 项 sort 与接口约定不符", "1.sort must be number."),
            id="a wrong part of one",
        ),
    ],
)
def test_a_products_parameters(parameters: Any, texts: tuple[str, str] | None) -> None:
    """Of a new product and of one that is changed."""
    row = make_product()
    values = {"prod_list_name": "开关", "prod_list_parameters": parameters}
    for write in (
        lambda: writing.create(Product, values, WANG),
        lambda: writing.change(Product, row.id, values, None, WANG),
    ):
        if texts is None:
            write()
            continue
        with pytest.raises(Invalid) as caught:
            write()
        assert caught.value.problems == {"prod_list_parameters": texts}


def test_what_stands_there_keeps_no_other_field() -> None:
    """A product that came by SQL, off the contract, can be put off sale."""
    row = make_product(prod_list_parameters='"220V"')
    writing.change(Product, row.id, {"prod_list_status": "off_sale"}, row.updated, WANG)
    assert Product.get_by_id(row.seq).prod_list_status == "off_sale"
