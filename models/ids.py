"""Ids the server makes: record ids like PocketBase's, business ids that sort by time."""

import secrets
import time

RECORD_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
RECORD_ID_LENGTH = 15
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_KEY_LENGTH = 50


def record_id() -> str:
    """Make a record id: 15 random characters of `a-z0-9`."""
    return _draw(RECORD_ID_ALPHABET, RECORD_ID_LENGTH)


def may_be(text: str) -> bool:
    """Whether a database can be asked for this record id: some texts none can hold."""
    return text.isascii() and "\0" not in text


def business_id(prefix: str) -> str:
    """Make a business id such as `CART-01JD…`: the prefix and a ULID (48 bits of ms, 80 random)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    digits = (CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
    return f"{prefix}-{''.join(digits)}"


def token_key() -> str:
    """Make the part of a user's signing key that lives in its row."""
    return _draw(RECORD_ID_ALPHABET, TOKEN_KEY_LENGTH)


def _draw(alphabet: str, length: int) -> str:
    """As many random characters, from one call of the system's: a byte each, those past a multiple of
    the alphabet's length left out, so that all are as likely.
    """
    size = len(alphabet)
    fair = 256 - 256 % size
    drawn = ""
    while len(drawn) < length:
        drawn += "".join([alphabet[b % size] for b in secrets.token_bytes(2 * length) if b < fair])
    return drawn[:length]
