"""The parts a picture's file is made of: read without decoding, and written again without metadata.

Of JPEG, PNG, WebP and GIF: where the picture was taken, with what, by whom, and what it said in words is
left out, and so is whatever follows the picture's end. What its pixels need to look right stays:
colour profiles, transparency, frames, and of the metadata the orientation. No pixel is encoded anew, and
a file without metadata stays the same to the byte.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MOST_PARTS = 100_000
"""Parts of one file. A GIF of 10 MiB has some 42,000; a hostile file has millions of empty ones."""
MAX_PROFILE = 1024 * 1024
"""Bytes of a PNG's colour profile, unpacked; Pillow reads no longer one."""
MOST_TAGS = 512  # of an Exif directory

_ORIENTATION = 0x0112
_UPRIGHT = 1

# JPEG: a marker is 0xFF and its kind; within a scan 0xFF 0x00 is a byte, and 0xD0 to 0xD7 only count.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the others hold tables
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_EXIF = b"Exif\0\0"

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_SHOWN = frozenset(
    b"tRNS gAMA cHRM sRGB sBIT bKGD pHYs hIST sPLT acTL fcTL fdAT cICP mDCV cLLI".split()
)
"""Chunks that are not critical and change how the pixels look."""

_WEBP_SHOWN = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"])
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04  # flags of VP8X

