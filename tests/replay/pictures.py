"""Files to upload, made on the spot: those that are kept and those that are refused."""

import io
from functools import cache
from typing import Final

from PIL import Image

PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP4: Final = bytes.fromhex("000000186674797069736f6d0000020069736f6d69736f32") + bytes(64)
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HEIC: Final = bytes.fromhex("00000018667479706865696300000000") + b"mif1heic" + bytes(64)
PLACE: Final = 0x8825
"""Where EXIF says that a photo was taken."""


@cache
def picture(kind: str, width: int = 40, height: int = 30) -> bytes:
    """A picture with a gradient: `PNG`, `JPEG`, `WEBP` or `GIF`."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@cache
def photo(width: int = 60, height: int = 80) -> bytes:
    """A JPEG that says how it is to be turned, and who made it where."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Some Camera"
    exif.get_ifd(PLACE)[1] = "N"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def kept() -> list[tuple[str, bytes, str]]:
    """Files that are accepted: a client's name, the bytes, the media type it claims."""
    return [
        ("avatar.png", picture("PNG"), "image/png"),
        ("头像.jpg", picture("JPEG", 900, 700), "image/jpeg"),
        ("IMG 20260101.JPG", photo(), "image/jpeg"),
        ("anim.gif", picture("GIF"), "image/gif"),
        ("shot.webp", picture("WEBP", 300, 300), "image/webp"),
        ("wrong-extension.txt", picture("PNG", 210, 120), "text/plain"),
        ("说明书 v2.pdf", PDF, "application/pdf"),
        ("clip.mp4", MP4, "video/mp4"),
        ("../../etc/passwd", PDF, ""),
        ("a" * 300 + ".png", picture("PNG", 8, 8), "image/png"),
    ]


def refused() -> list[tuple[str, bytes, str]]:
    """Files that are not."""
    return [
        ("logo.svg", SVG, "image/svg+xml"),
        ("photo.heic", HEIC, "image/heic"),
        ("notes.txt", b"only text", "text/plain"),
        ("empty.png", b"", "image/png"),
        ("cut.png", picture("PNG", 300, 200)[:400], "image/png"),
        ("cut.jpg", photo()[:200], "image/jpeg"),
        ("page.html", b"<!DOCTYPE html><title>x</title>", "image/png"),
        ("run.exe", b"MZ" + bytes(100), "application/pdf"),
    ]
