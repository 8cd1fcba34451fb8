"""An ASGI application in another process, one connection of a Unix socket a request.

Both ends are ours: a frame is a kind of one byte, the length of four, and so many bytes. The request's scope
comes first, then parts of its body; the answer's start comes back, then parts of its body. What ends the
connection early ends the request.
"""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson

from bai_wx.errors import ServiceUnavailable
from bai_wx.request.asgi import App, Message, Receive, Scope, Send

log = logging.getLogger("bai_wx.server")

SCOPE, START, PART, LAST = b"c", b"s", b"p", b"l"
HEAD: Final = struct.Struct("!cI")
PEER: Final = struct.Struct("3i")  # process id, user id, group id
PATIENCE_S: Final = 90
"""How long an answer may be silent. The slowest page waits ten seconds for a thread, five for a read, and 45
for the doctor (`findings`); a file may take as long as it needs while parts of it come.
"""
TEND_S: Final = 1
UNREAD_BYTES: Final = 64 * 1024
TEXTS: Final = ("type", "http_version", "method", "scheme", "path", "root_path")

Connect = Callable[[], Awaitable[socket.socket]]


class Remote:
    """Stands for the application in the process that asks."""

    def __init__(self, connect: Connect, tend: Callable[[], None]) -> None:
        """`connect` opens a connection to the other process; `tend` starts it where it does not run."""
        self._connect, self._tend = connect, tend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. Raises: `ServiceUnavailable` where no whole answer comes back."""
        try:
            self._tend()
            connected = await self._connect()
            reader, writer = await asyncio.open_unix_connection(sock=connected)
        except OSError as exc:
            raise ServiceUnavailable(f"the process beside does not run: {exc}") from exc
        asking = asyncio.create_task(_ask(writer, scope, receive))
        patience = asyncio.timeout(PATIENCE_S)
        answering = asyncio.create_task(_take(reader, send, patience))
        try:
            async with patience:
                await self._tended(asking, answering)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as exc:
            raise ServiceUnavailable("the process beside broke off its answer") from exc
        finally:
            for task in (asking, answering):
                task.cancel()
            await asyncio.gather(asking, answering, return_exceptions=True)
            writer.close()

    async def _tended(self, asking: asyncio.Task[None], answering: asyncio.Task[None]) -> None:
        """Wait for the answer. Raises: what is wrong with the request's body, or with the answer."""
        waiting = {asking, answering}
        while not answering.done():
            done, waiting = await asyncio.wait(
                waiting, timeout=TEND_S, return_when=asyncio.FIRST_COMPLETED
            )
            if asking in done and not answering.done():
                asking.result()
            # A process that was killed before it accepted leaves the request to the next one.
            self._tend()
        answering.result()


async def _ask(writer: asyncio.StreamWriter, scope: Scope, receive: Receive) -> None:
    _write(writer, SCOPE, _packed(scope))
    is_more = True
    try:
        while is_more:
            message = await receive()
            if message["type"] != "http.request":
                return
            is_more = message.get("more_body", False)
            _write(writer, PART if is_more else LAST, message.get("body", b""))
            await writer.drain()
    except OSError:
        return  # it may have answered without reading: the answer says why


async def _take(reader: asyncio.StreamReader, send: Send, patience: asyncio.Timeout) -> None:
    kind, said = await _read(reader)
    if kind != START:
        raise ServiceUnavailable("the process beside answered without a start")
    status, headers = orjson.loads(said)
    named = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": named})
    while kind != LAST:
        kind, part = await _read(reader)
        more = kind != LAST
        await send({"type": "http.response.body", "body": part, "more_body": more})
        patience.reschedule(asyncio.get_running_loop().time() + PATIENCE_S)


async def serve(listener: socket.socket, app: App, note: Callable[[], None]) -> asyncio.Server:
    """Answer requests of processes of the same user, by `app`. `note` is called at each."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if _is_own(writer):
                note()
                await _answer(reader, writer, app)
                await _taken(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # who asked is gone
        finally:
            writer.close()

    return await asyncio.start_unix_server(connected, sock=listener)


async def _taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Wait until who asked has the answer, and closes.

    To close first, with bytes there that nobody has read, would break off what is still on its way.
    """
    await writer.drain()
    while await reader.read(UNREAD_BYTES):
        pass


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, app: App) -> None:
    kind, said = await _read(reader)
    if kind != SCOPE:
        return
    has_started = False

    async def receive() -> Message:
        kind, part = await _read(reader)
        return {"type": "http.request", "body": part, "more_body": kind != LAST}

    async def send(message: Message) -> None:
        nonlocal has_started
        if message["type"] == "http.response.start":
            has_started = True
            _start(writer, message["status"], message.get("headers", ()))
        else:
            kind = PART if message.get("more_body") else LAST
            _write(writer, kind, message.get("body", b""))
        await writer.drain()

    try:
        await app(_unpacked(said), receive, send)
    except (OSError, asyncio.IncompleteReadError):
        raise
    except Exception:  # the edge: nothing may leave without an answer
        log.exception("a page failed")
        if not has_started:
            _start(writer, 500, [(b"content-type", b"text/plain; charset=utf-8")])
            _write(writer, LAST, "服务器开小差了 · Something went wrong".encode())


def _start(writer: asyncio.StreamWriter, status: int, headers: Any) -> None:
    said = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    _write(writer, START, orjson.dumps([status, said]))


def _packed(scope: Scope) -> bytes:
    texts = {name: scope[name] for name in TEXTS if name in scope}
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    ]
    raw = {name: scope[name].decode("latin-1") for name in ("raw_path", "query_string")}
    ends = {name: scope.get(name) for name in ("client", "server")}
    return orjson.dumps(texts | raw | ends | {"headers": headers})


def _unpacked(said: bytes) -> Scope:
    scope: Scope = orjson.loads(said)
    for name in ("raw_path", "query_string"):
        scope[name] = scope[name].encode("latin-1")
    named = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in scope["headers"])
    scope["headers"] = list(named)
    scope["asgi"] = {"version": "3.0", "spec_version": "2.3"}
    return scope


def _write(writer: asyncio.StreamWriter, kind: bytes, data: bytes) -> None:
    writer.write(HEAD.pack(kind, len(data)))
    writer.write(data)


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind, length = HEAD.unpack(await reader.readexactly(HEAD.size))
    return kind, await reader.readexactly(length)


def _is_own(writer: asyncio.StreamWriter) -> bool:
    """Whether the other end belongs to the same user: the socket's name is no secret."""
    connection = writer.get_extra_info("socket")
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
    return bool(PEER.unpack(said)[1] == os.getuid())
