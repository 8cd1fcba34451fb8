"""Which part of a file is asked for, and whether the client has it."""

import pytest

from bai_wx.errors import PreconditionFailed, RangeNotSatisfiable
from bai_wx.request.conditional import Content, Part, is_known, wanted_part

FILE = Content(b'"a"', 100, 1_700_000_000)
THEN, LATER, EARLIER = (
    b"Tue, 14 Nov 2023 22:13:20 GMT",
    b"Tue, 14 Nov 2023 22:13:21 GMT",
    b"Tue, 14 Nov 2023 22:13:19 GMT",
)


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        pytest.param(b"bytes=0-9", Part(0, 10), id="the first ten"),
        pytest.param(b"Bytes=90-", Part(90, 10), id="a unit has no case"),
        pytest.param(b"bytes=90-1000", Part(90, 10), id="past the end is cut"),
        pytest.param(b"bytes=-10", Part(90, 10), id="the last ten"),
        pytest.param(b"bytes=-101", Part(0, 100), id="more than there is"),
        pytest.param(b"bytes=9-8", None, id="from end to start is ignored"),
        pytest.param(b"bytes=-", None, id="neither end is ignored"),
        pytest.param(b"bytes=0-1,3-4", None, id="several are ignored"),
        pytest.param(b"bytes=\xb2-", None, id="no digit is ignored"),
        pytest.param(b"lines=0-9", None, id="another unit is ignored"),
        pytest.param(b"", None, id="nothing is ignored"),
    ],
)
def test_part(wanted: bytes, part: Part | None) -> None:
    """Offset and length."""
    assert wanted_part({b"range": wanted}, FILE) == part


@pytest.mark.parametrize("wanted", [b"bytes=100-", b"bytes=-0", b"bytes=100-200"])
def test_part_there_is_not(wanted: bytes) -> None:
    """416."""
    with pytest.raises(RangeNotSatisfiable):
        wanted_part({b"range": wanted}, FILE)


@pytest.mark.parametrize(
    ("headers", "known"),
    [
        pytest.param({}, False, id="no condition"),
        pytest.param({b"if-none-match": b'"a"'}, True, id="its tag"),
        pytest.param({b"if-none-match": b'W/"a"'}, True, id="its tag, weakly"),
        pytest.param({b"if-none-match": b'"b",W/"a"'}, True, id="its tag in a list"),
        pytest.param({b"if-none-match": b"*"}, True, id="any tag"),
        pytest.param({b"if-none-match": b"a"}, False, id="no tag"),
        pytest.param({b"if-modified-since": THEN}, True, id="its time"),
        pytest.param({b"if-modified-since": EARLIER}, False, id="an earlier time"),
        pytest.param({b"if-modified-since": b"yesterday"}, False, id="no time"),
        pytest.param(
            {b"if-none-match": b'"b"', b"if-modified-since": LATER}, False, id="the tag goes first"
        ),
        pytest.param(
            {b"if-match": b'"a"', b"if-unmodified-since": EARLIER}, False, id="the match goes first"
        ),
    ],
)
def test_known(headers: dict[bytes, bytes], known: bool) -> None:
    """304."""
    assert is_known(headers, FILE) is known


@pytest.mark.parametrize(
    "headers",
    [
        {b"if-match": b'"b"'},
        {b"if-match": b'W/"a"'},
        {b"if-match": b""},
        {b"if-unmodified-since": EARLIER},
    ],
)
def test_another_content(headers: dict[bytes, bytes]) -> None:
    """412."""
    with pytest.raises(PreconditionFailed):
        is_known(headers, FILE)
