"""The first calls of somebody who has just started the demo shop, as lines for a shell."""

import json
from dataclasses import dataclass

from bai_wx.transfer.demo_goods import PRODUCTS

JSON_TYPE = "-H 'Content-Type: application/json'"
FIRST_PRODUCT: str = PRODUCTS[0][2]  # its business id


@dataclass(frozen=True)
class Call:
    """A line for a shell, and what it does, in Chinese and English."""

    chinese: str
    english: str
    line: str


def demo_calls(base: str) -> list[Call]:
    """Three lines that work one after another in the same shell."""
    api = f"{base}/pb/api"
    login = json.dumps({"users_wx_code": "demo-alice"})
    cart = json.dumps({"cart_product_id": FIRST_PRODUCT, "cart_product_quantity": 2})
    return [
        Call(
            "登录，并记下令牌",
            "Log in and keep the token",
            f"TOKEN=$(curl -s {api}/wechat/login {JSON_TYPE} -d '{login}'"
            ''' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/'); echo "$TOKEN"''',
        ),
        Call(
            "最前面的三件产品，无需令牌",
            "The first three products; no token needed",
            f"curl -s '{api}/collections/tbl_product_list/records?perPage=3&sort=prod_list_sort'",
        ),
        Call(
            "把两件产品放入购物车",
            "Put two of a product into the cart",
            f"""curl -s {api}/cart/create -H "Authorization: Bearer $TOKEN" {JSON_TYPE} -d '{cart}'""",
        ),
    ]
