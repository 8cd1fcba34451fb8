"""Customers of the shop that the console's tests look at, each with a name and a phone of its own."""

from tests.console.shop import PRODUCT, Console
from tests.running import Client

USERS = "tbl_auth_users"


def make_customer(console: Console, code: str, name: str, phone: str = "") -> Client:
    """A customer who has logged in and told its name; the phone is written to the database."""
    client = Client(console.url).login(code)
    client.data("/wechat/profile", {"users_name": name})
    console.server.change(USERS, client.user_id, users_phone=phone, users_picture="https://a.cn/a")
    return client


def place_order(console: Console, customer: Client, pieces: int = 1) -> str:
    """Let a customer order the first product. Returns: the order's record id."""
    sql = f"SELECT prod_list_id FROM {PRODUCT} ORDER BY seq LIMIT 1"
    goods = {**console.server.rows(sql)[0], "quantity": pieces}
    order = customer.data("/order/create", {"order_source": "product", "items": [goods]})
    return str(order["pb_id"])
