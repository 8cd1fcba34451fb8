"""A request with an `Idempotency-Key` is done once, however often it is sent with that key."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import orjson
from peewee import BlobField, CompositeKey, IntegerField, Model, TextField

from bai_wx.database.connection import database, locked
from bai_wx.database.statement import Param, Statement, Values
from bai_wx.errors import IdempotencyKeyReused
from bai_wx.record import clock, sweeping

LIFETIME_S: Final = 24 * 3600
MAX_FULL_BODY_BYTES: Final = 64 * 1024
"""Up to this size the body of an answer is stored whole."""


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
    claim = {"owner": owner, "key": key, "fingerprint": fingerprint, "created": clock.now()}
    return bool(_CLAIM.write({**claim, "status": 0, "body": b""}).rowcount)


def _stored_answer(owner: str, key: str, fingerprint: str) -> Answer:
    [(known, status, body)] = _stored().rows({"owner": owner, "key": key})
    if known != fingerprint:
        raise IdempotencyKeyReused
    return Answer(status, bytes(body))


def _store(owner: str, key: str, answer: Answer) -> None:
    named: Values = {"owner": owner, "key": key}
    if answer.is_final:
        _STORE.write_unseen({**named, "status": answer.status, "body": answer.stored_body})
    else:
        _FORGET.write_unseen(named)


def _remove_expired(owner: str, key: str) -> None:
    """Remove this key where it has expired. The others go each night, with `remove_older`."""
    expired = {"owner": owner, "key": key, "before": clock.text_of(time.time() - LIFETIME_S)}
    _FORGET_EXPIRED.write_unseen(expired)


def remove_older(before: float) -> int:
    """Remove every owner's keys from before a Unix time, one owner after the other. Returns: how many."""
    return sweeping.remove_older(IdempotencyKey, IdempotencyKey.created, clock.text_of(before))


_NAMED = (IdempotencyKey.owner == Param("owner")) & (IdempotencyKey.key == Param("key"))
_IS_EXPIRED = IdempotencyKey.created < Param("before")

_CLAIM: Final = Statement(
    IdempotencyKey.insert(
        {f: Param(f.name) for f in IdempotencyKey._meta.sorted_fields}
    ).on_conflict_ignore()
)
_STORE: Final = Statement(
    IdempotencyKey.update(
        {IdempotencyKey.status: Param("status"), IdempotencyKey.body: Param("body")}
    ).where(_NAMED)
)
_FORGET: Final = Statement(IdempotencyKey.delete().where(_NAMED))
_FORGET_EXPIRED: Final = Statement(IdempotencyKey.delete().where(_NAMED, _IS_EXPIRED))


@cache
def _stored() -> Statement:
    """Reads and locks the answer of a key.

    A lock is a write, so the COMMIT waits until the standby has it, and has the stored answer before.
    """
    columns = IdempotencyKey.fingerprint, IdempotencyKey.status, IdempotencyKey.body
    return Statement(locked(IdempotencyKey.select(*columns).where(_NAMED)))
