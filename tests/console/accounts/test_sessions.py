"""Sessions are kept in the database: they expire, are listed, and can be ended."""

import time

import pytest
from peewee import Database

from bai_wx.console.accounts import sessions
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.accounts.sessions import OperatorSession
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.record import clock
from tests.console.accounts.people import ADDRESS, ELSEWHERE, make_operator


@pytest.fixture
def operator(database: Database) -> Operator:
    return make_operator()


def ago(seconds: float) -> str:
    return clock.text_of(time.time() - seconds)


def test_a_session_says_who_acts(operator: Operator) -> None:
    """From wherever the request comes; the table does not hold the cookie."""
    cookie = sessions.begin(operator, ADDRESS, "Firefox")
    (stored,) = OperatorSession.select()
    who = Acting(operator.id, "王芳", Role.EDITOR, ELSEWHERE, stored.id)
    assert sessions.acting(cookie, ELSEWHERE) == who
    assert cookie not in str(stored.__data__)


@pytest.mark.parametrize("cookie", ["", "x", "y" * 43, "z" * 5000, "\ud800", "é\0"])
def test_nobody_acts_by_another_cookie(operator: Operator, cookie: str) -> None:
    sessions.begin(operator, ADDRESS, "Firefox")
    assert sessions.acting(cookie, ADDRESS) is None


def test_each_login_has_a_value_of_its_own(operator: Operator) -> None:
    values = {sessions.begin(operator, ADDRESS, "Firefox") for _ in range(3)}
    assert len(values) == 3
    assert all(len(value) >= 43 for value in values)


@pytest.mark.parametrize(
    ("created_s", "seen_s", "holds"),
    [
        pytest.param(0, 0, True, id="new"),
        pytest.param(11 * 3600, 29 * 60, True, id="nearly idle too long"),
        pytest.param(3600, 31 * 60, False, id="idle too long"),
        pytest.param(12 * 3600 + 60, 0, False, id="too old, though in use"),
    ],
)
def test_a_session_ends_by_itself(
    operator: Operator, created_s: int, seen_s: int, holds: bool
) -> None:
    """Idle for 30 minutes, or 12 hours after the login. The next login removes its row."""
    cookie = sessions.begin(operator, ADDRESS, "Firefox")
    OperatorSession.update(created=ago(created_s), seen=ago(seen_s)).execute()
    assert bool(sessions.open_sessions()) is holds
    assert (sessions.acting(cookie, ADDRESS) is not None) is holds
    sessions.begin(operator, ADDRESS, "Chrome")
    assert OperatorSession.select().count() == 1 + holds


def test_a_request_is_noted_once_a_minute(operator: Operator) -> None:
    cookie = sessions.begin(operator, ADDRESS, "Firefox")
    for seen, is_moved in ((ago(50), False), (ago(70), True)):
        OperatorSession.update(seen=seen).execute()
        assert sessions.acting(cookie, ADDRESS)
        assert (OperatorSession.get().seen != seen) is is_moved


def test_a_disabled_operator_does_not_act(operator: Operator) -> None:
    cookie = sessions.begin(operator, ADDRESS, "Firefox")
    operator.status = "disabled"
    operator.write("status")
    assert sessions.acting(cookie, ADDRESS) is None
    assert sessions.open_sessions() == []


def test_sessions_are_listed_and_ended(operator: Operator) -> None:
    """One by its id; all of one operator, perhaps but one."""
    other = make_operator("李雷")
    for _ in range(3):
        sessions.begin(operator, ADDRESS, "Fire\nfox" + "x" * 300)
    sessions.begin(other, ELSEWHERE, "Chrome")
    mine = sessions.open_sessions(operator.id)
    assert len(mine) == 3
    assert len(sessions.open_sessions()) == 4
    assert (mine[0].name, mine[0].address) == ("王芳", ADDRESS)
    assert mine[0].agent.startswith("Firefoxxx")
    assert len(mine[0].agent) == sessions.MAX_AGENT
    assert sessions.end(mine[0].id)
    assert not sessions.end(mine[0].id)
    assert sessions.owner_of(mine[1].id) == operator.id
    for unknown in (mine[0].id, "nothing", "session0000\000009", ""):
        assert sessions.owner_of(unknown) is None
    assert sessions.end_all_of(operator.id, but=mine[1].id) == 1
    assert [each.id for each in sessions.open_sessions(operator.id)] == [mine[1].id]
    assert sessions.end_all_of(operator.id) == 1
    assert [each.name for each in sessions.open_sessions()] == ["李雷"]
