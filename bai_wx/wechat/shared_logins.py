"""Login codes that the workers of one server have exchanged just now, or are exchanging.

A double tap sends one code twice, and the two may meet different workers. WeChat takes a code once, so
the second worker waits for the first and uses its answer. The table lies in memory that the workers share;
a code is kept as its digest, and an answer for ten seconds.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import time
from enum import IntEnum
from typing import ClassVar, Final, NamedTuple

KEPT_S: Final = 10.0
BUCKETS: Final = 512
BUCKET: Final = 8
"""Slots in which a code may stand. Beyond eight codes of one bucket in ten seconds the oldest goes."""
MAX_ANSWER_BYTES: Final = 300  # two ids of 128 characters and what stands between them
_ENDS: Final = struct.Struct(f"<{BUCKET}d")
"""A bucket begins with when its slots end, by `time.monotonic()`, which a machine's processes share."""
_END: Final = struct.Struct("<d")
_DIGEST: Final = 32  # bytes; a bucket's digests stand side by side, so that one search finds a code
_ENTRY: Final = struct.Struct(f"<BiH{MAX_ANSWER_BYTES}s")
_ENTRIES_AT: Final = _ENDS.size + BUCKET * _DIGEST
_BUCKET_SIZE: Final = _ENTRIES_AT + BUCKET * _ENTRY.size
SIZE: Final = BUCKETS * _BUCKET_SIZE


class State(IntEnum):
    """The state of a slot's code, until the slot expires."""

    ASKING = 1
    KNOWN = 2


class Claim(NamedTuple):
    """What a process that brings a code does: use `answer`, ask WeChat (`is_ours`), or claim again later."""

    answer: str | None
    is_ours: bool


OURS: Final = Claim(None, is_ours=True)


class SharedLogins:
    """The table. Each bucket has a lock, which the kernel gives back when its holder dies."""

    waits: ClassVar[bool] = False
    """Whether its methods may take long, so that they are called in a thread."""
    rests: ClassVar[bool] = False
    """Whether it is known without a wait that nobody else could ask it."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is of memory of `SIZE` bytes, filled with zeros, that all workers inherit."""
        self._descriptor = descriptor
        self._memory = mmap.mmap(descriptor, SIZE)
        self._in_process = threading.Lock()  # the file's locks are between processes alone
        self._pid = os.getpid()

    def claim(self, code: str, patience_s: float) -> Claim:
        """Find the answer to a code, or claim the code for this process for so many seconds."""
        digest, bucket = _place(code)
        with self._in_process, _BucketLock(self._descriptor, bucket):
            now = time.monotonic()
            slot, is_known = self._find(bucket, digest, now)
            if is_known:
                state, pid, length, answer = self._entry(bucket, slot)
                if state == State.KNOWN:
                    return Claim(answer[:length].decode(), is_ours=False)
                if _is_alive(pid):
                    return Claim(None, is_ours=False)
            self._write(bucket, slot, digest, now + patience_s, State.ASKING, b"")
        return OURS

    def keep(self, code: str, answer: str) -> None:
        """Store the answer to a code."""
        encoded = answer.encode()
        if len(encoded) <= MAX_ANSWER_BYTES:
            self._settle(code, KEPT_S, State.KNOWN, encoded)

    def drop(self, code: str) -> None:
        """Let the next one ask: only successes are kept."""
        self._settle(code, 0, State.ASKING, b"")

    def refuse(self, code: str, refusal: str) -> None:
        """End the claim on a code that WeChat refused; `refused_codes` remembers it."""
        self.drop(code)

    def _settle(self, code: str, for_s: float, state: State, answer: bytes) -> None:
        digest, bucket = _place(code)
        with self._in_process, _BucketLock(self._descriptor, bucket):
            now = time.monotonic()
            slot, _ = self._find(bucket, digest, now)
            self._write(bucket, slot, digest, now + for_s, state, answer)

    def _find(self, bucket: int, digest: bytes, now: float) -> tuple[int, bool]:
        """The slot of a code that has one, or the slot for it: the one that ends first."""
        start = bucket * _BUCKET_SIZE
        ends = _ENDS.unpack_from(self._memory, start)
        first = start + _ENDS.size
        found = self._memory.find(digest, first, first + BUCKET * _DIGEST)
        if found >= 0:  # an outlived one is used again, so that a code never has two
            slot = (found - first) // _DIGEST
            return slot, ends[slot] > now
        return ends.index(min(ends)), False

    def _entry(self, bucket: int, slot: int) -> tuple[int, int, int, bytes]:
        at = bucket * _BUCKET_SIZE + _ENTRIES_AT + slot * _ENTRY.size
        state, pid, length, answer = _ENTRY.unpack_from(self._memory, at)
        return state, pid, length, answer

    def _write(
        self, bucket: int, slot: int, digest: bytes, end: float, state: State, answer: bytes
    ) -> None:
        """Write a slot; while it is written it counts as expired, so that no half of it is read."""
        memory, start = self._memory, bucket * _BUCKET_SIZE
        end_at, digest_at = start + slot * _END.size, start + _ENDS.size + slot * _DIGEST
        entry_at = start + _ENTRIES_AT + slot * _ENTRY.size
        _END.pack_into(memory, end_at, 0.0)
        memory[digest_at : digest_at + _DIGEST] = digest
        _ENTRY.pack_into(memory, entry_at, state, self._pid, len(answer), answer)
        _END.pack_into(memory, end_at, end)


class _BucketLock:
    """An exclusive lock on a bucket: a class, since every login enters it twice."""

    __slots__ = ("_bucket", "_descriptor")

    def __init__(self, descriptor: int, bucket: int) -> None:
        self._descriptor, self._bucket = descriptor, bucket

    def __enter__(self) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, self._bucket)

    def __exit__(self, *_: object) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, self._bucket)


def _place(code: str) -> tuple[bytes, int]:
    """A code's digest, and the bucket in which it stands."""
    digest = hashlib.sha256(code.encode()).digest()
    return digest, int.from_bytes(digest[:4]) % BUCKETS


def _is_alive(pid: int) -> bool:
    """Whether the process that claimed a code still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
