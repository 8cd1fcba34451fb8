"""Answers `GET /metrics` to Prometheus, on an address of its own or beside the contract, guarded by a token.

Every worker listens on the address, so that one answers while another is replaced. The text is made in a
thread: it takes milliseconds.
"""

import asyncio
import hmac
import logging
import socket
from functools import partial
from typing import Final

import uvicorn
from uvicorn.server import ServerState

from bai_wx import metrics
from bai_wx.errors import MethodNotAllowed, NotFound, Unauthorized
from bai_wx.process.sampled import SAMPLED, Surroundings
from bai_wx.process.scraping import Scraping
from bai_wx.process.settings import Settings
from bai_wx.process.supervision import SCRAPES
from bai_wx.request.asgi import App, Receive, Scope, Send
from bai_wx.request.observation import Unobserved
from bai_wx.request.protocol import Http

log = logging.getLogger("bai_wx.server")

PATH: Final = "/metrics"
METHODS: Final = ("GET", "HEAD")


class Exporter:
    """The application at `/metrics`."""

    def __init__(self, surroundings: Surroundings, token: str = "") -> None:
        """`token`: what a scrape must bring, where others reach the address, too."""
        self._beside = [sampled.of(surroundings) for sampled in SAMPLED]
        self._token = f"Bearer {token}".encode() if token else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. Raises: `NotFound`, `Unauthorized`, `MethodNotAllowed`."""
        if scope["path"] != PATH:
            raise NotFound
        sent = dict(scope["headers"]).get(b"authorization", b"")
        if self._token and not hmac.compare_digest(sent, self._token):
            raise Unauthorized("a scrape without the token")
        if scope["method"] not in METHODS:
            raise MethodNotAllowed(METHODS)
        told = await asyncio.to_thread(lambda: metrics.text(self._beside).encode())
        await _answer(send, 200, told, metrics.CONTENT_TYPE)


class _OwnAddress:
    """The application of the address of its own, where no other answers what is refused."""

    def __init__(self, exporter: App) -> None:
        self._exporter = exporter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._exporter(scope, receive, send)
        except (NotFound, MethodNotAllowed) as problem:
            await _answer(send, problem.status, b"GET /metrics\n", b"text/plain; charset=utf-8")


class _ScrapeHttp(Http):
    """A connection of Prometheus: what it asks is no request of the server's."""

    observe = Unobserved


class Scrapes:
    """The address of its own, in one worker."""

    def __init__(self, exporter: Exporter, listener: socket.socket) -> None:
        self._config = uvicorn.Config(
            _OwnAddress(exporter), http=Http, lifespan="off", log_config=None, server_header=False
        )
        self._listener, self._state = listener, ServerState()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen, until `stop`."""
        self._config.load()
        protocol = partial(_ScrapeHttp, self._config, self._state, {})
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(protocol, sock=self._listener)

    def stop(self) -> None:
        """Close it, after the answers under way."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()


def exporter_beside(settings: Settings, surroundings: Surroundings) -> Exporter | None:
    """What answers beside the contract; None where the settings have no token."""
    token = Scraping.of(settings.metrics).token
    return Exporter(surroundings, token) if token else None


def scrapes_of(settings: Settings, surroundings: Surroundings) -> Scrapes | None:
    """What listens on the address that the settings name; None where they name none."""
    scraping = Scraping.of(settings.metrics)
    descriptor = surroundings.inherited.descriptors.get(SCRAPES)
    if not scraping.host or descriptor is None:
        if scraping.host:
            log.warning("BAI_WX_METRICS: its address is listened on after a restart")
        return None
    return Scrapes(Exporter(surroundings), socket.socket(fileno=descriptor))


async def _answer(send: Send, status: int, body: bytes, content_type: bytes) -> None:
    headers = [
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
