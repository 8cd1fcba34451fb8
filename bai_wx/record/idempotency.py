"""A request with an `Idempotency-Key` is done once, however often it is sent with that key."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson
from peewee import BlobField, CompositeKey, Expression, IntegerField, Model, TextField

from bai_wx.database.connection import database, locked
from bai_wx.errors import IdempotencyKeyReused
from bai_wx.record import clock

LIFETIME_S: Final = 24 * 3600
MAX_FULL_BODY_BYTES: Final = 64 * 1024
"""Up to this size the body of an answer is stored whole."""
MAX_EXPIRED_REMOVED: Final = 20
"""How many expired keys are removed with each new key: more than one, so that they cannot pile up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request. Its `headers` are not stored: only failures have any."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether the work was done. A refusal changed nothing, so its key may be used again."""
        return self.status < 400

    @property
    def stored_body(self) -> bytes:
        """The body as it is stored: a large one without the `expand` of its record, or of a batch's.

        The fields of a record have limits. Related rows have none, and must not fill the database.
        """
        if len(self.body) <= MAX_FULL_BODY_BYTES:
            return self.body
        answered = orjson.loads(self.body)
        results = [each["body"] for each in answered] if isinstance(answered, list) else [answered]
        for record in results:
            if isinstance(record, dict):
                record.pop("expand", None)
        return orjson.dumps(answered)


class IdempotencyKey(Model):
    """One user's key with its answer. The row commits together with the work it stands for."""

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
    """Do the work, or return the answer it had within the last 24 hours.

    The claim of the key, the work and its answer are one transaction: a crash leaves all of them or
    none, and a second request with the same key waits for the first. A refusal is not stored: the next
    request may use the key with any body.
    Args: `owner` is whose key it is. `fingerprint` stands for the body; with `operation` it tells
    whether the key was reused for another request. `work` must undo itself where it answers an error.
    Raises: `IdempotencyKeyReused`.
    """
    digest = _digest(operation, fingerprint)
    with database.atomic():
        _remove_expired(owner, key)
        if not _claim(owner, key, digest):
            return _stored_answer(owner, key, digest)
        answer = work()
        _store(owner, key, answer)
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


def _stored_answer(owner: str, key: str, fingerprint: str) -> Answer:
    # A lock is a write, so the COMMIT waits until the standby has it, and has the stored answer before.
    row = locked(IdempotencyKey.select().where(_is(owner, key))).get()
    if row.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return Answer(row.status, bytes(row.body))


def _is(owner: str, key: str) -> Expression:
    return (IdempotencyKey.owner == owner) & (IdempotencyKey.key == key)


def _store(owner: str, key: str, answer: Answer) -> None:
    if answer.is_final:
        row = {"status": answer.status, "body": answer.stored_body}
        IdempotencyKey.update(row).where(_is(owner, key)).execute()
    else:
        IdempotencyKey.delete().where(_is(owner, key)).execute()


def _remove_expired(owner: str, key: str) -> None:
    """Remove this key, and some other keys, where they have expired."""
    expired = IdempotencyKey.created < clock.text_of(time.time() - LIFETIME_S)
    IdempotencyKey.delete().where(_is(owner, key), expired).execute()
    oldest = IdempotencyKey.select(IdempotencyKey.owner, IdempotencyKey.key).where(expired)
    for row in list(locked(oldest.limit(MAX_EXPIRED_REMOVED), skip=True)):
        row.delete_instance()
