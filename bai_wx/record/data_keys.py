"""The data keys, with which private columns are encrypted, and which of them the database is written with.

A key is 32 random bytes. Its id, which tells nothing of it, stands in every text that it encrypted and, as
its fingerprint, in the table `data_key`: so a server with another key notices at its start. There are two
keys while one takes the place of another (`bai_wx.transfer.reencryption`); the table says which is current.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

from peewee import IntegerField, Model, TextField

from bai_wx.database.connection import database, lock_name, locks_rows
from bai_wx.database.statement import Statement
from bai_wx.errors import ServiceUnavailable
from bai_wx.record import clock

KEY_BYTES: Final = 32
MIN_DISTINCT: Final = 16  # of its bytes; of random ones fewer than 20 are not to be expected
ID_PATTERN: Final = "[0-9a-f]{8}"
_HEX: Final = re.compile(r"[0-9A-Fa-f]{64}")
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]{43}=?")
_LOCK: Final = "data key"


class DataKeyMissing(ServiceUnavailable):
    """The database holds what another data key than ours has encrypted."""


class DataKeyRow(Model):
    """The fingerprint of a key that rows may be encrypted with, and whether new ones are."""

    id = TextField(primary_key=True)
    is_current = IntegerField()
    created = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "data_key"


@dataclass(frozen=True)
class DataKey:
    """One key. What it is used for has a key of its own, derived of it."""

    raw: bytes = field(repr=False)

    @cached_property
    def id(self) -> str:
        """Eight hexadecimal digits: the key's fingerprint."""
        return self.derive("id").hex()[:8]

    @property
    def text(self) -> str:
        """The key as a setting or a file holds it."""
        return base64.urlsafe_b64encode(self.raw).rstrip(b"=").decode()

    def derive(self, purpose: str) -> bytes:
        """The 32 bytes that serve one purpose."""
        return hmac.digest(self.raw, f"bai-wx data key: {purpose}".encode(), hashlib.sha256)


Source = Callable[[bool], Sequence[DataKey]]
"""Reads the keys that this installation has, the newest first. True makes one where there is none."""


def made() -> DataKey:
    """A new key."""
    return DataKey(secrets.token_bytes(KEY_BYTES))


def parse(text: str) -> list[DataKey]:
    """Read keys in base64url or hexadecimal, parted by commas or lines.

    Raises: `ValueError`, which never shows one, for what is no key or can be guessed.
    """
    keys = [_parsed(each) for each in re.split(r"[,\s]+", text) if each]
    if not keys:
        raise ValueError("holds no key")
    if len({each.id for each in keys}) < len(keys):
        raise ValueError("names a key twice")
    return keys


def _parsed(text: str) -> DataKey:
    try:
        if _HEX.fullmatch(text):
            raw = bytes.fromhex(text)
        elif _BASE64URL.fullmatch(text):
            raw = base64.urlsafe_b64decode(text.rstrip("=") + "=")
        else:
            raise ValueError
    except (ValueError, binascii.Error):
        raise ValueError(
            f"is no key of {KEY_BYTES} bytes in base64url (43 characters) or hexadecimal (64);"
            " a new shop has one made by `bai-wx data-key new`, another needs its own"
        ) from None
    if _can_be_guessed(raw):
        raise ValueError("can be guessed; `bai-wx data-key new` prints a random one")
    return DataKey(raw)


def _can_be_guessed(raw: bytes) -> bool:
    """Whether a key is no random bytes: few different ones, a repetition, a series, or words."""
    steps = {(after - before) % 256 for before, after in pairwise(raw)}
    is_text = all(0x20 <= byte < 0x7F for byte in raw)
    return len(set(raw)) < MIN_DISTINCT or raw in (raw + raw)[1:-1] or len(steps) < 3 or is_text