_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B
_GIF_COMMENT, _GIF_APPLICATION = 0xFE, 0xFF
_GIF_SHOWN = frozenset([b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"])


class Damaged(ValueError):
    """The file is cut short, or not built as its kind is."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A picture's file without metadata. A JPEG's `pixels` are gone over `scans` times."""

    data: bytes
    scans: int = 1
    pixels: int = 0  # of a JPEG


def without_metadata(data: bytes, mime: str) -> Plain:
    """Leave metadata out of a picture's file. Raises: `Damaged`.

    Only the parts' headers are looked at, so this costs about as much as copying the file.
    """
    try:
        return _READERS[mime](data)
    except (struct.error, IndexError) as exc:
        raise Damaged("cut short") from exc


def _jpeg(data: bytes) -> Plain:
    kept: list[bytes] = [data[:2]]
    position, scans, pixels, orientation, parts = 2, 0, 0, _UPRIGHT, 0
    while (found := _MARKER.search(data, position)) is not None:
        parts = _counted(parts)
        if scans and found.start() > position:
            kept.append(data[position : found.start()])  # what the scan holds
        kind, start = data[found.start() + 1], found.end()
        if kind == _EOI:
            kept.append(found[0])
            break
        if kind in (_SOI, _TEM):
            position = start
            continue
        (length,) = struct.unpack_from(">H", data, start)
        position = start + max(length, 2)
        body = data[start + 2 : position]
        if position > len(data):
            raise Damaged("cut short")
        if kind == _APP1 and body.startswith(_EXIF):
            orientation = _orientation_of(body[len(_EXIF) :])
        if _is_shown(kind, body):
            kept.append(data[found.start() : position])
        scans += kind == _SOS
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", body, 1)
            pixels = max(pixels, height * width)
    else:
        raise Damaged("without an end")
    if not scans:
        raise Damaged("without a picture")
    if orientation != _UPRIGHT:
        body = _EXIF + _exif(orientation)
        kept.insert(1, struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body)
    return Plain(b"".join(kept), scans, pixels)


def _is_shown(kind: int, body: bytes) -> bool:
    """Whether a JPEG's segment changes how its pixels look."""
    if kind == _COMMENT:
        return False
    if not _APP0 <= kind <= _APP15:
        return True
    return (
        (kind == _APP0 and body.startswith(b"JFIF\0"))
        or (kind == _APP2 and body.startswith(b"ICC_PROFILE\0"))
        or (kind == _APP14 and body.startswith(b"Adobe"))
    )


def _png(data: bytes) -> Plain:
    kept: list[bytes] = [_PNG_START]
    orientation = _UPRIGHT
    for kind, start, end in _chunks(data, len(_PNG_START)):
        whole, body = data[start:end], data[start + 8 : end - 4]
        is_critical = not kind[0] & 0x20
        if kind == b"eXIf":
            orientation = _orientation_of(body)
        elif is_critical or kind in _PNG_SHOWN or (kind == b"iCCP" and _is_small_profile(body)):
            kept.append(whole)
        if kind == b"IEND":
            break
    else:
        raise Damaged("without an end")
    if orientation != _UPRIGHT:
        kept.insert(2, _chunk(b"eXIf", _exif(orientation)))
    return Plain(b"".join(kept))


def _chunks(data: bytes, position: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each chunk of a PNG."""
    parts = 0
    while position < len(data):
        parts = _counted(parts)
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + length + 12
        if end > len(data):
            raise Damaged("cut short")
        yield kind, position, end
        position = end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _is_small_profile(body: bytes) -> bool:
    """Whether a packed colour profile is one, and no longer than anybody's: it may be a bomb."""
    packed = body.partition(b"\0")[2][1:]
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(packed, MAX_PROFILE)
    except zlib.error:
        return False
    return unpacker.eof


def _webp(data: bytes) -> Plain:
    (length,) = struct.unpack_from("<I", data, 4)
    end = 8 + length
    if end > len(data):
        raise Damaged("cut short")
    kept: list[bytes] = []
    orientation, position, parts = _UPRIGHT, 12, 0
    while position + 8 <= end:
        parts = _counted(parts)
        kind, size = struct.unpack_from("<4sI", data, position)
        after = position + 8 + size + size % 2
        if position + 8 + size > end:
            raise Damaged("cut short")
        if kind == b"EXIF":
            body = data[position + 8 : position + 8 + size]
            orientation = _orientation_of(body.removeprefix(_EXIF))
        elif kind in _WEBP_SHOWN:
            kept.append(data[position:after])
        position = after
    if not kept:
        raise Damaged("without a picture")
    if kept[0].startswith(b"VP8X"):
        flags = kept[0][8] & ~(_WEBP_EXIF | _WEBP_XMP)
        if orientation != _UPRIGHT:
            flags |= _WEBP_EXIF
            body = _exif(orientation)
            kept.append(struct.pack("<4sI", b"EXIF", len(body)) + body + bytes(len(body) % 2))
        kept[0] = kept[0][:8] + bytes([flags]) + kept[0][9:]
    body = b"WEBP" + b"".join(kept)
    return Plain(struct.pack("<4sI", b"RIFF", len(body)) + body)


def _gif(data: bytes) -> Plain:
    position = 13 + _palette(data[10])
    kept, frames, parts = [data[:position]], 0, 0
    while position < len(data):
        start, kind = position, data[position]
        if kind == _GIF_END:
            kept.append(data[start : start + 1])
            break
        if kind == _GIF_IMAGE:
            position = start + 11 + _palette(data[start + 9])
            frames += 1
        elif kind == _GIF_EXTENSION:
            position = start + 2
        else:
            raise Damaged("an unknown block")
        parts = _counted(parts)
        while size := data[position]:
            parts = _counted(parts)
            position += size + 1
        position += 1
        if kind == _GIF_IMAGE or not _is_gif_metadata(data, start):
            kept.append(data[start:position])
    if not frames:
        raise Damaged("without a picture")
    return Plain(b"".join(kept))


def _palette(flags: int) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _is_gif_metadata(data: bytes, start: int) -> bool:
    label = data[start + 1]
    application = data[start + 3 : start + 14]
    return label == _GIF_COMMENT or (label == _GIF_APPLICATION and application not in _GIF_SHOWN)


def _orientation_of(tiff: bytes) -> int:
    """Read which way up the picture is, 1 to 8, of the TIFF file that Exif data are."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (number,) = struct.unpack_from(f"{order}H", tiff, directory)
        for place in range(min(number, MOST_TAGS)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * place)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else _UPRIGHT
    except struct.error:  # broken metadata leave the picture as it is
        return _UPRIGHT
    return _UPRIGHT


def _exif(orientation: int) -> bytes:
    """Write Exif data that say nothing else."""
    header = struct.pack("<2sHIH", b"II", 42, 8, 1)
    return header + struct.pack("<HHIHHI", _ORIENTATION, 3, 1, orientation, 0, 0)


def _counted(parts: int) -> int:
    if parts >= MOST_PARTS:
        raise Damaged(f"of more than {MOST_PARTS} parts")
    return parts + 1


_READERS: dict[str, Callable[[bytes], Plain]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
}
