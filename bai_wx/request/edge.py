"""The first application to see a request, after `protocol`, and the last to see its answer, before `sending`.

It is an ASGI middleware at the head of Connexion's stack. For both lanes it counts the request against the
limits and decides the method (override). A compiled operation is found by `routes`; its body is awaited in
`arrival`, and `dispatch` has it answered. Any other request goes on to Connexion, whose router chooses the
operation; `admit` then receives its body as it does in our lane. A path outside the contract may be one of
`mounts`, where the pages for people are.
"""

import asyncio
from collections.abc import Awaitable, Collection
from contextlib import suppress

from bai_wx.contract.family import family_of_unknown
from bai_wx.contract.spec import UNDECLARED_BODY_BYTES
from bai_wx.database.connection import request_connection
from bai_wx.errors import (
    ApiError,
    Forbidden,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    WechatCodeInvalid,
    WechatCodeUsed,
)
from bai_wx.request import batch, render
from bai_wx.request.arrival import Arrivals, ClientGone, has_body, is_to_come
from bai_wx.request.asgi import App, Receive, Scope, Send
from bai_wx.request.bodies import native_body
from bai_wx.request.connection_limits import RETRY_AFTER_S
from bai_wx.request.cors import Origins, preflight
from bai_wx.request.dispatch import Dispatch
from bai_wx.request.error_mapping import as_api_error
from bai_wx.request.http_exchange import REFUSED
from bai_wx.request.incoming import Incoming
from bai_wx.request.limits import Limits, RequestLimits, counted_as, warn_of_unknown_proxy
from bai_wx.request.mounts import Mounts
from bai_wx.request.observation import Observation, observation_of
from bai_wx.request.operation import Operation
from bai_wx.request.render import Reply
from bai_wx.request.routes import USERS, Routes
from bai_wx.request.sending import send_reply, with_common_headers
from bai_wx.request.streaming import HELD, HeldAnswer
from bai_wx.request.tokens import Tokens, bearer
from bai_wx.wechat.client import WeChatClient

FORWARDED_FOR = b"x-forwarded-for"
OVERRIDES = (b"x-http-method-override", b"x-http-method")
OVERRIDDEN = {b"PATCH": "PATCH", b"DELETE": "DELETE"}
WRONG_CODE = (WechatCodeInvalid, WechatCodeUsed)


