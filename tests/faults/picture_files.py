"""Hostile and honest picture files, made on the spot."""

import io
import re
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image

SECRET = b"39.9042N-116.4074E"
"""What metadata tell and nobody else shall read."""
ORIENTATION = 0x0112
KINDS = ("JPEG", "PNG", "WEBP", "GIF")
_SCAN = re.compile(rb"\xff\xda.*?(?=\xff[^\x00\xd0-\xd7\xff])", re.DOTALL)


@cache
def photo(kind: str = "JPEG", size: tuple[int, int] = (480, 320), **options: Any) -> bytes:
    """A picture with something to see on it."""
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes, data: bytes = b"") -> bytes:
    """A PNG with more chunks behind its header."""
    data = data or photo("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def of_pixels(width: int, height: int) -> bytes:
    """A PNG of one colour: of a few bytes, however many pixels it has."""
    row = bytes((width + 7) // 8 + 1)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def of_scans(scans: int) -> bytes:
    """A progressive JPEG that says its last scan again and again."""
    data = photo("JPEG", (640, 480), progressive=True)
    last = _SCAN.findall(data)[-1]
    return data[:-2] + last * scans + data[-2:]


def with_metadata(kind: str, orientation: int = 6) -> bytes:
    """A picture that tells where it was taken, by every way its format has, and which way up it is."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010E] = exif[0x9286] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = SECRET.decode()
    if kind == "GIF":
        data = photo("GIF", comment=SECRET)
        xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
        return data[:-1] + xmp + data[-1:] + SECRET
    if kind == "JPEG":
        data = photo("JPEG", comment=SECRET, xmp=SECRET, exif=exif.tobytes())
        iptc = b"\xff\xed" + struct.pack(">H", len(SECRET) + 2) + SECRET
        return data[:2] + iptc + data[2:] + SECRET
    data = photo(kind, exif=exif.tobytes(), xmp=SECRET)
    if kind == "PNG":
        texts = (b"tEXt", b"where\0" + SECRET), (b"prVt", SECRET), (b"tIME", SECRET)
        return png_with(*(chunk(*each) for each in texts), data=data) + SECRET
    unknown = struct.pack("<4sI", b"WHER", len(SECRET)) + SECRET
    return b"RIFF" + struct.pack("<I", len(data) - 8 + len(unknown)) + data[8:] + unknown + SECRET


def pixels(data: bytes) -> bytes:
    """What is seen of a picture, not yet turned."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


def size(data: bytes) -> tuple[int, int]:
    """Width and height."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size


FRAMES = b"frames" * 10


def film(metadata: bytes) -> bytes:
    """An MP4 file with this box of metadata. No player plays it, and no server does either."""
    brand = film_box(b"ftyp", b"isom", bytes(4), b"isommp42")
    return (
        brand
        + film_box(b"moov", film_box(b"mvhd", bytes(100)), metadata)
        + film_box(b"mdat", FRAMES)
    )


def film_box(kind: bytes, *parts: bytes) -> bytes:
    """A box of an MP4 file."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body
