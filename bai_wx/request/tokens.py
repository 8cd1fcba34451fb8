"""The first of an operation's checks: its bearer token, as PocketBase's SDKs read one.

HS256 with a pinned algorithm; the claims are exactly PocketBase's five; the key is the user's
`token_key` followed by the server's secret, so changing either ends the tokens signed with it. A secret that is
rotated stays accepted for as long as its tokens live (`bai_wx.record.signing_secrets`).
A signature is checked once a token; the expiry and the user's row are checked on every request.

A file token opens its user's protected files for a short time, in a URL, where an auth token must never
stand. Its claims are PocketBase's four, and its key has a secret of its own: neither token is the other.

An auth token that our secret did not sign may be one of a PocketBase that this server took over from
(`bai_wx.record.old_secrets`). It holds while the secret that signed it is kept. Tokens of ours are checked
first, and nothing of it is asked for them.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import jwt
from jwt.algorithms import HMACAlgorithm

from bai_wx.database.statement import Asked
from bai_wx.errors import Unauthorized
from bai_wx.metrics import CACHE
from bai_wx.record import ids, old_secrets, signing_secrets
from bai_wx.record.base import Caller
from bai_wx.record.signing_secrets import SigningSecrets
from models.standing import Standing
from models.users import ACTIVE, User

ALGORITHM = "HS256"
LIFETIME_S = signing_secrets.TOKEN_LIFETIME_S
FILE_LIFETIME_S = 180
AUTH, FILE = "auth", "file"
"""What a token is for, as its claim `type` says."""
AUTH_OF_0_22 = "authRecord"
"""What PocketBase before 0.23 says for `auth`. Its tokens say nothing of `refreshable`, and all of them are."""
OLD_RECHECK_S = 2
"""After so many seconds a token that an old secret signed is checked again: that may have been dropped."""
LONGEST_TOKEN = 2048  # characters; ours have about 260
REMEMBERED_TOKENS = 20_000
_HIT, _MISS = (CACHE.series(cache="tokens", result=result) for result in ("hit", "miss"))
# No base64 padding: otherwise one token could be spelled several ways.
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
REQUIRED_CLAIMS = ["id", "type", "collectionId", "exp"]


class OwnKeys(HMACAlgorithm):
    """HS256 whose keys are a user's `token_key` and a secret of the server.

    PyJWT looks whether a key is a certificate or a public key, which somebody else could know and sign with.
    Ours begin with 50 random letters and are neither. The look costs 25 µs, and each login signs a token.
    """

    def prepare_key(self, key: str | bytes) -> bytes:
        """The bytes of a key."""
        return key.encode() if isinstance(key, str) else key


jwt.unregister_algorithm(ALGORITHM)
jwt.register_algorithm(ALGORITHM, OwnKeys(OwnKeys.SHA256))


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a signature that was checked stands for, until the moment `holds_until`."""

    user_id: str
    holds_until: float
    standing: tuple[str, ...]
    """The user's, as far as it changes."""
    caller: Caller | None


class _Known(NamedTuple):
    """The token of an Authorization header that was checked, and its user's id."""

    token: str
    user_id: str


class Expected:
    """A user as it was when its token was checked. Whether it stands so still is asked and not answered yet."""

    __slots__ = ("_asked", "_holds", "_standing", "caller")

    def __init__(self, caller: Caller, asked: Asked, standing: tuple[str, ...]) -> None:
        self.caller = caller
        self._asked, self._standing = asked, standing
        self._holds: bool | None = None

    def holds(self) -> bool:
        """Whether it does, by the answer, which is waited for."""
        if self._holds is None:
            self._holds = self._asked.row() == self._standing
            if self._holds:
                _HIT.inc()
        return self._holds

    def confirm(self) -> None:
        """Raises: `Unauthorized` where it does not."""
        if not self.holds():
            raise Unauthorized


