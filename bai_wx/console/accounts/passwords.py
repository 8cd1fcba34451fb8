"""Passwords of operators: argon2id, with OWASP's parameters for a server that has other work."""

import secrets
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bai_wx.console.accounts.errors import PasswordRefused

MIN_LENGTH: Final = 10  # characters
MAX_LENGTH: Final = 200  # characters
MADE_GROUPS: Final = 4
MADE_GROUP: Final = 5
UNAMBIGUOUS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a made password is written in: neither 0 and o nor 1, i and l, so that it can be copied by hand."""

# 19 MiB and one thread a hash: a login beside a busy API takes a few tens of milliseconds of one core.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$KVG3D21UqEujwLB3v7ORyA$+sO8n4C0ifATLA6vS2uMYbC4diAFAG9V6eBr6vnlSYA"
)
"""What the password of an unknown name is compared with: it takes as long as that of a known one."""

COMMON: Final = frozenset(
    [
        "1234567890",
        "0123456789",
        "0987654321",
        "12345678910",
        "123456789a",
        "a123456789",
        "1q2w3e4r5t",
        "qwertyuiop",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "administrator",
        "adminadmin",
        "admin12345",
        "admin123456",
        "iloveyou123",
        "qwerty123456",
        "asdfghjkl;",
        "zxcvbnm123",
        "woaini1314520",
        "5201314520",
        "aa12345678",
        "abc1234567",
        "abcd123456",
        "letmein1234",
        "welcome123",
        "welcome1234",
        "changeme123",
        "baiwx12345",
        "wechat12345",
        "weixin12345",
    ]
)
"""Long ones among those that are tried first."""


def check(password: str, name: str) -> None:
    """Check a new password for the operator of this name. Raises: `PasswordRefused`."""
    clean = _normal(password)
    if len(clean) < MIN_LENGTH:
        raise PasswordRefused(
            f"密码至少 {MIN_LENGTH} 个字符", f"a password has at least {MIN_LENGTH} characters"
        )
    if len(clean) > MAX_LENGTH:
        raise PasswordRefused(
            f"密码最多 {MAX_LENGTH} 个字符", f"a password has at most {MAX_LENGTH} characters"
        )
    if _is_easy(clean.casefold(), name.casefold()):
        raise PasswordRefused(
            "密码太容易猜到，请换一个", "the password is easily guessed; take another"
        )


def hash_of(password: str) -> str:
    """The hash of a password, in argon2's text form; takes some 30 ms of one core."""
    return _HASHER.hash(_normal(password))


def matches(stored: str, password: str) -> bool:
    """Whether this is the password of the stored hash. Takes as long as `hash_of`."""
    try:
        return _HASHER.verify(stored, _normal(password)[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def made() -> str:
    """Make a password of four groups of five characters, some 99 bits."""
    groups = (
        "".join(secrets.choice(UNAMBIGUOUS) for _ in range(MADE_GROUP)) for _ in range(MADE_GROUPS)
    )
    return "-".join(groups)


def _is_easy(password: str, name: str) -> bool:
    different = len(set(password)) < 4  # characters
    holds_name = len(name) >= 3 and name in password and len(password) < len(name) + 8
    return different or holds_name or password in COMMON


def _normal(password: str) -> str:
    # The same password typed by another keyboard may be made of other code points. A text that is no
    # Unicode is nobody's password, and must not stop the comparison.
    clean = password.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", clean)
