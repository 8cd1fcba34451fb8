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
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import ClassVar, Final, NamedTuple

KEPT_S: Final = 10.0
BUCKETS: Final = 512
BUCKET: Final = 8
"""Slots in which a code may stand. Beyond eight codes of one bucket in ten seconds the oldest goes."""
LONGEST: Final = 300  # bytes of an answer: two ids of 128 characters and what stands between them
_ENDS: Final = struct.Struct(f"<{BUCKET}d")
"""A bucket begins with when its slots end, by `time.monotonic()`, which a machine's processes share."""
_END: Final = struct.Struct("<d")
_SLOT: Final = struct.Struct(f"<32sBiH{LONGEST}s")
_SIZE_OF_BUCKET: Final = _ENDS.size + BUCKET * _SLOT.size
SIZE: Final = BUCKETS * _SIZE_OF_BUCKET


class State(IntEnum):
    """What a slot says of its code, until it ends."""

    ASKING = 1
    KNOWN = 2


class Found(NamedTuple):
    """What somebody who brings a code is to do: use `answer`, ask (`is_ours`), or look again."""

    answer: str | None
    is_ours: bool


class SharedLogins:
    """The table. Each bucket has a lock, which the kernel gives back when its holder dies."""

    waits: ClassVar[bool] = False
    """Whether a question takes long enough to be asked in a thread."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is of memory of `SIZE` bytes, filled with zeros, that all workers inherit."""
        self._descriptor = descriptor
        self._memory = mmap.mmap(descriptor, SIZE)
        self._in_process = threading.Lock()  # the file's locks are between processes alone
        self._pid = os.getpid()

    def claim(self, code: str, patience_s: float) -> Found:
        """Find what is known of a code, or take it upon this process for so many seconds."""
        digest = _digest(code)
        bucket = _bucket(digest)
        with self._locked(bucket):
            now = time.monotonic()
            slot, is_known = self._find(bucket, digest, now)
            if is_known:
                _, state, pid, length, answer = _SLOT.unpack_from(self._memory, _at(bucket, slot))
                if state == State.KNOWN:
                    return Found(answer[:length].decode(), is_ours=False)
                if _is_alive(pid):
                    return Found(None, is_ours=False)
            self._write(bucket, slot, now + patience_s, (digest, State.ASKING, self._pid, 0, b""))
            return Found(None, is_ours=True)

    def keep(self, code: str, answer: str) -> None:
        """Keep what a code was answered with."""
        encoded = answer.encode()
        if len(encoded) <= LONGEST:
            self._settle(code, KEPT_S, State.KNOWN, encoded)

    def drop(self, code: str) -> None:
        """Let the next one ask: only successes are kept."""
        self._settle(code, 0, State.ASKING, b"")

    def _settle(self, code: str, for_s: float, state: State, answer: bytes) -> None:
        digest = _digest(code)
        bucket = _bucket(digest)
        with self._locked(bucket):
            now = time.monotonic()
            slot, _ = self._find(bucket, digest, now)
            values = (digest, state, self._pid, len(answer), answer)
            self._write(bucket, slot, now + for_s, values)

    def _find(self, bucket: int, digest: bytes, now: float) -> tuple[int, bool]:
        """The slot of a code that has one, or the slot for it: the one that ends first."""
        first = _at(bucket, 0)
        ends = _ENDS.unpack_from(self._memory, first - _ENDS.size)
        found = self._memory.find(digest, first, first + BUCKET * _SLOT.size)
        if found >= 0:  # an outlived one is used again, so that a code never has two
            slot = (found - first) // _SLOT.size
            return slot, ends[slot] > now
        return ends.index(min(ends)), False

    def _write(self, bucket: int, slot: int, end: float, values: tuple[object, ...]) -> None:
        """Nobody reads a slot that was written in half: until it is whole it has ended."""
        end_at = bucket * _SIZE_OF_BUCKET + slot * _END.size
        _END.pack_into(self._memory, end_at, 0.0)
        _SLOT.pack_into(self._memory, _at(bucket, slot), *values)
        _END.pack_into(self._memory, end_at, end)

    @contextmanager
    def _locked(self, bucket: int) -> Iterator[None]:
        with self._in_process:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, bucket)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, bucket)


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _bucket(digest: bytes) -> int:
    return int.from_bytes(digest[:4]) % BUCKETS


def _at(bucket: int, slot: int) -> int:
    """Where a slot begins in the memory."""
    return bucket * _SIZE_OF_BUCKET + _ENDS.size + slot * _SLOT.size


def _is_alive(pid: int) -> bool:
    """Whether whoever asks about a code still can."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
