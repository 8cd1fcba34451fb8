"""Requests that somebody else made for an operator, or that try to pass for something they are not.

Covers: bai_wx/console/cookies.py, bai_wx/console/entrance.py, bai_wx/console/guard.py
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from bai_wx.console.cookies import DEVICE, VISIT
from bai_wx.console.policy import MAX_BODY_BYTES
from bai_wx.console.roles import Role
from tests.console.shop import Console
from tests.console.visitor import FIELD, HEADER, LOGIN, SESSION, TOKEN, Visitor, address, form_of
from tests.running import Client

COMPANY = "tbl_company"
EDIT = f"/console/{COMPANY}/edit"
FORGED = "伪造"
Forge = Callable[[Visitor, dict[str, Any]], requests.Response]


@pytest.fixture(scope="module")
def editor(console: Console) -> Visitor:
    """An editor."""
    return console.of(Role.EDITOR)


@pytest.fixture
def edit(console: Console) -> str:
    """The address of the form of a row."""
    return address(EDIT, {"pk": console.first(COMPANY)})


@pytest.fixture
def form(editor: Visitor, edit: str) -> dict[str, Any]:
    """A form that would change the row."""
    return {**form_of(editor.get(edit)), "company_remark": FORGED}


@pytest.fixture
def untouched(console: Console) -> Iterator[None]:
    """The row is the same afterwards."""
    before = console.rows(COMPANY)
    yield
    assert console.rows(COMPANY) == before


def test_the_form_changes_the_row_where_nothing_is_wrong(
    console: Console, editor: Visitor, edit: str
) -> None:
    """Or the refusals below would show nothing."""
    form = {**form_of(editor.get(edit)), "company_remark": "真的"}
    assert editor.send("POST", edit, data=form).status_code == 303
    assert console.rows(COMPANY)[0]["company_remark"] == "真的"


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "token",
    [
        pytest.param(None, id="no token"),
        pytest.param("", id="an empty token"),
        pytest.param("0" * 64, id="a made-up token"),
        pytest.param("é" * 64, id="a token of other letters"),
    ],
)
def test_a_write_without_the_token_is_refused(
    editor: Visitor, edit: str, form: dict[str, Any], token: str | None
) -> None:
    sent = {name: value for name, value in form.items() if name != FIELD}
    given = {} if token is None else {FIELD: token}
    assert editor.send("POST", edit, data={**sent, **given}).status_code == 403


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_the_token_of_another_session_is_refused(
    console: Console, editor: Visitor, edit: str, form: dict[str, Any], role: Role
) -> None:
    """That of another operator, and that of another session of the same one."""
    stolen = console.enter(role).token
    assert stolen != editor.token
    assert editor.send("POST", edit, data={**form, FIELD: stolen}).status_code == 403
    assert editor.send("POST", edit, data=form, headers={HEADER: stolen}).status_code == 403


@pytest.mark.usefixtures("untouched")
def test_the_token_of_the_login_page_is_worth_nothing_inside(
    console: Console, edit: str, form: dict[str, Any]
) -> None:
    visitor = Visitor(console.url)
    visitor.get(LOGIN)
    before = visitor.token
    visitor.log_in(Role.EDITOR, console.passwords[Role.EDITOR])
    assert visitor.send("POST", edit, data={**form, FIELD: before}).status_code == 403


@pytest.mark.usefixtures("untouched")
def test_a_token_that_a_cookie_and_a_field_agree_upon_is_refused(
    editor: Visitor, edit: str, form: dict[str, Any]
) -> None:
    """Another site on the same domain can set a cookie; it knows no session."""
    attacked = Visitor(editor.url, **{**editor.cookies, TOKEN: "f" * 64})
    sent = {**form, FIELD: "f" * 64}
    assert attacked.send("POST", edit, data=sent).status_code == 403


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("kind", ["text/plain", "application/json", "", "multipart/form-data"])
def test_a_body_that_a_form_elsewhere_can_send_is_refused(
    editor: Visitor, edit: str, kind: str
) -> None:
    body = f"{FIELD}={editor.token}&company_name=x&company_remark={FORGED}".encode()
    answer = editor.send("POST", edit, data=body, headers={"Content-Type": kind})
    assert answer.status_code in {400, 403}


@pytest.mark.usefixtures("untouched")
def test_a_token_in_the_address_is_refused(
    editor: Visitor, edit: str, form: dict[str, Any]
) -> None:
    sent = {name: value for name, value in form.items() if name != FIELD}
    assert editor.send("POST", f"{edit}&{FIELD}={editor.token}", data=sent).status_code == 403


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "null"}, id="a page without an origin"),
        pytest.param({"Origin": "https://elsewhere.example"}, id="another host"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, id="another port"),
        pytest.param({"Origin": "{url}.elsewhere.example"}, id="a host that begins like ours"),
        pytest.param({"Origin": "http://elsewhere.example@{host}.x"}, id="a host with a name"),
        pytest.param({"Origin": ""}, id="an empty origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="same-site"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="typed"),
        pytest.param({"Origin": "{url}", "Sec-Fetch-Site": "cross-site"}, id="they disagree"),
    ],
)
def test_a_write_from_another_origin_is_refused(
    editor: Visitor, edit: str, form: dict[str, Any], headers: dict[str, str]
) -> None:
    """Though it has the cookie and the right token."""
    host = editor.url.removeprefix("http://")
    sent = {n: v.replace("{url}", editor.url).replace("{host}", host) for n, v in headers.items()}
    assert editor.send("POST", edit, data=form, headers=sent).status_code == 403


def test_a_session_is_never_one_that_the_browser_brought(console: Console) -> None:
    """Neither a made-up value nor an ended one is taken over by a login."""
    ended = console.enter(Role.EDITOR)
    old = ended.cookies[SESSION]
    assert ended.post("/console/logout").status_code == 303
    for planted in ("planted-by-somebody", old):
        visitor = Visitor(console.url, **{SESSION: planted})
        assert visitor.log_in(Role.EDITOR, console.passwords[Role.EDITOR]).status_code == 303
        assert visitor.cookies[SESSION] not in {planted, old}
        stranger = Visitor(console.url, **{SESSION: planted})
        assert stranger.get("/console/").status_code == 303


def test_each_login_has_a_value_of_its_own_that_logout_ends(console: Console) -> None:
    first, second = console.enter(Role.VIEWER), console.enter(Role.VIEWER)
    assert first.cookies[SESSION] != second.cookies[SESSION]
    kept = Visitor(console.url, **first.cookies)
    first.post("/console/logout")
    assert SESSION not in first.cookies
    assert kept.get("/console/").status_code == 303
    assert second.get("/console/").status_code == 200


def test_the_cookies_of_the_console_stay_with_it(console: Console) -> None:
    """`__Host-`: this host alone, over HTTPS; no script and no other site's request carries it."""
    visitor = Visitor(console.url)
    page = visitor.get(LOGIN)
    entered = visitor.log_in(Role.VIEWER, console.passwords[Role.VIEWER])
    set_by_us = [
        line
        for answer in (page, entered)
        for line in answer.raw.headers.getlist("Set-Cookie")
        if line.startswith("__Host-")
    ]
    assert {line.partition("=")[0] for line in set_by_us} == {SESSION, VISIT, DEVICE}
    for line in set_by_us:
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert {"httponly", "secure", "samesite=strict", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)
        lives_on = any(part.startswith(("max-age", "expires")) for part in parts)
        assert lives_on is line.startswith(DEVICE)