class Tokens:
    """Makes and reads the tokens of one server. A `str` is a secret that never changes."""

    def __init__(
        self,
        secrets: SigningSecrets | str,
        lifetime_s: int = LIFETIME_S,
        *,
        remembers: bool = True,
    ) -> None:
        self._secrets = SigningSecrets.fixed(secrets) if isinstance(secrets, str) else secrets
        self._capacity = REMEMBERED_TOKENS if remembers else 0
        self._lifetime_s = lifetime_s
        self._verified: dict[str, _Verified] = {}
        self._headers: dict[bytes, _Known] = {}
        for remembered in (self._verified, self._headers):
            # A dropped secret may have signed some of them.
            self._secrets.on_change(remembered.clear)

    def issue(self, user: User) -> str:
        """Sign a new token for this user. Older ones go on until they expire, as in PocketBase."""
        claims = {
            "id": user.id,
            "type": AUTH,
            "collectionId": User.collection_id(),
            "exp": int(time.time()) + self._lifetime_s,
            "refreshable": True,
        }
        return jwt.encode(claims, user.token_key + self._secrets.signing, algorithm=ALGORITHM)

    def refresh(self, token: str, user: User) -> str:
        """Sign a new token for the user behind a token that holds.

        Returns: the same token if it says that it is not refreshable, so that it ends when it was
        meant to, as PocketBase's impersonation tokens do.
        """
        claims = _claims(token)
        is_refreshable = claims.get("refreshable") is True or claims.get("type") == AUTH_OF_0_22
        return self.issue(user) if is_refreshable else token

    def issue_for_files(self, user: User) -> str:
        """Sign a token that opens this user's protected files for 180 seconds."""
        claims = {
            "id": user.id,
            "type": FILE,
            "collectionId": User.collection_id(),
            "exp": int(time.time()) + FILE_LIFETIME_S,
        }
        key = user.token_key + file_secret(self._secrets.signing)
        return jwt.encode(claims, key, algorithm=ALGORITHM)

    def file_caller(self, token: str) -> Caller | None:
        """Return the active user behind a file token, or None when the token does not hold."""
        verified = _verified(token, FILE, self._secrets) if len(token) <= LONGEST_TOKEN else None
        return verified.caller if verified else None

    def caller(self, token: str) -> Caller | None:
        """Return the active user behind a token, or None when the token or its user does not hold."""
        known = self._verified.get(token)
        if known is None:
            return self._verify(token)
        if known.holds_until <= time.time():
            return self._verify_anew(token)
        if User.stands(known.user_id, known.standing):
            _HIT.inc()
            return known.caller
        return self._verify_anew(token)

    def expected(self, token: str, *, writes: bool) -> "Expected | None":
        """The user behind a token that was checked before, whose row is asked for and not here yet.

        `writes` says that the request begins a transaction.
        Returns: None for any other token, which `caller` checks.
        """
        known = self._verified.get(token)
        if known is None or known.caller is None or known.holds_until <= time.time():
            return None
        asked = User.ask_standing(known.user_id, before_write=writes)
        return Expected(known.caller, asked, known.standing)

    def remembered(self, header: bytes) -> str:
        """The user id of an Authorization header whose signature was checked here before, else `""`.

        Its expiry and its user's standing are not looked at: it says whom a request is counted for, no more.
        """
        known = self._headers.get(header) or self._known_by(header)
        return known.user_id if known else ""

    def bearer(self, header: bytes | None) -> str | None:
        """As the function: a header that is remembered is not read again."""
        known = self._headers.get(header) if header else None
        return known.token if known else bearer(header)

    def _known_by(self, header: bytes) -> _Known | None:
        """What a header says that comes for the first time since its token was checked."""
        token = bearer(header) or ""
        verified = self._verified.get(token)
        if verified is None:
            return None
        if len(self._headers) >= self._capacity:
            self._headers.clear()
        known = self._headers[header] = _Known(token, verified.user_id)
        return known

    def _verify_anew(self, token: str) -> Caller | None:
        """Forget what was remembered of a token, and check it again."""
        self._verified.pop(token, None)
        # Whoever has a token that was ended must not use up its user's limit with it.
        self._headers.clear()
        return self._verify(token)

    def _verify(self, token: str) -> Caller | None:
        _MISS.inc()
        known = self._secrets.known
        verified = _verified(token, AUTH, self._secrets) or _verified_by_old_secret(token)
        if verified is None:
            return None
        self._remember(token, verified)
        if known is not self._secrets.known:
            # Its secret may have been dropped in another thread, before there was anything to forget.
            self._verified.pop(token, None)
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


