"""The connections to WeChat: used again, replaced, counted; by TLS with a certificate that holds.

Covers: bai_wx/wechat/on_loop.py
"""

import asyncio
import gc
import time
from collections.abc import Callable

import pytest
import trustme

from bai_wx.errors import WechatUnavailable
from bai_wx.wechat.calls import (
    MAX_CONNECTIONS,
    Deadline,
    NotSent,
    Surroundings,
)
from bai_wx.wechat.on_loop import LoopWire
from tests.wechat.player import HANG_UP, Player, Turn
from tests.wechat.ways import (
    BODY,
    CALL,
    HEAD,
    LENGTH,
    SAID,
    WHOLE,
    OnLoop,
    Way,
    assert_silent,
    server_side,
    trusting,
)


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
