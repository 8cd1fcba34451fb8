"""The first to see a request and the last to see its answer: an ASGI middleware of Connexion's stack.

It decides the method (override), the route, the limits and the size of the body, once for both lanes.
A compiled operation is answered here; the others go on to Connexion with the request already read.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bai_wx import dialect
from bai_wx.contract.family import family_of_unknown
from bai_wx.database.connection import CONNECTIONS, release
from bai_wx.errors import ApiError, Forbidden, RequestTimeout, ServiceUnavailable, Unauthorized
from bai_wx.request import render
from bai_wx.request.bodies import JSON_LIMIT, native_body
from bai_wx.request.incoming import Incoming
from bai_wx.request.limits import Limits, warn_of_unknown_proxy
from bai_wx.request.operation import Operation, as_api_error
from bai_wx.request.pools import Places, Pool, in_turn
from bai_wx.request.protocol import ARRIVED, REFUSED, RETRY_AFTER_S, WHOLE, Arrived, SendWhole
from bai_wx.request.render import JSON_TYPE, SECURITY_HEADERS, Headers, Reply
from bai_wx.request.routes import USERS, Routes
from bai_wx.request.streaming import HELD, HeldAnswer
from bai_wx.request.tokens import Tokens, bearer
from bai_wx.request.write_queue import QUEUE_LIMIT_S, Writes
from bai_wx.wechat.client import WeChatClient

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPERATION = "bai_wx.operation"
INCOMING = "bai_wx.incoming"
FORWARDED_FOR = b"x-forwarded-for"
OVERRIDES = (b"x-http-method-override", b"x-http-method")
OVERRIDDEN = {b"PATCH": "PATCH", b"DELETE": "DELETE"}
API_METHODS = b"GET,HEAD,PUT,PATCH,POST,DELETE"
_PREFLIGHT_VARIES: Headers = [
    (b"vary", b"Access-Control-Request-Method"),
    (b"vary", b"Access-Control-Request-Headers"),
]
OUTSIDE_THREADS, OUTSIDE_WAITING = 16, 64
READING_THREADS, READERS_WAITING, READERS_PATIENCE_S = 4, 256, 15
WECHAT_THREADS, WECHAT_WAITING = 64, 16  # each of WeChat's waits has 5 s: a long queue is late
UPLOADS, UPLOADS_PATIENCE_S = 4, 10  # downloads share ten threads with them and with thumbnails
BODY_TIMEOUT_S = 30
BODIES_BOUND = 64 * 1024 * 1024  # bytes of all bodies that a worker waits for or works on
LARGE = 64 * 1024  # bytes of body that are no longer parsed on the event loop


class ClientGone(Exception):
    """The client hung up before its request was whole."""


class Edge:
    """Routes requests to compiled operations, or on to `fallback`."""

    def __init__(
        self,
        fallback: App,
        *,
        tokens: Tokens,
        wechat: WeChatClient,
        limits: Limits,
        cors_origins: tuple[str, ...],
        is_embedded: bool,
        compiled: bool,
    ) -> None:
        self._fallback = fallback
        self._tokens = tokens
        self._wechat = wechat
        self._limits = limits
        self._knows_proxy = False  # whether it was told of one that is not trusted: once will do
        self._cors_origins = frozenset(origin.encode() for origin in cors_origins)
        # A local statement takes microseconds; one over a network would hold up everybody.
        self._is_embedded = is_embedded
        self._compiled = compiled
        self._routes = Routes(())
        self._held = 0  # bytes of bodies
        # One thread writes: two would only wait for each other's lock in SQLite. PostgreSQL has no such.
        self._inside = ThreadPoolExecutor(1 if is_embedded else CONNECTIONS, "bai-wx-inside")
        self._outside = Pool("bai-wx-outside", OUTSIDE_THREADS, OUTSIDE_WAITING, QUEUE_LIMIT_S)
        # What waits for others and what reads for long do not wait for each other.
        self._reading = Pool("bai-wx-reading", READING_THREADS, READERS_WAITING, READERS_PATIENCE_S)
        self._waiting = Pool("bai-wx-waiting", WECHAT_THREADS, WECHAT_WAITING, QUEUE_LIMIT_S)
        self._uploads = Places(UPLOADS, UPLOADS_PATIENCE_S)
        self._writes = Writes(self._inside)

    def use(self, operations: list[Operation]) -> None:
        """Route to these operations from now on."""
        self._routes = Routes(operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await self._fallback(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        method = _method(scope, headers)
        origin = self._allowed_origin(headers)
        try:
            client = _client(scope)
            if FORWARDED_FOR in headers and not self._knows_proxy:
                self._knows_proxy = warn_of_unknown_proxy(client, headers[FORWARDED_FOR])
            shared = self._limits.count(client)
            if shared is not None:
                await shared
            if REFUSED in scope:
                raise scope.pop(REFUSED)
            if method == "OPTIONS":
                await _send(scope, send, _preflight(headers, origin), origin)
                return
            operation, path_params = self._routes.find(method, _raw_path(scope))
        except ApiError as problem:
            if isinstance(problem, Forbidden):
                problem = await self._unreadable(scope, receive, headers) or problem
            if isinstance(problem, Unauthorized):
                problem = await self._elsewhere(headers) or problem
            family = family_of_unknown(scope["path"])
            await _send(scope, send, render.error(family, problem), origin)
            return
        incoming = Incoming(path_params, scope["query_string"], headers)
        try:
            await self._answer(operation, incoming, method, scope, receive, send)
        finally:
            self._held -= incoming.held

    async def _answer(
        self,
        operation: Operation,
        incoming: Incoming,
        method: str,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Read the body and answer a request whose operation is known."""
        origin = self._allowed_origin(incoming.headers)
        try:
            if operation.knows_first and _is_to_come(scope):
                refusal = await self._turned_away(operation, incoming)
                if refusal is not None:
                    await _send(scope, send, refusal, origin)
                    return
            incoming.body = await self._body(scope, receive, incoming, operation.body_limit)
        except ClientGone:
            return
        except ApiError as problem:
            await _send(scope, send, render.error(operation.family, problem), origin)
            return
        if operation.code_field:
            refusal = await self._introduced(operation, incoming)
            if refusal is not None:
                await _send(scope, send, refusal, origin)
                return
        if self._compiled and operation.is_json:
            reply = await self._run(operation, incoming)
            await _send(scope, send, reply, origin)
            return
        scope["method"] = method
        # The route is found; what a client put into it could only lead the next routers astray.
        scope["path"] = operation.spec.path.format_map(dict.fromkeys(incoming.path_params, "_"))
        scope["headers"] = _sized(scope["headers"], len(incoming.body or b""))
        scope[OPERATION], scope[INCOMING] = operation, incoming
        held = scope[HELD] = HeldAnswer()
        body = _replay(incoming.body or b"")
        if operation.spec.is_upload:
            try:
                async with self._uploads.one():
                    await self._fallback(scope, body, held.take)
            except ServiceUnavailable as busy:
                reply = operation.checked(operation.render_error(busy), incoming)
                await _send(scope, send, reply, origin)
                return
        else:
            await self._fallback(scope, body, held.take)
        await held.send(scope, _decorated(send, origin))

    async def _introduced(self, operation: Operation, incoming: Incoming) -> Reply | None:
        """Let WeChat say who logs in. Returns: the answer that refuses it."""
        if self._is_embedded and not _may_take_long(operation, incoming):
            ready = operation.begin(incoming)
        else:
            try:
                ready = await self._outside.call(lambda: operation.begin(incoming))
            except ServiceUnavailable as busy:
                return operation.checked(operation.render_error(busy), incoming)
        if isinstance(ready, Reply):
            return ready
        try:
            incoming.session = await self._wechat.session_of(incoming.code)
        except Exception as problem:  # the edge: nothing may leave without an answer
            return operation.checked(operation.render_error(problem), incoming)
        return None

    async def _run(self, operation: Operation, incoming: Incoming) -> Reply:
        """Run where waiting hurts nobody: what is short here, the rest and what waits outside in threads."""
        if operation.needs_no_database:
            return operation(incoming)  # it says that we are well even where the database is not
        is_long = _may_take_long(operation, incoming)
        is_short = self._is_embedded and not is_long
        if is_short and operation.reads_only:
            return operation(incoming)
        if is_short and operation.code_field:
            reply = operation.reading(incoming)  # who was here before logs in without a write
            if reply is not None:
                return reply
        if is_short and not operation.waits_outside:
            return await self._writes.run(operation, incoming)
        if operation.waits_outside:
            return await self._waiting.run(operation, incoming)
        if operation.reads_only and is_long:
            return await self._reading.run(operation, incoming)
        try:
            return await in_turn(self._inside, lambda: operation(incoming), QUEUE_LIMIT_S)
        except ServiceUnavailable as late:
            return operation.checked(operation.render_error(late), incoming)

    async def _unreadable(
        self, scope: Scope, receive: Receive, headers: dict[bytes, bytes]
    ) -> ApiError | None:
        """Say what is wrong with a refused request's body: PocketBase reads it before it refuses."""
        incoming = Incoming({}, scope["query_string"], headers)
        try:
            incoming.body = await self._body(scope, receive, incoming, JSON_LIMIT)
            await self._outside.call(lambda: native_body(incoming))
        except ClientGone:
            return None
        except ApiError as problem:
            return problem
        finally:
            self._held -= incoming.held
        return None

    async def _body(
        self, scope: Scope, receive: Receive, incoming: Incoming, limit: int
    ) -> bytes | None:
        """Read the whole body; None as soon as it is known to be larger than `limit` bytes."""
        arrived: Arrived | None = scope.get(ARRIVED)
        length = incoming.headers.get(b"content-length")
        if length is None and b"transfer-encoding" not in incoming.headers:
            return b""
        if length is not None and int(length) > limit:
            return None
        whole = arrived() if arrived is not None else None
        if whole is not None:
            if len(whole) > limit:
                return None
            self._hold(incoming, len(whole))
            return whole
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                return await self._whole_body(receive, incoming, limit)
        except TimeoutError as exc:
            raise RequestTimeout from exc

    async def _whole_body(self, receive: Receive, incoming: Incoming, limit: int) -> bytes | None:
        """Read part by part; what all clients together send has a bound as well."""
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            part = message.get("body", b"")
            if incoming.held + len(part) > limit:
                return None
            self._hold(incoming, len(part))
            parts.append(part)
            if not message.get("more_body"):
                return b"".join(parts)

    def _hold(self, incoming: Incoming, size: int) -> None:
        """Count so many bytes of a body, until its request is answered."""
        incoming.held += size
        self._held += size
        if self._held > BODIES_BOUND:
            raise ServiceUnavailable("too many large bodies at once", retry_after_s=RETRY_AFTER_S)

    async def _turned_away(self, operation: Operation, incoming: Incoming) -> Reply | None:
        """Refuse who may not send this body at all, before it is waited for."""
        if self._is_embedded:
            return operation.turned_away(incoming)
        return await self._outside.call(lambda: operation.turned_away(incoming))

    async def _elsewhere(self, headers: dict[bytes, bytes]) -> ApiError | None:
        """Tell a user who means a collection without users where its token belongs."""
        token = bearer(headers.get(b"authorization")) or ""
        try:
            is_known = await self._outside.call(lambda: self._holds(token))
        except Exception as problem:  # the edge: nothing may leave without an answer
            return as_api_error(problem, "a token outside the contract")
        if is_known:
            return Forbidden(f"The request requires auth record from {USERS} collection.")
        return None

    def _holds(self, token: str) -> bool:
        try:
            return self._tokens.caller(token) is not None
        finally:
            release()

    def _allowed_origin(self, headers: dict[bytes, bytes]) -> bytes | None:
        """Return what Access-Control-Allow-Origin says, or None when it is not sent."""
        origin = headers.get(b"origin")
        if not origin or not self._cors_origins:
            return None
        if b"*" in self._cors_origins:
            return b"*"
        return origin if origin in self._cors_origins else None


