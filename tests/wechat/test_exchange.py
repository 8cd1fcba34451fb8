"""One exchange with WeChat, byte for byte: the same from a thread and on the event loop, plain and by TLS."""

import asyncio
import gc
import logging
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Protocol

import pytest
import trustme

from bai_wx.errors import ApiError, WechatUnavailable
from bai_wx.wechat.on_loop import LoopWire
from bai_wx.wechat.transport import (
    MAX_ANSWER_BYTES,
    MAX_CONNECTIONS,
    Answer,
    Call,
    Deadline,
    NotSent,
    Surroundings,
    Wire,
    finished,
)
from tests.wechat.player import HANG_UP, Player, Turn

CALL = Call("GET", "/sns/jscode2session", {"secret": "s3cret-of-ours", "js_code": "c0de"})
BODY = b'{"openid": "oA"}'
SAID = {"openid": "oA"}
HEAD = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 16\r\n\r\n"
WHOLE = HEAD + LENGTH + BODY
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
FULL = b'{"a": "' + b"x" * (MAX_ANSWER_BYTES - 9) + b'"}'


class Way(Protocol):
    """A way to ask one server."""

    def ask(self, seconds: float = 5.0) -> Answer: ...


class InThread:
    """`requests`, which keeps the thread."""

    def __init__(self, url: str) -> None:
        self._wire = Wire(url, Surroundings.of(url))

    def ask(self, seconds: float = 5.0) -> Answer:
        return finished(self._wire.ask(CALL, Deadline(seconds)))


class OnLoop:
    """The event loop, which stands still between two questions: what happens then it has not seen."""

    def __init__(self, runner: asyncio.Runner, url: str, **options: float) -> None:
        self._wire = LoopWire(url, Surroundings.of(url).ca_bundle, **options)
        self._runner = runner

    def ask(self, seconds: float = 5.0) -> Answer:
        return self._runner.run(self._wire.ask(CALL, Deadline(seconds)))

    def ask_together(self, times: int) -> list[Answer]:
        async def together() -> list[Answer]:
            asked = (self._wire.ask(CALL, Deadline(5)) for _ in range(times))
            return await asyncio.gather(*asked)

        return self._runner.run(together())


@pytest.fixture
def on_loop(runner: asyncio.Runner) -> Callable[..., OnLoop]:
    """Ask a server on the event loop."""
    return partial(OnLoop, runner)


@pytest.fixture(params=["thread", "loop"])
def way(request: pytest.FixtureRequest, on_loop: Callable[..., OnLoop]) -> Callable[[str], Way]:
    """Ask a server in either way."""
    return InThread if request.param == "thread" else on_loop


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["plain", "tls"])
def play(
    request: pytest.FixtureRequest, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Player]]:
    """Make servers, plain and by TLS with a certificate that the environment's bundle knows."""
    if request.param == "plain":
        yield Player
        return
    with trusting(authority, monkeypatch):
        yield partial(Player, tls=server_side(authority, "localhost"))


def server_side(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def trusting(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with authority.cert_pem.tempfile() as path:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", path)
        yield


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


@pytest.mark.parametrize(
    ("first", "connections"),
    [
        pytest.param([WHOLE], [1, 1], id="kept"),
        pytest.param([HEAD + b"Connection: close\r\n" + LENGTH + BODY], [1, 2], id="to be closed"),
        pytest.param([b"HTTP/1.0 200 OK\r\n" + LENGTH + BODY], [1, 2], id="HTTP/1.0"),
        pytest.param([WHOLE, HANG_UP], [1, 2], id="closed after the answer"),
    ],
)
def test_connection_is_used_again_if_it_may_be(
    play: Callable[..., Player], way: Callable[[str], Way], first: Turn, connections: list[int]
) -> None:
    with play(first, [WHOLE]) as player:
        asker = way(player.url)
        assert asker.ask() == SAID
        time.sleep(0.05)  # what the server does after its answer has arrived
        assert asker.ask() == SAID
        assert player.connections == connections


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(WHOLE, id="a whole one"),
        pytest.param(HEAD, id="half of one"),
        pytest.param(b"\x00", id="bytes"),
    ],
)
@pytest.mark.parametrize("pause", [[], [0.05]], ids=["at once", "later"])
def test_on_the_loop_an_answer_too_many_is_never_taken_for_the_next_one(
    play: Callable[..., Player], more: bytes, pause: list[float], on_loop: Callable[..., OnLoop]
) -> None:
    other = HEAD + LENGTH + b'{"openid": "oB"}'
    first = [WHOLE, *pause, more] if pause else [WHOLE + more]
    with play(first, [other]) as player:
        asker = on_loop(player.url)
        assert asker.ask() == SAID
        time.sleep(0.1)
        assert asker.ask() == {"openid": "oB"}
        assert player.connections == [1, 2]


