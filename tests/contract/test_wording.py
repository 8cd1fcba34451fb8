"""What the contract calls a property, found by the path a refusal names.

Covers: bai_wx/contract/schemas.py
"""

import pytest

from bai_wx.contract.wording import Wording
from tests.contract.operations import BUNDLE


def wording(name: str) -> Wording:
    """The wording of a named schema."""
    return Wording({"$ref": f"#/components/schemas/{name}"}, BUNDLE)


@pytest.mark.parametrize(
    ("schema", "path", "title"),
    [
        pytest.param("CartCreateRequest", "cart_product_quantity", "数量", id="a property"),
        pytest.param("OrderCreateRequest", "items.0.quantity", "数量", id="of an item"),
        pytest.param("OrderCreateRequest", "items.0", "订购的商品", id="an item"),
        pytest.param("CartCreateRequest", "nothing", "", id="no property"),
        pytest.param("CartCreateRequest", "cart_remark.x.y", "", id="deeper than there is"),
        pytest.param("CartCreateRequest", "", "", id="the whole"),
    ],
)
def test_title(schema: str, path: str, title: str) -> None:
    """Through references, lists and parts."""
    assert wording(schema).title(path) == title


def test_refusal() -> None:
    """Where the contract says what to do instead."""
    assert wording("WechatProfileRequest").refusal("users_picture") == "请先上传图片"
    assert wording("WechatProfileRequest").refusal("users_name") == ""
