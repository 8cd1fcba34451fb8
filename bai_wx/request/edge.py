"""The first to see a request and the last to see its answer: an ASGI middleware of Connexion's stack.

It decides the method (override), the route, the limits and the size of the body, once for both lanes.
A compiled operation is answered here; the others go on to Connexion with the request already read.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

from bai_wx import dialect
from bai_wx.contract.family import family_of_unknown
from bai_wx.database.connection import CONNECTIONS, release
from bai_wx.errors import ApiError, Forbidden, ServiceUnavailable, Unauthorized
from bai_wx.request import render
from bai_wx.request.arrival import Arrivals, ClientGone, is_to_come
from bai_wx.request.asgi import App, Message, Receive, Scope, Send
from bai_wx.request.bodies import JSON_LIMIT, native_body
from bai_wx.request.cors import Origins, preflight
from bai_wx.request.exchange import REFUSED
from bai_wx.request.incoming import Incoming
from bai_wx.request.limits import Limits, warn_of_unknown_proxy
from bai_wx.request.operation import Operation, as_api_error
from bai_wx.request.pools import Places, Pool, in_turn
from bai_wx.request.render import Headers, Reply
from bai_wx.request.routes import USERS, Routes
from bai_wx.request.sending import send_reply, with_common_headers
from bai_wx.request.streaming import HELD, HeldAnswer
from bai_wx.request.tokens import Tokens, bearer
from bai_wx.request.write_queue import QUEUE_LIMIT_S, Writes
from bai_wx.wechat.client import WeChatClient

OPERATION = "bai_wx.operation"
INCOMING = "bai_wx.incoming"
FORWARDED_FOR = b"x-forwarded-for"
OVERRIDES = (b"x-http-method-override", b"x-http-method")
OVERRIDDEN = {b"PATCH": "PATCH", b"DELETE": "DELETE"}
OUTSIDE_THREADS, OUTSIDE_WAITING = 16, 64
READING_THREADS, READERS_WAITING, READERS_PATIENCE_S = 4, 256, 15
WECHAT_THREADS, WECHAT_WAITING = 64, 16  # each of WeChat's waits has 5 s: a long queue is late
UPLOADS, UPLOADS_PATIENCE_S = 4, 10  # downloads share ten threads with them and with thumbnails
LARGE = 64 * 1024  # bytes of body that are no longer parsed on the event loop


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
        self._origins = Origins(cors_origins)
        # A local statement takes microseconds; one over a network would hold up everybody.
        self._is_embedded = is_embedded
        self._compiled = compiled
        self._routes = Routes(())
        self._arrivals = Arrivals()
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
        origin = self._origins.allowed(headers)
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
                await send_reply(scope, send, preflight(headers, origin), origin)
                return
            operation, path_params = self._routes.find(method, _raw_path(scope))
        except ApiError as problem:
            if isinstance(problem, Forbidden):
                problem = await self._unreadable(scope, receive, headers) or problem
            if isinstance(problem, Unauthorized):
                problem = await self._elsewhere(headers) or problem
            family = family_of_unknown(scope["path"])
            await send_reply(scope, send, render.error(family, problem), origin)
            return
        incoming = Incoming(path_params, scope["query_string"], headers)
        try:
            await self._answer(operation, incoming, method, scope, receive, send)
        finally:
            self._arrivals.forget(incoming)

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
        origin = self._origins.allowed(incoming.headers)
        try:
            if operation.knows_first and is_to_come(scope):
                refusal = await self._turned_away(operation, incoming)
                if refusal is not None:
                    await send_reply(scope, send, refusal, origin)
                    return
            incoming.body = await self._arrivals.body(
                scope, receive, incoming, operation.body_limit
            )
        except ClientGone:
            return
        except ApiError as problem:
            await send_reply(scope, send, render.error(operation.family, problem), origin)
            return
        if operation.code_field:
            refusal = await self._introduced(operation, incoming)
            if refusal is not None:
                await send_reply(scope, send, refusal, origin)
                return
        if self._compiled and operation.is_json:
            reply = await self._run(operation, incoming)
            await send_reply(scope, send, reply, origin)
            return
        await self._pass_on(operation, incoming, method, scope, send)

    async def _pass_on(
        self, operation: Operation, incoming: Incoming, method: str, scope: Scope, send: Send
    ) -> None:
        """Let the stack behind answer, and send what it answers at the client's pace."""
        scope["method"] = method
        # The route is found; what a client put into it could only lead the next routers astray.
        scope["path"] = operation.spec.path.format_map(dict.fromkeys(incoming.path_params, "_"))
        scope["headers"] = _sized(scope["headers"], len(incoming.body or b""))
        scope[OPERATION], scope[INCOMING] = operation, incoming
        held = scope[HELD] = HeldAnswer()
        origin = self._origins.allowed(incoming.headers)
        place = self._uploads.one() if operation.spec.is_upload else nullcontext()
        try:
            async with place:
                await self._fallback(scope, _replay(incoming.body or b""), held.take)
        except ServiceUnavailable as busy:
            reply = operation.checked(operation.render_error(busy), incoming)
            await send_reply(scope, send, reply, origin)
            return
        await held.send(scope, with_common_headers(send, origin))

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
            incoming.body = await self._arrivals.body(scope, receive, incoming, JSON_LIMIT)
            await self._outside.call(lambda: native_body(incoming))
        except ClientGone:
            return None
        except ApiError as problem:
            return problem
        finally:
            self._arrivals.forget(incoming)
        return None

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