NEXTS = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example/",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "\t//elsewhere.example",
    " //elsewhere.example",
    "/\r\n/elsewhere.example",
    "http:elsewhere.example",
    "http:/elsewhere.example",
    "http:///elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "{url}@elsewhere.example/",
    "{url}.elsewhere.example/",
    "{url}\\@elsewhere.example/",
    "elsewhere.example",
    "/console/x\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("there", NEXTS)
def test_a_login_leads_nowhere_else(console: Console, editor: Visitor, there: str) -> None:
    asked = address(LOGIN, {"next": there.replace("{url}", console.url)})
    answer = editor.get(asked)
    if any(each.isspace() and each != " " for each in there):
        assert answer.status_code == 400
        return
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert location.startswith((f"{console.url}/", "/"))
    assert not location.startswith(("//", "/\\"))
    assert "Set-Cookie: a" not in str(answer.raw.headers)


def test_an_address_that_is_none_is_refused(editor: Visitor, edit: str) -> None:
    """A browser leaves a tab or a line break out of an address, and `/<tab>/host` is another host."""
    inner = address(f"/console/{COMPANY}/detail", {"_origin": "/\t/elsewhere.example"})
    for there in ("http://[::1", "http://[x", "/\t/elsewhere.example", "/\n/x", "\x00", inner):
        assert editor.get(address(LOGIN, {"next": there})).status_code == 400
        assert editor.get(f"{edit}&{address('', {'_origin': there})[1:]}").status_code == 400


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("method", ["HEAD", "GET", "head", "post"])
def test_another_method_writes_nothing(
    console: Console, edit: str, form: dict[str, Any], method: str, role: Role
) -> None:
    """HEAD and GET need no token, so they must never be taken for a form that was sent."""
    visitor = console.of(role)
    del form[FIELD]
    for path in (edit, f"/console/{COMPANY}/create"):
        assert visitor.send(method, path, data=form).status_code < 500


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_header_makes_no_other_method(
    editor: Visitor, edit: str, form: dict[str, Any], method: str, name: str
) -> None:
    """A POST stays one, so it needs a token whatever it says; nothing else becomes one."""
    del form[FIELD]
    for meant in ("POST", "GET", "HEAD", "PATCH"):
        answer = editor.send(method, edit, data=form, headers={name: meant})
        assert answer.status_code == (403 if method == "POST" else 200)


