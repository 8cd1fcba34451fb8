"""What a user has done before the phone is looked at: a profile, a cart in groups, orders in every state."""

from dataclasses import dataclass
from typing import Any

from tests.running import Client, Server

SWITCH, SCENE, THERMOSTAT, SENSOR, HOST = (
    "p9x2c5v8b1n4m7q",
    "p7v9a3t6z8k2j5n",
    "p5t7y1r4x6h9g3k",
    "p3r5w8p2v4f7d1h",
    "p1p3u6m9t2c5b8f",
)
DOCUMENT = "d4m7q1x8c5v2b9n"
STATES = ("pending", "confirmed", "completed", "cancelled")
LINES = (
    (SWITCH, 12, "101 大床房"),
    (THERMOSTAT, 4, "101 大床房"),
    (SCENE, 2, "前台"),
    (HOST, 1, "前台"),
)


@dataclass(frozen=True)
class Lived:
    """The ids that pages are opened with."""

    user: str
    lines: list[str]
    orders: list[str]

    def address(self, path: str) -> str:
        """A page's path with the query that shows something, where it needs one."""
        queries = {
            "pages/product/product": f"id={SWITCH}",
            "pages/document/document": f"id={DOCUMENT}",
            "pages/order/order": f"id={self.orders[0]}",
            "pages/checkout/checkout": f"ids={','.join(self.lines[:2])}",
        }
        return f"{path}?{queries[path]}" if path in queries and "?" not in path else path


def live(server: Server, user: str) -> Lived:
    """Give the user `demo-<user>` a past."""
    client = Client(server.url).login(user)
    client.data(
        "/wechat/profile", {"users_name": "林小白", "users_phone_code": "phone-13800138000"}
    )
    orders = [_order(server, client, state) for state in STATES]
    lines = [_line(client, *line) for line in LINES]
    return Lived(user, lines, orders)


def _line(client: Client, product: str, quantity: int, group: str) -> str:
    body = {"cart_product_id": product, "cart_product_quantity": quantity, "cart_number": group}
    return str(client.data("/cart/create", body)["cart_id"])


def _order(server: Server, client: Client, state: str) -> str:
    items = [
        {"prod_list_id": product, "quantity": n + 1} for n, product in enumerate((SENSOR, SWITCH))
    ]
    body: dict[str, Any] = {
        "order_source": "product",
        "items": items,
        "order_remark": "请周三前送到项目部",
    }
    made = client.data("/order/create", body)
    server.change("tbl_order", made["pb_id"], order_status=state)
    return str(made["order_id"])
