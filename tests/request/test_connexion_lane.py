"""Connexion's lane on a small contract of its own, and what of Connexion it leans on."""

import asyncio
import json
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import pytest

from bai_wx.contract.files import ContractError
from bai_wx.database.connection import connect, disconnect
from bai_wx.process import schema
from bai_wx.request.limits import request_limits
from bai_wx.request.mounts import Mounts
from bai_wx.request.tokens import Tokens
from tests.databases import new_address
from tests.tree import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Connexion imports what is deprecated
    from connexion.middleware.abstract import ROUTING_CONTEXT
    from connexion.middleware.context import ContextMiddleware
    from connexion.middleware.exceptions import ExceptionMiddleware
    from connexion.middleware.lifespan import LifespanMiddleware

    from bai_wx.request.connexion_lane import (
        ContractMiddleware,
        ContractRouting,
        ContractSpecification,
        build_app,
    )
    from bai_wx.request.edge import Edge

ECHOES = "tests.request.echoes"


def operation(name: str, *statuses: str) -> dict[str, Any]:
    """An operation of the small contract; a 304 among its answers makes it a document."""
    return {
        "operationId": name,
        "x-openapi-router-controller": ECHOES,
        "responses": {status: {"description": "-"} for status in statuses},
    }


def named(**methods: dict[str, Any]) -> dict[str, Any]:
    """The methods of a path with a name in it."""
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    return {"parameters": [name], **methods}


def contract() -> dict[str, Any]:
    """The small contract."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "echoes", "version": "1"},
        "components": {},
        "paths": {
            "/pb/api/system/documents/{name}": named(
                get=operation("echo_document", "200", "304"),
                delete=operation("echo_other", "200", "304"),
            ),
            "/pb/api/system/values/{name}": named(get=operation("echo_value", "200")),
            "/pb/api/system/broken": {"get": operation("echo_broken", "200", "304")},
        },
    }


@dataclass
class Told:
    """An answer of an ASGI application, and what Connexion noted of it."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    routing: dict[str, Any] = field(default_factory=dict)


def ask(app: Any, method: str, path: str, **headers: str) -> Told:
    """Send one request to the application."""
    told = Told()
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
        "client": None,
        "server": None,
        "extensions": {ROUTING_CONTEXT: told.routing},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.status, told.headers = message["status"], dict(message["headers"])
        told.body += message.get("body", b"")

    asyncio.run(app(scope, receive, send))
    return told


