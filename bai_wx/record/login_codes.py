"""The table of login codes that a replica is exchanging, or has just exchanged, or that WeChat refused it.

Only PostgreSQL has it.

The table is unlogged, so its statements wait for no disk and no standby. Each is its own transaction.
"""

import hashlib
import math
import time
from typing import Final

from peewee import BigIntegerField, Model, TextField

from bai_wx.database.connection import database
from bai_wx.database.server_clock import NOW_MS

SWEEP_EVERY_S: Final = 1.0
"""How often a process that keeps answers removes the expired ones, so that they cannot pile up."""
SWEEP_ALONE_EVERY_S: Final = 60.0
"""How often one that keeps none does: a server that is gone may have left some."""

_CLAIM: Final = f"""
    INSERT INTO login_code AS held (digest, answer, ends) VALUES (%s, '', {NOW_MS} + %s)
    ON CONFLICT (digest) DO UPDATE SET answer = '', ends = excluded.ends WHERE held.ends <= {NOW_MS}
    RETURNING 1
"""  # noqa: S608  # constants of ours, values are bound
_ANSWER: Final = f"SELECT answer FROM login_code WHERE digest = %s AND ends > {NOW_MS}"  # noqa: S608  # constants of ours, values are bound
_KEEP: Final = f"""
    INSERT INTO login_code (digest, answer, ends) VALUES (%s, %s, {NOW_MS} + %s)
    ON CONFLICT (digest) DO UPDATE SET answer = excluded.answer, ends = excluded.ends
"""  # noqa: S608  # constants of ours, values are bound
_SWEEP: Final = f"""
    DELETE FROM login_code WHERE digest IN (
        SELECT digest FROM login_code WHERE ends <= {NOW_MS} FOR UPDATE SKIP LOCKED
    )
"""  # noqa: S608  # constants of ours
_DROP: Final = "DELETE FROM login_code WHERE digest = %s AND answer = ''"


_last_sweep = -math.inf


class LoginCode(Model):
    """A code's digest, its answer (`""` until there is one), and when the row expires, in Unix ms."""

    digest = TextField(primary_key=True)
    answer = TextField()
    ends = BigIntegerField(index=True)

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "login_code"


def claim(code: str, patience_s: float) -> bool:
    """Claim a code for this replica, for so many seconds. Returns: whether no other replica has it."""
    cursor = database.execute_sql(_CLAIM, (_digest(code), _ms(patience_s)))
    return cursor.fetchone() is not None


def answer_of(code: str) -> str:
    """The answer of a code that was exchanged just now; `""` when there is none."""
    row = database.execute_sql(_ANSWER, (_digest(code),)).fetchone()
    return str(row[0]) if row else ""


def keep(code: str, answer: str, for_s: float) -> None:
    """Store the answer of a code for so many seconds."""
    database.execute_sql(_KEEP, (_digest(code), answer, _ms(for_s)))
    sweep(SWEEP_EVERY_S)


def sweep(every_s: float) -> None:
    """Remove what has expired, if this process did not do so within so many seconds."""
    global _last_sweep
    now = time.monotonic()
    if now - _last_sweep >= every_s:
        _last_sweep = now
        database.execute_sql(_SWEEP)


def drop(code: str) -> None:
    """Give up the claim on a code that has no answer, so that another replica may exchange it."""
    database.execute_sql(_DROP, (_digest(code),))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
