"""Pictures, videos and documents users upload (`openapi-wx/attachments.yaml`)."""

from typing import Any

import records
from models.attachments import Attachment
from models.base import Caller
from models.files import FileStore, Upload
from records import uploads


def attachment_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the valid attachments."""
    return records.list_page(Attachment, query, user)


def attachment_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one valid attachment."""
    return records.view(Attachment, record_id, query, user)


def attachment_create(
    body: dict[str, Any],
    upload: Upload | None,
    query: dict[str, str],
    user: Caller | None,
    files: FileStore,
) -> dict[str, Any]:
    """Store an uploaded file and describe it."""
    return uploads.create(body, upload, query, user, files)
