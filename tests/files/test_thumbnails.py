"""Thumbnails of every kind of picture, and what is not worth one.

Covers: bai_wx/files/picture_parts.py, bai_wx/files/picture_process.py
"""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from PIL import Image

from bai_wx.errors import ServiceUnavailable
from bai_wx.files import picture_parts, thumbnails
from bai_wx.files.store import sniff
from bai_wx.files.thumbnails import Outcome

SIZE = (900, 600)


def saved(kind: str, mode: str = "RGB", size: tuple[int, int] = SIZE, **options: object) -> bytes:
    """A picture in a format and a mode, with a second frame where all frames are saved."""
    image = _in_mode(Image.linear_gradient("L").resize(size), mode)
    if options.get("save_all"):
        options["append_images"] = [image.transpose(Image.Transpose.ROTATE_180)]
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _in_mode(grey: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return grey.convert("I").point(lambda shade: shade * 256).convert("I;16")
    return grey if mode == "L" else grey.convert("RGB").convert(mode)


def make(data: bytes, size: str = "100x100") -> tuple[Outcome, bytes]:
    """Make a thumbnail, in one's turn."""
    with thumbnails.decoder.exclusive():
        return thumbnails.make(data, sniff(data), size)


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        pytest.param("JPEG", "RGB", {}, id="JPEG"),
        pytest.param("JPEG", "RGB", {"progressive": True}, id="progressive JPEG"),
        pytest.param("JPEG", "L", {}, id="grey JPEG"),
        pytest.param("JPEG", "CMYK", {}, id="JPEG of a printer"),
        pytest.param("PNG", "RGB", {}, id="PNG"),
        pytest.param("PNG", "RGBA", {}, id="PNG with transparency"),
        pytest.param("PNG", "P", {}, id="PNG with a palette"),
        pytest.param("PNG", "LA", {}, id="grey PNG with transparency"),
        pytest.param("PNG", "1", {}, id="PNG in black and white"),
        pytest.param("PNG", "I;16", {}, id="PNG of 16 bits"),
        pytest.param("PNG", "RGB", {"save_all": True}, id="APNG"),
        pytest.param("WEBP", "RGB", {}, id="WebP"),
        pytest.param("WEBP", "RGBA", {"lossless": True}, id="lossless WebP"),
        pytest.param("WEBP", "RGB", {"save_all": True}, id="animated WebP"),
        pytest.param("GIF", "P", {}, id="GIF"),
        pytest.param("GIF", "P", {"save_all": True}, id="animated GIF"),
    ],
)
def test_every_kind_has_a_thumbnail(kind: str, mode: str, options: dict[str, object]) -> None:
    """In its own format and of one frame; and it is found good at upload."""
    data = saved(kind, mode, **options)
    plain = picture_parts.without_metadata(data, sniff(data))
    assert thumbnails.check(plain) is Outcome.DONE
    outcome, small = make(data)
    assert outcome is Outcome.DONE
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size, getattr(image, "n_frames", 1)) == (kind, (100, 100), 1)
        shades = image.convert("L").getextrema()
    assert shades[1] - shades[0] > 100  # what is to be seen is seen


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_is_turned_upright(kind: str, orientation: int) -> None:
    """Orientations from 5 on swap width and height."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    outcome, small = make(saved(kind, size=(1200, 900), exif=exif.tobytes()), "750x0")
    assert outcome is Outcome.DONE
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == ((750, 1000) if orientation >= 5 else (750, 562))
        assert 0x0112 not in image.getexif()


@pytest.mark.parametrize(
    ("picture", "size", "outcome"),
    [
        pytest.param(
            partial(saved, "PNG", size=(99, 300)), "100x100", Outcome.NOT_SMALLER, id="narrower"
        ),
        pytest.param(
            partial(saved, "PNG", size=(1, 3000)), "750x0", Outcome.NOT_SMALLER, id="a line"
        ),
        pytest.param(
            partial(saved, "PNG", "1", (6000, 6000)),
            "100x100",
            Outcome.TOO_MUCH,
            id="too many pixels",
        ),
        pytest.param(lambda: saved("PNG")[:200], "100x100", Outcome.UNDECODABLE, id="cut short"),
        pytest.param(lambda: b"GIF89a", "100x100", Outcome.UNDECODABLE, id="a name alone"),
    ],
)
def test_what_is_not_worth_a_thumbnail(
    picture: Callable[[], bytes], size: str, outcome: Outcome
) -> None:
    """It is said why. The pictures are made by the test: large ones take a second."""
    assert make(picture(), size) == (outcome, b"")


def test_who_comes_when_too_many_wait_is_told_to_come_again() -> None:
    """Nobody keeps a thread without end."""
    decoder = thumbnails.Decoder()
    for _ in range(thumbnails.MAX_WAITING + 1):
        assert decoder._places.acquire(blocking=False)
    with pytest.raises(ServiceUnavailable) as busy, decoder.exclusive():
        pass
    assert busy.value.retry_after_s


def test_an_upload_waits_for_a_place() -> None:
    """Eight at once are no crowd: each is decoded in its turn."""
    plain = picture_parts.without_metadata(saved("PNG"), "image/png")
    with ThreadPoolExecutor(4 * thumbnails.MAX_WAITING) as uploads:
        outcomes = list(uploads.map(thumbnails.check, [plain] * 4 * thumbnails.MAX_WAITING))
    assert set(outcomes) == {Outcome.DONE}


def test_a_decoder_that_died_is_started_again() -> None:
    """The next picture is decoded."""
    assert make(saved("PNG"))[0] is Outcome.DONE
    process = thumbnails.decoder._process
    assert process is not None
    process.kill()
    process.wait()
    assert make(saved("PNG"))[0] is Outcome.DONE
