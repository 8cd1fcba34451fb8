"""Companies, as native records."""

from typing import Any

from bai_wx import dialect
from bai_wx.record.base import Caller
from models.company import Company


def company_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the companies."""
    return dialect.list_page(Company, query, user)


def company_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one company."""
    return dialect.view(Company, record_id, query, user)


def company_create(
    body: dict[str, Any], query: dict[str, str], user: Caller | None
) -> dict[str, Any]:
    """Create a company that the caller may change afterwards."""
    return dialect.create(Company, body, query, user)


def company_update(
    record_id: str, body: dict[str, Any], query: dict[str, str], user: Caller | None
) -> dict[str, Any]:
    """Change a company the caller created."""
    return dialect.update(Company, record_id, body, query, user)
