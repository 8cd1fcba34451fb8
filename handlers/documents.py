"""Documents, as native records."""

from typing import Any

import records
from models.base import Caller
from models.documents import Document


def document_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the published documents."""
    return records.list_page(Document, query, user)


def document_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one published document."""
    return records.view(Document, record_id, query, user)
