"""What `protocol` and `exchange` use of uvicorn below its public API, by name: see `pyproject.toml`.

Covers: bai_wx/request/protocol.py, bai_wx/request/http_exchange.py
"""

import inspect

import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

CONNECTION = [
    *("parser", "app", "loop", "logger", "access_logger", "access_log", "asgi_version"),
    *("app_state", "timeout_keep_alive", "server_state", "connections"),
    *("transport", "flow", "server", "client", "scheme", "cycle"),
    *("connection_made", "connection_lost", "eof_received", "data_received", "resume_writing"),
    *("shutdown", "on_response_complete", "_start_asgi_task"),
]
EXCHANGE_TAKES = [
    *("scope", "transport", "flow", "logger", "access_logger", "access_log", "default_headers"),
    *("message_event", "expect_100_continue", "keep_alive", "on_response"),
]
EXCHANGE = [
    *("transport", "default_headers", "message_event", "on_response", "disconnected", "body"),
    *("keep_alive", "waiting_for_100_continue", "more_body", "response_started"),
    *("response_complete", "receive", "send"),
]


async def _application(scope: object, receive: object, send: object) -> None:
    """Nobody asks it."""


@pytest.mark.parametrize("name", CONNECTION)
def test_a_connection_of_uvicorn_has(name: str) -> None:
    config = uvicorn.Config(_application, log_config=None)
    assert name in dir(HttpToolsProtocol(config, ServerState(), {}, _loop=object()))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", EXCHANGE)
def test_an_exchange_of_uvicorn_has(name: str) -> None:
    assert name in dir(RequestResponseCycle(*[None] * len(EXCHANGE_TAKES)))  # type: ignore[arg-type]


def test_an_exchange_of_uvicorn_takes() -> None:
    assert list(inspect.signature(RequestResponseCycle).parameters) == EXCHANGE_TAKES


@pytest.mark.parametrize("name", ["pause_reading", "resume_reading", "resume_writing"])
def test_the_flow_of_uvicorn_has(name: str) -> None:
    assert callable(getattr(FlowControl, name))


def test_the_rest_that_is_used_of_uvicorn() -> None:
    """Status lines with their end, how much of a body is held, the worker's state and its tick."""
    assert STATUS_LINE[200] == b"HTTP/1.1 200 OK\r\n"
    assert HIGH_WATER_LIMIT == 65536
    assert {"connections", "default_headers", "total_requests"} <= vars(ServerState()).keys()
    assert list(inspect.signature(uvicorn.Server.on_tick).parameters) == ["self", "counter"]
