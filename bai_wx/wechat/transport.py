"""Calls from a thread: pooled, bounded in time and size, and silent about secrets.

A thread waits for the answer; logins wait on the event loop, in `on_loop`. `requests` does the work, within
what `calls` says. It bounds the wait for each piece, not for all, and it puts the query into exceptions and
`urllib3` into its log: no exception of theirs is chained to ours.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import Timeout

from bai_wx.errors import WechatUnavailable
from bai_wx.wechat.calls import (
    HEADERS,
    MAX_ANSWER_BYTES,
    MAX_CONNECTIONS,
    MAX_IDLE_S,
    TOO_LARGE,
    Answer,
    Call,
    Deadline,
    NotSent,
    Surroundings,
    hide,
    parse,
    status_problem,
)

Result = TypeVar("Result")

GRACE_S = 0.1  # plain silence ends by the time-out of the socket, which says so


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to its end a coroutine that never waits for an event loop, as those of `Wire` do not."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # StopIteration carries anything
    work.close()
    raise RuntimeError("it waits for an event loop")


class Wire:
    """The connection to one WeChat server, shared by all threads.

    Its coroutines never wait for an event loop, they keep their thread: run them with `finished`.
    """

    def __init__(self, base_url: str, surroundings: Surroundings) -> None:
        self._base_url = base_url.rstrip("/")
        self._session = _make_session(surroundings)
        self._adapter = self._session.get_adapter(self._base_url)
        self._prepared: dict[tuple[str, str], requests.PreparedRequest] = {}

    async def ask(self, call: Call, deadline: Deadline) -> Answer:
        """Send `call` once and return the JSON object it is answered with.

        Raises: `NotSent` when the connection is refused, `WechatUnavailable` for everything else
        that is not a JSON object with status 200: silence, HTML, a redirect, 5xx, a broken end.
        """
        return parse(call, self._fetch(call, deadline))

    async def pause(self, seconds: float, deadline: Deadline) -> None:
        """Sleep, but not past the deadline."""
        time.sleep(min(seconds, deadline.remaining_s()))

    async def aside(self, work: Callable[[], Result]) -> Result:
        """Run work that waits for another server than WeChat's."""
        return work()

    def beside(self, work: Callable[[], None]) -> None:
        """As `aside`: whoever asks in a thread waits for it."""
        work()

    def _fetch(self, call: Call, deadline: Deadline) -> bytes:
        try:
            return self._exchange(call, deadline)
        except (requests.RequestException, HTTPError, OSError) as exc:
            problem = _explain(call, exc)
        raise problem  # out here, so that it does not carry their exception: that has the URL

    def _exchange(self, call: Call, deadline: Deadline) -> bytes:
        # The adapter is asked, not the session: that prepares the same request anew each time, which
        # takes a third of a login, and would read the whole body of a redirect it is not to follow.
        with self._adapter.send(
            self._request(call),
            stream=True,
            timeout=Timeout(total=deadline.remaining_s()),  # type: ignore[arg-type]  # as its docs allow
            verify=self._session.verify,  # type: ignore[arg-type]  # a path, as we set it
            proxies=self._session.proxies,
        ) as response:
            if problem := status_problem(response.status_code):
                raise WechatUnavailable(f"{call.path}: {problem}")
            return _read(call, response.raw, deadline)

    def _request(self, call: Call) -> requests.PreparedRequest:
        key = (call.method, call.path)
        known = self._prepared.get(key)
        if known is None:
            bare = requests.Request(call.method, self._base_url + call.path)
            known = self._prepared[key] = self._session.prepare_request(bare)
        request = known.copy()
        if call.params:
            request.url = f"{known.url}?{call.query}"
        if call.body is not None:
            request.prepare_body(None, None, json=call.body)
        return request


def _read(call: Call, raw: Any, deadline: Deadline) -> bytes:
    """The body, piece by piece as it arrives, so that the deadline is seen between pieces."""
    body = bytearray()
    while True:
        _wait_at_most(raw, deadline.remaining_s())
        piece = raw.read1(MAX_ANSWER_BYTES + 1 - len(body))
        if not piece:
            return bytes(body)
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise WechatUnavailable(f"{call.path}: {TOO_LARGE}")


def _wait_at_most(raw: Any, seconds: float) -> None:
    sock = getattr(raw.connection, "answering_sock", None)
    if sock is not None:
        sock.settimeout(seconds)


def _explain(call: Call, exc: Exception) -> WechatUnavailable:
    cause = exc.args[0] if exc.args else exc
    reason = getattr(cause, "reason", cause)
    problem = NotSent if isinstance(reason, NewConnectionError) else WechatUnavailable
    return problem(f"{call.path}: {type(exc).__name__}: {hide(str(reason))}")


class _HideQuery(logging.Filter):
    """urllib3 logs every request line at DEBUG, with the query and so with our secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(hide(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_HideQuery())


def _make_session(surroundings: Surroundings) -> requests.Session:
    session = requests.Session()
    # The environment was read. No netrc: it would add credentials WeChat never asked for.
    session.trust_env = False
    session.proxies.update(surroundings.proxies)
    session.verify = surroundings.ca_bundle
    session.headers.update(HEADERS)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(pool_maxsize=MAX_CONNECTIONS))
    return session


def _cut(sock: Any) -> None:
    """End what a thread reads from this socket."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class _ShortIdle(HTTPConnection):
    """A connection that counts as lost once it has been idle for `MAX_IDLE_S`."""

    answering_sock: Any = None
    _last_used = 0.0

    def getresponse(self) -> Any:
        self.answering_sock = self.sock  # http.client forgets it when the server will close
        # http.client bounds the wait for each piece of the head; one that drips is cut off whole.
        limit = threading.Timer((self.sock.gettimeout() or 0) + GRACE_S, _cut, (self.sock,))
        limit.daemon = True
        limit.start()
        try:
            response = super().getresponse()
        finally:
            limit.cancel()
        self._last_used = time.monotonic()
        return response

    @property
    def is_connected(self) -> bool:
        return super().is_connected and time.monotonic() - self._last_used < MAX_IDLE_S


class _ShortIdleTLS(_ShortIdle, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _ShortIdle


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _ShortIdleTLS


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}
