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
from bai_wx.record.idempotency import IdempotencyKey
from bai_wx.record.login_codes import LoginCode

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

    def remove(before: float) -> int:
        return int(model.delete().where(column < clock.text_of(before)).execute())

    return remove


def _login_failures(before: float) -> int:
    over = LoginFailure.last < int(before * 1000)
    return int(LoginFailure.delete().where(over).execute())


def _login_codes(before: float) -> int:
    if not locks_rows():  # only PostgreSQL has the table
        return 0
    over = LoginCode.ends < int(before * 1000)
    return int(LoginCode.delete().where(over).execute())


def _audit(before: float) -> int:
    return audit.remove_older(clock.text_of(before), COMMAND_LINE)


RETENTION: Final[Mapping[str, Kept]] = {
    "idempotency_key": Kept(idempotency.LIFETIME_S, _older(IdempotencyKey, IdempotencyKey.created)),
    "login_code": Kept(LOGIN_CODE_S, _login_codes),
    "console_sessions": Kept(sessions.LIFETIME_S, _older(OperatorSession, OperatorSession.created)),
    "console_login_failures": Kept(throttle.FORGET_S, _login_failures),
    "console_known_clients": Kept(throttle.KNOWN_S, _older(KnownClient, KnownClient.seen)),
    "console_imports": Kept(IMPORT_S, _older(ImportRow, ImportRow.created)),
    "console_audit": Kept(AUDIT_S, _audit),
}
"""By table."""


def remove_expired() -> dict[str, int]:
    """Remove what is older than it may be. Returns: how many rows, by table. Any number may do so at once."""
    now = time.time()
    with database.atomic():
        return {table: kept.remove(now - kept.seconds) for table, kept in RETENTION.items()}
