"""Sessions of the console: kept in the database, so that they can be listed and ended.

A cookie holds a random value; the table holds its SHA-256, so whoever reads the table cannot enter.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from peewee import Expression, Model, TextField

from bai_wx.console.accounts.operators import ACTIVE, Operator
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.database.connection import database
from bai_wx.record import clock, ids

IDLE_S: Final = 30 * 60
"""A session ends when nothing was asked in it for so long."""
LIFETIME_S: Final = 12 * 3600
"""A session ends so long after its login, whatever was asked."""
TOUCH_S: Final = 60
"""The time of the last request is written at most so often."""
MAX_AGENT: Final = 200  # characters
MAX_COOKIE: Final = 100  # characters
VALUE_BYTES: Final = 32


class OperatorSession(Model):
    """A session. `digest` is of the cookie's value, `seen` the last request's time to the minute."""

    id = TextField(primary_key=True, default=ids.record_id)
    digest = TextField(unique=True)
    operator_id = TextField(index=True)
    address = TextField()
    agent = TextField()
    created = TextField(index=True)
    seen = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_sessions"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not ended, as pages show it."""

    id: str
    operator_id: str
    name: str
    role: Role
    address: str
    agent: str
    created: str
    seen: str


def begin(operator: Operator, address: str, agent: str) -> str:
    """Begin a session of this operator, and remove those that have expired.

    Args: `agent` is the browser's name, of which as much is kept as a list can show.
    Returns: the cookie's value, new at every login.
    """
    value = secrets.token_urlsafe(VALUE_BYTES)
    now = clock.now()
    with database.atomic():
        OperatorSession.delete().where(~_open()).execute()
        OperatorSession.insert(
            id=ids.record_id(),
            digest=_digest(value),
            operator_id=operator.id,
            address=address,
            agent=_shown(agent),
            created=now,
            seen=now,
        ).execute()
    return value


def acting(cookie: str, address: str) -> Acting | None:
    """Who acts by this cookie; None where its session expired or ended, or its operator is disabled.

    `address` is the client's of this request.
    """
    if not cookie or len(cookie) > MAX_COOKIE:
        return None
    found = _rows().where(OperatorSession.digest == _digest(cookie)).tuples().first()
    if found is None:
        return None
    session_id, operator_id, name, role, seen = found[:5]
    if seen < _ago(TOUCH_S):
        _touch(session_id)
    return Acting(operator_id, name, Role(role), address, session_id)


def end(session_id: str) -> bool:
    """End a session. Returns: whether there was one."""
    ended = OperatorSession.delete().where(OperatorSession.id == session_id).execute()
    return bool(ended)


def end_all_of(operator_id: str, *, but: str = "") -> int:
    """End every session of an operator, except the one of the id `but`. Returns: how many."""
    condition = (OperatorSession.operator_id == operator_id) & (OperatorSession.id != but)
    return int(OperatorSession.delete().where(condition).execute())


def owner_of(session_id: str) -> str | None:
    """The id of the operator whose session this is; None where there is none."""
    if not ids.is_record_id(session_id):  # PostgreSQL cannot be asked for every text
        return None
    found = OperatorSession.get_or_none(OperatorSession.id == session_id)
    return None if found is None else str(found.operator_id)


def open_sessions(operator_id: str = "") -> list[OpenSession]:
    """The sessions that have not ended, of one operator or of all, the last used first."""
    query = _rows().order_by(OperatorSession.seen.desc(), OperatorSession.id)
    if operator_id:
        query = query.where(OperatorSession.operator_id == operator_id)
    return [
        OpenSession(session_id, owner, name, Role(role), address, agent, created, seen)
        for session_id, owner, name, role, seen, address, agent, created in query.tuples()
    ]


def _rows() -> Any:
    """Open sessions with their active operators: id, operator's id, name, role, seen, and the rest."""
    own = OperatorSession
    columns = (own.id, Operator.id, Operator.name, Operator.role, own.seen)
    query = own.select(*columns, own.address, own.agent, own.created)
    joined = query.join(Operator, on=(Operator.id == own.operator_id))
    return joined.where(_open(), Operator.status == ACTIVE)


def _open() -> Expression:
    return (OperatorSession.seen > _ago(IDLE_S)) & (OperatorSession.created > _ago(LIFETIME_S))


def _touch(session_id: str) -> None:
    OperatorSession.update(seen=clock.now()).where(OperatorSession.id == session_id).execute()


def _ago(seconds: float) -> str:
    return clock.text_of(time.time() - seconds)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def _shown(agent: str) -> str:
    return "".join(character for character in agent if character.isprintable())[:MAX_AGENT]
