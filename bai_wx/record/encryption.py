"""Texts encrypted at rest: AES-256-GCM, bound to their place, and blind indexes to find them by.

A column holds `enc:<key id>:<base64url of nonce, ciphertext and tag>`. Its table, column and row id are the
associated data: a text that was copied to another row or column does not open. A text without the mark is one
that older code wrote; it is read as it is, and encrypted with the next rotation.

A blind index is a keyed digest. It answers "which rows have this value" and nothing else, to whoever has the
key; without it, it still tells which rows have the same value.
"""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from peewee import FieldAccessor, TextField

from bai_wx.record import data_keys
from bai_wx.record.data_keys import DataKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12
INDEX_BYTES: Final = 12
"""Of the digest; enough that two values of a shop's users do not meet."""
MARK: Final = "enc:"
SEALED: Final = re.compile(rf"{MARK}({data_keys.ID_PATTERN}):([A-Za-z0-9_-]{{38,}})")


class WrongPlace(ValueError):
    """An encrypted text does not open: it was changed, or belongs to another row."""


def is_sealed(text: str) -> bool:
    """Whether a text is one that we encrypted."""
    return text.startswith(MARK) and SEALED.fullmatch(text) is not None


def key_id_of(sealed: str) -> str:
    """The id of the key of an encrypted text; `""` of another text."""
    matched = SEALED.fullmatch(sealed)
    return matched[1] if matched else ""


def seal(text: str, table: str, column: str, row_id: str, key: DataKey | None = None) -> str:
    """Encrypt a text for its place, by default with the current key. An empty text stays empty.

    Raises: `DataKeyMissing`.
    """
    if not text:
        return ""
    key = key or data_keys.current()
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, text.encode(), _place(table, column, row_id))
    return f"{MARK}{key.id}:{base64.urlsafe_b64encode(nonce + sealed).rstrip(b'=').decode()}"


def reveal(held: str, table: str, column: str, row_id: str) -> str:
    """The text that a column holds. Raises: `DataKeyMissing`, `WrongPlace`."""
    matched = SEALED.fullmatch(held) if held.startswith(MARK) else None
    if matched is None:
        return held
    from cryptography.exceptions import InvalidTag  # as in `_cipher`

    cipher = _cipher(data_keys.find(matched[1]))
    try:
        sealed = base64.urlsafe_b64decode(matched[2] + "=" * (-len(matched[2]) % 4))
        place = _place(table, column, row_id)
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place).decode()
    except (InvalidTag, ValueError) as exc:
        raise WrongPlace(f"{table}.{column} of {row_id} does not open: it is another's") from exc


@lru_cache(8)
def _cipher(key: DataKey) -> "AESGCM":
    # It takes 30 ms and some MiB, which no process spends that meets no encrypted text.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key.derive("encryption"))


def _place(table: str, column: str, row_id: str) -> bytes:
    return "\0".join((table, column, row_id)).encode()


Part = Callable[[str], str]
"""The part of a value that is looked up by; `""` where it has none."""


class BlindIndex(TextField):
    """The digest of a part of an encrypted column of the same model. It is in no answer and no export."""

    def __init__(self, of: str, part: Part, **options: Any) -> None:
        """`of` names the encrypted field."""
        self.of, self.part = of, part
        super().__init__(default="", index=True, **options)

    def digest(self, text: str, key: DataKey) -> str:
        """What the column holds of a whole value."""
        return self._digest(self.part(text), key)

    def digests(self, *parts: str) -> list[str]:
        """What the column may hold of rows with one of these parts: a digest for each key in use."""
        return [self._digest(part, key) for key in data_keys.in_use() for part in parts if part]

    def _digest(self, part: str, key: DataKey) -> str:
        return digest(part, self.model._meta.table_name, self.column_name, key)


def digest(part: str, table: str, column: str, key: DataKey) -> str:
    """What a blind index, of this table and column, holds of a part of a value."""
    if not part:
        return ""
    own = key.derive(f"index {table}.{column}")
    full = hmac.digest(own, part.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(full[:INDEX_BYTES]).decode()


@cache
def indexes_of(model: Any, name: str) -> tuple[BlindIndex, ...]:
    """The blind indexes of an encrypted field."""
    found = model._meta.sorted_fields
    return tuple(each for each in found if isinstance(each, BlindIndex) and each.of == name)


def columns_of(
    model: Any, name: str, text: str, row_id: str, key: DataKey | None = None
) -> dict[str, str]:
    """What an encrypted field and its blind indexes hold of a text. Raises: `DataKeyMissing`."""
    field, indexes = model._meta.fields[name], indexes_of(model, name)
    if not text:
        return {each.name: "" for each in (field, *indexes)}
    key = key or data_keys.current()
    held = {name: seal(text, model._meta.table_name, field.column_name, row_id, key)}
    return held | {each.name: each.digest(text, key) for each in indexes}


class EncryptedAccessor(FieldAccessor):
    """Python reads and writes the plain text, `__data__` and the column hold what is stored."""

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        held = super().__get__(instance, instance_type)  # type: ignore[no-untyped-call]  # no types in Peewee's stub
        if instance is None or not held:
            return held
        table = self.model._meta.table_name
        return reveal(held, table, self.field.column_name, instance.id)

    def __set__(self, instance: Any, value: str) -> None:
        if not value or is_sealed(value):
            # What the database or another row object has; the blind indexes of a text come the same way.
            held = {} if value else {each.name: "" for each in indexes_of(self.model, self.name)}
            held[self.name] = value
        else:
            held = columns_of(self.model, self.name, value, instance.id)
        super().__set__(instance, held.pop(self.name))
        for name, digest in held.items():
            setattr(instance, name, digest)


class EncryptedText(TextField):
    """A text column of a table that is no collection, encrypted at rest."""

    accessor_class = EncryptedAccessor
