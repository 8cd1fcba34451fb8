"""Small pictures made from stored ones, once, and kept beside them."""

import io
import logging
import re
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence

from models.atomic_file import write_atomically

log = logging.getLogger("bai_wx.files")

THUMB_SIZES = ("100x100", "200x200", "400x400", "750x0")
"""Every size a client may ask for, width x height in pixels; 0 follows from the picture's
proportions.

`100x100` is PocketBase's own, `750x0` is as wide as a mini program's screen (750 rpx).
"""

MAX_PIXELS = 25_000_000  # a larger picture needs more memory to open than a thumbnail is worth
_SIZE = re.compile(r"(\d+)x(\d+)")


def find_or_make(picture: Path, size: str) -> Path | None:
    """Return the thumbnail of a stored picture, made at the first call.

    None when the size is not one of ours or the picture cannot be opened: the caller has the
    original.
    """
    if size not in THUMB_SIZES:
        return None
    thumbnail = picture.with_name(f"{size}_{picture.name}")
    if thumbnail.is_file():
        return thumbnail
    data = _make(picture, size)
    if data is None:
        return None
    write_atomically(thumbnail, [data])
    return thumbnail


def _make(picture: Path, size: str) -> bytes | None:
    try:
        with Image.open(picture) as image:
            return None if image.width * image.height > MAX_PIXELS else _shrunk(image, size)
    # Pillow's decoders answer a broken picture with any of these; a bomb's warning is an error in
    # tests.
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as exc:
        log.info("no thumbnail of %s: %s", picture.name, exc)
        return None


def _shrunk(image: Image.Image, size: str) -> bytes:
    """Cut the middle out to the wanted proportions and scale it, in the picture's own format."""
    kind = image.format or "PNG"
    width, height = _box(image, size)
    side = 2 * max(width, height)  # either way round, for pictures that EXIF turns
    image.draft(None, (side, side))  # JPEG alone: decode no finer than needed
    first = next(iter(ImageSequence.Iterator(image)))
    upright = ImageOps.exif_transpose(first)
    if upright.mode not in ("RGB", "RGBA", "L"):
        upright = upright.convert("RGB" if kind == "JPEG" else "RGBA")
    buffer = io.BytesIO()
    ImageOps.fit(upright, (width, height)).save(buffer, kind)
    return buffer.getvalue()


def _box(image: Image.Image, size: str) -> tuple[int, int]:
    matched = _SIZE.fullmatch(size)
    if matched is None:
        raise ValueError(size)
    width, height = int(matched[1]), int(matched[2])
    if height:
        return width, height
    turned = image.getexif().get(0x0112, 1) >= 5  # these orientations swap width and height
    wide, high = (image.height, image.width) if turned else image.size
    return width, max(1, round(high * width / wide))