def test_connection_closed_while_nobody_asked_is_replaced(
    play: Callable[..., Player], way: Callable[[str], Way]
) -> None:
    with play([WHOLE]) as player:
        asker = way(player.url)
        asker.ask()
        player.hang_up()
        assert asker.ask() == SAID
        assert player.connections == [1, 2]


def test_on_the_loop_a_connection_idle_for_long_is_not_used_again(
    on_loop: Callable[..., OnLoop],
) -> None:
    with Player([WHOLE]) as player:
        asker = on_loop(player.url, max_idle_s=0.05)
        asker.ask()
        time.sleep(0.1)
        asker.ask()
        assert player.connections == [1, 2]


def test_on_the_loop_the_connection_used_last_is_used_next(on_loop: Callable[..., OnLoop]) -> None:
    with Player([0.1, WHOLE]) as player:
        asker = on_loop(player.url)
        assert asker.ask_together(3) == [SAID] * 3
        last = [asker.ask() and player.connections[-1] for _ in range(3)]
        assert player.accepted == 3
        assert len(set(last)) == 1


def test_on_the_loop_connections_are_counted_and_the_rest_wait(
    on_loop: Callable[..., OnLoop],
) -> None:
    times = MAX_CONNECTIONS + 40
    with Player([0.05, WHOLE]) as player:
        assert on_loop(player.url).ask_together(times) == [SAID] * times
        assert player.accepted == MAX_CONNECTIONS
        assert len(player.heard) == times


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        pytest.param("localhost", False, id="of an authority nobody knows"),
        pytest.param("api.weixin.qq.com", True, id="of another server"),
    ],
)
def test_certificate_that_does_not_hold_is_refused_before_anything_is_said(
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[str], Way],
    name: str,
    is_known: bool,
) -> None:
    tls = server_side(authority if is_known else trustme.CA(), name)
    with trusting(authority, monkeypatch), Player([WHOLE], tls=tls) as player:
        with pytest.raises(WechatUnavailable, match="certificate verify failed") as caught:
            way(player.url).ask()
        assert type(caught.value) is WechatUnavailable
    assert player.heard == []
    assert_silent(caught.value)


def test_authorities_that_are_not_there_are_unavailable(
    monkeypatch: pytest.MonkeyPatch, way: Callable[[str], Way]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "nowhere.pem")
    with Player([WHOLE]) as player, pytest.raises(WechatUnavailable):
        way(f"https://localhost:{player.port}").ask()


def test_plain_server_where_tls_is_meant_is_unavailable(way: Callable[[str], Way]) -> None:
    with Player([WHOLE], greeting=b"220 mail\r\n") as player, pytest.raises(WechatUnavailable):
        way(f"https://127.0.0.1:{player.port}").ask()
    assert player.heard == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}", "https://127.0.0.1:{}"])
def test_refused_connection_is_known_to_have_sent_nothing(
    way: Callable[[str], Way], url: str
) -> None:
    with Player([WHOLE]) as player:
        port = player.port
    with pytest.raises(NotSent, match="refused") as caught:
        way(url.format(port)).ask()
    assert_silent(caught.value)


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".invalid", "wechat.invalid"])
def test_host_that_is_none_is_unavailable(way: Callable[[str], Way], host: str) -> None:
    with pytest.raises(WechatUnavailable):
        way(f"http://{host}").ask()


def test_path_of_the_base_address_is_kept(way: Callable[[str], Way]) -> None:
    with Player([WHOLE]) as player:
        way(f"{player.url}/wechat/").ask()
    assert player.heard[0].head.startswith("GET /wechat/sns/jscode2session?")


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


def assert_silent(problem: ApiError) -> None:
    """No link of the chain says what was sent."""
    link: BaseException | None = problem
    while link is not None:
        assert "s3cret" not in f"{link!r} {link.args}"
        assert "c0de" not in f"{link!r} {link.args}"
        link = link.__cause__ or link.__context__


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_another_loop_has_connections_of_its_own() -> None:
    """Those of a loop that ended are left alone: they would fail who asks next."""
    with Player([WHOLE], [WHOLE]) as player:
        wire = LoopWire(player.url, Surroundings.of(player.url).ca_bundle)
        for _ in range(2):
            assert asyncio.run(wire.ask(CALL, Deadline(5))) == SAID
        assert player.accepted == 2
        del wire
        gc.collect()
