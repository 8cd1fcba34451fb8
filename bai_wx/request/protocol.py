"""One HTTP/1.1 connection of a worker: what is read from it, when a request begins, when it ends.

`http1` reads; the deadlines and bounds are those of `connection_limits`. A head, a body nobody wants,
an idle connection and a reader who does not read each have a deadline.
Requests of one connection are read one after the other: what is wrong with the second is not said before
the first is answered (`exchange`). A refused head goes to the application as a request with its problem in
the scope (`REFUSED`), so that it is counted and answered like any other.
"""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from bai_wx.errors import ApiError, RequestTimeout, ServiceUnavailable
from bai_wx.request.connection_limits import (
    FAIR_SHARE,
    HEAD_TICKS,
    HEADS_BOUND,
    IGNORED_BODY,
    LINGER_BYTES,
    LINGER_TICKS,
    RETRY_AFTER_S,
    STALL_TICKS,
    Watch,
)
from bai_wx.request.http1 import (
    MAX_HEAD,
    Body,
    BrokenBody,
    ChunkedBody,
    Head,
    SizedBody,
    UnknownBody,
    begins_badly,
    malformed,
    read_head,
    refused_head,
    target_so_far,
)
from bai_wx.request.http_exchange import ARRIVED, REFUSED, WHOLE, Exchange
from bai_wx.request.observation import OBSERVED, Observation
from bai_wx.request.streaming import CONNECTION

RESET = struct.pack("ii", 1, 0)  # of SO_LINGER: closing resets the connection


