"""How long is kept what nobody deletes: the one place with the days, and what removes what is older.

Deleted rows are kept for as long as the operator says (`bai_wx.record.upkeep`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bai_wx.console import audit
from bai_wx.console.accounts import sessions, throttle
from bai_wx.console.accounts.sessions import OperatorSession
from bai_wx.console.accounts.throttle import KnownClient, LoginFailure
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.transfers.imports import ImportRow
from bai_wx.database.connection import database, locks_rows
from bai_wx.record import clock, idempotency
from bai_wx.record.login_codes import LoginCode
from bai_wx.record.spending import WINDOW_S, Spending
from bai_wx.record.sweeping import CHUNK, REST_S, remove_older

DAY_S: Final = 24 * 3600
LOGIN_CODE_S: Final = 300
"""A code's answer ends by itself long before; what nobody asks for any more stays until then."""
AUDIT_S: Final = 3 * 365 * DAY_S
"""Three years: what an operator did can be asked for as long as a claim can be made (民法典, 188)."""
IMPORT_S: Final = 365 * DAY_S
"""The report of an import names rows that were refused, with their values."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of what is kept: for how many seconds, and what removes the rows that are older."""

    seconds: float
    remove: Callable[[float], int]
    """Takes the Unix time before which a row is over. Returns: how many were removed."""


def _older(model: Any, column: Any) -> Callable[[float], int]:
    """Removes the rows whose column holds an earlier moment."""
    return lambda before: _removed(model, column, clock.text_of(before))


def _removed(model: Any, column: Any, before: object) -> int:
    """Remove the rows whose column is below a value, some in a transaction each. Returns: how many."""
    table, name = model._meta.table_name, column.column_name
    is_locking = locks_rows()  # PostgreSQL
    place, mark = ("ctid", "%s") if is_locking else ("rowid", "?")
    # A row that somebody has locked is left for the next night, so that neither waits for the other.
    passing = "FOR UPDATE SKIP LOCKED" if is_locking else ""
    some = f"SELECT {place} FROM {table} WHERE {name} < {mark} LIMIT {CHUNK} {passing}"  # noqa: S608  # names of ours, values are bound
    which = f"{place} = ANY(ARRAY({some}))" if is_locking else f"{place} IN ({some})"
    total, removed = 0, CHUNK
    while removed == CHUNK:
        with database.atomic():
            # The age again: PostgreSQL may let somebody renew the row before it is removed.
            statement = f"DELETE FROM {table} WHERE {which} AND {name} < {mark}"  # noqa: S608  # as above
            removed = database.execute_sql(statement, (before, before)).rowcount
        total += removed
        time.sleep(REST_S if removed == CHUNK else 0)
    return total


def _login_failures(before: float) -> int:
    return _removed(LoginFailure, LoginFailure.last, int(before * 1000))


def _login_codes(before: float) -> int:
    if not locks_rows():  # only PostgreSQL has the table
        return 0
    return _removed(LoginCode, LoginCode.ends, int(before * 1000))


def _spending(before: float) -> int:
    # The row holds when its window ends, which began a window's length before.
    return remove_older(Spending, Spending.ends, clock.text_of(before + WINDOW_S))


def _audit(before: float) -> int:
    return audit.remove_older(clock.text_of(before), COMMAND_LINE)


RETENTION: Final[Mapping[str, Kept]] = {
    "idempotency_key": Kept(idempotency.LIFETIME_S, idempotency.remove_older),
    "spending": Kept(WINDOW_S, _spending),
    "login_code": Kept(LOGIN_CODE_S, _login_codes),
    "console_sessions": Kept(sessions.LIFETIME_S, _older(OperatorSession, OperatorSession.created)),
    "console_login_failures": Kept(throttle.FORGET_S, _login_failures),
    "console_known_clients": Kept(throttle.KNOWN_S, _older(KnownClient, KnownClient.seen)),
    "console_imports": Kept(IMPORT_S, _older(ImportRow, ImportRow.created)),
    "console_audit": Kept(AUDIT_S, _audit),
}
"""By table."""


def remove_expired() -> dict[str, int]:
    """Remove what is older than it may be. Returns: how many rows, by table. Any number may do so at once.

    Others get to write meanwhile. After a kill the next run goes on.
    """
    now = time.time()
    return {table: kept.remove(now - kept.seconds) for table, kept in RETENTION.items()}
