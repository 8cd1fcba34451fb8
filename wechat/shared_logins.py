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
_SLOT: Final = struct.Struct(f"<32sBid H{LONGEST}s")
_HEAD: Final = struct.Struct("<32sBid")
"""What a search looks at; an answer is read where its code is found."""
SIZE: Final = BUCKETS * BUCKET * _SLOT.size


class State(IntEnum):
    """What a slot says of its code."""

    FREE = 0
    ASKING = 1
    KNOWN = 2


class Found(NamedTuple):
    """What somebody who brings a code is to do: use `answer`, ask (`is_ours`), or look again."""

    answer: str | None
    is_ours: bool


class _Slot(NamedTuple):
    digest: bytes
    state: int
    pid: int
    until: float  # time.monotonic(), which all processes of a machine share
    answer: str


class SharedLogins:
    """The table. The kernel gives the lock back when its holder dies."""

    waits: ClassVar[bool] = False
    """Whether a question takes long enough to be asked in a thread."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is of memory of `SIZE` bytes, filled with zeros, that all workers inherit."""
        self._descriptor = descriptor
        self._memory = mmap.mmap(descriptor, SIZE)
        self._in_process = threading.Lock()  # the file's lock is between processes alone

    def claim(self, code: str, patience_s: float) -> Found:
        """Find what is known of a code, or take it upon this process for so many seconds."""
        digest = _digest(code)
        with self._locked():
            now = time.monotonic()
            place, slot = self._find(digest, now)
            if slot is not None and slot.state == State.KNOWN:
                return Found(slot.answer, is_ours=False)
            if slot is not None:
                return Found(None, is_ours=False)
            self._write(place, _Slot(digest, State.ASKING, os.getpid(), now + patience_s, ""))
            return Found(None, is_ours=True)

    def keep(self, code: str, answer: str) -> None:
        """Keep what a code was answered with."""
        self._settle(code, State.KNOWN, answer)

    def drop(self, code: str) -> None:
        """Let the next one ask: only successes are kept."""
        self._settle(code, State.FREE, "")

    def _settle(self, code: str, state: State, answer: str) -> None:
        digest = _digest(code)
        with self._locked():
            now = time.monotonic()
            place, _ = self._find(digest, now)
            self._write(place, _Slot(digest, state, os.getpid(), now + KEPT_S, answer))

    def _find(self, digest: bytes, now: float) -> tuple[int, _Slot | None]:
        """The place of a code with what it holds, or a place for it: the one that ends first."""
        places: list[tuple[float, int]] = []
        first = int.from_bytes(digest[:4]) % BUCKETS * BUCKET
        for place in range(first, first + BUCKET):
            found, state, pid, until = _HEAD.unpack_from(self._memory, place * _SLOT.size)
            is_alive = state != State.FREE and until > now and not _is_left(state, pid)
            if is_alive and found == digest:
                return place, self._read(place)
            places.append((until if is_alive else 0.0, place))
        return min(places)[1], None

    def _read(self, place: int) -> _Slot:
        digest, state, pid, until, length, answer = _SLOT.unpack_from(
            self._memory, place * _SLOT.size
        )
        return _Slot(digest, state, pid, until, answer[:length].decode())

    def _write(self, place: int, slot: _Slot) -> None:
        answer = slot.answer.encode()
        if len(answer) > LONGEST:
            return
        packed = (slot.digest, slot.state, slot.pid, slot.until, len(answer), answer)
        _SLOT.pack_into(self._memory, place * _SLOT.size, *packed)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._in_process:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _is_left(state: int, pid: int) -> bool:
    """Whether whoever asks about a code is dead."""
    if state != State.ASKING:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
