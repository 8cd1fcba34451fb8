"""Doing a request once, however often it is sent with the same `Idempotency-Key`."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson
from peewee import BlobField, CompositeKey, IntegerField, Model, TextField

from bai_wx.database.connection import database, locked
from bai_wx.errors import IdempotencyKeyReused
from bai_wx.record import clock

LIFETIME_S: Final = 24 * 3600
LARGEST_WHOLE: Final = 64 * 1024
"""Bytes of an answer that is kept as it is."""
SWEPT_AT_ONCE: Final = 20
"""How many outlived keys one new key takes away: more than arrive, and soon done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with. `headers` are not kept: only failures have any."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether the work was done: a refusal did nothing, so its key is free for another try."""
        return self.status < 400

    @property
    def kept_body(self) -> bytes:
        """The body as it is kept. A large one loses what `expand` added to the record.

        The record itself is bounded by its fields; related rows are not, and nobody may fill the
        database with them.
        """
        if len(self.body) <= LARGEST_WHOLE:
            return self.body
        answered = orjson.loads(self.body)
        if isinstance(answered, dict):
            answered.pop("expand", None)
        return orjson.dumps(answered)


class IdempotencyKey(Model):
    """One user's key with the answer it got. The row and the work it stands for commit together."""

    owner = TextField()
    key = TextField()
    fingerprint = TextField()
    status = IntegerField()
    body = BlobField()
    created = TextField(index=True)

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "idempotency_key"
        primary_key = CompositeKey("owner", "key")


def run_once(
    owner: str, operation: str, key: str, fingerprint: bytes | str, work: Callable[[], Answer]
) -> Answer:
    """Do the work, or answer what it answered before, for 24 hours.

    The claim, the work and the answer are one transaction: a crash leaves all of them or none, and
    a second request with the same key waits for the first. A refusal is not kept: it did nothing,
    and the next request may use the key with any body.
    Args: `owner` scopes the key; `fingerprint` stands for the body, and joined with `operation`
    tells whether the key was reused. `work` leaves nothing behind where its answer is an error.
    Raises: `IdempotencyKeyReused`.
    """
    print_of_work = _digest(operation, fingerprint)
    with database.atomic():
        _sweep(owner, key)
        if not _claim(owner, key, print_of_work):
            return _kept(owner, key, print_of_work)
        answer = work()
        _keep(owner, key, answer)
        return answer


def _digest(operation: str, fingerprint: bytes | str) -> str:
    data = fingerprint.encode() if isinstance(fingerprint, str) else fingerprint
    return hashlib.sha256(operation.encode() + b"\0" + data).hexdigest()


def _claim(owner: str, key: str, fingerprint: str) -> bool:
    claim = {
        "owner": owner,
        "key": key,
        "fingerprint": fingerprint,
        "status": 0,
        "body": b"",
        "created": clock.now(),
    }
    return bool(IdempotencyKey.insert(claim).on_conflict_ignore().as_rowcount().execute())


def _kept(owner: str, key: str, fingerprint: str) -> Answer:
    mine = (IdempotencyKey.owner == owner) & (IdempotencyKey.key == key)
    # Locked: that is a write, so its COMMIT waits until the standby has it, and what it answers before it.
    row = locked(IdempotencyKey.select().where(mine)).get()
    if row.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return Answer(row.status, bytes(row.body))


def _keep(owner: str, key: str, answer: Answer) -> None:
    mine = (IdempotencyKey.owner == owner) & (IdempotencyKey.key == key)
    if answer.is_final:
        row = {"status": answer.status, "body": answer.kept_body}
        IdempotencyKey.update(row).where(mine).execute()
    else:
        IdempotencyKey.delete().where(mine).execute()


def _sweep(owner: str, key: str) -> None:
    """Remove this key and some others where they have outlived their day."""
    outlived = IdempotencyKey.created < clock.text_of(time.time() - LIFETIME_S)
    mine = (IdempotencyKey.owner == owner) & (IdempotencyKey.key == key)
    IdempotencyKey.delete().where(mine, outlived).execute()
    oldest = IdempotencyKey.select(IdempotencyKey.owner, IdempotencyKey.key).where(outlived)
    for row in list(locked(oldest.limit(SWEPT_AT_ONCE), skip=True)):
        row.delete_instance()
