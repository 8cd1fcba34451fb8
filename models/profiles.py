"""What a profile changes: the columns that follow from what its user sends.

An empty text, or no word at all, leaves a part as it is; null clears it. A value equal to the stored one
changes nothing. The phone number of a code is true, one that is typed may not be, and never replaces it.
"""

from collections.abc import Sequence
from typing import Any, Final, TypedDict

from bai_wx.errors import ValidationFailed
from bai_wx.record.base import Caller, FieldValues
from models.attachments import Attachment
from models.company import Company


class Profile(TypedDict, total=False):
    """`WechatProfileRequest` of the contract. The code of a phone is exchanged by the handler."""

    users_name: str | None
    users_phone_code: str | None
    users_phone: str | None
    users_tag: str | None
    users_picture: str | None
    users_title_picture: str | None
    users_id_pic_a: str | None
    users_id_pic_b: str | None
    company_id: str | None


TEXTS: Final = ("users_name", "users_tag")
PICTURES: Final = ("users_picture", "users_title_picture")
PAPERS: Final = ("users_id_pic_a", "users_id_pic_b")
ADDRESS_STARTS: Final = ("https://", "http://", "/")
"""The beginnings of an address. No `attachments_id` that a client may send has one of them."""


def changes(stored: Any, sent: Profile, verified_phone: str) -> FieldValues:
    """The columns of the stored user that a profile changes.

    `verified_phone` is what WeChat said of the code, `""` without one.
    Raises: `ValidationFailed` for a company that is not there.
    """
    asked: FieldValues = {name: value or "" for name, value in sent.items() if value != ""}
    wanted: FieldValues = {
        name: asked[name] for name in (*TEXTS, *PICTURES, *PAPERS) if name in asked
    }
    wanted |= _phone(stored, asked, verified_phone)
    if "company_id" in asked:
        wanted["company"] = company_named(asked["company_id"])
    return {name: value for name, value in wanted.items() if value != getattr(stored, name)}


def check_pictures(caller: Caller, changed: FieldValues) -> None:
    """Check that the caller may see the new pictures, and owns the new identity papers.

    Raises: `ValidationFailed` for the fields whose attachment is not there for this caller.
    """
    if pictures := attachments_named(changed, PICTURES):
        Attachment.check_named(caller, pictures)
    if papers := attachments_named(changed, PAPERS):
        Attachment.check_own(caller, papers)


def mark_papers(caller: Caller, changed: FieldValues) -> None:
    """Mark the new identity papers, in the caller's transaction. Raises: as `check_pictures`."""
    if papers := attachments_named(changed, PAPERS):
        Attachment.mark_identity_papers(caller, papers)


def attachments_named(values: FieldValues, fields: Sequence[str]) -> dict[str, str]:
    """Which of these fields name an attachment: its `attachments_id` by the name of the field."""
    named = {name: values.get(name, "") for name in fields}
    return {name: text for name, text in named.items() if text and not is_address(text)}


def is_address(picture: str) -> bool:
    """Whether a picture is an address, or the path of a file of ours, and no `attachments_id`."""
    return picture.startswith(ADDRESS_STARTS)


def _phone(stored: Any, asked: FieldValues, verified_phone: str) -> FieldValues:
    if verified_phone:
        return {"users_phone": verified_phone, "users_phone_verified": 1}
    phone = asked.get("users_phone")
    is_ignored = phone is None or (phone and stored.users_phone_verified)
    return {} if is_ignored else {"users_phone": phone, "users_phone_verified": 0}


def company_named(company_id: str) -> str:
    """Find the record id of the company with this business id, `""` when none is named.

    Raises: `ValidationFailed` when there is no such company.
    """
    if not company_id:
        return ""
    named = Company.visible_to(None).where(Company.company_id == company_id)
    company: Company | None = named.first()
    if company is None:
        raise ValidationFailed({"company_id": "不存在"})
    return str(company.id)
