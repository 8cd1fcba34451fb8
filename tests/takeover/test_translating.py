"""The translation of old values: what is kept, bent and told, or refused.

Covers: bai_wx/transfer/pocketbase/
"""

import math
from collections.abc import Callable, Iterator

import pytest

from bai_wx.transfer.pocketbase import field_values, owners_rows, translating
from bai_wx.transfer.pocketbase.pb_data import Broken
from tests.pocketbase_versions import NEWEST
from tests.takeover.making import Made
from tests.takeover.names import business_id, record_id
from tests.takeover.opened import Row, Source, opened
from tests.takeover.shapes import PRODUCTS, USERS

ATTACHMENTS, DOCUMENTS, CART, ORDERS = "tbl_attachments", "tbl_document", "tbl_cart", "tbl_order"
A0, A1 = business_id("attachment", 0), business_id("attachment", 1)
R0, R1 = record_id("attachment", 0), record_id("attachment", 1)
P0, PR0 = business_id("product", 0), record_id("product", 0)
NOWHERE = "nowhere00000000"


@pytest.fixture(scope="module")
def related(made_by: Callable[[str], Made]) -> Iterator[Source]:
    """The shape of a team that knows PocketBase, of 0.40.6."""
    with opened(made_by(NEWEST)) as source:
        yield source


PRICE, STATUS = "prod_list_basic_price", "prod_list_status"