@lru_cache(maxsize=16)  # a login signs a file token too
def file_secret(secret: str) -> str:
    """The server's part of the key that signs file tokens, made of its secret."""
    return hmac.digest(secret.encode(), FILE.encode(), hashlib.sha256).hex()


def _verified(token: str, purpose: str, secrets: SigningSecrets) -> _Verified | None:
    """Check a token of this purpose against its signature, and find its user."""
    user_id = _claimed_user(token) if _TOKEN.fullmatch(token) else ""
    standing = User.standing(user_id) if user_id else None
    if standing is None:
        return None
    known: object = None
    while known is not secrets.known:
        known = secrets.known
        for each in secrets.accepted():
            secret = each.secret if purpose == AUTH else file_secret(each.secret)
            claims = _signed_claims(token, standing.token_key + secret)
            if claims is not None and _is_ours(claims, purpose):
                ends = min(claims["exp"], each.ends)
                return _Verified(user_id, ends, standing.changing, _caller(user_id, standing))
        secrets.look_again()  # another worker may have signed it by a secret of a moment ago
    return None


def _verified_by_old_secret(token: str) -> _Verified | None:
    """Check an auth token of a server that this one took over from, while its secret is kept."""
    claimed = _claims(token) if _TOKEN.fullmatch(token) else {}
    if claimed.get("type") not in (AUTH, AUTH_OF_0_22):
        return None
    secrets = old_secrets.secrets_of(_text(claimed, "collectionId"))
    found = _user_of_old(_text(claimed, "id")) if secrets else None
    if found is None:
        return None
    user_id, token_key, standing = found
    for secret in secrets:
        claims = _signed_claims(token, token_key + secret)
        if claims is not None and isinstance(claims["exp"], int):
            ends = min(claims["exp"], time.time() + OLD_RECHECK_S)
            return _Verified(user_id, ends, standing.changing, _caller(user_id, standing))
    return None


def _user_of_old(claimed_id: str) -> tuple[str, str, Standing] | None:
    """The user whom an id of the old server means: its id here, the key of its old tokens, its standing."""
    if not ids.is_record_id(claimed_id):
        return None
    if standing := User.standing(claimed_id):
        return claimed_id, standing.token_key, standing
    joined = old_secrets.joined(claimed_id)
    standing = User.standing(joined.user_id) if joined else None
    if joined is None or standing is None or standing.token_key != joined.user_token_key:
        return None
    return joined.user_id, joined.token_key, standing


def _signed_claims(token: str, key: str) -> dict[str, Any] | None:
    """Read the claims of a token that this key has signed and that has not expired; None of any other."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            options={"require": REQUIRED_CLAIMS, "verify_aud": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, RecursionError):  # older PyJWTs let a deep header raise
        return None
    return claims


def _caller(user_id: str, standing: Standing) -> Caller | None:
    is_active = standing.users_status == ACTIVE
    return Caller(user_id, standing.openid, standing.users_id) if is_active else None


def _claims(token: str) -> dict[str, Any]:
    """Read what a token claims, its signature not checked; nothing of what is no token.

    PyJWT checks each letter of a token for that, in Python. It does so again where the signature is checked.
    """
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    except (ValueError, IndexError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _claimed_user(token: str) -> str:
    """Read the user id a token claims, to find the key its signature is checked with."""
    user_id = _text(_claims(token), "id")
    return user_id if ids.is_record_id(user_id) else ""


def _text(claims: dict[str, Any], name: str) -> str:
    """A claim that is a text the database can be asked for; `""` for any other."""
    value = claims.get(name)
    return value if isinstance(value, str) and ids.is_queryable(value) else ""


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
