"""Ids and numbers for rows that have none: they follow from the row, so that every run makes the same."""

import hashlib
import hmac
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from bai_wx.record import ids
from bai_wx.record.base import Record
from bai_wx.record.readable_numbers import BEIJING_OFFSET_S, readable_number

RANDOM_BITS: Final = 80


def business_id(model: type[Record], name: str, record_id: str, created: object) -> str:
    """Make the business id of a row: its time is that of the row, the rest follows from its record id."""
    prefix = model._meta.fields[name].default.args[0]
    number = _unix_ms(created) << RANDOM_BITS | _drawn(model, record_id) % (1 << RANDOM_BITS)
    return (
        f"{prefix}-{''.join(ids.CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))}"
    )


def fill(model: type[Record], values: MutableMapping[str, Any]) -> None:
    """Fill the business ids and readable numbers that a row does not have."""
    record_id, created = values.get("id"), values.get("created")
    if not isinstance(record_id, str):
        return
    for name, field in model._meta.fields.items():
        if values.get(name):
            continue
        if _is_business_id(field.default):
            values[name] = business_id(model, name, record_id, created)
        elif field.default is readable_number:
            values[name] = _number(model, record_id, created)


def token_key(secret: str | None, record_id: str) -> str:
    """Make the token key of a user: it follows from a secret, or from nothing where there is none."""
    if not secret:
        return ids.token_key()
    return hmac.new(secret.encode(), record_id.encode(), hashlib.sha256).hexdigest()[
        : ids.TOKEN_KEY_LENGTH
    ]


def _is_business_id(default: Any) -> bool:
    return isinstance(default, partial) and default.func is ids.business_id


def _number(model: type[Record], record_id: str, created: object) -> str:
    """A number such as `readable_number` makes, of the moment the row was created."""
    whole, ms = divmod(_unix_ms(created), 1000)
    moment = datetime.fromtimestamp(whole + BEIJING_OFFSET_S, UTC).strftime("%Y%m%d%H%M%S")
    return f"{moment}{ms:03d}{_drawn(model, record_id) % 10**7:07d}"


def _unix_ms(created: object) -> int:
    try:
        return max(0, int(datetime.fromisoformat(str(created)).timestamp() * 1000))
    except ValueError:
        return 0


def _drawn(model: type[Record], record_id: str) -> int:
    digest = hashlib.sha256(f"{model.collection()}/{record_id}".encode()).digest()
    return int.from_bytes(digest)