def _method(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """Return the method meant: `wx.request` cannot send PATCH, so POST may say it in a header."""
    method: str = scope["method"]
    if method != "POST":
        return method
    for name in OVERRIDES:
        meant = OVERRIDDEN.get(headers.get(name, b"").strip().upper())
        if meant:
            return meant
    return method


def _client(scope: Scope) -> str:
    return scope["client"][0] if scope["client"] else ""


def _raw_path(scope: Scope) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw


def _may_take_long(operation: Operation, incoming: Incoming) -> bool:
    """Whether it might hold up everybody: its list is not cheap to read, or it has much to parse."""
    query = incoming.query_string
    if query and operation.model is not None and not dialect.cost.is_cheap(operation.model, query):
        return True
    return len(incoming.body or b"") > LARGE


def _is_to_come(scope: Scope) -> bool:
    """Whether some of the body has not arrived yet."""
    arrived: Arrived | None = scope.get(ARRIVED)
    return arrived is None or arrived() is None


def _sized(headers: Headers, length: int) -> Headers:
    """The headers of a body that came in chunks, or not: WSGI knows only bodies of a known length."""
    kept = [h for h in headers if h[0] not in (b"content-length", b"transfer-encoding")]
    return [*kept, (b"content-length", b"%d" % length)] if length else kept


def _replay(body: bytes) -> Receive:
    """Hand a body that was read to the stack behind."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    return receive


def _cors(origin: bytes | None) -> Headers:
    return [] if origin is None else [(b"access-control-allow-origin", origin)]


def _decorated(send: Send, origin: bytes | None) -> Send:
    """Add the headers of every answer to those of the stack behind."""

    async def decorated(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [h for h in message["headers"] if h[0] != b"date"]  # the server below writes it
            message["headers"] = [*kept, *SECURITY_HEADERS, *_cors(origin)]
        await send(message)

    return decorated


async def _send(scope: Scope, send: Send, reply: Reply, origin: bytes | None) -> None:
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
    headers = [*SECURITY_HEADERS, *_cors(origin), *reply.headers]
    if reply.status != 204:
        headers += [JSON_TYPE, (b"content-length", b"%d" % len(reply.body))]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _lines(reply: Reply, origin: bytes | None) -> bytes:
    """The same headers as they are written."""
    lines = _EMPTY_HEAD if reply.status == 204 else _JSON_HEAD % len(reply.body)
    if origin is not None or reply.headers:
        lines += _written([*_cors(origin), *reply.headers])
    return lines


def _written(headers: Headers) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


_EMPTY_HEAD = _written(SECURITY_HEADERS)
_JSON_HEAD = _written([*SECURITY_HEADERS, JSON_TYPE, (b"content-length", b"%d")])


def _preflight(headers: dict[bytes, bytes], origin: bytes | None) -> Reply:
    """Answer OPTIONS on any path, as PocketBase does."""
    if origin is None:
        return Reply(204, b"")
    allowed: Headers = [*_PREFLIGHT_VARIES, (b"access-control-allow-methods", API_METHODS)]
    asked = headers.get(b"access-control-request-headers")
    if asked:
        allowed.append((b"access-control-allow-headers", asked))
    return Reply(204, b"", allowed)
