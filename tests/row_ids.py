"""Ids of made rows, which tell what a row is: `prod00000000007` is product 7."""

from typing import Final

PREFIXES: Final = {
    "tbl_auth_users": "user",
    "tbl_company": "comp",
    "tbl_attachments": "atta",
    "tbl_product_list": "prod",
    "tbl_document": "docu",
    "tbl_cart": "cart",
    "tbl_order": "orde",
}
BUSINESS_IDS: Final = {
    "tbl_auth_users": ("users_id", "U"),
    "tbl_company": ("company_id", "C"),
    "tbl_attachments": ("attachments_id", "A"),
    "tbl_product_list": ("prod_list_id", "P"),
    "tbl_document": ("document_id", "D"),
    "tbl_cart": ("cart_id", "CART"),
    "tbl_order": ("order_id", "O"),
}
"""A collection's business id: its field, and what it begins with."""


def record_id(collection: str, number: int) -> str:
    """The id of a row."""
    return f"{PREFIXES[collection]}{number:011d}"
