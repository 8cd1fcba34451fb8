"""My account, operators and sessions over HTTP: each page does what it says, and for whom.

Covers: bai_wx/console/views/account.py, bai_wx/console/views/operators.py
"""

import html
import re

import pyotp
import pytest
import requests

from bai_wx.console.roles import Role
from tests.console.shop import Console
from tests.console.visitor import LOGIN, SESSION, Visitor

ACCOUNT, OPERATORS = "/console/account", "/console/operators"
LIST = "/console/tbl_product_list/list"
MADE = re.compile(r'id="made-password">([^<]+)<')
SECRET = re.compile(r'name="secret" value="([A-Z2-7]{32})"')
OTHER = "battery staple 8"


@pytest.fixture
def admin(console: Console) -> Visitor:
    return console.of(Role.ADMIN)


def operator_id(console: Console, name: str) -> str:
    [row] = console.server.rows("SELECT id FROM console_operators WHERE name = ?", name)
    return str(row["id"])


def make(admin: Visitor, name: str, role: str = "viewer") -> str:
    """Make an operator on the page. Returns: the password that it shows."""
    answer = admin.post(f"{OPERATORS}/create", {"name": name, "role": role})
    assert answer.status_code == 200, answer.text
    return MADE.findall(answer.text)[0]


def enter(console: Console, name: str, password: str, code: str = "") -> Visitor:
    visitor = console.nobody()
    form = {"username": name, "password": password, "code": code}
    answer = visitor.post(LOGIN, form)
    assert answer.status_code == 303, answer.text
    visitor.get(ACCOUNT)
    return visitor


def is_in(visitor: Visitor) -> bool:
    return visitor.get(LIST).status_code == 200


def told(visitor: Visitor, answer: requests.Response) -> str:
    """The page that an answer leads to, with what it tells."""
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"].replace(visitor.url, "")
    return html.unescape(visitor.get(path).text)


# --- operators ---


def test_an_operator_is_made_with_a_password_that_is_shown_once(
    console: Console, admin: Visitor
) -> None:
    password = make(admin, "小李", "editor")
    assert is_in(enter(console, "小李", password))
    page = admin.get(f"{OPERATORS}/one?id={operator_id(console, '小李')}").text
    assert "小李" in page
    assert password not in page


@pytest.mark.parametrize(
    ("name", "role", "why"),
    [
        pytest.param("ADMIN", "viewer", "已被使用", id="taken"),
        pytest.param("", "viewer", "1 至 40 个字符", id="empty"),
        pytest.param("<img src=x>", "viewer", "1 至 40 个字符", id="markup"),
    ],
)
def test_a_name_is_refused(admin: Visitor, name: str, role: str, why: str) -> None:
    answer = admin.post(f"{OPERATORS}/create", {"name": name, "role": role})
    assert answer.status_code == 422
    assert why in answer.text
    assert "<img src=x>" not in answer.text


def test_an_unknown_role_is_the_least_one(console: Console, admin: Visitor) -> None:
    make(admin, "no-role", "owner")
    [row] = console.server.rows("SELECT role FROM console_operators WHERE name = ?", "no-role")
    assert row["role"] == "viewer"


def test_a_role_is_changed_and_ends_the_sessions(console: Console, admin: Visitor) -> None:
    visitor = enter(console, "promoted", make(admin, "promoted"))
    form = {"id": operator_id(console, "promoted"), "role": "editor"}
    assert "角色已修改" in told(admin, admin.post(f"{OPERATORS}/role", form))
    assert not is_in(visitor)


def test_an_operator_is_disabled_and_enabled(console: Console, admin: Visitor) -> None:
    password = make(admin, "leaver")
    visitor, one = enter(console, "leaver", password), {"id": operator_id(console, "leaver")}
    assert "已停用" in told(admin, admin.post(f"{OPERATORS}/disable", one))
    assert not is_in(visitor)
    refused = console.nobody().log_in("leaver", password)
    assert "已停用，请联系管理员" in refused.text
    assert "已启用" in told(admin, admin.post(f"{OPERATORS}/enable", one))
    assert is_in(enter(console, "leaver", password))


def test_a_password_is_renewed(console: Console, admin: Visitor) -> None:
    old = make(admin, "forgetful")
    visitor, one = enter(console, "forgetful", old), {"id": operator_id(console, "forgetful")}
    answer = admin.post(f"{OPERATORS}/password", one)
    assert not is_in(visitor)
    assert is_in(enter(console, "forgetful", MADE.findall(answer.text)[0]))
    assert console.nobody().log_in("forgetful", old).status_code == 400


def test_a_session_is_ended_elsewhere(console: Console, admin: Visitor) -> None:
    visitor = enter(console, "left-open", make(admin, "left-open"))
    sql = "SELECT id FROM console_sessions WHERE operator_id = ?"
    [row] = console.server.rows(sql, operator_id(console, "left-open"))
    assert row["id"] in admin.get(OPERATORS).text
    told(admin, admin.post(f"{OPERATORS}/session", {"session": row["id"]}))
    assert not is_in(visitor)


@pytest.mark.parametrize("action", ["disable", "enable", "role", "totp", "password"])
def test_nobody_is_no_error(admin: Visitor, action: str) -> None:
    answer = admin.post(f"{OPERATORS}/{action}", {"id": "nobody", "role": "viewer"})
    assert "没有操作员“nobody”" in told(admin, answer)
    assert "没有操作员" in told(admin, admin.get(f"{OPERATORS}/one?id=nobody"))


