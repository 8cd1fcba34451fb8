"""WeChat login, the user's profile, and the SDKs' token refresh."""

from typing import Any, NotRequired, TypedDict

from bai_wx import dialect
from bai_wx.dialect import fields
from bai_wx.errors import NotFound, Unauthorized
from bai_wx.record.base import Caller
from bai_wx.wechat.client import Session, WeChatClient
from handlers.system import Tokens
from models import users
from models.users import User


class ProfileBody(TypedDict):
    """`WechatProfileRequest` of the contract."""

    users_name: NotRequired[str]
    users_phone_code: NotRequired[str]
    users_picture: NotRequired[str]
    company_id: NotRequired[str]


def wechat_login(session: Session, tokens: Tokens, known: User | None = None) -> dict[str, Any]:
    """Give whoever WeChat says this is our token; the first time registers the user.

    `known` is that user where it was read already, and its login writes nothing.
    """
    user, registered = User.login(session.openid, session.unionid, known)
    return {
        "status": "register_success" if registered else "login_success",
        "is_info_complete": user.is_info_complete,
        "token": tokens.issue(user),
        "user": user.info(),
    }


def wechat_profile(body: ProfileBody, user: Caller, wechat: WeChatClient) -> dict[str, Any]:
    """Complete the user's profile; a phone code becomes a number."""
    profile = _profile(body)
    # Last, because a phone code is paid for and cannot be used again.
    if "users_phone_code" in body:
        profile["users_phone"] = wechat.phone_number(body["users_phone_code"])
    return {"status": "update_success", "user": User.update_profile(user, profile).info()}


def _profile(body: ProfileBody) -> users.Profile:
    profile = users.Profile()
    if "users_name" in body:
        profile["users_name"] = body["users_name"]
    if "users_picture" in body:
        profile["users_picture"] = body["users_picture"]
    if "company_id" in body:
        profile["company"] = users.company_named(body["company_id"])
    return profile


def auth_refresh(user: Caller, token: str, tokens: Tokens, query: dict[str, str]) -> dict[str, Any]:
    """Give an SDK a new token and its user's record."""
    picks = fields.parse(query.get("fields", ""))  # of the whole answer, not of the record alone
    try:
        record = dialect.view(User, user.id, {**query, "fields": fields.EVERYTHING}, user)
    except NotFound as exc:  # it was deleted since its token was read
        raise Unauthorized("its user is gone") from exc
    answer: dict[str, Any] = {"token": tokens.refresh(token, User.of(user)), "record": record}
    return fields.pick(answer, picks)  # type: ignore[no-any-return]
