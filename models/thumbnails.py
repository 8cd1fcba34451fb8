"""Small pictures made of large ones."""

import io
import logging
import re

from PIL import Image, ImageOps, ImageSequence

log = logging.getLogger("bai_wx.files")

THUMB_SIZES = ("100x100", "200x200", "400x400", "750x0")
"""Every size a client may ask for, width x height in pixels; 0 follows from the picture's
proportions.

`100x100` is PocketBase's own, `750x0` is as wide as a mini program's screen (750 rpx).
"""

MAX_PIXELS = 25_000_000  # a larger picture needs more memory to open than a thumbnail is worth
_SIZE = re.compile(r"(\d+)x(\d+)")


def make(picture: bytes, size: str, name: str) -> bytes | None:
    """Make the thumbnail, of one of our sizes, of the picture called `name`.

    None when it cannot be opened: the caller has the original.
    """
    try:
        with Image.open(io.BytesIO(picture)) as image:
            return None if image.width * image.height > MAX_PIXELS else _shrunk(image, size)
    # Pillow's decoders answer a broken picture with any of these; a bomb's warning is an error in
    # tests.
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as exc:
        log.info("no thumbnail of %s: %s", name, exc)
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
