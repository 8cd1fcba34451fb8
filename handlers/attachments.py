"""Pictures, videos and documents users upload (`openapi-wx/attachments.yaml`)."""

from typing import Any

from bai_wx import dialect
from bai_wx.dialect import uploads
from bai_wx.files.store import FileStore, Upload
from bai_wx.record.base import Caller
from models.attachments import Attachment


def attachment_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the valid attachments."""
    return dialect.list_page(Attachment, query, user)


def attachment_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one valid attachment."""
    return dialect.view(Attachment, record_id, query, user)


def attachment_create(
    body: dict[str, Any],
    upload: Upload | None,
    query: dict[str, str],
    user: Caller | None,
    files: FileStore,
) -> dict[str, Any]:
    """Store an uploaded file and describe it."""
    return uploads.create(Attachment, body, upload, query, user, files)
