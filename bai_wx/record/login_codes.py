"""Login codes that some replica exchanges, or has exchanged just now. PostgreSQL has this table alone.

It is not logged: a statement waits for no disk and for no standby. Each is a transaction of its own.
"""

import hashlib
from typing import Final

from peewee import BigIntegerField, Model, TextField

from bai_wx.database.connection import database

SWEPT_AT_ONCE: Final = 20
"""How many outlived codes one answer takes away: more than arrive, and soon done."""

_NOW: Final = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"  # the same for all replicas

_CLAIM: Final = f"""
    INSERT INTO login_code AS held (digest, answer, ends) VALUES (%s, '', {_NOW} + %s)
    ON CONFLICT (digest) DO UPDATE SET answer = '', ends = excluded.ends WHERE held.ends <= {_NOW}
    RETURNING 1
"""
_ANSWER: Final = f"SELECT answer FROM login_code WHERE digest = %s AND ends > {_NOW}"
_KEEP: Final = f"""
    WITH outlived AS (
        SELECT digest FROM login_code WHERE ends <= {_NOW} AND digest <> %s
        LIMIT {SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
    ), swept AS (
        DELETE FROM login_code USING outlived WHERE login_code.digest = outlived.digest
    )
    INSERT INTO login_code (digest, answer, ends) VALUES (%s, %s, {_NOW} + %s)
    ON CONFLICT (digest) DO UPDATE SET answer = excluded.answer, ends = excluded.ends
"""
_DROP: Final = "DELETE FROM login_code WHERE digest = %s AND answer = ''"


class LoginCode(Model):
    """A code's digest, what it was answered with (`""` until then), and until when that holds, in ms."""

    digest = TextField(primary_key=True)
    answer = TextField()
    ends = BigIntegerField(index=True)

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "login_code"


def claim(code: str, patience_s: float) -> bool:
    """Take a code upon this replica for so many seconds. Returns: whether nobody else has it."""
    cursor = database.execute_sql(_CLAIM, (_digest(code), _ms(patience_s)))
    return cursor.fetchone() is not None


def answer_of(code: str) -> str:
    """What a code was answered with just now; `""` when nothing is known."""
    row = database.execute_sql(_ANSWER, (_digest(code),)).fetchone()
    return str(row[0]) if row else ""


def keep(code: str, answer: str, for_s: float) -> None:
    """Keep what a code was answered with for so many seconds."""
    digest = _digest(code)
    database.execute_sql(_KEEP, (digest, digest, answer, _ms(for_s)))


def drop(code: str) -> None:
    """Let the next one ask about a code that has no answer."""
    database.execute_sql(_DROP, (_digest(code),))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
