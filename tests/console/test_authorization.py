"""The authorization table: every route, action and collection of the console, asked for in every standing.

Covers: bai_wx/console/guard.py, bai_wx/console/policy.py, bai_wx/console/roles.py
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from starlette.routing import Mount, Route
from starlette_admin.views import BaseModelView

from bai_wx.console import policy
from bai_wx.console.admin import Admin
from bai_wx.console.app import build
from bai_wx.console.context import Context
from bai_wx.contract import loader
from bai_wx.files.store import FileStore
from bai_wx.record.signing_secrets import SigningSecrets
from tests.console.authorization import COLLECTIONS, ROLES, Level, Line, Standing, lines
from tests.console.shop import Console
from tests.console.visitor import FIELD, LOGIN, SESSION, Visitor, address

LINES = lines()
TABLES = (*COLLECTIONS, "console_operators")
PLACE = re.compile(r"\{[^}]*\}")
"""A part of a route's path that a request fills."""
STRICT = ("default-src 'none'", "frame-ancestors 'none'")


@pytest.fixture(scope="module")
def by_standing(console: Console) -> dict[Standing, Callable[[], Visitor]]:
    """Who asks, by standing."""
    expired = console.expire(console.enter(ROLES[Standing.ADMIN]))
    expired.get("/console/")  # sent to the login, with a token that forms now carry
    with_token = console.nobody(**{SESSION: console.customer.token})
    return {
        Standing.NOBODY: console.nobody,
        Standing.EXPIRED: lambda: expired,
        Standing.API_TOKEN: lambda: with_token,
        **{standing: lambda role=role: console.of(role) for standing, role in ROLES.items()},
    }


@pytest.fixture(scope="module", autouse=True)
def _unchanged(console: Console) -> Iterator[None]:
    """Not one cell of the table changes a row."""
    before = {table: _all(console, table) for table in TABLES}
    yield
    assert {table: _all(console, table) for table in TABLES} == before


def _all(console: Console, table: str) -> list[dict[str, Any]]:
    rows = console.server.rows(f"SELECT * FROM {table} ORDER BY id")
    return [{name: row[name] for name in row if name != "last_login"} for row in rows]


@pytest.mark.parametrize("standing", Standing, ids=str)
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.id)
def test_each_cell_of_the_authorization_table(
    console: Console,
    by_standing: dict[Standing, Callable[[], Visitor]],
    line: Line,
    standing: Standing,
) -> None:
    visitor = by_standing[standing]()
    if line.ends and line.level.admits(standing) and standing is not Standing.ELSEWHERE:
        visitor = console.enter(ROLES[standing])
    answer = _ask(console, visitor, line, standing)
    assert answer.status_code == _expected(line, standing), answer.text[:500]
    assert_guarded(answer)
    if answer.status_code == 303 and not line.level.admits(standing):
        there = urlsplit(answer.headers["Location"])
        assert (there.path, list(parse_qs(there.query))) == (LOGIN, ["next"])


def _ask(console: Console, visitor: Visitor, line: Line, standing: Standing) -> requests.Response:
    headers = {}
    if standing is Standing.API_TOKEN:
        headers["Authorization"] = f"Bearer {console.customer.token}"
    if standing is Standing.ELSEWHERE:
        headers |= {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    row = console.first(line.key) if line.key else "x"
    query = {name: value.replace("{pk}", row) for name, value in line.query.items()}
    path = PLACE.sub(row, line.path.replace("{key}", line.key))
    form = {"data": {FIELD: visitor.token, **line.form}} if line.method == "POST" else {}
    return visitor.send(line.method, "/console" + address(path, query), headers=headers, **form)


def _expected(line: Line, standing: Standing) -> int:
    if standing is Standing.ELSEWHERE and line.method == "POST":
        return 403
    if line.level.admits(standing):
        return line.inside if line.inside and standing in ROLES else line.status
    if standing not in ROLES:
        return 303
    # An action is refused in words that the list shows; before it a write is refused as such.
    return 400 if line.is_action and Level.EDIT.admits(standing) else 403


def assert_guarded(answer: requests.Response) -> None:
    """Every answer, a refusal too, keeps other sites out; browsers keep the program's files alone."""
    headers = answer.headers
    allowed = headers["Content-Security-Policy"]
    assert all(part in allowed for part in STRICT)
    assert ("script-src 'nonce-" in allowed) or ("script-src" not in allowed)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    is_file = urlsplit(str(answer.request.url)).path.startswith(policy.STATIC)
    kept = headers["Cache-Control"]
    if is_file:
        assert kept == policy.KEPT_A_DAY
    else:
        assert "no-store" in kept or kept.startswith("private, ")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECTED"])
@pytest.mark.parametrize("path", sorted({line.path for line in LINES}))
def test_no_path_knows_another_method(console: Console, path: str, method: str) -> None:
    admin = console.of(ROLES[Standing.ADMIN])
    asked = "/console" + path.replace("{key}", COLLECTIONS[0])
    answer = admin.send(method, asked, data={FIELD: admin.token})
    assert answer.status_code in {403, 404, 405}


@pytest.fixture(scope="module")
def admin(console: Console) -> Admin:
    """The application as it is built for a server, to read its routes."""
    bundle = loader.load(loader.CONTRACT_ROOT, cache=console.server.home)
    files = FileStore.at(str(console.server.home / "files"))
    built: Any = build(
        Context(bundle, files, SigningSecrets.fixed("s" * 40), is_demo=True, findings=tuple)
    )
    (mount,) = vars(built)["_app"].routes
    (lists,) = (route.endpoint for route in mount.routes if route.name == "list")
    found: Admin = lists.__self__
    return found


def test_the_table_has_a_line_for_every_route(admin: Admin) -> None:
    """A new route without a line fails here."""
    tabled = {(line.path, line.method) for line in LINES if not line.path.startswith("/static/")}
    assert tabled == set(_routes(admin))


def _routes(admin: Admin) -> Iterator[tuple[str, str]]:
    for route in admin.routes:
        if isinstance(route, Mount):
            assert route.path == "/static"
        else:
            assert isinstance(route, Route)
            assert route.methods
            yield from ((route.path, method) for method in route.methods - {"HEAD"})


@pytest.mark.parametrize("key", COLLECTIONS)
def test_the_table_has_a_line_for_every_action(admin: Admin, key: str) -> None:
    """A new action, and a field that a list newly lets be changed, fail here without a line."""
    [view] = [each for each in _views(admin) if each.key == key]
    mine = [line for line in LINES if line.key == key and "{key}" in line.path]
    named = {(line.path.rpartition("/")[2], line.query.get("name")) for line in mine}
    actions = {("action", name) for name in vars(view)["_actions"]}
    row_actions = {("row-action", name) for name in vars(view)["_row_actions"]}
    assert {each for each in named if each[1]} == actions | row_actions
    fields = {line.query["field"] for line in mine if "field" in line.query} - {"id"}
    assert fields == set(view.inline_editable_fields or ())


def test_the_table_has_every_collection(admin: Admin) -> None:
    assert set(COLLECTIONS) == {view.key for view in _views(admin)}


def _views(admin: Admin) -> list[BaseModelView]:
    found: list[BaseModelView] = vars(admin)["_model_views"]
    return found
