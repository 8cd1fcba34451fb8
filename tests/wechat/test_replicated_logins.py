"""The table of login codes that replicas share.

Covers: bai_wx/record/login_codes.py, bai_wx/database/server_clock.py, bai_wx/database/presence.py
"""

import logging
import math
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from peewee import Database

from bai_wx.database import presence
from bai_wx.database.connection import connect, disconnect
from bai_wx.database.presence import Presence, drawn_server
from bai_wx.errors import WechatCodeUsed
from bai_wx.record import login_codes
from bai_wx.record.login_codes import LoginCode
from bai_wx.wechat import replicated_logins
from bai_wx.wechat.client import WeChatClient
from bai_wx.wechat.replicated_logins import ReplicatedLogins
from bai_wx.wechat.shared_logins import Claim
from tests import databases
from tests.faults.steps import eventually

ENDING_S = 5  # until the server has ended a session that was closed

pytestmark = pytest.mark.skipif(not databases.IS_POSTGRES, reason="replicas meet in PostgreSQL")


@pytest.fixture
def address(tmp_path: Path) -> str:
    """That of a database of its own, with every table."""
    return databases.migrated_address(tmp_path)


@pytest.fixture
def own() -> Presence:
    """What the server knows of others."""
    return Presence(drawn_server())


@pytest.fixture(autouse=True)
def database(address: str, own: Presence) -> Iterator[Database]:
    """The database, connected."""
    connected = connect(address, name=own.name)
    yield connected
    disconnect()


