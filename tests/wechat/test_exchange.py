"""One exchange with WeChat, byte for byte: the same from a thread and on the event loop, plain and by TLS."""

import logging
from collections.abc import Callable
from contextlib import suppress

import pytest

from bai_wx.errors import WechatUnavailable
from bai_wx.wechat.calls import (
    MAX_ANSWER_BYTES,
    Answer,
)
from tests.wechat.player import HANG_UP, Player, Turn
from tests.wechat.ways import BODY, CHUNKED, HEAD, LENGTH, SAID, WHOLE, OnLoop, Way, assert_silent

FULL = b'{"a": "' + b"x" * (MAX_ANSWER_BYTES - 9) + b'"}'


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param([WHOLE], id="with its length"),
        pytest.param([WHOLE[i : i + 1] for i in range(len(WHOLE))], id="byte by byte"),
        pytest.param([CHUNKED + b"10\r\n" + BODY + b"\r\n0\r\n\r\n"], id="one chunk"),
        pytest.param(
            [CHUNKED + b"8;a=b\r\n" + BODY[:8] + b"\r\n8\r\n", BODY[8:] + b"\r\n0\r\nX: y\r\n\r\n"],
            id="chunks with an extension and a trailer",
        ),
        pytest.param([HEAD + b"\r\n" + BODY, HANG_UP], id="ended by hanging up"),
        pytest.param([b"HTTP/1.0 200 OK\r\n" + LENGTH + BODY, HANG_UP], id="HTTP/1.0"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE], id="after a 100"),
        pytest.param([HEAD + b"Set-Cookie: a=b\r\n" + LENGTH + BODY], id="with a cookie"),
        pytest.param([HEAD + b"content-length:16\r\n\r\n" + BODY], id="headers in small letters"),
    ],
)
def test_whole_answer_is_read(
    play: Callable[..., Player], way: Callable[[str], Way], turn: Turn
) -> None:
    with play(turn) as player:
        asker = way(player.url)
        assert [asker.ask(), asker.ask()] == [SAID, SAID]
    head = player.heard[1].head
    assert head.startswith(
        "GET /sns/jscode2session?secret=s3cret-of-ours&js_code=c0de HTTP/1.1\r\n"
    )
    assert f"\r\nHost: {player.url.partition('//')[2]}\r\n" in head
    assert "\r\nUser-Agent: bai-wx\r\n" in head
    assert "\r\nAccept-Encoding: identity\r\n" in head
    assert "cookie" not in head.lower()


def test_on_the_loop_every_1xx_is_passed_over(
    play: Callable[..., Player], on_loop: Callable[..., OnLoop]
) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    with play([early, 0.02, early + WHOLE]) as player:
        assert on_loop(player.url).ask() == SAID


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param([HEAD + b"Content-Length: %d\r\n\r\n" % len(FULL) + FULL], id="with length"),
        pytest.param([CHUNKED + b"%x\r\n" % len(FULL) + FULL + b"\r\n0\r\n\r\n"], id="a chunk"),
        pytest.param([HEAD + b"\r\n" + FULL, HANG_UP], id="ended by hanging up"),
    ],
)
def test_64_kib_are_read_and_no_byte_more(
    play: Callable[..., Player], way: Callable[[str], Way], turn: list[bytes]
) -> None:
    longer = b" " + FULL
    more = turn[0].replace(FULL, longer)
    more = more.replace(b"%d\r\n" % len(FULL), b"%d\r\n" % len(longer))
    more = more.replace(b"%x\r\n" % len(FULL), b"%x\r\n" % len(longer))
    with play(turn, [more, *turn[1:]]) as player:
        asker = way(player.url)
        assert len(asker.ask()["a"]) == len(FULL) - 9
        with pytest.raises(WechatUnavailable, match="more than 65536 bytes") as caught:
            asker.ask()
    assert_silent(caught.value)


