"""PocketBase's settings: JSON in `_params`, encrypted where it runs with `--encryptionEnv`."""

import base64
import binascii
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

import orjson

from bai_wx.transfer.pocketbase.layout import PocketBaseRefused, columns_of

NONCE_BYTES: Final = 12  # bytes; of AES in Galois/counter mode
KEY_BYTES: Final = 32  # bytes; of AES-256


def read_settings(connection: sqlite3.Connection, key: str | None) -> Mapping[str, Any] | None:
    """Read the settings. Returns: None where they are encrypted and there is no key.

    Args: `key` is what PocketBase has in the variable that `--encryptionEnv` names.
    Raises: `PocketBaseRefused` where the key does not open them.
    """
    # 0.22 has `key` beside an `id` of no meaning.
    named = "key" if "key" in columns_of(connection, "_params") else "id"
    row = connection.execute(f"SELECT value FROM _params WHERE {named} = 'settings'").fetchone()  # noqa: S608  # one of two constants
    if row is None or not row[0]:
        return {}
    plain = _object(row[0])
    if plain is not None:
        return plain
    return _object(_decrypted(row[0], key)) if key else None


def _object(text: str | bytes) -> Mapping[str, Any] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _decrypted(text: str, key: str) -> bytes:
    """Decrypt base64 of a nonce and AES-256-GCM, as PocketBase writes it."""
    # No start waits for it.
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(key.encode()) != KEY_BYTES:
        raise PocketBaseRefused(f"the key of encrypted settings has {KEY_BYTES} characters")
    try:
        sealed = base64.b64decode(_unquoted(text), validate=True)
        return AESGCM(key.encode()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except (binascii.Error, InvalidTag, ValueError) as exc:
        raise PocketBaseRefused("the settings are encrypted, and by another key") from exc


def _unquoted(text: str) -> str:
    """The text itself, which a JSON column may hold in quotes."""
    return text[1:-1] if text.startswith('"') and text.endswith('"') else text
