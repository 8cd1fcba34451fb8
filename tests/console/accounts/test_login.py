"""A login: name and password, perhaps a code; what a refusal tells, and what it does not.

Covers: bai_wx/console/accounts/errors.py
"""

import pyotp
import pytest
from argon2 import PasswordHasher
from peewee import Database

from bai_wx.console.accounts import changes, passwords, sessions
from bai_wx.console.accounts.errors import (
    CodeNeeded,
    CodeRefused,
    LoginRefused,
    OperatorDisabled,
    PasswordWrong,
    TooManyAttempts,
)
from bai_wx.console.accounts.login import confirm, log_in
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.accounts.throttle import OF_CLIENT, OF_KNOWN_CLIENT, LoginFailure
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.roles import Role
from tests.console.accounts.people import (
    ADDRESS,
    ELSEWHERE,
    OTHER_PASSWORD,
    PASSWORD,
    make_operator,
)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def operator(database: Database) -> Operator:
    return make_operator("Wang")


@pytest.fixture
def careful(operator: Operator) -> Operator:
    """An operator whose logins ask for a code."""
    operator.totp_secret = SECRET
    operator.write("totp_secret")
    return operator


def enter(
    name: str = "Wang", password: str = PASSWORD, code: str = "", address: str = ADDRESS
) -> str:
    return log_in(name, password, code, address, "Firefox")


def more_failures() -> None:
    """A minute's wait, which no slow machine sleeps through."""
    LoginFailure.update(failures=LoginFailure.failures + 6).execute()


def test_a_login_begins_a_session(operator: Operator) -> None:
    """By the name in any capitals; its time is noted, and the operator is not changed by it."""
    cookie = enter(" wANG ")
    acting = sessions.acting(cookie, ADDRESS)
    assert acting is not None
    assert (acting.operator_id, acting.role) == (operator.id, Role.EDITOR)
    stored = Operator.find(operator.id)
    assert stored.last_login > operator.created
    assert stored.updated == operator.updated


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("Wang", OTHER_PASSWORD, id="wrong password"),
        pytest.param("Wang", "", id="no password"),
        pytest.param("Wang", "x" * 100_000, id="long password"),
        pytest.param("nobody", PASSWORD, id="unknown name"),
        pytest.param("", PASSWORD, id="no name"),
        pytest.param("\0" * 1000, PASSWORD, id="no name at all"),
        pytest.param("\ud800", "\ud800", id="half a character"),
    ],
)
def test_a_refusal_does_not_tell_which_names_there_are(
    operator: Operator, name: str, password: str
) -> None:
    with pytest.raises(LoginRefused) as refused:
        enter(name, password)
    assert type(refused.value) is LoginRefused
    assert refused.value.chinese == "用户名或密码不正确"
    assert sessions.open_sessions() == []


@pytest.mark.parametrize("name", ["Wang", "nobody"])
def test_every_name_costs_one_hash(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """So the time of an answer does not tell either."""
    compared: list[str] = []
    real = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda stored, typed: compared.append(stored) or real(stored, typed)
    )
    with pytest.raises(LoginRefused):
        enter(name, OTHER_PASSWORD)
    assert len(compared) == 1
    assert compared[0].split("$")[:4] == operator.password.split("$")[:4]


def test_a_disabled_operator_is_told_so_by_its_password_alone(operator: Operator) -> None:
    make_operator("admin", Role.ADMIN)
    changes.disable(operator.id, COMMAND_LINE)
    with pytest.raises(OperatorDisabled):
        enter()
    with pytest.raises(LoginRefused) as refused:
        enter(password=OTHER_PASSWORD)
    assert type(refused.value) is LoginRefused


def test_a_code_is_asked_for_after_the_password_alone(careful: Operator) -> None:
    with pytest.raises(CodeNeeded):
        enter()
    assert {row.failures for row in LoginFailure.select()} == {0}
    with pytest.raises(LoginRefused) as refused:
        enter(password=OTHER_PASSWORD, code=pyotp.TOTP(SECRET).now())
    assert type(refused.value) is LoginRefused


def test_a_code_is_good_once(careful: Operator) -> None:
    code = pyotp.TOTP(SECRET).now()
    with pytest.raises(CodeRefused):
        enter(code="12345")
    assert sessions.acting(enter(code=code), ADDRESS)
    with pytest.raises(CodeRefused):
        enter(code=code)


def test_wrong_codes_are_failures(careful: Operator) -> None:
    """A login without a code between them does not begin the count anew."""
    for _ in range(OF_CLIENT.free):
        with pytest.raises(CodeRefused):
            enter(code="12345")
    more_failures()
    with pytest.raises(TooManyAttempts):
        enter()


@pytest.mark.parametrize("name", ["Wang", "nobody"])
def test_failures_slow_down_whoever_guesses(operator: Operator, name: str) -> None:
    """For a name that is nobody's too; the right password has to wait as well, elsewhere it need not."""
    for _ in range(OF_CLIENT.free):
        with pytest.raises(LoginRefused):
            enter(name, OTHER_PASSWORD)
    more_failures()
    with pytest.raises(TooManyAttempts) as refused:
        enter(name)
    assert f"{refused.value.wait_s} 秒" in refused.value.chinese
    assert enter(address=ELSEWHERE)


def test_a_change_is_confirmed_by_the_password(operator: Operator) -> None:
    """Who sits at somebody's open session can guess no quicker than at the door."""
    assert confirm(operator.id, PASSWORD, ADDRESS).id == operator.id
    for _ in range(OF_KNOWN_CLIENT.free):
        with pytest.raises(PasswordWrong):
            confirm(operator.id, OTHER_PASSWORD, ADDRESS)
    more_failures()
    with pytest.raises(TooManyAttempts):
        confirm(operator.id, PASSWORD, ADDRESS)


def test_an_outdated_hash_is_made_anew(operator: Operator) -> None:
    operator.password = PasswordHasher(1, 64, 1).hash(PASSWORD)
    operator.write("password")
    assert enter()
    stored = Operator.find(operator.id).password
    assert not passwords.is_outdated(stored)
    assert passwords.matches(stored, PASSWORD)