NO_ANSWER = [
    pytest.param([HANG_UP], id="nothing"),
    pytest.param([b"\r\n\r\n", HANG_UP], id="empty lines"),
    pytest.param([b"SSH-2.0-OpenSSH_9.9\r\n", HANG_UP], id="another protocol"),
    pytest.param([b"\x00\xff\x15\x03\x01" * 20, HANG_UP], id="bytes"),
    pytest.param([b"HTTP/1.1 abc OK\r\n" + LENGTH + BODY, HANG_UP], id="a status in letters"),
    pytest.param([HEAD + b"Content-Length: many\r\n\r\n" + BODY[:-1], HANG_UP], id="no length"),
    pytest.param([HEAD + LENGTH[:-2], HANG_UP], id="half the headers"),
    pytest.param([HEAD + LENGTH, HANG_UP], id="headers alone"),
    pytest.param([HEAD + LENGTH + BODY[:-1], HANG_UP], id="a byte too few"),
    pytest.param([HEAD + b"\r\n" + BODY[:-1], HANG_UP], id="without length, a byte too few"),
    pytest.param(
        [HEAD + b"Content-Length: 17\r\n\r\n" + BODY, HANG_UP], id="an object, but a byte too few"
    ),
    pytest.param([CHUNKED + b"10\r\n" + BODY[:9], HANG_UP], id="half a chunk"),
    pytest.param([CHUNKED + b"10\r\n" + BODY + b"\r\n", HANG_UP], id="chunks without an end"),
    pytest.param([CHUNKED + b"zz\r\n" + BODY, HANG_UP], id="a chunk without a size"),
    pytest.param([b"HTTP/1.1 302 Found\r\nLocation: /again\r\n" + LENGTH + BODY], id="a redirect"),
    pytest.param([b"HTTP/1.1 204 No Content\r\n\r\n"], id="no content"),
    pytest.param([b"HTTP/1.1 500 Oh\r\n" + LENGTH + BODY], id="500 with an answer"),
    pytest.param(
        [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", HANG_UP],
        id="another protocol is offered",
    ),
    pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n", HANG_UP], id="a 100 alone"),
    pytest.param([HEAD + b"X: " + b"x" * 200_000, HANG_UP], id="a header without end"),
    pytest.param([HEAD + b"X: y\r\n" * 40_000, HANG_UP], id="headers without end"),
    pytest.param([HEAD + b"Content-Length: 2\r\n\r\n[]"], id="no object"),
    pytest.param(
        [HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"],
        id="what we did not ask for: gzip",
    ),
]


@pytest.mark.parametrize("turn", NO_ANSWER)
def test_anything_else_is_unavailable_and_nobody_asks_again(
    play: Callable[..., Player], way: Callable[[str], Way], turn: Turn
) -> None:
    with play(turn) as player, pytest.raises(WechatUnavailable) as caught:
        way(player.url).ask()
    assert type(caught.value) is WechatUnavailable  # WeChat has seen the code
    assert len(player.heard) == 1
    assert_silent(caught.value)


SLOW = [
    pytest.param([1.0, WHOLE], id="silence"),
    pytest.param([HEAD] + [0.1, b"X: y\r\n"] * 30, id="a head that drips"),
    pytest.param([HEAD + LENGTH] + [0.1, b" "] * 30, id="a body that drips"),
    pytest.param([CHUNKED] + [0.1, b"1\r\n \r\n"] * 30, id="chunks that drip"),
]


@pytest.mark.parametrize("turn", SLOW)
def test_the_deadline_ends_what_is_slow(
    play: Callable[..., Player], way: Callable[[str], Way], turn: Turn
) -> None:
    """And what comes late is no answer to the next question."""
    late = Answer(openid="oB")
    other = HEAD + LENGTH + b'{"openid": "oB"}'
    with play(turn, [other]) as player:
        asker = way(player.url)
        with pytest.raises(WechatUnavailable) as caught:
            asker.ask(seconds=0.3)
        assert asker.ask() == late
        assert player.connections == [1, 2]
    assert_silent(caught.value)


def test_on_the_loop_headers_without_end_are_too_many_bytes(
    play: Callable[..., Player], on_loop: Callable[..., OnLoop]
) -> None:
    turn = [HEAD, *[b"X: y\r\n" * 1000] * 100]
    with play(turn) as player, pytest.raises(WechatUnavailable, match="more than 131072 bytes"):
        on_loop(player.url).ask()


@pytest.mark.parametrize("turn", [[WHOLE], [HANG_UP], [HEAD + b"X", HANG_UP], [b"?", HANG_UP]])
def test_on_the_loop_nothing_secret_is_logged(
    play: Callable[..., Player],
    caplog: pytest.LogCaptureFixture,
    turn: Turn,
    on_loop: Callable[..., OnLoop],
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio_log = logging.getLogger("asyncio")
    asyncio_log.setLevel(logging.DEBUG)
    with play(turn) as player, suppress(WechatUnavailable):
        on_loop(player.url).ask()
    assert "s3cret" not in caplog.text
    assert "c0de" not in caplog.text
