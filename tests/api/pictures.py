"""Real bytes of each kind of file, made on the spot."""

import io
from functools import cache

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP4 = bytes.fromhex("0000001866747970697" + "36f6d0000020069736f6d69736f32") + b"\x00" * 64


@cache
def picture(kind: str, width: int = 40, height: int = 30) -> bytes:
    """A picture Pillow can read: `PNG`, `JPEG`, `WEBP` or `GIF`."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 60)).save(buffer, kind)
    return buffer.getvalue()


PNG = picture("PNG")
