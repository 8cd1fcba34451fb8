"""The first of an operation's checks: its bearer token, as PocketBase's SDKs read one.

HS256 with a pinned algorithm; the claims are exactly PocketBase's five; the key is the user's
`token_key` followed by the server's secret, so changing either ends the tokens signed with it.
A signature is checked once a token; the expiry and the user's row are checked on every request.

A file token opens its user's protected files for a short time, in a URL, where an auth token must never
stand. Its claims are PocketBase's four, and its key has a secret of its own: neither token is the other.
"""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from typing import Any

import jwt

from bai_wx.record import ids
from bai_wx.record.base import Caller
from models.users import ACTIVE, Standing, User

ALGORITHM = "HS256"
LIFETIME_S = 7 * 24 * 3600
FILE_LIFETIME_S = 180
AUTH, FILE = "auth", "file"
"""What a token is for, as its claim `type` says."""
LONGEST_TOKEN = 2048  # characters; ours have about 260
REMEMBERED_TOKENS = 20_000
# No base64 padding: otherwise one token could be spelled several ways.
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
REQUIRED_CLAIMS = ["id", "type", "collectionId", "exp"]


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a signature that was checked stands for."""

    user_id: str
    expires_at: float
    standing: Standing
    caller: Caller | None


class Tokens:
    """Makes and reads the tokens of one server secret."""

    def __init__(
        self, secret: str, lifetime_s: int = LIFETIME_S, *, remembers: bool = True
    ) -> None:
        self._secret = secret
        self._file_secret = file_secret(secret)
        self._capacity = REMEMBERED_TOKENS if remembers else 0
        self._lifetime_s = lifetime_s
        self._verified: dict[str, _Verified] = {}

    def issue(self, user: User) -> str:
        """Sign a new token for this user. Older ones go on until they expire, as in PocketBase."""
        claims = {
            "id": user.id,
            "type": AUTH,
            "collectionId": User.collection_id(),
            "exp": int(time.time()) + self._lifetime_s,
            "refreshable": True,
        }
        return jwt.encode(claims, user.token_key + self._secret, algorithm=ALGORITHM)

    def refresh(self, token: str, user: User) -> str:
        """Sign a new token for the user behind a token that holds.

        Returns: the same token if it says that it is not refreshable, so that it ends when it was
        meant to, as PocketBase's impersonation tokens do.
        """
        is_refreshable = _claims(token).get("refreshable") is True
        return self.issue(user) if is_refreshable else token

    def issue_for_files(self, user: User) -> str:
        """Sign a token that opens this user's protected files for 180 seconds."""
        claims = {
            "id": user.id,
            "type": FILE,
            "collectionId": User.collection_id(),
            "exp": int(time.time()) + FILE_LIFETIME_S,
        }
        return jwt.encode(claims, user.token_key + self._file_secret, algorithm=ALGORITHM)

    def file_caller(self, token: str) -> Caller | None:
        """Return the active user behind a file token, or None when the token does not hold."""
        verified = (
            _verified(token, FILE, self._file_secret) if len(token) <= LONGEST_TOKEN else None
        )
        return verified.caller if verified else None

    def caller(self, token: str) -> Caller | None:
        """Return the active user behind a token, or None when the token or its user does not hold."""
        known = self._verified.get(token)
        if known is None:
            return self._verify(token)
        if known.expires_at <= time.time():
            self._verified.pop(token, None)
            return None
        standing = User.standing(known.user_id)
        if standing == known.standing:
            return known.caller
        self._verified.pop(token, None)
        return self._verify(token)

    def _verify(self, token: str) -> Caller | None:
        verified = _verified(token, AUTH, self._secret)
        if verified is None:
            return None
        self._remember(token, verified)
        return verified.caller

    def _remember(self, token: str, verified: _Verified) -> None:
        if len(self._verified) >= self._capacity:
            self._verified.clear()
        if self._capacity:
            self._verified[token] = verified


def bearer(header: bytes | None) -> str | None:
    """Read the Authorization header as PocketBase does: `TOKEN`, or `Bearer TOKEN` with one space."""
    if not header or len(header) > LONGEST_TOKEN:
        return None
    text = header.strip(b" \t").decode("latin-1")
    return text[7:] if text[:7].lower() == "bearer " else text


def file_secret(secret: str) -> str:
    """The server's part of the key that signs file tokens, made of its secret."""
    return hmac.digest(secret.encode(), FILE.encode(), hashlib.sha256).hex()


def _verified(token: str, purpose: str, secret: str) -> _Verified | None:
    """Check a token of this purpose against its signature, and find its user."""
    user_id = _claimed_user(token) if _TOKEN.fullmatch(token) else ""
    standing = User.standing(user_id) if user_id else None
    if standing is None:
        return None
    try:
        claims = jwt.decode(
            token,
            standing.token_key + secret,
            algorithms=[ALGORITHM],
            options={"require": REQUIRED_CLAIMS, "verify_aud": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        return None
    if not _is_ours(claims, purpose):
        return None
    return _Verified(user_id, claims["exp"], standing, _caller(user_id, standing))


def _caller(user_id: str, standing: Standing) -> Caller | None:
    return Caller(user_id, standing.openid) if standing.users_status == ACTIVE else None


def _claims(token: str) -> dict[str, Any]:
    """Read what a token claims, its signature not checked; nothing of what is no token."""
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return {}


def _claimed_user(token: str) -> str:
    """Read the user id a token claims, to find the key its signature is checked with."""
    user_id = _claims(token).get("id")
    return user_id if isinstance(user_id, str) and ids.is_record_id(user_id) else ""


def _is_ours(claims: dict[str, Any], purpose: str) -> bool:
    return (
        isinstance(claims["exp"], int)
        and claims["type"] == purpose
        and claims["collectionId"]
        in (
            User.collection_id(),
            User.collection(),
        )
    )