class _Keyring:
    """The keys of this process. It forgets none: a read may have begun before a rotation."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[str, DataKey] = {}

    def all(self, *, make: bool = False) -> list[DataKey]:
        """The keys as the installation has them now, the newest first."""
        keys = list(self._source(make))
        self._known.update({each.id: each for each in keys})
        return keys

    def find(self, key_id: str) -> DataKey | None:
        """The key of this id; one that is unknown is looked for where keys are kept."""
        if key_id not in self._known:
            self.all()
        return self._known.get(key_id)


def _no_source(make: bool) -> Sequence[DataKey]:
    return ()


@dataclass
class _Chosen:
    keyring: _Keyring


_chosen = _Chosen(_Keyring(_no_source))


def use(source: Source) -> None:
    """Take the keys from this source from now on. It is asked when a key is needed, and not before."""
    _chosen.keyring = _Keyring(source)


def held() -> list[DataKey]:
    """The keys that this installation has, the newest first."""
    return _chosen.keyring.all()


def find(key_id: str) -> DataKey:
    """The key of this id. Raises: `DataKeyMissing`."""
    found = _chosen.keyring.find(key_id)
    if found is None:
        raise DataKeyMissing(f"the data key {key_id} is not here; {_MEND}")
    return found


_MEND: Final = (
    "give BAI_WX_DATA_KEY, or the file data-key in the home, of the server that encrypted it"
)


def agree() -> None:
    """See whether we have every key that the database is encrypted with; the first server's is its key.

    Raises: `DataKeyMissing`, in one line.
    """
    in_use = ids_in_use() or _claim()
    ours = held()
    missing = [each for each in in_use if each not in {key.id for key in ours}]
    if missing:
        have = f"here is {', '.join(each.id for each in ours)}" if ours else "here is none"
        raise DataKeyMissing(f"the database has the data key {', '.join(missing)}, {have}; {_MEND}")


def ids_in_use() -> list[str]:
    """The ids of the keys that rows may be encrypted with, the current one first."""
    return [key_id for (key_id,) in _IN_USE.rows({})]


def in_use() -> list[DataKey]:
    """The same keys. Raises: `DataKeyMissing`."""
    return [find(key_id) for key_id in ids_in_use()]


def current() -> DataKey:
    """The key that new texts are encrypted with. In a transaction it stays current until that ends.

    Raises: `DataKeyMissing`.
    """
    is_held = locks_rows() and database.in_transaction()
    row = (_CURRENT_HELD if is_held else _CURRENT).row({})
    return find(row[0] if row else _claim()[0])


def hold(key_id: str) -> None:
    """Keep a key current until the transaction ends, whose values are encrypted with it already.

    Raises: `DataKeyMissing` where another has become current meanwhile.
    """
    if current().id != key_id:
        raise DataKeyMissing("the data key was replaced meanwhile; do it again")


def _claim() -> list[str]:
    """Make our key the database's, which has none yet. Returns: the ids of its keys then."""
    with database.atomic():
        lock_name(_LOCK)
        if there := ids_in_use():
            return there
        keys = _chosen.keyring.all(make=True)
        if not keys:
            raise DataKeyMissing(f"there is no data key; {_MEND}")
        make_current(keys[0])
        return [keys[0].id]


def make_current(key: DataKey) -> None:
    """Encrypt with this key from now on, in the caller's transaction. Rows of other keys stay readable."""
    DataKeyRow.update(is_current=0).where(DataKeyRow.id != key.id).execute()
    row = {"id": key.id, "is_current": 1, "created": clock.now()}
    DataKeyRow.insert(row).on_conflict(
        conflict_target=[DataKeyRow.id], update={"is_current": 1}
    ).execute()


def forget_others(key: DataKey) -> None:
    """Say that no row is encrypted with another key than this one, in the caller's transaction."""
    DataKeyRow.delete().where(DataKeyRow.id != key.id).execute()


_IN_USE: Final = Statement(
    DataKeyRow.select(DataKeyRow.id).order_by(DataKeyRow.is_current.desc(), DataKeyRow.created)
)
_current_row = DataKeyRow.select(DataKeyRow.id).where(DataKeyRow.is_current == 1)
_CURRENT: Final = Statement(_current_row)
_CURRENT_HELD: Final = Statement(_current_row.for_update("FOR SHARE"))  # type: ignore[arg-type]  # Peewee takes the clause as text too
