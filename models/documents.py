"""Documents (`tbl_document`): articles and downloads. Everybody may see those in effect, expired ones too."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Self

from peewee import Expression, Node

from bai_wx.record import clock, ids
from bai_wx.record.base import Record, Rows, index_newest_first
from bai_wx.record.fields import Date, Derived, Editor, Int, Joined, Private, Relations, Text
from bai_wx.record.problems import NOT_AFTER_EFFECT, Problems

DRAFT, VALID, EXPIRED = "草稿", "有效", "过期"

MAX_JOINED: Final = 30_000
"""Characters of joined business ids: as many as a relation may have."""


def _is_expired(rows: Any, now: Node) -> Expression:
    expired: Expression = (rows.document_expiry_date != "") & (rows.document_expiry_date <= now)
    return expired


class Document(Record):
    """One document, shown from `document_effect_date` on and called expired from `document_expiry_date` on.

    Texts of several words or ids join them by `|`.
    """

    document_id = Text(64, default=partial(ids.business_id, "D"), unique=True, server_made=True)
    document_create = Date(default=clock.now, server_made=True)
    document_title = Text(200, required=True)
    document_subtitle = Text(200)
    document_summary = Text(1000)
    document_content = Editor()
    document_type = Text(1000)
    document_hotel_type = Text()
    document_images = Relations("tbl_attachments")
    document_videos = Relations("tbl_attachments")
    document_files = Relations("tbl_attachments")
    document_image = Joined("document_images", MAX_JOINED)
    document_video = Joined("document_videos", MAX_JOINED)
    document_file = Joined("document_files", MAX_JOINED)
    document_owner = Private(100)
    document_relation_model = Text(200)
    document_keywords = Text()
    document_product_categories = Text()
    document_application_scenarios = Text()
    document_share_count = Int(0)
    document_download_count = Int(0)
    document_favorite_count = Int(0)
    document_status = Derived(
        *(DRAFT, VALID), derived=EXPIRED, when=_is_expired, first=VALID, server_made=True
    )
    document_effect_date = Date()
    document_expiry_date = Date()
    document_remark = Text(1000)

    class Meta:
        table_name = "tbl_document"
        # With state, effect and expiry in the index, COUNT(*) need not read the rows.
        indexes = (
            (
                [
                    "is_delete",
                    "seq",
                    "document_status",
                    "document_effect_date",
                    "document_expiry_date",
                ],
                False,
            ),
        )

    @classmethod
    def shown(cls, rows: "Rows[Self]", openid: Node, now: Node) -> Expression:
        """All but drafts and what is to come. An unset effect is `""`, which sorts before every moment."""
        is_public: Expression = rows.document_status != DRAFT
        return is_public & (rows.document_effect_date <= now)

    @classmethod
    def set_by_operator(cls) -> frozenset[str]:
        """The state too: the operator publishes a document, or makes it a draft again."""
        return super().set_by_operator() | {"document_status"}

    @classmethod
    def check_values(
        cls, changes: Mapping[str, Any], stored: Mapping[str, Any], problems: Problems
    ) -> None:
        """Check that a document expires after it takes effect, where one of the two changes."""
        if not changes.keys() & {"document_effect_date", "document_expiry_date"}:
            return
        whole = {**stored, **changes}
        effect, expiry = whole.get("document_effect_date"), whole.get("document_expiry_date")
        if effect and expiry and expiry <= effect:
            problems.setdefault("document_expiry_date", NOT_AFTER_EFFECT)


index_newest_first(Document, "is_delete")
index_newest_first(Document, "is_delete", moment="document_create")
