"""What collections and fields are called: `bai_wx/contract/titles.py`."""

import pytest

from bai_wx.contract import loader
from bai_wx.contract.titles import english_names, titles

NAMES = {
    "the shared beginning goes": (
        ["id", "created", "prod_list_id", "prod_list_name", "prod_list_basic_price"],
        ["Id", "Created", "Id", "Name", "Basic price"],
    ),
    "none is shared": (["id", "openid", "company"], ["Id", "Openid", "Company"]),
}


@pytest.mark.parametrize("name", NAMES)
def test_english_names_are_the_fields_own(name: str) -> None:
    fields, shown = NAMES[name]
    assert list(english_names(dict.fromkeys(fields)).values()) == shown


@pytest.mark.parametrize(
    ("collection", "field", "words"),
    [
        pytest.param(
            "tbl_product_list",
            "prod_list_status",
            {"on_sale": "在售", "off_sale": "已下架"},
            id="of the schema it names",
        ),
        pytest.param(
            "tbl_auth_users", "users_status", {"active": "正常", "disabled": "已停用"}, id="its own"
        ),
        pytest.param("tbl_document", "document_status", {}, id="values that are words already"),
        pytest.param("tbl_document", "document_title", {}, id="no choice"),
    ],
)
def test_the_contract_gives_words_for_values(
    collection: str, field: str, words: dict[str, str]
) -> None:
    assert titles(loader.load())[collection].fields[field].words == words