class Http(HttpToolsProtocol):
    """One connection."""

    cycle: Exchange
    observe = Observation
    is_waiting: bool
    """Whether no request is in flight."""
    waits_since: int
    turn: int
    """Smaller than that of a connection which began to wait later."""

    def __init__(self, config: Any, server_state: ServerState, *rest: Any, **options: Any) -> None:
        super().__init__(config, server_state, *rest, **options)
        self.parser = None  # type: ignore[assignment]  # ours reads
        self.watch = Watch.of(server_state)
        self._held = bytearray()  # the beginning of a head, or what came behind a request in flight
        self._body: Body | None = None
        self._is_lingering = False
        self._has_ended = False  # the client sends no more, and may still wait for its answers
        self._seen = self._ignored = self._resumptions = 0
        self._last_unsent: tuple[int, int] = (0, 0)
        self._progress_at = 0
        self.is_new = True
        self._wait()

    # --- the connection ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a socket's
        """Begin to wait for a head."""
        super().connection_made(transport)
        self.watch.add(self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the bytes that were held as gone, and the request in flight as not answered."""
        self._forget_held()
        if self._in_flight():
            self.cycle.observation.abandon()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio looks at what it returns
        """Answer what was asked, as the peer does: a client may say that it sends no more (RFC 9112, 9.6).

        Returns: whether the connection stays open for that.
        """
        if self._is_lingering:
            return False
        self._has_ended = True
        if self._body is not None:
            self._body = UnknownBody()
            self.cycle.problem, self.cycle.keep_alive = malformed("the body is cut short"), False
            self.cycle.message_event.set()
        if not self._in_flight() and not self.flow.write_paused:
            self._begin_next()
        return self._in_flight() or bool(self._held)

    def check(self) -> int:
        """Hold the connection to its deadlines. Returns: the bytes its reader has not taken."""
        now = self.watch.ticks
        if self.is_waiting:
            self._check_waiting(now - self.waits_since)
        unsent = self.unsent()
        if unsent:
            taken = (unsent, self._resumptions)
            if taken != self._last_unsent:
                self._last_unsent, self._progress_at = taken, now
            elif now - self._progress_at >= STALL_TICKS:
                self.reset()
                return 0
        return unsent

    def unsent(self) -> int:
        """The bytes that wait for the reader."""
        return self.transport.get_write_buffer_size()

    def waits_for_client(self) -> bool:
        """Whether it is the client's turn: to send a head, the rest of a body, or to take an answer."""
        return self.is_waiting or self._body is not None or self.unsent() > 0

    def drop(self) -> None:
        """Close at once, whatever is under way."""
        self.is_waiting = False
        self.transport.abort()

    def reset(self) -> None:
        """Reset it (RST): the kernel forgets what it still holds for a client that does not read."""
        if self not in self.connections:
            return  # its descriptor is closed, or another connection's by now
        taken = self.transport.get_extra_info("socket")
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.drop()

    def shutdown(self) -> None:
        """The worker stops: close after the request in flight, or at once."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def resume_writing(self) -> None:
        """The socket takes bytes again: begin the request that came meanwhile."""
        self._resumptions += 1
        super().resume_writing()
        if (self._held or self._has_ended) and not self._in_flight():
            self._wait()
            self._begin_next()

    def _check_waiting(self, waited: int) -> None:
        if self._is_lingering:
            if waited >= LINGER_TICKS and not self.unsent():
                self.drop()
        elif self._held and not self._in_flight() and not self.flow.write_paused:
            if waited >= HEAD_TICKS:
                self._refuse_held(RequestTimeout())
        elif waited >= (HEAD_TICKS if self.is_new or self._body else self.timeout_keep_alive):
            self.transport.close()

    # --- what comes ---

    def data_received(self, data: bytes) -> None:
        """Read what came, or hold it until the request before it is answered."""
        if self._is_lingering:
            self._discard(len(data))
            return
        if self._body is not None:
            rest = self._read_body(self._body, data)
            if not rest:
                return
            data = rest
        if self._held or self._in_flight() or self.flow.write_paused:
            self._hold(data)
        else:
            self._begin_or_hold(data)

    def _in_flight(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _hold(self, data: bytes) -> None:
        self._held += data
        self.watch.heads += len(data)
        is_greedy = self.watch.heads > HEADS_BOUND and len(self._held) > FAIR_SHARE
        if self._in_flight() or self.flow.write_paused:
            self.flow.pause_reading()
            if is_greedy:
                self._end_with_this_answer()
        elif is_greedy:
            self._refuse_held(ServiceUnavailable(retry_after_s=RETRY_AFTER_S))
        else:
            self._begin_held()

    def _begin_next(self) -> None:
        """Begin the next request if it is here; close after the last one of a client that sends no more."""
        if self._held:
            self._begin_held()
        if not self._has_ended or self._in_flight():
            return
        if self._held:
            self._refuse_held(malformed("the head is cut short"))
        else:
            self.transport.close()  # what is written still goes out

    def _end_with_this_answer(self) -> None:
        """Drop what came too early and close after this answer: its client sends it again elsewhere."""
        self._forget_held()
        if self._in_flight():
            self.cycle.keep_alive = False
        else:
            self.transport.close()  # what is written still goes out

    def _forget_held(self) -> None:
        self.watch.heads -= len(self._held)
        self._held.clear()
        self._seen = 0

    def _begin_held(self) -> None:
        """Begin the held request once its head is whole; refuse one whose head cannot become whole."""
        if self._held.find(b"\r\n\r\n", max(0, self._seen - 3)) >= 0 or self._seen == 0:
            data = bytes(self._held)
            self._forget_held()
            self._begin_or_hold(data)
        elif len(self._held) > MAX_HEAD:
            self._begin(target_so_far(self._held), b"")
        elif begins_badly(self._held, self._seen):
            self._refuse_held(malformed("the head is no HTTP/1.1"))
        else:
            self._seen = len(self._held)

    def _begin_or_hold(self, data: bytes) -> None:
        """Begin the request whose first bytes these are, or hold them until its head is whole."""
        if data[:1] in b"\r\n":  # RFC 9112, 2.2: an empty line before a request is ignored
            data = data.lstrip(b"\r\n")
            if not data:
                return
        end = data.find(b"\r\n\r\n")
        if 0 <= end <= MAX_HEAD:
            self._begin(read_head(data[: end + 2]), data[end + 4 :])
        elif end >= 0 or len(data) > MAX_HEAD:
            self._begin(target_so_far(data), b"")
        elif begins_badly(data, 0):
            self._begin(refused_head(data[:MAX_HEAD], malformed("the head is no HTTP/1.1")), b"")
        else:
            if self.cycle is not None and not self._held:
                self.waits_since = self.watch.ticks
            self.is_waiting = True
            self._held += data
            self.watch.heads += len(data)
            self._seen = len(data)

    def _refuse_held(self, problem: ApiError) -> None:
        head = refused_head(bytes(self._held[:MAX_HEAD]), problem)
        self._forget_held()
        self._begin(head, b"")

    def _begin(self, head: Head, rest: bytes) -> None:
        """Hand a request to the application; `rest` is what came behind its head."""
        self.is_waiting = self.is_new = False
        scope = self._scope_of(head)
        cycle = self.cycle = self._exchange_of(head, scope)
        if head.problem is not None:
            scope[REFUSED] = head.problem
            cycle.keep_alive = cycle.more_body = False
            self._body = UnknownBody()
        elif head.length == 0:
            cycle.more_body = False
            if rest:
                self._hold(rest)
        else:
            self._begin_body(head, rest)
        # Both hold the scope that holds them: who answers takes them out, or the collector has to.
        scope[WHOLE], scope[ARRIVED], scope[CONNECTION] = cycle.send_whole, cycle.arrived, self
        scope[OBSERVED] = cycle.observation = self.observe(head.request_id)
        self._start_asgi_task(cycle, self.app)

    def _scope_of(self, head: Head) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": head.version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": "",
            "headers": head.headers,
            "state": self.app_state.copy(),
            "method": head.method,
            "path": head.path,
            "raw_path": head.raw_path,
            "query_string": head.query,
        }

    def _exchange_of(self, head: Head, scope: dict[str, Any]) -> Exchange:
        return Exchange(
            scope=scope,  # type: ignore[arg-type]  # ours has some keys more
            transport=self,  # type: ignore[arg-type]  # how a connection ends is decided here
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=head.expects_continue,
            keep_alive=head.keep_alive,
            on_response=self.on_response_complete,
        )

    def _begin_body(self, head: Head, rest: bytes) -> None:
        self._ignored = 0
        self._body = ChunkedBody() if head.length is None else SizedBody(head.length)
        behind = self._read_body(self._body, rest) if rest else None
        if behind:
            self._hold(behind)

    def _read_body(self, body: Body, data: bytes) -> bytes | None:
        """Read on in the body. Returns: what came behind it, None while it goes on."""
        cycle = self.cycle
        try:
            rest = body.read(data, self._deliver)
        except BrokenBody as broken:
            self._body, rest = UnknownBody(), None
            cycle.problem, cycle.keep_alive = broken.problem, False
        if rest is not None:
            self._body = None
            cycle.more_body = False
        if not cycle.response_complete:
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
        elif rest is None and (cycle.problem or self._ignored > IGNORED_BODY):
            self.close()
        cycle.message_event.set()
        return rest

    def _deliver(self, part: bytes) -> None:
        if self.cycle.response_complete:
            self._ignored += len(part)
        else:
            self.cycle.body += part

    # --- what goes ---

    def write(self, data: bytes) -> None:
        """Send, for the exchange in flight."""
        self.transport.write(data)

    def is_closing(self) -> bool:
        """Whether no answer goes out any more."""
        return self._is_lingering or self.transport.is_closing()

    def close(self) -> None:
        """End the connection after the last answer.

        A client that still sends would lose the answer by the reset: what it sends is thrown away for
        a moment (RFC 9112, 9.6).
        """
        if self._has_ended or (self._body is None and not self._held):
            self.transport.close()
            return
        self._forget_held()
        self._body, self._ignored = None, 0
        self._is_lingering = self.is_waiting = True
        self.waits_since = self.watch.ticks
        self.flow.resume_reading()
        self.transport.write_eof()

    def _discard(self, size: int) -> None:
        self._ignored += size
        if self._ignored > LINGER_BYTES:
            self.drop()

    def may_be_kept(self, cycle: Exchange) -> bool:
        """Whether the rest of a body that was not read is short enough to be ignored."""
        if self._body is None:
            return True
        left = self._body.left
        return left is not None and left <= IGNORED_BODY and not cycle.waiting_for_100_continue

    def on_response_complete(self) -> None:
        """Begin the request that came meanwhile, or wait for one."""
        self.server_state.total_requests += 1
        self.cycle.observation.end(self.cycle.status)
        if self.is_closing():
            return
        self._wait()
        self.flow.resume_reading()
        if not self.flow.write_paused:
            self._begin_next()

    def _wait(self) -> None:
        self.is_waiting = True
        self.waits_since = self.watch.ticks
        self.turn = next(self.watch.turns)
