"""The boxes an MP4 file is made of: what it says of its place and maker is blanked, its frames stay.

A blanked box keeps its length, so every offset in the file stays true. A track of its own that notes
places frame by frame is part of the film and stays.

Source: ISO/IEC 14496-12, 4.2 (boxes) and 8.10.1 (user data).
"""

import struct
from collections.abc import Iterator

MOST_BOXES = 100_000
"""Boxes of one file that are looked at. A film has some dozens, a film in fragments some thousands."""

_OPENED = frozenset([b"moov", b"trak", b"moof", b"traf"])
_METADATA = frozenset([b"udta", b"meta"])
_XMP = b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_SMALL, _LARGE = 8, 16  # bytes of a box's head
_TO_THE_END, _LENGTH_FOLLOWS = 0, 1


def without_metadata(data: bytes) -> bytes:
    """Blank the metadata of an MP4 file. What is not built of boxes stays as it is."""
    blanked = bytearray(data)
    for start, body, end in _metadata(data):
        blanked[start + 4 : start + 8] = b"free"
        blanked[body:end] = bytes(end - body)
    return bytes(blanked)


def _metadata(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Start, start of the body, and end of each box of metadata."""
    left = MOST_BOXES
    opened = [(0, len(data))]
    while opened:
        position, limit = opened.pop()
        while position + _SMALL <= limit and left:
            left -= 1
            kind, body, end = _box(data, position, limit)
            if end < body:
                break
            if kind in _METADATA or (kind, data[body : body + len(_XMP[1])]) == _XMP:
                yield position, body, end
            elif kind in _OPENED:
                opened.append((body, end))
            position = end


def _box(data: bytes, start: int, limit: int) -> tuple[bytes, int, int]:
    """A box's kind, where its body starts, and where it ends; one that is cut short ends at `limit`."""
    size, kind = struct.unpack_from(">I4s", data, start)
    body = start + _SMALL
    if size == _TO_THE_END:
        return kind, body, limit
    if size == _LENGTH_FOLLOWS and start + _LARGE <= limit:
        (size,) = struct.unpack_from(">Q", data, body)
        body = start + _LARGE
    return kind, body, min(start + size, limit)
