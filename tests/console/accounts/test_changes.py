"""Operators are made and changed; sessions end with what they were begun with."""

from collections.abc import Callable

import pyotp
import pytest
from peewee import Database

from bai_wx.console.accounts import changes, passwords, sessions, throttle
from bai_wx.console.accounts.errors import (
    AccountProblem,
    CodeRefused,
    LastAdmin,
    NameTaken,
    PasswordRefused,
    UnknownOperator,
)
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.accounts.throttle import Client
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.roles import Role
from tests.console.accounts.people import ADDRESS, OTHER_PASSWORD, PASSWORD, make_operator

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_an_operator_is_made_once(database: Database) -> None:
    made = make_operator("Anna", Role.VIEWER)
    stored = Operator.find(made.id)
    assert (stored.name, stored.role, stored.status) == ("Anna", "viewer", "active")
    assert PASSWORD not in stored.password
    with pytest.raises(NameTaken, match="ANNA"):
        make_operator("ANNA")
    with pytest.raises(PasswordRefused):
        changes.create("bert", "short", Role.VIEWER, COMMAND_LINE)
    assert Operator.select().count() == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda i: changes.set_password(i, OTHER_PASSWORD, COMMAND_LINE), id="password"
        ),
        pytest.param(lambda i: changes.set_role(i, Role.VIEWER, COMMAND_LINE), id="role"),
        pytest.param(lambda i: changes.disable(i, COMMAND_LINE), id="disable"),
        pytest.param(lambda i: changes.switch_off_totp(i, COMMAND_LINE), id="second factor off"),
    ],
)
def test_a_change_ends_the_operators_sessions(
    database: Database, change: Callable[[str], Operator]
) -> None:
    """Those of others go on."""
    operator, other = make_operator("anna"), make_operator("bert")
    cookies = [sessions.begin(each, ADDRESS, "Firefox") for each in (operator, operator, other)]
    change(operator.id)
    assert [sessions.acting(cookie, ADDRESS) is not None for cookie in cookies] == [
        False,
        False,
        True,
    ]


def test_a_password_is_changed(database: Database) -> None:
    """With it no client is known any longer: who has the old password may have used one."""
    operator = make_operator()
    client = Client(ADDRESS)
    throttle.succeed(throttle.claim("王芳", operator.id, client), operator.id, client)
    changes.set_password(operator.id, OTHER_PASSWORD, COMMAND_LINE)
    assert passwords.matches(Operator.find(operator.id).password, OTHER_PASSWORD)
    assert not throttle.known_mark(operator.id, client)
    with pytest.raises(PasswordRefused):
        changes.set_password(operator.id, "1234567890", COMMAND_LINE)


def test_the_same_role_ends_nothing(database: Database) -> None:
    operator = make_operator(role=Role.VIEWER)
    cookie = sessions.begin(operator, ADDRESS, "Firefox")
    changes.set_role(operator.id, Role.VIEWER, COMMAND_LINE)
    assert sessions.acting(cookie, ADDRESS)


def test_the_last_admin_stays(database: Database) -> None:
    """Neither disabled nor demoted while there is no other; an editor is no other."""
    admin = make_operator("admin", Role.ADMIN)
    make_operator("editor", Role.EDITOR)
    with pytest.raises(LastAdmin):
        changes.disable(admin.id, COMMAND_LINE)
    with pytest.raises(LastAdmin):
        changes.set_role(admin.id, Role.EDITOR, COMMAND_LINE)
    second = make_operator("second", Role.ADMIN)
    assert changes.disable(admin.id, COMMAND_LINE).status == "disabled"
    with pytest.raises(LastAdmin):
        changes.disable(second.id, COMMAND_LINE)
    assert changes.enable(admin.id, COMMAND_LINE).is_active
    assert changes.set_role(second.id, Role.VIEWER, COMMAND_LINE).role == "viewer"


def test_the_second_factor_is_switched_on_by_a_code_and_off_again(database: Database) -> None:
    """The session in which it is done goes on, others end; the code that was shown is used."""
    operator = make_operator()
    cookies = [sessions.begin(operator, ADDRESS, "Firefox") for _ in range(2)]
    acting = sessions.acting(cookies[0], ADDRESS)
    assert acting is not None
    with pytest.raises(CodeRefused):
        changes.switch_on_totp(operator.id, SECRET, "12345", acting)
    assert not Operator.find(operator.id).has_second_factor
    code = pyotp.TOTP(SECRET).now()
    assert changes.switch_on_totp(operator.id, SECRET, code, acting).totp_step > 0
    assert Operator.find(operator.id).totp_secret == SECRET
    assert [bool(sessions.acting(cookie, ADDRESS)) for cookie in cookies] == [True, False]
    changes.switch_off_totp(operator.id, acting)
    assert not Operator.find(operator.id).has_second_factor


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: changes.disable("nobody", COMMAND_LINE), id="disable"),
        pytest.param(lambda: changes.enable("nobody", COMMAND_LINE), id="enable"),
        pytest.param(lambda: changes.set_password("nobody", PASSWORD, COMMAND_LINE), id="password"),
        pytest.param(lambda: changes.set_role("nobody", Role.ADMIN, COMMAND_LINE), id="role"),
    ],
)
def test_nobody_is_changed(database: Database, change: Callable[[], Operator]) -> None:
    with pytest.raises(UnknownOperator):
        change()


def test_every_problem_is_told_in_both_languages() -> None:
    """Chinese with Chinese characters, English without."""
    values = {"name": "x", "wait_s": 1}
    for kind in _all(AccountProblem):
        chinese, english = kind.chinese_text.format(**values), kind.english_text.format(**values)
        assert any("一" <= character <= "鿿" for character in chinese), kind
        assert english.isascii(), kind


def _all(kind: type[AccountProblem]) -> list[type[AccountProblem]]:
    return [kind, *(each for sub in kind.__subclasses__() for each in _all(sub))]
