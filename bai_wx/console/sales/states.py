"""The states of orders, cart lines and customers, as people read them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from bai_wx.console.words import both
from models.cart import ACTIVE as IN_CART
from models.cart import ORDERED
from models.order_requests import Source
from models.orders import Status
from models.users import ACTIVE, DISABLED, GUEST, REGISTERED


class State(NamedTuple):
    """How a state is shown: its name, and the colour of its badge."""

    label: str
    colour: str


ORDER_STATES: Final[Mapping[str, State]] = {
    Status.PENDING: State(both("待确认", "Pending"), "orange"),
    Status.CONFIRMED: State(both("已确认", "Confirmed"), "blue"),
    Status.COMPLETED: State(both("已完成", "Completed"), "green"),
    Status.CANCELLED: State(both("已取消", "Cancelled"), "secondary"),
}

ORDER_SOURCES: Final[Mapping[str, State]] = {
    Source.CART: State(both("购物车", "Cart"), "secondary"),
    Source.PRODUCT: State(both("直接购买", "Product"), "secondary"),
}

ORDER_MOVES: Final[Mapping[str, str]] = {
    Status.CONFIRMED: both("确认订单", "Confirm"),
    Status.COMPLETED: both("完成订单", "Complete"),
    Status.CANCELLED: both("取消订单", "Cancel the order"),
}
"""What the button says that moves an order to a state."""

CART_STATES: Final[Mapping[str, State]] = {
    IN_CART: State(both("购物车中", "In the cart"), "blue"),
    ORDERED: State(both("已下单", "Ordered"), "secondary"),
}

CUSTOMER_STATES: Final[Mapping[str, State]] = {
    ACTIVE: State(both("正常", "Active"), "green"),
    DISABLED: State(both("已停用", "Disabled"), "red"),
}

CUSTOMER_TYPES: Final[Mapping[str, State]] = {
    GUEST: State(both("游客", "Guest"), "secondary"),
    REGISTERED: State(both("注册用户", "Registered"), "azure"),
}
