"""The last step of a request: its answer leaves, with the headers that every answer has.

The edge calls `send_reply` for a whole answer of the compiled lane, and `with_common_headers` for what
Connexion's stack sends. Next comes `protocol`, which writes to the connection.
"""

from bai_wx.contract.family import family_of_unknown
from bai_wx.errors import ServiceUnavailable
from bai_wx.request import render
from bai_wx.request.asgi import Message, Scope, Send
from bai_wx.request.connection_limits import RETRY_AFTER_S
from bai_wx.request.cors import allow_origin
from bai_wx.request.http_exchange import ARRIVED, WHOLE, SendWhole
from bai_wx.request.render import JSON_TYPE, SECURITY_HEADERS, Headers, Reply


async def send_reply(scope: Scope, send: Send, reply: Reply, origin: bytes | None) -> None:
    """Send a whole answer; a HEAD gets the headers alone."""
    body = b"" if scope["method"] == "HEAD" else reply.body
    scope.pop(ARRIVED, None)
    whole: SendWhole | None = scope.pop(WHOLE, None)
    if whole is not None:
        if not whole(reply.status, _lines(reply, origin), body):
            family = family_of_unknown(scope["path"])
            busy = render.error(family, ServiceUnavailable(retry_after_s=RETRY_AFTER_S))
            whole(busy.status, _lines(busy, origin), busy.body)
        return
    headers = [*SECURITY_HEADERS, *allow_origin(origin), *reply.headers]
    if reply.status != 204:
        headers += [JSON_TYPE, (b"content-length", b"%d" % len(reply.body))]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def with_common_headers(send: Send, origin: bytes | None) -> Send:
    """Add the headers of every answer to those of the stack behind, where it has not said them itself."""

    async def decorated(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [h for h in message["headers"] if h[0] != b"date"]  # the server below writes it
            said = {name for name, _ in kept}
            common = [h for h in SECURITY_HEADERS if h[0] not in said or h[0] == b"vary"]
            message["headers"] = [*kept, *common, *allow_origin(origin)]
        await send(message)

    return decorated


def _lines(reply: Reply, origin: bytes | None) -> bytes:
    """The same headers as they are written."""
    lines = _EMPTY_HEAD if reply.status == 204 else _JSON_HEAD % len(reply.body)
    if origin is not None or reply.headers:
        lines += _written([*allow_origin(origin), *reply.headers])
    return lines


def _written(headers: Headers) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


_EMPTY_HEAD = _written(SECURITY_HEADERS)
_JSON_HEAD = _written([*SECURITY_HEADERS, JSON_TYPE, (b"content-length", b"%d")])