def test_the_last_admin_stays(console: Console, admin: Visitor) -> None:
    console.server.write("UPDATE console_operators SET status = 'disabled' WHERE name = 'demo'")
    one = {"id": operator_id(console, "admin"), "role": "viewer"}
    for action in ("disable", "role"):
        assert "最后一位启用的管理员" in told(admin, admin.post(f"{OPERATORS}/{action}", one))
    console.server.write("UPDATE console_operators SET status = 'active' WHERE name = 'demo'")
    assert is_in(admin)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
@pytest.mark.parametrize(
    "path",
    ["", "/one", "/create", "/role", "/disable", "/enable", "/totp", "/password", "/session"],
)
def test_operators_are_for_admins(console: Console, role: Role, path: str) -> None:
    visitor = console.of(role)
    one = {"id": operator_id(console, "admin"), "role": "viewer", "name": "sneaked-in"}
    assert visitor.post(OPERATORS + path, one).status_code in {403, 405}
    assert visitor.get(OPERATORS + path).status_code in {403, 404, 405}
    assert console.server.rows("SELECT 1 FROM console_operators WHERE name = ?", "sneaked-in") == []


# --- my account ---


@pytest.mark.parametrize(
    ("old", "new", "again", "why"),
    [
        pytest.param(
            "wrong password", OTHER, OTHER, "当前密码不正确", id="the present one is wrong"
        ),
        pytest.param("", OTHER, "another one 9", "不一致", id="written differently"),
        pytest.param("", "short", "short", "至少 10 个字符", id="short"),
        pytest.param("", "1234567890", "1234567890", "太容易猜到", id="easy"),
    ],
)
def test_a_new_password_is_refused(
    console: Console, admin: Visitor, old: str, new: str, again: str, why: str
) -> None:
    """An empty `old` stands for the right one."""
    name = f"refused-{len(why)}-{len(new)}"
    password = make(admin, name)
    visitor = enter(console, name, password)
    form = {"old": old or password, "new": new, "again": again}
    answer = visitor.post(f"{ACCOUNT}/password", form)
    assert answer.status_code == 422
    assert why in answer.text
    assert is_in(visitor)


def test_an_operator_changes_its_password(console: Console, admin: Visitor) -> None:
    """Other browsers are logged out; this one goes on, in a session of another value."""
    password = make(admin, "careful-one")
    here, elsewhere = (enter(console, "careful-one", password) for _ in range(2))
    before = here.cookies[SESSION]
    form = {"old": password, "new": OTHER, "again": OTHER}
    assert "密码已修改" in told(here, here.post(f"{ACCOUNT}/password", form))
    assert here.cookies[SESSION] != before
    assert is_in(here)
    assert not is_in(elsewhere)
    assert not is_in(Visitor(console.url, **{SESSION: before}))
    assert here.post("/console/logout").status_code == 303
    assert is_in(enter(console, "careful-one", OTHER))


def test_an_operator_switches_the_second_factor_on_and_off(
    console: Console, admin: Visitor
) -> None:
    """A wrong code shows the same secret again: it is in the phone by then."""
    password = make(admin, "two-steps")
    visitor = enter(console, "two-steps", password)
    [secret] = SECRET.findall(visitor.get(ACCOUNT).text)
    form = {"secret": secret, "code": "12345", "password": password}
    answer = visitor.post(f"{ACCOUNT}/totp", form)
    assert answer.status_code == 422
    assert SECRET.findall(answer.text) == [secret]
    form["code"] = pyotp.TOTP(secret).now()
    assert visitor.post(f"{ACCOUNT}/totp", form | {"password": "wrong one"}).status_code == 422
    assert "两步验证已开启" in told(visitor, visitor.post(f"{ACCOUNT}/totp", form))
    assert secret not in visitor.get(ACCOUNT).text
    assert console.nobody().log_in("two-steps", password).status_code == 400
    off = {"password": password}
    assert "两步验证已关闭" in told(visitor, visitor.post(f"{ACCOUNT}/totp", off))
    assert is_in(enter(console, "two-steps", password))


@pytest.mark.parametrize("secret", ["x", "<b>", "A" * 31, "not base32!" * 3])
def test_what_is_no_secret(console: Console, secret: str) -> None:
    visitor = console.of(Role.VIEWER)
    form = {"secret": secret, "code": "123456", "password": console.passwords[Role.VIEWER]}
    answer = visitor.post(f"{ACCOUNT}/totp", form)
    assert answer.status_code == 422
    assert "<b>" not in answer.text
    console.server.write("DELETE FROM console_login_failures")


def test_an_operator_ends_its_own_sessions_alone(console: Console, admin: Visitor) -> None:
    password = make(admin, "everywhere")
    here, elsewhere = (enter(console, "everywhere", password) for _ in range(2))
    sql = "SELECT id, operator_id FROM console_sessions ORDER BY created DESC"
    rows = console.server.rows(sql)
    own = operator_id(console, "everywhere")
    for row in rows:
        if row["operator_id"] != own:
            here.post(f"{ACCOUNT}/session", {"session": row["id"]})
    assert is_in(admin)
    page = here.get(ACCOUNT).text
    [other] = re.findall(r'name="session" value="(\w+)"', page)
    assert "会话已结束" in told(here, here.post(f"{ACCOUNT}/session", {"session": other}))
    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_forged_form_of_nobody_is_refused(console: Console) -> None:
    """With a page, not with an error of ours."""
    for path in (LOGIN, "/console/logout", f"{ACCOUNT}/password", f"{OPERATORS}/create"):
        answer = Visitor(console.url).send("POST", path, data={"csrftoken": "x" * 64})
        assert answer.status_code == 403, path
