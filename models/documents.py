"""Documents (`tbl_document`): articles and downloads. Everybody may see published ones in force."""

from functools import partial
from typing import Self

from peewee import Expression, Node

from bai_wx.record import ids
from bai_wx.record.base import Record, Rows, index_newest_first
from bai_wx.record.fields import Date, Editor, Int, Json, Relations, Select, Text

DRAFT, PUBLISHED = "draft", "published"


class Document(Record):
    """One document, shown from `document_effect` until `document_expiry`."""

    document_id = Text(default=partial(ids.business_id, "D"), unique=True, server_made=True)
    document_title = Text(200, required=True)
    document_subtitle = Text(200)
    document_summary = Text(1000)
    document_content = Editor()
    document_type = Text(50)
    document_image = Relations("tbl_attachments")
    document_video = Relations("tbl_attachments")
    document_file = Relations("tbl_attachments")
    document_owner = Text(100)
    document_relation_model = Text(200)
    document_keywords = Json()
    document_product_categories = Json()
    document_application_scenarios = Json()
    document_share_count = Int(0)
    document_download_count = Int(0)
    document_favorite_count = Int(0)
    document_status = Select(DRAFT, PUBLISHED, first=PUBLISHED)
    document_effect = Date()
    document_expiry = Date()
    document_remark = Text(1000)

    class Meta:
        table_name = "tbl_document"
        # With effect and expiry in the index, COUNT(*) need not read the rows.
        indexes = (
            (("document_status", "is_delete", "seq", "document_effect", "document_expiry"), False),
        )

    @classmethod
    def shown(cls, rows: "Rows[Self]", openid: Node, now: Node) -> Expression:
        """Only published documents in force. An unset effect is `""`, which sorts before every moment."""
        published = rows.document_status == PUBLISHED
        in_force = (rows.document_effect <= now) & (
            (rows.document_expiry == "") | (rows.document_expiry > now)
        )
        return published & in_force


index_newest_first(Document, "document_status", "is_delete")
