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
LONGEST: Final = 300  # bytes of an answer: two ids of 128 characters and what stands between them
_ENDS: Final = struct.Struct(f"<{BUCKET}d")
"""A bucket begins with when its slots end, by `time.monotonic()`, which a machine's processes share."""
_END: Final = struct.Struct("<d")
_DIGEST: Final = 32  # bytes; a bucket's digests stand side by side, so that one search finds a code
_SAID: Final = struct.Struct(f"<BiH{LONGEST}s")
_SAID_AT: Final = _ENDS.size + BUCKET * _DIGEST
_BUCKET_SIZE: Final = _SAID_AT + BUCKET * _SAID.size
SIZE: Final = BUCKETS * _BUCKET_SIZE


class State(IntEnum):
    """What a slot says of its code, until it ends."""

    ASKING = 1
    KNOWN = 2


class Found(NamedTuple):
    """What somebody who brings a code is to do: use `answer`, ask (`is_ours`), or look again."""

    answer: str | None
    is_ours: bool


_OURS: Final = Found(None, is_ours=True)


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
        digest, bucket = _place(code)
        with self._in_process, _Locked(self._descriptor, bucket):
            now = time.monotonic()
            slot, is_known = self._find(bucket, digest, now)
            if is_known:
                state, pid, length, answer = self._said(bucket, slot)
                if state == State.KNOWN:
                    return Found(answer[:length].decode(), is_ours=False)
                if _is_alive(pid):
                    return Found(None, is_ours=False)
            self._write(bucket, slot, digest, now + patience_s, State.ASKING, b"")
        return _OURS

    def keep(self, code: str, answer: str) -> None:
        """Keep what a code was answered with."""
        encoded = answer.encode()
        if len(encoded) <= LONGEST:
            self._settle(code, KEPT_S, State.KNOWN, encoded)

    def drop(self, code: str) -> None:
        """Let the next one ask: only successes are kept."""
        self._settle(code, 0, State.ASKING, b"")

    def _settle(self, code: str, for_s: float, state: State, answer: bytes) -> None:
        digest, bucket = _place(code)
        with self._in_process, _Locked(self._descriptor, bucket):
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

    def _said(self, bucket: int, slot: int) -> tuple[int, int, int, bytes]:
        at = bucket * _BUCKET_SIZE + _SAID_AT + slot * _SAID.size
        state, pid, length, answer = _SAID.unpack_from(self._memory, at)
        return state, pid, length, answer

    def _write(
        self, bucket: int, slot: int, digest: bytes, end: float, state: State, answer: bytes
    ) -> None:
        """Nobody reads a slot that was written in half: until it is whole it has ended."""
        memory, start = self._memory, bucket * _BUCKET_SIZE
        end_at, digest_at = start + slot * _END.size, start + _ENDS.size + slot * _DIGEST
        said_at = start + _SAID_AT + slot * _SAID.size
        _END.pack_into(memory, end_at, 0.0)
        memory[digest_at : digest_at + _DIGEST] = digest
        _SAID.pack_into(memory, said_at, state, self._pid, len(answer), answer)
        _END.pack_into(memory, end_at, end)


class _Locked:
    """A bucket that is this process's alone: a class, since every login enters it twice."""

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
    """Whether whoever asks about a code still can."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
