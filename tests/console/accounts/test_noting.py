"""The audit log tells of logins, refusals and changes to operators, and of no secret."""

from collections.abc import Callable
from contextlib import suppress

import pyotp
import pytest
from peewee import Database

from bai_wx.console import audit
from bai_wx.console.accounts import changes, sessions
from bai_wx.console.accounts.errors import LoginRefused
from bai_wx.console.accounts.login import log_in
from bai_wx.console.accounts.noting import OPERATORS
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import COMMAND_LINE, Acting
from bai_wx.console.roles import Role
from tests.console.accounts.people import ADDRESS, OTHER_PASSWORD, PASSWORD, make_operator

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADMIN = Acting("operator0000001", "李雷", Role.ADMIN, ADDRESS)


def enter(password: str = PASSWORD, name: str = "王芳") -> Acting:
    acting = sessions.acting(log_in(name, password, "", ADDRESS, "Firefox"), ADDRESS)
    assert acting is not None
    return acting


def last() -> audit.Entry:
    """The newest entry."""
    return audit.entries(limit=1)[0]


@pytest.mark.parametrize(
    ("change", "action", "after"),
    [
        pytest.param(
            lambda i: changes.set_password(i, OTHER_PASSWORD, ADMIN), "password", {}, id="password"
        ),
        pytest.param(
            lambda i: changes.set_role(i, Role.VIEWER, ADMIN), "role", {"role": "viewer"}, id="role"
        ),
        pytest.param(lambda i: changes.disable(i, ADMIN), "operator-disable", {}, id="disable"),
        pytest.param(
            lambda i: changes.switch_on_totp(i, SECRET, pyotp.TOTP(SECRET).now(), ADMIN),
            "totp-on",
            {},
            id="second factor on",
        ),
        pytest.param(lambda i: changes.switch_off_totp(i, ADMIN), "totp-off", {}, id="and off"),
    ],
)
def test_a_change_has_an_entry(
    database: Database, change: Callable[[str], Operator], action: str, after: dict[str, str]
) -> None:
    """It says who did it, to whom, and from where."""
    operator = make_operator()
    change(operator.id)
    entry = last()
    assert (entry.operator_id, entry.operator_name, entry.address) == (
        ADMIN.operator_id,
        "李雷",
        ADDRESS,
    )
    assert (entry.action, entry.collection, entry.record_id) == (action, OPERATORS, operator.id)
    assert entry.after == {"name": "王芳", **after}
    for secret in (OTHER_PASSWORD, SECRET, "argon2"):
        assert secret not in str(entry)


def test_what_changes_nothing_has_no_entry(database: Database) -> None:
    operator = make_operator()
    before = audit.count()
    changes.enable(operator.id, ADMIN)
    changes.set_role(operator.id, Role.EDITOR, ADMIN)
    assert audit.count() == before
    assert last().action == "operator-create"


def test_a_change_without_its_entry_is_undone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are one transaction."""
    operator = make_operator()
    acting = enter()

    def broken(*_: object, **__: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(audit, "note", broken)
    with pytest.raises(OSError, match="no room"):
        changes.set_role(operator.id, Role.VIEWER, COMMAND_LINE)
    assert Operator.find(operator.id).role == "editor"
    assert len(sessions.open_sessions(acting.operator_id)) == 1


def test_logins_and_logouts_have_entries(database: Database) -> None:
    operator = make_operator()
    changes.log_out(enter())
    newest = audit.entries(limit=2)
    assert [each.action for each in newest] == ["logout", "login"]
    assert {each.operator_id for each in newest} == {operator.id}
    assert sessions.open_sessions() == []


def test_a_refused_login_has_an_entry(database: Database) -> None:
    """About the operator whose name it was. A name that is nobody's is not kept."""
    operator = make_operator()
    for name, owner in (("王芳", operator.id), ("my secret password", "")):
        with suppress(LoginRefused):
            enter(OTHER_PASSWORD, name)
        entry = last()
        assert (entry.action, entry.record_id, entry.address) == ("login-refused", owner, ADDRESS)
        assert entry.reason == "用户名或密码不正确"
        assert "my secret" not in str(entry)


def test_refusals_without_end_have_no_entries(database: Database) -> None:
    """A guess that has to wait is not looked at, so it is not noted either."""
    make_operator()
    before = audit.count()
    for _ in range(12):
        with suppress(LoginRefused):
            enter(OTHER_PASSWORD)
    assert audit.count() - before < 9


def test_who_may_end_a_session(database: Database) -> None:
    """An admin any, everybody else its own. The entry names whose it was."""
    make_operator("admin", Role.ADMIN)
    make_operator()
    make_operator("bert")
    mine, other, admin = enter(), enter(name="bert"), enter(name="admin")
    assert not changes.end_session(other.session_id, mine)
    assert changes.end_session(mine.session_id, mine)
    assert changes.end_session(other.session_id, admin)
    assert (last().operator_name, last().after) == ("admin", {"name": "bert"})
    assert not changes.end_session("nothing", admin)
