"""Decodes pictures in a process of its own: `python picture_process.py`, fed by `bai_wx/files/thumbnails.py`.

A decoder runs over what a stranger sent. Here it may take so much memory and so much time, the system
sees to that, and when it takes the process down nobody else notices. It knows no secret. This file
imports nothing of ours, so that it starts quickly and runs by its path alone.

Each question on stdin: the number of bytes, the box's width and height (0 and 0: only decode), the
bytes. Each answer on stdout: an outcome, the number of bytes, the bytes of the thumbnail.
"""

import io
import os
import resource
import struct
import sys
import warnings
from typing import IO

from PIL import Image, ImageOps

QUESTION = struct.Struct(">IHH")
ANSWER = struct.Struct(">BI")
DONE, UNDECODABLE, TOO_MUCH, NOT_SMALLER = range(4)

MEMORY = 640 * 1024 * 1024  # bytes of address space; the interpreter has some 60 MiB of them
CPU_S = 5  # for one picture
NICENESS = 10  # requests come first

MAX_PIXELS = 25_000_000  # a larger picture needs more memory to open than a thumbnail is worth
MAX_OUTPUT = 750 * 4000  # pixels of a thumbnail; a longer picture is seen as it is
MAX_PROFILE = 64 * 1024  # bytes of a colour profile that go into a thumbnail
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def main() -> None:
    """Answer questions until stdin ends."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")  # Pillow warns of bombs at more pixels than we open
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while question := stdin.read(QUESTION.size):
        size, width, height = QUESTION.unpack(question)
        _allow_time()
        outcome, thumbnail = _answer(stdin.read(size), width, height)
        stdout.write(ANSWER.pack(outcome, len(thumbnail)) + thumbnail)
        stdout.flush()


def _allow_time() -> None:
    """Have the system end this process when one picture takes too long."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    until = int(spent.ru_utime + spent.ru_stime) + 1 + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _answer(picture: bytes, width: int, height: int) -> tuple[int, bytes]:
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            return decoded(image, width, height)
    except MemoryError:
        return TOO_MUCH, b""
    # Pillow's decoders answer a broken picture with nearly any exception, and nothing else runs here.
    except Exception:
        return UNDECODABLE, b""


def decoded(image: Image.Image, width: int, height: int) -> tuple[int, bytes]:
    """Decode an opened picture's first frame, and make a thumbnail of it if a box is given."""
    if image.width * image.height > MAX_PIXELS:
        return TOO_MUCH, b""
    if not width:
        image.draft(None, (1, 1))  # JPEG: all of the file is read, an eighth of each side written
        image.load()
        return DONE, b""
    box = thumbnail_box(image, width, height)
    if box is None:
        return NOT_SMALLER, b""
    return DONE, _shrunk(image, box)


def thumbnail_box(image: Image.Image, width: int, height: int) -> tuple[int, int] | None:
    """The thumbnail's size. None when it would be larger than the picture, or than any may be."""
    turned = image.getexif().get(0x0112, 1) >= 5  # these orientations swap width and height
    wide, high = (image.height, image.width) if turned else image.size
    if not height:
        height = max(1, round(high * width / wide))
    if width > wide or height > high or width * height > MAX_OUTPUT:
        return None
    return width, height


def _shrunk(image: Image.Image, box: tuple[int, int]) -> bytes:
    """Cut the middle out to the wanted proportions and scale it, in the picture's own format."""
    kind = image.format or "PNG"
    profile = b"" if image.mode == "CMYK" else image.info.get("icc_profile") or b""
    side = 2 * max(box)  # either way round, for pictures that EXIF turns
    image.draft(None, (side, side))  # JPEG alone: decode no finer than needed
    image.load()
    small = ImageOps.exif_transpose(_fitted(image, box))
    buffer = io.BytesIO()
    small.save(buffer, kind, icc_profile=profile if len(profile) <= MAX_PROFILE else None)
    return buffer.getvalue()


def _fitted(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """Shrink first and turn afterwards: turning copies, and the small one costs nothing."""
    orientation = image.getexif().get(0x0112, 1)
    wanted = (box[1], box[0]) if orientation >= 5 else box
    fitted = ImageOps.fit(_eight_bit(image), wanted)
    fitted.getexif()[0x0112] = orientation
    return fitted


def _eight_bit(image: Image.Image) -> Image.Image:
    """The picture in a mode that its format can be saved in and that scales smoothly."""
    if image.mode in ("RGB", "RGBA", "L"):
        return image
    if image.mode.startswith("I"):  # a grey PNG of 16 bits
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGB" if image.format == "JPEG" else "RGBA")


def ask(
    stdin: IO[bytes], stdout: IO[bytes], picture: bytes, box: tuple[int, int]
) -> tuple[int, bytes]:
    """Ask such a process, over its two pipes. Raises: `OSError`, `EOFError` when it has ended."""
    stdin.write(QUESTION.pack(len(picture), *box))
    stdin.write(picture)
    stdin.flush()
    head = stdout.read(ANSWER.size)
    if len(head) < ANSWER.size:
        raise EOFError("the process has ended")
    outcome, size = ANSWER.unpack(head)
    return outcome, stdout.read(size)


if __name__ == "__main__":
    main()
