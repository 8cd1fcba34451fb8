"""One HTTP exchange with WeChat: pooled, bounded in time and size, and silent about secrets.

Here a thread waits for it; logins wait on the event loop, in `on_loop`. `requests` does the work. Four
things are added to it:

- a deadline over connecting, waiting and reading together, so that neither a head nor a body that
  drips can hold a thread (`requests` bounds the wait for each piece, not for all);
- at most 64 KiB of answer, uncompressed;
- a pooled connection idle for long is not used again. WeChat may close it just as we send, and then
  nobody can tell whether the code was spent;
- the query carries our secret and `requests` puts it into exceptions and `urllib3` into its log, so
  what leaves this module has it blotted out, and no exception of theirs is chained to ours.
"""

import logging
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self, TypeVar
from urllib.parse import urlencode, urlsplit

import orjson
import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import Timeout

from bai_wx.errors import WechatUnavailable

Answer = dict[str, Any]
Result = TypeVar("Result")

MAX_ANSWER_BYTES = 64 * 1024
MAX_IDLE_S = 15.0
MAX_CONNECTIONS = 64
GRACE_S = 0.1  # plain silence ends by the time-out of the socket, which says so
HEADERS = {"User-Agent": "bai-wx", "Accept": "*/*", "Accept-Encoding": "identity"}

_SENSITIVE = re.compile(r"\b(secret|access_token|js_code)=[^&\s'\")]*")


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that waits for nothing but its own thread, as those of `Wire` do."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    work.close()
    raise RuntimeError("it waits for an event loop")


class NotSent(WechatUnavailable):
    """The connection was refused: WeChat has seen nothing, so asking again is safe."""


class Deadline:
    """A moment `seconds` from now, by which everything has to be done."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def remaining_s(self) -> float:
        """Seconds left, more than 0. Raises: `WechatUnavailable` when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise WechatUnavailable("out of time")
        return left


@dataclass(frozen=True)
class Call:
    """One question to WeChat. Its `repr` shows the path alone."""

    method: str
    path: str
    params: Mapping[str, str] = field(repr=False)
    body: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Surroundings:
    """What the environment says about the way to WeChat."""

    proxies: Mapping[str, str]
    ca_bundle: str  # a file, or a folder

    @classmethod
    def of(cls, base_url: str) -> Self:
        """Read the environment, as `requests` would for each request."""
        is_here = urlsplit(base_url).hostname in {"127.0.0.1", "localhost", "::1"}
        proxies = {} if is_here else get_environ_proxies(base_url)
        return cls(proxies, os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH)


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
        """Do what waits for somebody else than WeChat."""
        return work()

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
            # requests takes a urllib3 Timeout (its docs say so), its types do not.
            timeout=Timeout(total=deadline.remaining_s()),  # type: ignore[arg-type]
            verify=self._session.verify,  # type: ignore[arg-type]
            proxies=self._session.proxies,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise WechatUnavailable(f"{call.path}: status {response.status_code}")
            return _read(call, response.raw, deadline)

    def _request(self, call: Call) -> requests.PreparedRequest:
        key = (call.method, call.path)
        known = self._prepared.get(key)
        if known is None:
            bare = requests.Request(call.method, self._base_url + call.path)
            known = self._prepared[key] = self._session.prepare_request(bare)
        request = known.copy()
        if call.params:
            request.url = f"{known.url}?{urlencode(call.params)}"
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
            raise WechatUnavailable(f"{call.path}: more than {MAX_ANSWER_BYTES} bytes")


def _wait_at_most(raw: Any, seconds: float) -> None:
    sock = getattr(raw.connection, "answering_sock", None)
    if sock is not None:
        sock.settimeout(seconds)


def parse(call: Call, body: bytes) -> Answer:
    # WeChat calls its JSON text/plain, so the content type says nothing.
    try:
        answer = orjson.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise WechatUnavailable(f"{call.path}: {len(body)} bytes that are no JSON object")
    return answer


def _explain(call: Call, exc: Exception) -> WechatUnavailable:
    cause = exc.args[0] if exc.args else exc
    reason = getattr(cause, "reason", cause)
    problem = NotSent if isinstance(reason, NewConnectionError) else WechatUnavailable
    return problem(f"{call.path}: {type(exc).__name__}: {hide(str(reason))}")


def hide(text: str) -> str:
    """`text` with the values of sensitive query parameters blotted out."""
    return _SENSITIVE.sub(r"\1=***", text)


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
