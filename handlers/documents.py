"""Documents, as native records."""

from typing import Any

from bai_wx import dialect
from bai_wx.record.base import Caller
from models.documents import Document


def document_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the documents in effect."""
    return dialect.list_page(Document, query, user)


def document_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one document in effect."""
    return dialect.view(Document, record_id, query, user)
