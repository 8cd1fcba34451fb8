"""Codes that WeChat refused, which it is not asked about again. Every call counts against the shop's quota.

The workers of a server share the table. It lies in memory, a code as its digest. Nothing is locked: a slot
has one code, a later one takes its place, and what two writers make of a slot together is no code at all.
"""

import hashlib
import mmap
import struct
import time
from typing import Final

from bai_wx.errors import ApiError, WechatCodeInvalid, WechatCodeUsed

KEPT_S: Final = 300.0
"""A code that was good lives for five minutes; after that WeChat says that it is invalid anyway."""
SLOTS: Final = 16_384
REFUSALS: Final[tuple[type[ApiError], ...]] = (WechatCodeInvalid, WechatCodeUsed)
"""What WeChat says of a code for good. All else may be otherwise the next time."""
_SLOT: Final = struct.Struct("<dB32s")
_END: Final = struct.Struct("<d")
SIZE: Final = SLOTS * _SLOT.size


class RefusedCodes:
    """The table."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is of memory of `SIZE` bytes, filled with zeros, that all workers inherit."""
        self._memory = mmap.mmap(descriptor, SIZE)

    def refusal_of(self, purpose: str, code: str) -> type[ApiError] | None:
        """What WeChat said of a code that was sent for this purpose; None where it is to be asked."""
        digest, place = _place(purpose, code)
        end, refusal, stored = _SLOT.unpack_from(self._memory, place)
        said: type[ApiError] = REFUSALS[refusal]
        if stored != digest or end <= time.monotonic():
            return None
        return said

    def note(self, purpose: str, code: str, refusal: ApiError) -> None:
        """Remember what WeChat said of a code. `refusal` is one of `REFUSALS`."""
        digest, place = _place(purpose, code)
        _END.pack_into(self._memory, place, 0.0)  # so that no half of it is read
        end = time.monotonic() + KEPT_S
        _SLOT.pack_into(self._memory, place, end, REFUSALS.index(type(refusal)), digest)


class RefusedOnce:
    """Refuses a code that WeChat refused before, and notes one that it refuses in the `with`.

    Without a table it does neither. A class, since every login enters it.
    """

    __slots__ = ("_code", "_purpose", "_table")

    def __init__(self, table: RefusedCodes | None, purpose: str, code: str) -> None:
        self._table, self._purpose, self._code = table, purpose, code

    def __enter__(self) -> None:
        known = self._table.refusal_of(self._purpose, self._code) if self._table else None
        if known is not None:
            raise known("refused before; WeChat was not asked")

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if self._table is not None and isinstance(problem, REFUSALS):
            self._table.note(self._purpose, self._code, problem)


def _place(purpose: str, code: str) -> tuple[bytes, int]:
    """The digest of a code, and where its slot begins."""
    digest = hashlib.sha256(f"{purpose}\0{code}".encode()).digest()
    return digest, int.from_bytes(digest[:4]) % SLOTS * _SLOT.size