@pytest.mark.parametrize(
    ("collection", "sent", "kept", "how"),
    [
        pytest.param(PRODUCTS, {PRICE: 19.9}, {PRICE: 19.9}, "", id="a price"),
        pytest.param(PRODUCTS, {PRICE: 19.996}, {PRICE: 20}, field_values.ROUNDED, id="rounded"),
        pytest.param(PRODUCTS, {PRICE: 0.285}, {PRICE: 0.29}, field_values.ROUNDED, id="half up"),
        pytest.param(
            PRODUCTS, {PRICE: "￥1,299.50元"}, {PRICE: 1299.5}, field_values.TEXT_AS_NUMBER, id="¥"
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_sort": "12"},
            {"prod_list_sort": 12},
            field_values.TEXT_AS_NUMBER,
            id="a whole number in a text",
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_barcode": 6901234567890.0},
            {"prod_list_barcode": "6901234567890"},
            field_values.NUMBER_AS_TEXT,
            id="a code that was a number",
        ),
        pytest.param(
            PRODUCTS,
            {"is_delete": True},
            {"is_delete": 1},
            field_values.TRUTH_AS_NUMBER,
            id="deleted, as true",
        ),
        pytest.param(
            PRODUCTS, {STATUS: "上架"}, {STATUS: "on_sale"}, translating.OLD_WORD, id="上架"
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_tags": '["热销","新品"]'},
            {"prod_list_tags": "热销|新品"},
            field_values.LIST_AS_TEXT,
            id="tags in JSON text",
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_parameters": '[{"name":"电压","unit":null,"value":null,"sort":"3"}]'},
            {"prod_list_parameters": [{"name": "电压", "value": None, "sort": 3}]},
            field_values.TEXT_AS_JSON,
            id="parameters in JSON text, with nulls",
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_parameters": {"电压": "220V"}},
            {"prod_list_parameters": [{"name": "电压", "value": "220V"}]},
            owners_rows.PARAMETERS,
            id="parameters as a table",
        ),
        pytest.param(
            PRODUCTS, {"prod_list_icon": R1}, {"prod_list_icon": R1}, "", id="an icon by record id"
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_icon": A1},
            {"prod_list_icon": R1},
            translating.BY_BUSINESS_ID,
            id="an icon by business id",
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_icon": NOWHERE},
            {"prod_list_icon": ""},
            translating.LOST,
            id="an icon that is nowhere",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_image": [R1, R0]},
            {"document_images": [R1, R0], "document_image": f"{A1}|{A0}"},
            translating.BY_RECORD_ID,
            id="pictures as a relation",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_image": f"{A1}| {A0}|"},
            {"document_images": [R1, R0], "document_image": f"{A1}|{A0}"},
            "",
            id="pictures joined by bars",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_image": f"{A1}|A-GONE"},
            {"document_images": [R1], "document_image": f"{A1}|A-GONE"},
            translating.LOST_IN_TEXT,
            id="a picture that is nowhere",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_keywords": ["开关", " 安装 ", ""]},
            {"document_keywords": "开关|安装"},
            field_values.LIST_AS_TEXT,
            id="keywords as a list",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_effect": "2024/5/6"},
            {"document_effect_date": "2024-05-06 00:00:00.000Z"},
            field_values.DATE_REWRITTEN,
            id="a date as people write it",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_effect": "2024-05-06T07:08:09+08:00"},
            {"document_effect_date": "2024-05-05 23:08:09.000Z"},
            field_values.DATE_REWRITTEN,
            id="a date with a zone",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_effect": 1_714_950_489_123},
            {"document_effect_date": "2024-05-05 23:08:09.123Z"},
            field_values.NUMBER_AS_DATE,
            id="a date in milliseconds",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_effect": "0001-01-01 00:00:00.000Z"},
            {"document_effect_date": ""},
            field_values.ZERO_DATE,
            id="the year 1",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_status": "published"},
            {"document_status": "有效"},
            translating.OLD_WORD,
            id="published",
        ),
        pytest.param(
            DOCUMENTS,
            {
                "document_status": "过期",
                "document_expiry": "",
                "updated": "2024-02-03 04:05:06.000Z",
            },
            {"document_status": "有效", "document_expiry_date": "2024-02-03 04:05:06.000Z"},
            owners_rows.EXPIRED_BEFORE,
            id="expired without a date",
        ),
        pytest.param(
            USERS,
            {"users_picture": R1},
            {"users_picture": A1},
            owners_rows.PICTURE_BY_RECORD_ID,
            id="a picture by record id",
        ),
        pytest.param(
            USERS,
            {"users_picture": "https://example.com/a|b.png"},
            {"users_picture": "https://example.com/a|b.png"},
            "",
            id="a picture by address",
        ),
        pytest.param(
            USERS,
            {"users_id_pic_a": f"{A0}|{A1}"},
            {"users_id_pic_a": A0},
            owners_rows.FIRST_PICTURE,
            id="two papers in one field",
        ),
        pytest.param(
            USERS,
            {"users_picture": "A-GONE"},
            {"users_picture": "A-GONE"},
            owners_rows.PICTURE_LOST,
            id="a picture that is nowhere",
        ),
        pytest.param(
            USERS,
            {"users_name": "名" * 51},
            {"users_name": "名" * 50},
            translating.CUT,
            id="a user's name that is too long",
        ),
        pytest.param(
            PRODUCTS,
            {"prod_list_description": "长文" * 100_000},
            {"prod_list_description": "长文" * 100_000},
            "",
            id="a long text without a maximum",
        ),
        pytest.param(USERS, {"tokenKey": "k" * 50}, {"token_key": "k" * 50}, "", id="a token key"),
        pytest.param(
            ATTACHMENTS,
            {"attachments_status": "无效"},
            {"attachments_status": "invalid"},
            translating.OLD_WORD,
            id="an invalid attachment",
        ),
        pytest.param(
            ATTACHMENTS,
            {"attachments_link": ["a.png"]},
            {"attachments_link": "a.png"},
            field_values.SINGLE_FILE,
            id="a list of one file",
        ),
        pytest.param(
            CART,
            {"cart_product_id": P0},
            {"cart_product_id": PR0},
            translating.BY_BUSINESS_ID,
            id="a line by business id",
        ),
        pytest.param(
            ORDERS,
            {"order_source_id": "P-1|P-2"},
            {"order_source_id": "P-1,P-2"},
            owners_rows.JOINED_BY_COMMA,
            id="the source's ids",
        ),
        pytest.param(
            ORDERS,
            {"order_source": "小程序", "order_source_id": business_id("cart", 1)},
            {"order_source": "cart"},
            owners_rows.SOURCE_FOUND,
            id="another source",
        ),
    ],
)
def test_a_value_is_kept_or_bent_and_told(
    related: Source, collection: str, sent: Row, kept: Row, how: str
) -> None:
    """What is not written as it was found is told by one sentence."""
    values, changes, refused = related.translated(collection, **sent)
    assert not refused
    assert {name: values[name] for name in kept} == kept
    hows = {told for name, told in changes if name in kept}
    assert how in hows if how else not hows


