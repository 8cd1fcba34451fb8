"""WeChat login, the user's profile, and the SDKs' token refresh."""

from typing import Any

from bai_wx import dialect
from bai_wx.dialect import fields
from bai_wx.errors import NotFound, Unauthorized
from bai_wx.record.base import Caller
from bai_wx.wechat.client import Session, WeChatClient
from handlers.system import Tokens
from models.profiles import Profile
from models.users import User


def wechat_login(session: Session, tokens: Tokens, known: User | None = None) -> dict[str, Any]:
    """Give whoever WeChat says this is our token; the first time registers the user.

    `known` is that user where it was read already, and its login writes nothing.
    """
    user, registered = User.login(session.openid, session.unionid, known)
    return {
        "status": "register_success" if registered else "login_success",
        "is_info_complete": user.is_info_complete,
        "token": tokens.issue(user),
        "user": user.info(lambda: tokens.issue_for_files(user)),
    }


def wechat_profile(
    body: Profile, user: Caller, wechat: WeChatClient, tokens: Tokens
) -> dict[str, Any]:
    """Complete the user's profile; a phone code becomes a number."""
    code, phone = body.get("users_phone_code"), ""
    if code:
        # First, because a code is paid for and cannot be used again.
        User.check_profile(user, body)
        with User.spending_phone_exchange(user):
            phone = wechat.phone_number(code)
    changed = User.update_profile(user, body, phone)
    info = changed.info(lambda: tokens.issue_for_files(changed))
    return {"status": "update_success", "user": info}


def auth_refresh(user: Caller, token: str, tokens: Tokens, query: dict[str, str]) -> dict[str, Any]:
    """Give an SDK a new token and its user's record."""
    picks = fields.parse(query.get("fields", ""))  # of the whole answer, not of the record alone
    try:
        record = dialect.view(User, user.id, {**query, "fields": fields.EVERYTHING}, user)
    except NotFound as exc:  # it was deleted since its token was read
        raise Unauthorized("its user is gone") from exc
    answer: dict[str, Any] = {"token": tokens.refresh(token, User.of(user)), "record": record}
    return fields.pick(answer, picks)  # type: ignore[no-any-return]
