"""The door over HTTP: what a login gives the browser, where it leads, what it refuses.

Covers: bai_wx/console/cookies.py
"""

import json
from http.cookies import SimpleCookie

import pyotp
import pytest
import requests

from bai_wx.console.roles import Role
from tests.console.shop import Console
from tests.console.visitor import LOGIN, SESSION, Visitor, address

DEVICE = "__Host-bai-wx-device"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LIST = "/console/tbl_product_list/list"


def set_by(answer: requests.Response) -> dict[str, str]:
    """The cookies of an answer, each with its attributes as they were sent."""
    lines = answer.raw.headers.getlist("Set-Cookie")
    return {name: line for line in lines for name in SimpleCookie(line)}


def make(console: Console, name: str) -> str:
    """An operator of the test's own. Returns: its password."""
    arguments = ("operator", "create", name, "--role", "viewer", "--make-password", "--json")
    return str(json.loads(console.server.command(*arguments).stdout)["password"])


def test_the_cookie_of_a_session_is_kept_close(console: Console) -> None:
    """To this host, to HTTPS, from scripts and from requests of other sites; gone with the window."""
    answer = Visitor(console.url).log_in(Role.VIEWER, console.passwords[Role.VIEWER])
    for name in (SESSION, DEVICE):
        attributes = {each.strip().lower() for each in set_by(answer)[name].split(";")[1:]}
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= attributes
        assert not any(each.startswith("domain") for each in attributes)
    assert "max-age" not in set_by(answer)[SESSION].lower()
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_login_begins_another_session(console: Console) -> None:
    """A value that somebody put into the browser before is worth nothing after it, nor is one of before."""
    planted = "A" * 43
    visitor = Visitor(console.url, **{SESSION: planted})
    assert visitor.log_in(Role.VIEWER, console.passwords[Role.VIEWER]).status_code == 303
    first = visitor.cookies[SESSION]
    assert first != planted
    assert Visitor(console.url, **{SESSION: planted}).get(LIST).status_code == 303
    again = console.enter(Role.VIEWER)
    assert again.cookies[SESSION] != first


def test_a_browser_stays_known(console: Console) -> None:
    """Its device cookie is the same at the next login."""
    visitor = console.enter(Role.VIEWER)
    known = visitor.cookies[DEVICE]
    visitor.post("/console/logout")
    visitor.log_in(Role.VIEWER, console.passwords[Role.VIEWER])
    assert visitor.cookies[DEVICE] == known


def test_a_logout_ends_the_session(console: Console) -> None:
    """For whoever kept the cookie too."""
    visitor = console.enter(Role.VIEWER)
    stolen = visitor.cookies[SESSION]
    answer = visitor.post("/console/logout")
    assert answer.headers["Location"].endswith(LOGIN)
    assert SESSION not in visitor.cookies
    assert Visitor(console.url, **{SESSION: stolen}).get(LIST).status_code == 303


def test_who_is_logged_in_sees_no_form(console: Console) -> None:
    answer = console.of(Role.VIEWER).get(LOGIN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        pytest.param(f"{LIST}?q=a&page=2", f"{LIST}?q=a&page=2", id="a page with its query"),
        pytest.param("", "/console/", id="nothing"),
        pytest.param("https://evil.example/console/", "/console/", id="another host"),
        pytest.param("https://evil.example/", "/console/", id="another host's index"),
        pytest.param("//evil.example/", "/console/", id="another host without a scheme"),
        pytest.param("/\\evil.example/", "/console/", id="a backslash"),
        pytest.param("javascript:alert(1)", "/console/", id="a script"),
        pytest.param("/pb/docs", "/console/", id="elsewhere on this server"),
        pytest.param("/console/login?next=x", "/console/", id="the login itself"),
    ],
)
def test_a_login_leads_to_a_page_of_the_console(console: Console, asked: str, led_to: str) -> None:
    path = address(LOGIN, {"next": asked})
    answer = Visitor(console.url).log_in(Role.VIEWER, console.passwords[Role.VIEWER], path)
    assert (answer.status_code, answer.headers["Location"]) == (303, led_to)


def test_a_destination_with_a_line_break_is_refused(console: Console) -> None:
    answer = Visitor(console.url).get(address(LOGIN, {"next": "/console/\r\nX: y"}))
    assert answer.status_code == 400
    assert "X" not in answer.headers


def test_a_refused_login_shows_the_form_again(console: Console) -> None:
    """With the name, escaped, and never with the password."""
    answer = Visitor(console.url).log_in('"><script>x', "some password")
    assert answer.status_code == 400
    assert "用户名或密码不正确" in answer.text
    assert "<script>x" not in answer.text
    assert "some password" not in answer.text
    assert SESSION not in set_by(answer)


def test_guessing_is_told_when_to_come_again(console: Console) -> None:
    make(console, "guessed-at")
    visitor = Visitor(console.url)
    for _ in range(5):
        assert visitor.log_in("guessed-at", "wrong password").status_code == 400
    console.server.write("UPDATE console_login_failures SET failures = failures + 5")
    answer = visitor.log_in("guessed-at", "wrong password")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "秒后再试" in answer.text
    console.server.write("DELETE FROM console_login_failures")


def test_a_code_is_asked_for(console: Console) -> None:
    password = make(console, "careful")
    change = "UPDATE console_operators SET totp_secret = ? WHERE name = ?"
    assert console.server.write(change, SECRET, "careful") == 1
    visitor = Visitor(console.url)
    assert "6 位验证码" in visitor.log_in("careful", password).text
    form = {"username": "careful", "password": password, "code": pyotp.TOTP(SECRET).now()}
    assert visitor.post(LOGIN, form).status_code == 303


def test_the_page_speaks_english_too(console: Console) -> None:
    page = Visitor(console.url, language="en").get(LOGIN).text
    assert '<html lang="en"' in page
    assert "For the people who run the shop" in page
    assert "店铺" not in page


def test_the_demo_says_how_to_get_in(console: Console) -> None:
    """The page names the operator, and the start prints its password on the line after the address."""
    assert "密码在启动服务器的终端里" in Visitor(console.url).get(LOGIN).text
    assert console.server.process is not None
    assert console.server.process.stdout is not None
    words = console.server.process.stdout.readline().split()
    assert words[:4] == ["console:", f"{console.url}/console", "operator:", "demo"]
    assert Visitor(console.url).log_in("demo", words[-1]).status_code == 303


def test_the_first_operator_is_made_by_a_command(console: Console) -> None:
    """Where there is none, the page says so."""
    server = console.server
    kept = server.rows("SELECT * FROM console_operators")
    try:
        server.write("DELETE FROM console_operators")
        assert "bai-wx operator create" in Visitor(console.url).get(LOGIN).text
    finally:
        for row in kept:
            places = ", ".join("?" * len(row))
            sql = f"INSERT INTO console_operators ({', '.join(row)}) VALUES ({places})"
            server.write(sql, *row.values())
    assert "bai-wx operator create" not in Visitor(console.url).get(LOGIN).text
