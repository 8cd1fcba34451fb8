"""What is older than it is kept goes, what is younger stays, and the audit log lets nothing else go."""

import time
from typing import Any

import psycopg
import pytest
from peewee import Database, DatabaseError

from bai_wx.console import audit, retention
from bai_wx.console.accounts.sessions import OperatorSession
from bai_wx.console.accounts.throttle import KnownClient, LoginFailure
from bai_wx.console.audit import AuditEntry, AuditPass
from bai_wx.console.retention import RETENTION
from bai_wx.database.connection import database, locks_rows
from bai_wx.record import clock
from bai_wx.record.idempotency import IdempotencyKey
from bai_wx.record.login_codes import LoginCode
from bai_wx.record.spending import WINDOW_S, Spending
from tests.databases import IS_POSTGRES

pytestmark = pytest.mark.usefixtures("database")

MARGIN_S = 60


def _entry(moment: str) -> None:
    fields = [name for name in AuditEntry._meta.sorted_field_names if name != "seq"]
    AuditEntry.insert(dict.fromkeys(fields, "{}") | {"created": moment}).execute()


def _rows(at: float) -> dict[str, Any]:
    """Makes a row of each table, of this Unix time."""
    moment, ms = clock.text_of(at), int(at * 1000)
    session = {"operator_id": "", "address": "", "agent": "", "seen": moment}
    key = {"owner": "", "fingerprint": "", "status": 200, "body": b""}
    rows = {
        "idempotency_key": lambda: IdempotencyKey.create(key=moment, created=moment, **key),
        "console_sessions": lambda: OperatorSession.create(
            digest=moment, created=moment, **session
        ),
        "console_login_failures": lambda: LoginFailure.create(key=moment, failures=1, last=ms),
        "console_known_clients": lambda: KnownClient.create(
            operator_id="", client=moment, seen=moment
        ),
        "console_audit": lambda: _entry(moment),
        "spending": lambda: Spending.create(
            owner=moment, kind="", used=1, ends=clock.text_of(at + WINDOW_S)
        ),
    }
    if locks_rows():
        rows["login_code"] = lambda: LoginCode.create(digest=moment, answer="", ends=ms)
    return rows


@pytest.mark.parametrize("table", [name for name in RETENTION if name != "console_imports"])
def test_what_is_older_goes_and_what_is_younger_stays(table: str) -> None:
    """On both sides of each table's bound."""
    now, kept_s = time.time(), RETENTION[table].seconds
    if table not in _rows(now):
        pytest.skip("only PostgreSQL has the table")
    for age_s in (kept_s + MARGIN_S, kept_s - MARGIN_S):
        _rows(now - age_s)[table]()
    assert retention.remove_expired() == {name: int(name == table) for name in RETENTION}
    assert not any(retention.remove_expired().values())


def test_many_rows_go_some_at_a_time() -> None:
    """Whatever their number, all that are older and no other."""
    moments = (clock.ago(2 * retention.DAY_S), clock.now())
    columns = [IdempotencyKey.owner, IdempotencyKey.key, IdempotencyKey.fingerprint]
    columns += [IdempotencyKey.status, IdempotencyKey.body, IdempotencyKey.created]
    for moment in moments:
        rows = [("", f"{moment}{number}", "", 200, b"", moment) for number in range(1000)]
        IdempotencyKey.insert_many(rows, columns).execute()
    assert retention.remove_expired()["idempotency_key"] == 1000
    assert {key.created for key in IdempotencyKey.select()} == {moments[1]}


@pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has one writer at a time")
@pytest.mark.parametrize(
    ("renewed", "removed"), [pytest.param(True, 0, id="renewed"), pytest.param(False, 1, id="left")]
)
def test_a_row_in_use_is_left_for_the_next_night(
    database: Database, renewed: bool, removed: int
) -> None:
    """Nobody waits for who writes it, so that no two wait for each other; later it goes if it is still old."""
    Spending.create(owner="alice", kind="", used=1, ends=clock.ago(1))
    with psycopg.connect(database.database) as other:
        other.execute("UPDATE spending SET ends = %s", (clock.ago(-WINDOW_S),))
        assert retention.remove_expired()["spending"] == 0
        other.commit() if renewed else other.rollback()
    assert retention.remove_expired()["spending"] == removed
    assert Spending.select().count() == 1 - removed


def test_the_audit_log_says_what_left_it() -> None:
    """How many entries, and older than which moment."""
    _entry(clock.text_of(time.time() - retention.AUDIT_S - MARGIN_S))
    retention.remove_expired()
    newest = audit.entries()[0]
    assert (newest.action, newest.after["rows"]) == ("expire", 1)
    assert AuditPass.select().count() == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("DELETE FROM console_audit", id="remove"),
        pytest.param("UPDATE console_audit SET reason = 'x'", id="change"),
    ],
)
@pytest.mark.parametrize("has_pass", [True, False])
def test_no_younger_entry_goes_or_changes(change: str, has_pass: bool) -> None:
    """With a pass for older ones too."""
    _entry(clock.now())
    with database.atomic() as transaction:
        if has_pass:
            AuditPass.create(before=clock.text_of(time.time() - MARGIN_S))
        with pytest.raises(DatabaseError, match="append-only"):
            database.execute_sql(change)
        transaction.rollback()
    assert AuditEntry.select().count() == 1