TRICKS = [
    "/console//tbl_company/list",
    "//console/tbl_company/list",
    "/console/./tbl_company/list",
    "/console/%2e/tbl_company/list",
    "/console/%74bl_company/list",
    "/console/tbl_company%2flist",
    "/console/tbl_company/list/",
    "/console/tbl_company/list%00",
    "/console/tbl_company/list;login",
    "/console/tbl_company/list?/console/login",
    "/CONSOLE/tbl_company/list",
    "/Console/tbl_company/list",
    "/console/TBL_COMPANY/list",
    "/console/login/../tbl_company/list",
    "/console/login/%2e%2e/tbl_company/list",
    "/console/login//../tbl_company/list",
    "/console/login/tbl_company/list",
    "/console/static/../tbl_company/list",
    "/console/static/%2e%2e/tbl_company/list",
    "/console/static/..%2ftbl_company/list",
    "/console/static/../guard.py",
    "/console/static/%2e%2e/guard.py",
    "/console/static/..%2f..%2fguard.py",
    "/console/static/..%5cguard.py",
    "/console/static//etc/passwd",
    "/console/static/%2fetc%2fpasswd",
    "/console/static/%00",
    "/console/static/",
    "/console/static",
    "/console/_files/local/..%2f..%2fsecret",
    "/console/_api/tbl_company/relation-lookup",
    "/pb/api/../../console/tbl_company/list",
    "/pb/api/%2e%2e/%2e%2e/console/tbl_company/list",
    "/pb/docs/../../console/tbl_company/list",
    "http://elsewhere.example/console/tbl_company/list",
]


@pytest.mark.parametrize("path", TRICKS)
def test_no_spelling_of_a_path_opens_a_page_without_a_session(console: Console, path: str) -> None:
    answer = Client(console.url).raw("GET", path)
    assert answer.status in {303, 307, 400, 403, 404, 405}
    assert "百益" not in answer.body.decode(errors="replace")
    assert b"import " not in answer.body


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("path", [each for each in TRICKS if "tbl_company/list" in each])
def test_no_spelling_of_a_path_lets_a_viewer_write(
    console: Console, form: dict[str, Any], path: str
) -> None:
    viewer = console.of(Role.VIEWER)
    if "://" in path:
        pytest.skip("a client that is no proxy sends no such target")
    pk = console.first(COMPANY)
    asked = address(path.replace("/list", "/edit"), {"pk": pk})
    answer = viewer.send("POST", asked, data={**form, FIELD: viewer.token})
    assert answer.status_code in {303, 307, 400, 403, 404, 405}


def test_a_session_of_the_console_opens_nothing_of_the_api(console: Console) -> None:
    cookie = {"Cookie": f"{SESSION}={console.of(Role.ADMIN).cookies[SESSION]}"}
    bearer = {"Authorization": f"Bearer {console.of(Role.ADMIN).cookies[SESSION]}"}
    for headers in (cookie, bearer, cookie | bearer):
        assert Client(console.url).hook("/cart/list", headers=headers).status_code == 401


@pytest.mark.usefixtures("untouched")
def test_a_body_beyond_the_bound_is_not_read(console: Console, editor: Visitor, edit: str) -> None:
    kept = "; ".join(f"{name}={value}" for name, value in editor.cookies.items())
    headers = {"Cookie": kept, HEADER: editor.token}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    announced = Client(console.url).raw(
        "POST", edit, headers={**headers, **form, "Content-Length": str(MAX_BODY_BYTES + 1)}
    )
    assert announced.status == 413
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    parts = [head, *[b"x" * (1 << 20)] * 17]
    for more in ({}, {HEADER: editor.token}):  # the token is looked for in the form, or by the page
        sent = {"Cookie": kept, **boundary, **more}
        assert Client(console.url).raw("POST", edit, headers=sent, body=parts).status == 413
