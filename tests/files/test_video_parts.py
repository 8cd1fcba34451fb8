"""MP4 files without their metadata."""

import struct

import pytest

from bai_wx.files.video_parts import MOST_BOXES, without_metadata

PLACE = b"+31.2304+121.4737/"
FRAMES = b"frames" * 10


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of 32 bits of length."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def large(kind: bytes, body: bytes) -> bytes:
    """A box whose length has 64 bits."""
    return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body


def film(*metadata: bytes) -> bytes:
    """A file with these boxes among those of a film."""
    moov = box(b"moov", box(b"mvhd", bytes(100)), *metadata)
    return box(b"ftyp", b"isom\0\0\2\0isomiso2") + moov + box(b"mdat", FRAMES)


WITH_PLACE = box(b"\xa9xyz", PLACE)
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(film(box(b"udta", WITH_PLACE)), id="user data"),
        pytest.param(film(large(b"udta", WITH_PLACE)), id="of 64 bits"),
        pytest.param(film(box(b"trak", box(b"tkhd"), box(b"udta", WITH_PLACE))), id="of a track"),
        pytest.param(film(box(b"meta", bytes(4), WITH_PLACE)), id="keys"),
        pytest.param(film() + box(b"uuid", XMP, PLACE), id="XMP"),
        pytest.param(film() + box(b"moof", box(b"traf", box(b"udta", PLACE))), id="a fragment"),
        pytest.param(film() + box(b"meta", PLACE), id="of the file"),
        pytest.param(film() + struct.pack(">I4s", 0, b"udta") + PLACE, id="to the end"),
        pytest.param((film() + box(b"udta", PLACE, bytes(9)))[:-5], id="cut short"),
    ],
)
def test_a_place_is_blanked(data: bytes) -> None:
    """The file stays as long, and its frames where they were."""
    plain = without_metadata(data)
    assert PLACE not in plain
    assert len(plain) == len(data)
    assert plain.index(FRAMES) == data.index(FRAMES)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(film(), id="without metadata"),
        pytest.param(film() + box(b"uuid", bytes(16), b"somebody's"), id="a box of somebody's"),
        pytest.param(film() + struct.pack(">I4s", 3, b"udta"), id="a length too small"),
        pytest.param(film() + struct.pack(">I4sQ", 1, b"udta", 3), id="a large length too small"),
        pytest.param(film() + b"\0\0\0", id="a tail"),
        pytest.param(b"", id="nothing"),
        pytest.param(box(b"mdat", box(b"udta", PLACE)), id="frames that look like it"),
    ],
)
def test_all_else_stays(data: bytes) -> None:
    """Byte for byte."""
    assert without_metadata(data) == data


def test_work_is_bounded() -> None:
    """A file of empty boxes, each inside the one before or beside it."""
    beside = box(b"moov", box(b"free") * (MOST_BOXES + 10))
    assert without_metadata(beside) == beside
    nested = b"".join(struct.pack(">I4s", 0, b"moov") for _ in range(MOST_BOXES + 10))
    assert without_metadata(nested) == nested
