"""System: how many users there are, a new token, whether the server is well and can serve."""

from typing import Any, Protocol

from bai_wx.dialect import fields
from bai_wx.errors import Unauthorized
from bai_wx.record.base import Caller
from bai_wx.wechat.client import Session
from models.users import User


class Tokens(Protocol):
    """Whatever signs bearer tokens."""

    def issue(self, user: User) -> str:
        """Sign a new token for this user."""

    def refresh(self, token: str, user: User) -> str:
        """Sign a new token for the user behind this one, or answer the same if it may not be."""

    def issue_for_files(self, user: User) -> str:
        """Sign a token that opens this user's protected files."""


class Readiness(Protocol):
    """Whatever knows if this server can serve."""

    def report(self) -> dict[str, str]:
        """Say how each check went. Raises: `ServiceUnavailable` where one has failed."""


def users_count() -> dict[str, int]:
    """Say how many users have registered."""
    return {"total_users": User.count()}


def users_count_post() -> dict[str, int]:
    """Say the same to clients that ask by POST."""
    return users_count()


def refresh_token(
    user: Caller | None,
    token: str | None,
    tokens: Tokens,
    session: Session | None = None,
    known: User | None = None,
) -> dict[str, str]:
    """Sign a new token for whoever the old one or, failing that, a WeChat code stands for.

    `session` is what WeChat said of the code; there is none beside a token. `known` is as in
    `wechat_auth.wechat_login`. A token that says it is not refreshable comes back as it is.

    Raises: `Unauthorized` without either.
    """
    if user is not None:
        return {"token": tokens.refresh(token or "", User.of(user))}
    if session is None:
        raise Unauthorized("neither a token nor a code")
    logged_in, _ = User.login(session.openid, session.unionid, known)
    return {"token": tokens.issue(logged_in)}


def health(query: dict[str, str]) -> dict[str, Any]:
    """Say that the server answers, in PocketBase's words."""
    answer = {"code": 200, "message": "API is healthy.", "data": {}}
    return fields.pick(answer, fields.parse(query.get("fields", "")))  # type: ignore[no-any-return]


def ready(readiness: Readiness) -> dict[str, Any]:
    """Say that requests can be answered.

    Raises: `ServiceUnavailable`, which names the checks that have failed.
    """
    return {"code": 200, "message": "API is ready.", "data": readiness.report()}


def openapi_document(document: bytes) -> bytes:
    """Answer the bundled contract; its ETag changes only with it."""
    return document
