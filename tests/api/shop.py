"""Rows the tests import beside the demo shop: goods with awkward prices, and every kind of invisible row."""

from typing import Any

Row = dict[str, Any]

DELETED = {"is_delete": 1}

PICTURE = {"id": "tpicturevalid00", "attachments_id": "A-T-PICTURE", "attachments_status": "valid"}
HIDDEN_PICTURE = {
    "id": "tpictureinvalid",
    "attachments_id": "A-T-HIDDEN",
    "attachments_status": "invalid",
}
DELETED_PICTURE = {
    "id": "tpicturedeleted",
    "attachments_id": "A-T-DELETED",
    "attachments_status": "valid",
    **DELETED,
}
PAPER = {
    "id": "tpicturepaper00",
    "attachments_id": "A-T-PAPER",
    "attachments_link": "paper_0123456789.png",
    "attachments_owner": "openid-of-nobody",
    "attachments_is_identity": 1,
}
"""The identity paper of a user who never logs in."""


def _product(word: str, price: float, **more: Any) -> Row:
    return {
        "id": f"tproduct{word}".ljust(15, "0"),
        "prod_list_id": f"P-T-{word.upper()}",
        "prod_list_name": f"测试品 {word}",
        "prod_list_modelnumber": f"T-{word.upper()}",
        "prod_list_basic_price": price,
        "prod_list_status": "on_sale",
        **more,
    }


DIME = _product("dime", 0.1, prod_list_icon=PICTURE["id"])
TWO_DIMES = _product("twodime", 0.2)
ODD = _product("odd", 19.99, prod_list_icon=HIDDEN_PICTURE["id"])
FREE = _product("free", 0)
DEAREST = _product("dearest", 9999999.99)
PERCENT = _product("percent", 5, prod_list_name="100%_纯铜 Socket", prod_list_modelnumber="PCT_1%")
SHIFTY = _product("shifty", 8.8)
"""Tests change its price and take it off sale; only the module that owns the change may use it."""
OFF_SALE = _product("offsale", 3, prod_list_status="off_sale")
DELETED_PRODUCT = _product("deleted", 4, **DELETED)


def _document(word: str, **more: Any) -> Row:
    return {
        "id": f"tdocument{word}".ljust(15, "0"),
        "document_id": f"D-T-{word.upper()}",
        "document_title": f"测试文档 {word}",
        "document_status": "有效",
        **more,
    }


PUBLISHED = _document("public", document_images=[PICTURE["id"], HIDDEN_PICTURE["id"]])
DATED = _document(
    "dated",
    document_effect_date="2020-01-01 00:00:00.000Z",
    document_expiry_date="2999-01-01 00:00:00.000Z",
)
DRAFT = _document("draft", document_status="草稿")
NOT_YET = _document("notyet", document_effect_date="2999-01-01 00:00:00.000Z")
EXPIRED = _document("expird", document_expiry_date="2020-01-01 00:00:00.000Z")
DELETED_DOCUMENT = _document("delete", **DELETED)

NOBODYS_COMPANY = {
    "id": "tcompanynobody0",
    "company_id": "C-T-NOBODY",
    "company_name": "运营方企业",
}
DELETED_COMPANY = {
    "id": "tcompanydeleted",
    "company_id": "C-T-DELETED",
    "company_name": "已删除企业",
    **DELETED,
}

WORDS = {"id": "tdictwords00000", "system_dict_id": "DICT-T-WORDS", "dict_name": "测试字典"}
DELETED_WORDS = {
    "id": "tdictdeleted000",
    "system_dict_id": "DICT-T-DELETED",
    "dict_name": "已删除字典",
    **DELETED,
}

INVISIBLE: dict[str, tuple[Row, ...]] = {
    "tbl_system_dict": (DELETED_WORDS,),
    "tbl_attachments": (HIDDEN_PICTURE, DELETED_PICTURE, PAPER),
    "tbl_product_list": (OFF_SALE, DELETED_PRODUCT),
    "tbl_document": (DRAFT, NOT_YET, DELETED_DOCUMENT),
    "tbl_company": (DELETED_COMPANY,),
}
"""Rows nobody may see."""

VISIBLE: dict[str, tuple[Row, ...]] = {
    "tbl_system_dict": (WORDS,),
    "tbl_attachments": (PICTURE,),
    "tbl_product_list": (DIME, TWO_DIMES, ODD, FREE, DEAREST, PERCENT, SHIFTY),
    "tbl_document": (PUBLISHED, DATED, EXPIRED),
    "tbl_company": (NOBODYS_COMPANY,),
}
"""Rows everybody may see."""

ROWS = {name: [*VISIBLE[name], *INVISIBLE[name]] for name in VISIBLE}
