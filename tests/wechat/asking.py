"""How the client's tests ask, and servers that answer once in a way of their own."""

import http.client
import re
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bai_wx.errors import (
    ApiError,
)
from bai_wx.wechat.client import (
    PHONE_PATH,
    SESSION_PATH,
    Session,
    WeChatClient,
)
from bai_wx.wechat.standin import StandIn
from bai_wx.wechat.standin_api import openid_of, session_key_of

MakeClient = Callable[..., WeChatClient]
CodesAsked = Callable[[str], list[str]]
AtOnce = Callable[..., list[object]]


def ask(client: WeChatClient, path: str, code: str) -> Session | str:
    return client.code_to_session(code) if path == SESSION_PATH else client.phone_number(code)


both_paths = pytest.mark.parametrize("path", [SESSION_PATH, PHONE_PATH], ids=["login", "phone"])


def tell_all(work: Callable[[], object]) -> str:
    """What can be read of a result or of an error: its text, its arguments and its whole chain."""
    try:
        return repr(work())
    except ApiError as exc:
        told = "".join(traceback.format_exception(exc)) + exc.detail
        link: BaseException | None = exc
        while link is not None:
            told += repr(link.args)
            link = link.__cause__ or link.__context__  # even a suppressed context
        return told


def assert_silent(said: str, client: WeChatClient) -> None:
    secret = StandIn().secret
    assert secret not in said
    assert session_key_of(openid_of("alice")) not in said
    assert not re.search(r"access_token=(?!\*\*\*)", said)


def phone_from(info: str) -> str:
    token = b'{"access_token": "t", "expires_in": 7200}'
    answer = b'{"errcode": 0, "errmsg": "ok", "phone_info": ' + info.encode() + b"}"
    with one_answer_server(token, answer) as url:
        return WeChatClient("wx", "s", url, timeout_s=2).phone_number("any")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


accepted: dict[str, int] = {}
"""How many connections each `one_answer_server` has accepted, by its address."""


@contextmanager
def one_answer_server(*answers: bytes | None) -> Iterator[str]:
    """A server that answers connection after connection with the next body, as HTTP/1.0 would.

    None is no answer: it reads the request and hangs up.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    accepted[url] = 0

    def serve() -> None:
        for body in answers:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            accepted[url] += 1
            with connection:
                read_request(connection)
                if body is not None:
                    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                    connection.sendall(head + body)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(2)
        listening.close()


def read_request(connection: socket.socket) -> None:
    """Read head and body, which may come apart: whoever closes with some of it unread resets the answer."""
    with connection.makefile("rb") as file:
        file.readline()
        head = http.client.parse_headers(file)
        file.read(int(head.get("Content-Length", "0")))
