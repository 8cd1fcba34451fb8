"""The owner's old shapes: other names of fields and other words of states than the contract's.

They are facts of the backend that runs today (`docs/owners-clients.md`). A `--map FILE` adds to them.
"""

from collections.abc import Mapping
from typing import Final

USERS: Final = "tbl_auth_users"
ATTACHMENTS: Final = "tbl_attachments"
PRODUCTS: Final = "tbl_product_list"
DOCUMENTS: Final = "tbl_document"
CART: Final = "tbl_cart"
ORDERS: Final = "tbl_order"

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    USERS: {"tokenKey": "token_key", "company_id": "company"},
    DOCUMENTS: {
        "document_effect": "document_effect_date",
        "document_expiry": "document_expiry_date",
    },
}
"""By collection: our name of a field by an old one, where ours is not there under its own."""

UNNEEDED: Final[Mapping[str, frozenset[str]]] = {
    USERS: frozenset({"password", "passwordHash", "emailVisibility", "verified"})
}
"""Fields of PocketBase's own that say nothing here, where nobody logs in with a password."""

WORDS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    ATTACHMENTS: {"attachments_status": {"有效": "valid", "无效": "invalid"}},
    DOCUMENTS: {"document_status": {"published": "有效", "draft": "草稿"}},
    PRODUCTS: {"prod_list_status": {"上架": "on_sale", "下架": "off_sale"}},
    CART: {"cart_status": {"已下单": "ordered"}},
    ORDERS: {
        "order_status": {
            "待确认": "pending",
            "已确认": "confirmed",
            "已完成": "completed",
            "已取消": "cancelled",
        },
        "order_source": {"购物车": "cart", "产品": "product"},
    },
    USERS: {"users_type": {"wechat": "游客"}},
}
"""By collection and field: the contract's word by an old one."""

CUT: Final[Mapping[str, frozenset[str]]] = {USERS: frozenset({"users_name", "users_tag"})}
"""Texts that are cut where they are too long: a refused user would be logged out for its name."""

FOUND: Final[Mapping[str, frozenset[str]]] = {ORDERS: frozenset({"order_source"})}
"""Words that are no states: an unknown one is read from what else the row says (`owners_rows`)."""

BARRED: Final[Mapping[str, frozenset[str]]] = {
    DOCUMENTS: frozenset(
        {
            "document_type",
            "document_keywords",
            "document_product_categories",
            "document_application_scenarios",
        }
    ),
    PRODUCTS: frozenset({"prod_list_tags"}),
}
"""Texts of several words joined by `|`, which once were JSON lists."""
