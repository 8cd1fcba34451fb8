"""What customers see of a document at a moment, as one word."""

from collections.abc import Iterable
from enum import StrEnum

from peewee import Expression

from bai_wx.console import writing
from bai_wx.console.acting import Acting
from bai_wx.database.connection import database
from bai_wx.record import clock
from models.documents import DRAFT, Document


class State(StrEnum):
    """The states of a document. The last two are customers' `有效` and `过期`."""

    DRAFT = "draft"
    COMING = "coming"
    SHOWN = "shown"
    EXPIRED = "expired"


def state_of(document: Document) -> State:
    """The state of a document now. Unset moments are `""`, which sorts before every moment."""
    now = clock.now()
    if document.document_status == DRAFT:
        return State.DRAFT
    if document.document_effect_date > now:
        return State.COMING
    if document.document_expiry_date and document.document_expiry_date <= now:
        return State.EXPIRED
    return State.SHOWN


def condition(state: State) -> Expression:
    """The condition that a document is in this state now."""
    now = clock.now()
    is_draft: Expression = Document.document_status == DRAFT
    if state is State.DRAFT:
        return is_draft
    is_coming: Expression = Document.document_effect_date > now
    if state is State.COMING:
        coming: Expression = ~is_draft & is_coming
        return coming
    expiry = Document.document_expiry_date
    is_expired: Expression = (expiry != "") & (expiry <= now)
    is_over = is_expired if state is State.EXPIRED else ~is_expired
    begun: Expression = ~is_draft & ~is_coming & is_over
    return begun


def put(record_ids: Iterable[str], status: str, by: Acting) -> None:
    """Publish documents or make them drafts, all or none. Raises: `Forbidden`, `NotFound`."""
    with database.atomic():
        for each in record_ids:
            writing.change(Document, each, {"document_status": status}, None, by)
