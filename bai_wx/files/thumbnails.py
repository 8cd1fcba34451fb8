"""Small pictures made of large ones, and whether a picture can be decoded at all.

The work is bounded before it begins: metadata is left out, scans are counted, pixels are looked at. What
is decoded is decoded by one process beside this one (`bai_wx/files/picture_process.py`), a picture at a time,
and few callers may wait for it.
"""

import atexit
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path

from bai_wx.errors import ServiceUnavailable
from bai_wx.files import picture_parts, picture_process
from bai_wx.files.picture_parts import Damaged

log = logging.getLogger("bai_wx.files")

THUMB_SIZES = {
    "100x100": (100, 100),
    "200x200": (200, 200),
    "400x400": (400, 400),
    "750x0": (750, 0),
}
"""Every size a client may ask for, width x height in pixels; 0 follows from the picture's
proportions.

`100x100` is PocketBase's own, `750x0` is as wide as a mini program's screen (750 rpx).
"""

MAX_PIXELS = picture_process.MAX_PIXELS
MAX_SCANS = 32  # of a JPEG; cameras and editors write at most some 15
MAX_SCANNED_PIXELS = 300_000_000
"""Pixels times scans that are decoded: each scan of a progressive JPEG goes over all of its pixels."""
MAX_WAITING = 4
"""Callers that may wait for the process: each keeps a thread that downloads need too."""
UPLOAD_WAIT_S = 5
"""An upload waits so long for a place among them; a thumbnail does not, the picture is answered instead."""
DECODE_TIMEOUT_S = 30  # the process is stopped by its processor time long before, unless it hangs
RETRY_AFTER_S = 2

_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")


class Outcome(IntEnum):
    """The outcome of decoding a picture."""

    DONE = picture_process.DONE
    UNDECODABLE = picture_process.UNDECODABLE
    TOO_MUCH = picture_process.TOO_MUCH  # of pixels, scans, memory or time; it may well be fine
    NOT_SMALLER = picture_process.NOT_SMALLER  # the thumbnail would be larger than the picture


class Decoder:
    """The process that decodes, started when it is needed first and again after it has ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_WAITING + 1)

    @contextmanager
    def exclusive(self, wait_s: float = 0) -> Iterator[None]:
        """Hold the process for one caller at a time.

        Raises: `ServiceUnavailable` when too many wait for it, for `wait_s` seconds on end.
        """
        if not self._places.acquire(timeout=wait_s):
            raise ServiceUnavailable("too many pictures wait", retry_after_s=RETRY_AFTER_S)
        try:
            with self._lock:
                yield
        finally:
            self._places.release()

    def ask(self, picture: bytes, box: tuple[int, int]) -> tuple[Outcome, bytes]:
        """Decode a picture, and make a thumbnail of it if a box is given; call it within `exclusive`."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        guard = threading.Timer(DECODE_TIMEOUT_S, process.kill)
        guard.start()
        try:
            outcome, thumbnail = picture_process.ask(process.stdin, process.stdout, picture, box)
        except (OSError, EOFError):
            self._end(process)
            log.warning("a picture took the decoding process down")
            return Outcome.TOO_MUCH, b""
        except BaseException:  # the rest of this answer must not be read as the next one
            self._end(process)
            raise
        finally:
            guard.cancel()
        return Outcome(outcome), thumbnail

    def close(self) -> None:
        """End the process; the next `ask` starts another."""
        if self._process is not None:
            self._end(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end(self._process)
        if self._process is None:
            self._process = _start_process()
        return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]  # both are pipes


def _start_process() -> "subprocess.Popen[bytes]":
    try:
        # By its path and without our folder on the path of imports, where a `numbers` lies.
        return subprocess.Popen(
            [sys.executable, "-P", str(Path(picture_process.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            start_new_session=True,  # Ctrl-C is for the server; this one ends with its stdin
        )
    except OSError as exc:  # no memory, no descriptor
        raise ServiceUnavailable(f"no process decodes: {exc}", retry_after_s=RETRY_AFTER_S) from exc


decoder = Decoder()
atexit.register(decoder.close)


def make(picture: bytes, mime: str, size: str) -> tuple[Outcome, bytes]:
    """Make the thumbnail, of one of our sizes; call it within `Decoder.exclusive`.

    Returns: the outcome, and the thumbnail's bytes where it was made.
    """
    return _decoded(picture, mime, THUMB_SIZES[size])


def check(plain: picture_parts.Plain) -> Outcome:
    """Decode a picture to see whether it can be, where that is no more work than it is worth.

    Raises: `ServiceUnavailable` when too many wait.
    """
    if _is_too_much(plain):
        return Outcome.TOO_MUCH
    with decoder.exclusive(UPLOAD_WAIT_S):
        return decoder.ask(plain.data, (0, 0))[0]


def _decoded(picture: bytes, mime: str, box: tuple[int, int]) -> tuple[Outcome, bytes]:
    try:
        plain = picture_parts.without_metadata(picture, mime)
    except Damaged:
        return Outcome.UNDECODABLE, b""
    return (Outcome.TOO_MUCH, b"") if _is_too_much(plain) else decoder.ask(plain.data, box)


def _is_too_much(plain: picture_parts.Plain) -> bool:
    return plain.scans > MAX_SCANS or plain.scans * plain.pixels > MAX_SCANNED_PIXELS
