"""Products, as native records."""

from typing import Any

from bai_wx import dialect
from bai_wx.record.base import Caller
from models.products import Product


def product_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the products on sale."""
    return dialect.list_page(Product, query, user)


def product_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one product on sale."""
    return dialect.view(Product, record_id, query, user)