@pytest.mark.parametrize(
    ("collection", "sent", "field", "reason"),
    [
        pytest.param(PRODUCTS, {PRICE: "面议"}, PRICE, "not '面议'", id="a word as price"),
        pytest.param(PRODUCTS, {PRICE: -5}, PRICE, "from 0 to", id="a negative price"),
        pytest.param(PRODUCTS, {PRICE: 1e10}, PRICE, "from 0 to", id="a price too high"),
        pytest.param(PRODUCTS, {PRICE: math.inf}, PRICE, "must be a number", id="an endless price"),
        pytest.param(PRODUCTS, {STATUS: "预售"}, STATUS, "under words: tbl_", id="a word unknown"),
        pytest.param(
            PRODUCTS, {"prod_list_name": ""}, "prod_list_name", "is required", id="no name"
        ),
        pytest.param(PRODUCTS, {"prod_list_name": "长" * 201}, "prod_list_name", "200", id="long"),
        pytest.param(
            PRODUCTS, {"prod_list_remark": "\udcff"}, "prod_list_remark", "UTF-8", id="no UTF-8"
        ),
        pytest.param(PRODUCTS, {"prod_list_remark": b"x"}, "prod_list_remark", "bytes", id="bytes"),
        pytest.param(
            PRODUCTS,
            {"prod_list_function": Broken('{"a":')},
            "prod_list_function",
            "JSON",
            id="broken JSON",
        ),
        pytest.param(
            PRODUCTS, {"prod_list_sort": 1.5}, "prod_list_sort", "whole number", id="a fraction"
        ),
        pytest.param(PRODUCTS, {"is_delete": 2}, "is_delete", "0 to 1", id="deleted twice"),
        pytest.param(PRODUCTS, {"id": "Goods-No.1"}, "id", "match", id="a record id of no form"),
        pytest.param(PRODUCTS, {"created": "yesterday"}, "created", "a date", id="no moment"),
        pytest.param(
            PRODUCTS,
            {"prod_list_icon": [R0, R1]},
            "prod_list_icon",
            "names 2 rows",
            id="two icons",
        ),
        pytest.param(
            DOCUMENTS,
            {"document_image": Broken('["one","tw')},
            "document_images",
            "a list of ids",
            id="a broken list",
        ),
        pytest.param(
            ATTACHMENTS,
            {"attachments_link": "../../../data.db"},
            "attachments_link",
            "plain name",
            id="a file outside",
        ),
        pytest.param(
            ATTACHMENTS,
            {"attachments_link": ["a.png", "b.png"]},
            "attachments_link",
            "holds 2 files",
            id="two files",
        ),
        pytest.param(USERS, {"openid": ""}, "openid", "is required", id="a user without openid"),
        pytest.param(
            CART,
            {"cart_product_id": NOWHERE},
            "cart_product_id",
            "tbl_product_list does not have",
            id="a line of no product",
        ),
        pytest.param(
            CART,
            {"cart_product_quantity": 0},
            "cart_product_quantity",
            "is required",
            id="a line of no pieces",
        ),
        pytest.param(
            ORDERS,
            {"order_snap": Broken("goods: one")},
            "order_snap",
            "JSON",
            id="a snapshot of no JSON",
        ),
        pytest.param(
            ORDERS,
            {"order_snap": [{"cart_product_id": P0}]},
            "order_snap",
            "quantity",
            id="a snapshot without quantity",
        ),
        pytest.param(
            ORDERS,
            {"order_snap": [{"quantity": 1}]},
            "order_snap",
            "names no product",
            id="a snapshot without product",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    related: Source, collection: str, sent: Row, field: str, reason: str
) -> None:
    """The row with it, by the field and what would fit."""
    _, _, refused = related.translated(collection, **sent)
    assert [(name, reason in said) for name, said in refused] == [(field, True)]