def built(bundle: dict[str, Any], *, compiled: bool) -> Any:
    """The application that serves a contract."""
    given = {"tokens": Tokens("s" * 40), "wechat": None, "files": None}
    return build_app(
        bundle,
        given,
        check_responses=False,
        limits=request_limits("off", "off", "off"),
        cors_origins=(),
        is_embedded=True,
        compiled=compiled,
        mounts=Mounts(),
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty database: operations tell it when they begin and end."""
    schema.migrate(connect(new_address(tmp_path_factory.mktemp("lane"))))
    yield
    disconnect()


@pytest.fixture(params=[True, False], ids=["beside the compiled lane", "alone"])
def app(request: pytest.FixtureRequest, database: None) -> Any:
    """The small contract, served."""
    return built(contract(), compiled=request.param)


def test_a_request_is_passed_on_as_it_came(app: Any) -> None:
    """Method, path with its parameter, and query."""
    told = ask(app, "GET", "/pb/api/system/documents/a-name?b=c")
    assert json.loads(told.body) == {
        "function": "echo_document",
        "name": "a-name",
        "method": "GET",
        "path": "/pb/api/system/documents/a-name",
        "query": "b=c",
    }


@pytest.mark.parametrize(
    ("method", "function"),
    [
        pytest.param("GET", "echo_document", id="GET"),
        pytest.param("DELETE", "echo_other", id="DELETE"),
    ],
)
def test_a_function_serves_its_own_operation(app: Any, method: str, function: str) -> None:
    told = ask(app, method, "/pb/api/system/documents/a")
    assert json.loads(told.body)["function"] == function
    assert told.routing["operation_id"] == f"{ECHOES}.{function}"


def test_the_router_sees_the_method_that_is_meant(app: Any) -> None:
    """A mini program sends POST and says DELETE in a header."""
    told = ask(app, "POST", "/pb/api/system/documents/a", x_http_method_override="DELETE")
    assert json.loads(told.body)["function"] == "echo_other"


def test_head_is_a_get_without_a_body(app: Any) -> None:
    told = ask(app, "HEAD", "/pb/api/system/documents/a")
    assert (told.status, told.body) == (200, b"")
    assert told.routing["operation_id"] == f"{ECHOES}.echo_document"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("PUT", "/pb/api/system/documents/a", 405, id="another method"),
        pytest.param("GET", "/pb/api/system/documents/", 404, id="no name"),
        pytest.param("GET", "/pb/api/system/documents/a/", 404, id="a slash more"),
        pytest.param("GET", "/pb/api/system/documents/a%2Fb/c", 404, id="a segment more"),
        pytest.param("GET", "/pb/api/system/nothing", 404, id="another path"),
    ],
)
def test_what_the_router_does_not_know_reaches_no_function(
    app: Any, method: str, path: str, status: int
) -> None:
    told = ask(app, method, path)
    assert told.status == status
    assert not told.routing.get("operation_id")


def test_a_405_names_every_method_of_the_path(app: Any) -> None:
    """Connexion's router would name the first one alone."""
    assert ask(app, "PUT", "/pb/api/system/documents/a").headers[b"allow"] == b"GET, DELETE"


@pytest.mark.parametrize(
    ("method", "function"), [("GET", "echo_document"), ("DELETE", "echo_other")]
)
def test_an_offer_to_upgrade_does_not_reach_flask(app: Any, method: str, function: str) -> None:
    """It would look for the function of a WebSocket, and find none."""
    headers = {"connection": "Upgrade", "upgrade": "websocket"}
    told = ask(app, method, "/pb/api/system/documents/a", **headers)
    assert (told.status, json.loads(told.body)["function"]) == (200, function)
    assert told.routing["operation_id"]


def test_a_defect_is_answered_by_the_function_that_has_it(app: Any) -> None:
    told = ask(app, "GET", "/pb/api/system/broken")
    assert (told.status, json.loads(told.body)["data"]["code"]) == (500, "internal_error")


def test_a_value_goes_through_connexion_in_its_lane_alone(database: None) -> None:
    """What is compiled is answered ahead of it."""
    beside, alone = (
        ask(built(contract(), compiled=c), "GET", "/pb/api/system/values/a") for c in (True, False)
    )
    assert beside.body == alone.body
    assert (beside.routing, alone.routing["operation_id"]) == ({}, f"{ECHOES}.echo_value")


def test_an_operation_without_a_function_stops_the_start(database: None) -> None:
    bundle = contract()
    bundle["paths"]["/pb/api/system/missing"] = {"get": operation("echo_missing", "200")}
    with pytest.raises(ContractError, match="echo_missing"):
        built(bundle, compiled=True)


# What is not documented of Connexion, and is used all the same. Each fails where an upgrade moves it.


def test_connexion_is_the_one_that_was_read() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"connexion[flask]=={version('connexion')}" in project["dependencies"]


def test_the_stack_is_built_of_our_middlewares_in_this_order(app: Any) -> None:
    """`middleware.apis`, `options` and `_build_middleware_stack`: an API is added without Connexion's check."""
    *stack, _flask = app.middleware.middleware_stack
    assert [type(part) for part in stack] == [
        Edge,
        ExceptionMiddleware,
        ContractRouting,
        ContractMiddleware,
        LifespanMiddleware,
        ContextMiddleware,
    ]
    assert app.middleware.app is stack[0]


def test_no_router_redirects_to_a_path_with_a_slash_more(app: Any) -> None:
    """`RoutingMiddleware.router` holds one router for each API, mounted."""
    routing = next(p for p in app.middleware.middleware_stack if isinstance(p, ContractRouting))
    [mounted] = routing.router.routes
    assert not routing.router.redirect_slashes
    assert not mounted.app.redirect_slashes
    assert {(route.path, *sorted(route.methods)) for route in mounted.app.routes} == {
        ("/pb/api/system/documents/{name}", "GET", "HEAD"),
        ("/pb/api/system/documents/{name}", "DELETE"),
        ("/pb/api/system/values/{name}", "GET", "HEAD"),
        ("/pb/api/system/broken", "GET", "HEAD"),
    }


def test_the_document_is_taken_as_it_is() -> None:
    """`_raw_spec`, `_spec`, `_base_uri` and `clone`: what Connexion's own constructor would have filled."""
    bundle = contract()
    specification = ContractSpecification(bundle)
    assert specification.raw is bundle
    assert specification["paths"] is bundle["paths"]
    assert specification.with_base_path("/v1") is specification