class Edge:
    """Routes requests to compiled operations, or on to the application it stands ahead of."""

    _fallback: App

    def __init__(
        self,
        operations: Collection[Operation],
        *,
        tokens: Tokens,
        wechat: WeChatClient,
        limits: RequestLimits,
        cors_origins: tuple[str, ...],
        is_embedded: bool,
        compiled: bool,
        mounts: Mounts,
    ) -> None:
        self._tokens = tokens
        self._limits = limits
        self._warned_of_proxy = False
        self._origins = Origins(cors_origins)
        self._compiled = compiled
        self._mounts = mounts
        self._routes = Routes(operations)
        self._arrivals = Arrivals()
        self._dispatch = Dispatch(operations, wechat, is_embedded=is_embedded)

    def ahead_of(self, app: App) -> "Edge":
        """Pass on to `app` what is not compiled."""
        self._fallback = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await self._fallback(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        seen = observation_of(scope)
        method = seen.method = _method(scope, headers)
        origin = self._origins.allowed(headers)
        try:
            counting = self._count(scope, headers, seen)
            if counting is not None:
                await counting
            if REFUSED in scope:
                raise scope.pop(REFUSED)
            if method == "OPTIONS":
                await send_reply(scope, send, preflight(headers, origin), origin)
                return
            if not self._compiled:
                await self._pass_on(method, scope, receive, send, origin)
                return
            operation, path_params = self._routes.find(method, _raw_path(scope))
        except ApiError as problem:
            await self._refuse(problem, scope, receive, send, origin)
            return
        if not operation.is_json or operation.is_sent_a_form(headers):
            await self._pass_on(method, scope, receive, send, origin)
            return
        incoming = Incoming(path_params, scope["query_string"], headers, seen=seen)
        try:
            seen.operation = operation
            is_awaited = operation.is_admitted_first or has_body(headers)
            refusal = await self.admit(operation, incoming, scope, receive) if is_awaited else None
            reply = refusal or self._dispatch.at_once(operation, incoming)
            reply = reply or await self._dispatch.run(operation, incoming)
            if incoming.problem is not None or seen.is_uncounted:
                await self.note_outcome(incoming, scope)
            await send_reply(scope, send, reply, origin)
        except ClientGone:
            return
        except asyncio.CancelledError:
            await send_reply(scope, send, _stopped(operation, incoming), origin)
        finally:
            self.forget(incoming)

    def _count(
        self, scope: Scope, headers: dict[bytes, bytes], seen: Observation
    ) -> Awaitable[None] | None:
        """Count a request against its client's and user's limits. Returns: the rest of it, where Redis counts.

        The user is known when its token was checked before, as all but its first request's was. That one is
        counted when it was answered (`note_outcome`). So whoever sends tokens that do not hold is counted for
        nobody's account but its own address.
        """
        client = seen.client = _client(scope)
        if FORWARDED_FOR in headers and not self._warned_of_proxy:
            self._warned_of_proxy = warn_of_unknown_proxy(client, headers[FORWARDED_FOR])
        user = self._user(headers)
        if not user and b"authorization" in headers:
            seen.is_uncounted = True
        return self._limits.count(counted_as(client), user)

    def _user(self, headers: dict[bytes, bytes]) -> str:
        authorization = headers.get(b"authorization")
        return self._tokens.remembered(authorization) if authorization else ""

    async def admit(
        self, operation: Operation, incoming: Incoming, scope: Scope, receive: Receive
    ) -> Reply | None:
        """Receive the body of a request whose operation is known, and learn who logs in with it.

        Returns: the answer that refuses it; None for one to go on with. Raises: `ClientGone`. Whoever calls
        it calls `forget` when the request is answered.
        """
        incoming.seen.operation = operation
        try:
            if operation.checks_token_first and is_to_come(scope):
                refusal = await self._dispatch.check_token(operation, incoming)
                if refusal is not None:
                    return refusal
            is_form = operation.is_sent_a_form(incoming.headers)
            limit = operation.form_limit if is_form else operation.body_limit
            incoming.body = await self._arrivals.body(scope, receive, incoming, limit)
        except ApiError as problem:
            return render.error(operation.family, problem)
        if operation.is_batch:
            return await self._admit_batch(operation, incoming, counted_as(_client(scope)))
        if operation.spent_field:
            refusal = await self._refused_one_more_code(operation, incoming, scope)
            return refusal or await self._dispatch.look_for_code(operation, incoming)
        return None

    async def _refused_one_more_code(
        self, operation: Operation, incoming: Incoming, scope: Scope
    ) -> Reply | None:
        """Refuse a request with a code from an address that had too many refused; without a code it passes."""
        try:
            checking = self._limits.codes.check(counted_as(_client(scope)))
            if checking is not None:
                await checking
        except TooManyRequests as problem:
            refusal = await self._dispatch.check(operation, incoming)
            if refusal is None and incoming.wechat_code:
                return operation.render(problem, incoming)
            return refusal
        return None

    async def _admit_batch(
        self, operation: Operation, incoming: Incoming, client: str
    ) -> Reply | None:
        """Check a batch, and count each of its requests as if it had come alone."""
        refusal = await self._dispatch.check(operation, incoming)
        if refusal is not None or incoming.arguments is None:
            return refusal
        requests = incoming.arguments["body"]
        incoming.is_long = not batch.is_short(requests)
        user = self._user(incoming.headers)
        for place in range(len(requests)):
            try:
                counting = self._limits.count(client, user)
                if counting is not None:
                    await counting
            except TooManyRequests as problem:
                return operation.render(batch.refused(place, problem), incoming)
        return None

    async def note_outcome(self, incoming: Incoming, scope: Scope) -> None:
        """Count what is known when a request was answered, so that one of the next is refused.

        That is a code which WeChat refused, against the address it came from, and the user of a token that
        came for the first time.
        """
        limits, caller = self._limits, incoming.seen.caller
        if isinstance(incoming.problem, WRONG_CODE):
            await _counted(limits.codes, counted_as(_client(scope)))
        if incoming.seen.is_uncounted and caller is not None:
            await _counted(limits.users, caller.id)

    def forget(self, incoming: Incoming) -> None:
        """Count this body no longer, and let go of what went wrong: its trace holds the request."""
        self._arrivals.forget(incoming)
        incoming.problem = None

    async def answer_without_operation(self, scope: Scope, receive: Receive) -> None:
        """Answer a request that Connexion's router found no operation for."""
        problem = self._routes.refusal(scope["method"], _raw_path(scope))
        await self._answer_unrouted(problem, scope, receive, scope[HELD])

    async def _pass_on(
        self, method: str, scope: Scope, receive: Receive, send: Send, origin: bytes | None
    ) -> None:
        """Let the stack behind answer, and send what it answers at the client's pace.

        Its router sees the request as it came, but for the method, which is the one meant, and for a path
        spelled otherwise than in the contract (`Routes.spelled`).
        """
        held = HeldAnswer()
        path = self._routes.spelled(_raw_path(scope))
        passed = {**scope, "method": method, "path": path, HELD: held}
        await self._fallback(passed, receive, held.take)
        await _send_held(held, scope, send, origin)

    async def _refuse(
        self, problem: ApiError, scope: Scope, receive: Receive, send: Send, origin: bytes | None
    ) -> None:
        """Answer a request that reaches no operation, and send the answer at the client's pace."""
        held = HeldAnswer()
        await self._answer_unrouted(problem, scope, receive, held)
        # What is mounted are pages for people, which no script of another origin may read.
        await _send_held(held, scope, send, origin if held.reply is not None else None)

    async def _answer_unrouted(
        self, problem: ApiError, scope: Scope, receive: Receive, held: HeldAnswer
    ) -> None:
        """Answer a request without an operation: by what is mounted at its path, or with the problem."""
        if isinstance(problem, NotFound) and await self._answer_mounted(scope, receive, held):
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if isinstance(problem, Forbidden):
            problem = await self._problem_of_body(scope, receive, headers) or problem
        if isinstance(problem, Unauthorized):
            problem = await self._problem_of_token(headers) or problem
        held.reply = render.error(family_of_unknown(scope["path"]), problem)

    async def _answer_mounted(self, scope: Scope, receive: Receive, held: HeldAnswer) -> bool:
        """Let the application that is mounted at the path answer. Returns: whether one did."""
        try:
            app = await self._mounts.find(scope["path"])
            if app is None:
                return False
            await app(scope, receive, held.take)
            held.is_page = True
        except NotFound:
            return False
        except Exception as problem:  # the edge: nothing may leave without an answer
            shown = as_api_error(problem, "what is mounted beside the contract")
            held.reply = render.error(family_of_unknown(scope["path"]), shown)
        return True

    async def _problem_of_body(
        self, scope: Scope, receive: Receive, headers: dict[bytes, bytes]
    ) -> ApiError | None:
        """Check the body of a request that is forbidden anyway: PocketBase reads it before it refuses."""
        incoming = Incoming({}, scope["query_string"], headers)
        try:
            incoming.body = await self._arrivals.body(
                scope, receive, incoming, UNDECLARED_BODY_BYTES
            )
            await self._dispatch.check_in_thread(lambda: native_body(incoming))
        except ClientGone:
            return None
        except ApiError as problem:
            return problem
        finally:
            self._arrivals.forget(incoming)
        return None

    async def _problem_of_token(self, headers: dict[bytes, bytes]) -> ApiError | None:
        """Check the token sent to a collection without users. A valid one is told where it belongs."""
        token = bearer(headers.get(b"authorization")) or ""
        try:
            is_known = await self._dispatch.check_in_thread(lambda: self._is_valid(token))
        except Exception as problem:  # the edge: nothing may leave without an answer
            return as_api_error(problem, "a token outside the contract")
        if is_known:
            return Forbidden(f"The request requires auth record from {USERS} collection.")
        return None

    def _is_valid(self, token: str) -> bool:
        with request_connection:
            return self._tokens.caller(token) is not None


def _stopped(operation: Operation, incoming: Incoming) -> Reply:
    """The server stops, and has waited as long as it may. Whoever sends the same again is answered."""
    stops = ServiceUnavailable("the server stops", retry_after_s=RETRY_AFTER_S)
    return operation.render(stops, incoming)


async def _counted(limits: Limits, client: str) -> None:
    with suppress(TooManyRequests):  # the request is answered already
        counting = limits.count(client)
        if counting is not None:
            await counting


async def _send_held(held: HeldAnswer, scope: Scope, send: Send, origin: bytes | None) -> None:
    """Send a reply of ours, or what the application behind answered, at the client's pace."""
    if held.reply is not None:
        await send_reply(scope, send, held.reply, origin)
    else:
        await held.send(scope, with_common_headers(send, None if held.is_page else origin))


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
    """The address that is counted."""
    return scope["client"][0] if scope["client"] else ""


def _raw_path(scope: Scope) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw
