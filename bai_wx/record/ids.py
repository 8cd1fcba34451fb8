"""Ids the server makes: record ids like PocketBase's, business ids that sort by time."""

import re
import secrets
import time
from functools import lru_cache

RECORD_ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"  # as they sort
RECORD_ID_LENGTH = 15
RECORD_ID_PATTERN = f"[a-z0-9]{{{RECORD_ID_LENGTH}}}"
RECORD_ID_PLACE = 4
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_KEY_LENGTH = 50
_RECORD_ID = re.compile(RECORD_ID_PATTERN)


def record_id() -> str:
    """Make a record id: 15 characters of `a-z0-9`, the last eleven random.

    The first four go on each second, round and round in 19 days: rows that are written together stand
    together in the index, on one page instead of one each.
    """
    return _place(int(time.time())) + _draw(RECORD_ID_ALPHABET, RECORD_ID_LENGTH - RECORD_ID_PLACE)


def is_record_id(text: str) -> bool:
    """Whether the text is written as a record id is."""
    return _RECORD_ID.fullmatch(text) is not None


def is_queryable(text: str) -> bool:
    """Whether the database can be asked for this id: it cannot for some texts, which are no ids anyway."""
    return text.isascii() and "\0" not in text


def business_id(prefix: str) -> str:
    """Make a business id such as `CART-01JD…`: the prefix and a ULID (48 bits of ms, 80 random)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    digits = (CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
    return f"{prefix}-{''.join(digits)}"


def token_key() -> str:
    """Make the part of a user's signing key that lives in its row."""
    return _draw(RECORD_ID_ALPHABET, TOKEN_KEY_LENGTH)


@lru_cache(maxsize=4)
def _place(unix_s: int) -> str:
    size = len(RECORD_ID_ALPHABET)
    digits = (unix_s // size**power % size for power in reversed(range(RECORD_ID_PLACE)))
    return "".join(RECORD_ID_ALPHABET[digit] for digit in digits)


def _draw(alphabet: str, length: int) -> str:
    """`length` random characters of the alphabet, all equally likely.

    One call of the system's source gives a byte for each; bytes past a multiple of the alphabet's length
    are left out, or its first characters would be more likely.
    """
    size = len(alphabet)
    fair = 256 - 256 % size
    drawn = ""
    while len(drawn) < length:
        drawn += "".join([alphabet[b % size] for b in secrets.token_bytes(2 * length) if b < fair])
    return drawn[:length]
