"""The ids of the old shop's rows: they follow from a kind and a number, and look as PocketBase makes them."""

import hashlib
from typing import Final

LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
ID_LENGTH: Final = 15
PREFIXES: Final = {
    "company": "C",
    "attachment": "A",
    "product": "P",
    "document": "D",
    "cart": "CART",
    "order": "O",
    "user": "U",
    "dictionary": "DICT",
}


def letters(text: str, length: int) -> str:
    """So many of `0-9a-z` that follow from a text."""
    number = int.from_bytes(hashlib.sha512(text.encode()).digest())
    found = []
    for _ in range(length):
        number, place = divmod(number, len(LETTERS))
        found.append(LETTERS[place])
    return "".join(found)


def record_id(kind: str, number: int) -> str:
    """The record id of a row."""
    return letters(f"{kind} {number}", ID_LENGTH)


def business_id(kind: str, number: int) -> str:
    """The business id of a row, as the old shop's hooks made them."""
    return f"{PREFIXES[kind]}-{1_700_000_000_000 + number}{letters(f'business {kind} {number}', 6)}"


def openid(number: int) -> str:
    """A user's openid: 28 characters, `o` at the beginning."""
    return f"oOLD{letters(f'openid {number}', 24)}"
