"""`wx.request` and `wx.uploadFile` as WeChat documents them, over real sockets.

What sets them apart from a browser's `fetch`: no PATCH; every HTTP status is a success; the data of
a GET becomes a query in which `undefined` is the text "undefined"; ten connections at once, others
wait; no cookies; what an upload is answered is text.
Source: developers.weixin.qq.com/miniprogram/dev/api/network/request/wx.request.html and
…/framework/ability/network.html.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

METHODS = ("OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT")
MOST_CONNECTIONS = 10
TIMEOUT_S = 60
REFERER = "https://servicewechat.com/wx0123456789abcdef/42/page-frame.html"
AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) MicroMessenger/8.0.60 Language/zh_CN"
)
BOUNDARY = "----WxUpload7MA4YWxkTrZu0gW"


class Undefined(Enum):
    """JavaScript's `undefined`."""

    UNDEFINED = "undefined"


UNDEFINED = Undefined.UNDEFINED


class RequestFailed(Exception):
    """The `fail` callback: `errMsg` begins `request:fail`."""


@dataclass(frozen=True)
class Result:
    """What the `success` callback is given; names of headers in small letters."""

    data: Any
    status: int
    header: Mapping[str, str]


class MiniProgram:
    """The network of one mini program: a server's address and at most ten connections to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._own = threading.local()
        self._connections: list[http.client.HTTPConnection] = []
        self._pool = ThreadPoolExecutor(MOST_CONNECTIONS)
        self._counting = threading.Lock()
        self.in_flight = self.most_in_flight = 0

    def request(
        self,
        url: str,
        *,
        method: str = "GET",
        data: Any = UNDEFINED,
        header: Mapping[str, str] | None = None,
    ) -> Result:
        """`wx.request` of a path, whose answer is awaited.

        Raises: `RequestFailed` where the `fail` callback would be called; never for a status.
        """
        return self._pool.submit(self._request, url, method, data, header or {}).result()

    def request_all(self, urls: Iterable[str]) -> list[Result]:
        """Many GETs begun at once; ten are on their way, the others wait their turn."""
        started = [self._pool.submit(self._request, url, "GET", UNDEFINED, {}) for url in urls]
        return [each.result() for each in started]

    def upload_file(
        self,
        url: str,
        *,
        file_path: Path,
        name: str,
        form_data: Mapping[str, Any] | None = None,
        header: Mapping[str, str] | None = None,
    ) -> Result:
        """`wx.uploadFile`: one file of the phone and texts beside it. The answer's data is text."""
        parts = [_text_part(key, _text(value)) for key, value in (form_data or {}).items()]
        parts.append(_file_part(name, file_path))
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        given = {k: v for k, v in (header or {}).items() if k.lower() != "content-type"}
        sent = {**given, "Content-Type": kind}
        return self._pool.submit(self._exchange, "POST", url, body, sent, "uploadFile").result()

    def _request(self, url: str, method: str, data: Any, header: Mapping[str, str]) -> Result:
        if method not in METHODS:
            raise RequestFailed(f'request:fail method "{method}" is not supported')
        kinds = {key.lower(): value for key, value in header.items()}
        kind = kinds.pop("content-type", "application/json")
        body = None
        if data is not UNDEFINED and method == "GET" and not isinstance(data, str):
            url = _with_query(url, data)
        elif data is not UNDEFINED:
            body = _body(data, kind)
        answer = self._exchange(method, url, body, {**kinds, "Content-Type": kind}, "request")
        parsed = answer.data
        with suppress(ValueError):  # dataType "json": parsed where it can be
            parsed = json.loads(answer.data)
        return Result(parsed, answer.status, answer.header)

    def _exchange(
        self, method: str, url: str, body: bytes | None, header: Mapping[str, str], what: str
    ) -> Result:
        """Send one request on this thread's connection; a connection that was closed is renewed."""
        sent = {key: value for key, value in header.items() if key.lower() != "referer"}
        sent |= {"Referer": REFERER, "User-Agent": AGENT, "Connection": "keep-alive"}
        with self._counted():
            try:
                answer, raw = self._sent(method, url, body, sent)
            except OSError as exc:
                raise RequestFailed(f"{what}:fail {exc}") from exc
        if 300 <= answer.status < 400:
            raise RequestFailed(f"{what}:fail redirect {answer.status}")
        text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Result(text, answer.status, named)

    def _sent(
        self, method: str, url: str, body: bytes | None, header: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self._connection()
        target = quote(url, safe="%/?&=:~!$'()*+,;@-._")
        try:
            connection.request(method, target, body, dict(header))
            answer = connection.getresponse()
        except (http.client.HTTPException, ConnectionError):
            connection.close()  # it was kept too long: a new one is opened by the next request
            connection.request(method, target, body, dict(header))
            answer = connection.getresponse()
        return answer, answer.read()

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if found is None:
            address = urlsplit(self.url)
            found = http.client.HTTPConnection(
                str(address.hostname), address.port, timeout=TIMEOUT_S
            )
            self._own.connection = found
            self._connections.append(found)
        return found

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._counting:
            self.in_flight += by
            self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def close(self) -> None:
        """Leave the mini program."""
        self._pool.shutdown()
        for connection in self._connections:
            connection.close()


def _with_query(url: str, data: Mapping[str, Any]) -> str:
    pairs = [f"{_encoded(key)}={_encoded(_text(value))}" for key, value in data.items()]
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(pairs)}" if pairs else url


def _encoded(text: str) -> str:
    """`encodeURIComponent`."""
    return quote(text, safe="!'()*-._~")


def _text(value: Any) -> str:
    """`String(value)`."""
    if value is UNDEFINED:
        return "undefined"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return ",".join("" if each is None or each is UNDEFINED else _text(each) for each in value)
    return "[object Object]" if isinstance(value, Mapping) else str(value)


def _body(data: Any, kind: str) -> bytes:
    if isinstance(data, str):
        return data.encode()
    if kind.startswith("application/x-www-form-urlencoded"):
        return _with_query("", data).removeprefix("?").encode()
    return json.dumps(_stringified(data), ensure_ascii=False).encode()


def _stringified(value: Any) -> Any:
    """What `JSON.stringify` keeps: a key whose value is `undefined` is left out."""
    if isinstance(value, Mapping):
        return {k: _stringified(v) for k, v in value.items() if v is not UNDEFINED}
    if isinstance(value, (list, tuple)):
        return [None if each is UNDEFINED else _stringified(each) for each in value]
    return value


def _text_part(name: str, text: str) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return f"{head}{text}\r\n".encode()


def _file_part(name: str, path: Path) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    return head.encode() + path.read_bytes() + b"\r\n"
