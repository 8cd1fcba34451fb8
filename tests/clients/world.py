"""The shop that the clients visit: goods, pictures, documents and words, as an operator imports them."""

from typing import Any

Row = dict[str, Any]


def picture(word: str, **more: Any) -> Row:
    """A picture of the operator's."""
    return {
        "id": f"wxpic{word}".ljust(15, "0"),
        "attachments_id": f"A-WX-{word.upper()}",
        "attachments_status": "",
        **more,
    }


def product(word: str, price: float, **more: Any) -> Row:
    """A product on sale."""
    return {
        "id": f"wxgoods{word}".ljust(15, "0"),
        "prod_list_id": f"P-WX-{word.upper()}",
        "prod_list_name": f"测试灯具 {word}",
        "prod_list_modelnumber": f"WX-{word.upper()}",
        "prod_list_basic_price": price,
        "prod_list_status": "on_sale",
        **more,
    }


def document(word: str, **more: Any) -> Row:
    """A document that is in effect."""
    return {
        "id": f"wxpaper{word}".ljust(15, "0"),
        "document_id": f"D-WX-{word.upper()}",
        "document_title": f"测试资料 {word}",
        "document_status": "有效",
        **more,
    }


def dictionary(number: int, name: str, **more: Any) -> Row:
    """A dictionary, which is one row."""
    return {
        "id": f"wxdictionary{number:03}",
        "system_dict_id": f"DICT-WX-{number}",
        "dict_name": name,
        **more,
    }


FRONT, BACK = picture("front"), picture("back")
INVALID = picture("invalid", attachments_status="invalid")
ODD_STATUS = picture("odd", attachments_status="待审核", attachments_md5="ABCDEF0123456789" * 2)
SWITCH = product(
    "switch",
    199.5,
    prod_list_tags="热销|新品",
    prod_list_function={"调光": True, "分组": ["客厅", "卧室"]},
    prod_list_barcode="6901234567892",
    prod_list_icon=FRONT["id"],
)
LAMP = product("lamp", 88.01)
FADING = product("fading", 12.34)
"""A test deletes it while it stands in a cart."""

SHOWN = document(
    "shown",
    document_type="资料类型@说明书|资料类型@安装",
    document_images=[FRONT["id"], BACK["id"]],
    document_keywords="开关|安装",
    document_product_categories="开关面板|灯具",
    document_application_scenarios="酒店客房",
    document_hotel_type="度假酒店",
    document_effect_date="2020-01-01 00:00:00.000Z",
    document_expiry_date="2999-01-01 00:00:00.000Z",
)
EXPIRED = document("expired", document_expiry_date="2020-01-01 00:00:00.000Z")
DRAFT = document("draft", document_status="草稿")
NOT_YET = document("notyet", document_effect_date="2999-01-01 00:00:00.000Z")

TYPES = dictionary(
    1,
    "资料类型",
    dict_word_enum='["说明书","安装"]',
    dict_word_description="说明书|安装指南",
    dict_word_is_enabled="true|true",
    dict_word_sort_order="1|2",
)

ROWS: dict[str, list[Row]] = {
    "tbl_attachments": [FRONT, BACK, INVALID, ODD_STATUS],
    "tbl_product_list": [SWITCH, LAMP, FADING],
    "tbl_document": [SHOWN, EXPIRED, DRAFT, NOT_YET],
    "tbl_system_dict": [TYPES],
}