@pytest.fixture
def looks_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """No look counts for longer than the statement that it is for, and nobody is remembered."""
    monkeypatch.setattr(presence, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(presence, "REMEMBERED_S", 0.0)


def another_server(address: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A session of a worker of another server."""
    return psycopg.connect(address, application_name=Presence(drawn_server()).name)


def test_a_code_is_asked_about_by_one() -> None:
    """Who comes meanwhile looks again, and then finds the answer."""
    logins = ReplicatedLogins()
    assert logins.claim("code", 5) == Claim(None, is_ours=True)
    assert logins.claim("code", 5) == Claim(None, is_ours=False)
    assert logins.claim("another", 5).is_ours
    logins.keep("code", "openid\n")
    assert logins.claim("code", 5) == Claim("openid\n", is_ours=False)


def test_a_failure_is_not_kept_and_an_answer_is() -> None:
    """Who dropped a code that another has an answer for takes it from nobody."""
    logins = ReplicatedLogins()
    logins.claim("code", 5)
    logins.drop("code")
    assert logins.claim("code", 5).is_ours
    logins.keep("code", "openid\n")
    logins.drop("code")
    assert not logins.claim("code", 5).is_ours


def test_a_refused_code_is_told_to_the_other_replicas() -> None:
    """For as long as a code could be good, so none of them asks WeChat again."""
    logins = ReplicatedLogins()
    logins.claim("code", 5)
    logins.refuse("code", WechatCodeUsed.code)
    assert logins.claim("code", 5) == Claim("wechat_code_used", is_ours=False)
    client = WeChatClient("wx1", "s", "http://127.0.0.1:9", replicated=logins)
    with pytest.raises(WechatCodeUsed):
        client.code_to_session("code")


def test_whoever_asks_and_dies_leaves_the_code_to_others() -> None:
    """Once it would have given up."""
    logins = ReplicatedLogins()
    assert logins.claim("code", 0).is_ours
    assert logins.claim("code", 5).is_ours


def test_an_answer_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then WeChat is asked again, and one of the next answers takes the row away."""
    monkeypatch.setattr(replicated_logins, "KEPT_S", 0.0)
    monkeypatch.setattr(login_codes, "SWEEP_EVERY_S", 0.0)
    logins = ReplicatedLogins()
    logins.keep("code", "openid\n")
    assert logins.claim("code", 0).is_ours
    monkeypatch.setattr(replicated_logins, "KEPT_S", 10.0)
    logins.keep("another", "openid\n")
    assert not logins.claim("another", 5).is_ours
    assert LoginCode.select().count() == 1


def test_a_code_does_not_stand_in_the_table() -> None:
    """Its digest does."""
    ReplicatedLogins().keep("a-secret-code", "openid\n")
    (row,) = LoginCode.select().tuples()
    assert "a-secret-code" not in str(row)


def test_a_table_that_is_away_stops_nobody(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Each replica asks WeChat for itself, and the log says so."""
    database.execute_sql("DROP TABLE login_code")
    logins = ReplicatedLogins()
    with caplog.at_level(logging.WARNING):
        assert logins.claim("code", 5).is_ours
        logins.keep("code", "openid\n")
        logins.drop("code")
    assert "replicas cannot tell each other of login codes" in caplog.text
    assert "code-" not in caplog.text


def test_the_table_is_not_logged(database: Database) -> None:
    """So a login waits for no disk and for no standby."""
    kind = database.execute_sql("SELECT relpersistence FROM pg_class WHERE relname = 'login_code'")
    assert kind.fetchone() == ("u",)


@pytest.mark.usefixtures("looks_always")
def test_a_server_that_is_alone_writes_nothing(address: str, own: Presence) -> None:
    """Sessions of its own, of commands and of consoles are no other server; that of any other is."""
    logins = ReplicatedLogins(own)
    with (
        psycopg.connect(address, application_name=own.name),
        psycopg.connect(address, application_name="bai-wx"),
    ):
        assert logins.claim("code", 5).is_ours
        logins.keep("code", "openid\n")
        logins.refuse("another", WechatCodeUsed.code)
        assert LoginCode.select().count() == 0
        with another_server(address):
            assert logins.claim("code", 5).is_ours
            logins.keep("code", "openid\n")
            assert logins.claim("code", 5) == Claim("openid\n", is_ours=False)
        assert eventually(own.is_alone, ENDING_S)
        assert logins.claim("code", 5).is_ours


def test_a_server_that_restarts_is_remembered(
    address: str, own: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a minute after it was seen. So codes of that time are written down, and it finds them."""
    monkeypatch.setattr(presence, "LOOK_EVERY_S", 0.0)
    logins = ReplicatedLogins(own)
    with another_server(address):
        assert not own.is_alone()
    logins.keep("code", "openid\n")
    assert logins.claim("code", 5) == Claim("openid\n", is_ours=False)
    monkeypatch.setattr(presence, "REMEMBERED_S", 0.0)
    assert eventually(own.is_alone, ENDING_S)


@pytest.mark.usefixtures("looks_always")
def test_a_session_without_its_name_is_never_alone(address: str) -> None:
    """As behind a pooler that keeps names back."""
    assert not Presence(drawn_server()).is_alone()


@pytest.mark.usefixtures("looks_always")
def test_a_server_of_another_role_is_seen(database: Database, address: str) -> None:
    """By a role that may look into no session but its own."""
    roles = "one_server", "another_server"
    for role in roles:
        database.execute_sql(f"CREATE ROLE {role} LOGIN")
    asking = Presence(drawn_server()).name
    disconnect()
    try:
        # A transaction would see the sessions of its beginning.
        with psycopg.connect(
            address, user=roles[0], application_name=asking, autocommit=True
        ) as session:
            assert session.execute(presence._OTHERS, (asking, asking)).fetchone() == (False,)
            other = Presence(drawn_server()).name
            with psycopg.connect(address, user=roles[1], application_name=other):
                assert session.execute(presence._OTHERS, (asking, asking)).fetchone() == (True,)
    finally:
        for role in roles:
            database.execute_sql(f"DROP ROLE {role}")


@pytest.mark.usefixtures("looks_always")
def test_what_a_server_left_that_is_gone_is_swept_by_one_that_is_alone(
    own: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else would before the night."""
    monkeypatch.setattr(login_codes, "_last_sweep", -math.inf)
    login_codes.claim("code of another", 0)
    ReplicatedLogins(own).claim("code", 5)
    assert LoginCode.select().count() == 0


def test_a_look_counts_for_a_second(
    address: str, own: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So logins of a busy server do not look, whether it is alone or not."""
    monkeypatch.setattr(presence, "LOOK_EVERY_S", 0.5)
    logins = ReplicatedLogins(own)
    assert not logins.rests
    assert own.is_alone()
    with another_server(address):
        assert logins.rests
        assert own.is_alone()
        time.sleep(0.55)
        assert not logins.rests
        assert not own.is_alone()
        looked_at = own._looked_at
        assert not own.is_alone()
        assert own._looked_at == looked_at


def test_a_server_that_begins_beside_others_waits_until_they_have_looked(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is alone does not, nor does a worker in the place of another."""
    slept: list[float] = []
    monkeypatch.setattr(presence.time, "sleep", slept.append)

    def begun(*, is_new: bool) -> list[float]:
        slept.clear()
        disconnect()
        beginning = Presence(drawn_server())
        connect(address, name=beginning.name)
        beginning.begin(is_new=is_new)
        return slept

    assert begun(is_new=True) == []
    with another_server(address):
        assert begun(is_new=False) == []
        assert begun(is_new=True) == [presence.LOOK_EVERY_S]
