"""The database behind the models, chosen once by its address."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from peewee import (
    SQL,
    ColumnBase,
    Database,
    DatabaseProxy,
    Expression,
    Function,
    IntegrityError,
    InterfaceError,
    InternalError,
    Model,
    ModelSelect,
    Node,
    NodeList,
    OperationalError,
    PostgresqlDatabase,
    Value,
    fn,
)
from peewee import DataError as DataError
from peewee import PeeweeException as PeeweeException

from bai_wx.database.damage import Guard, is_damage
from bai_wx.database.damage import is_missing_schema as is_missing_schema
from bai_wx.database.sqlite import INTERRUPTED, NOT_TEXT, TimedSqlite
from bai_wx.database.sqlite import Busy as Busy

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
Row = TypeVar("Row", bound=Model)


class WouldWrite(Exception):
    """A transaction was about to begin where nothing may be written."""


class _Chosen(DatabaseProxy):
    """Stands for the database until it is chosen. Its transactions are the chosen one's own."""

    def atomic(self, *arguments: Any) -> Any:
        if _thread.only_reads:
            raise WouldWrite
        return self.obj.atomic(*arguments)


class _Thread(threading.local):
    only_reads = False


_thread = _Thread()


database = _Chosen()

FAILURES = (InterfaceError, InternalError, OperationalError, sqlite3.OperationalError)
"""How the database says that it cannot do something now; reads speak the driver's own language."""

CONNECTIONS = 10
"""How many connections to PostgreSQL a worker has at the most: eight workers fit its usual 100."""


def connect(
    url: str,
    *,
    limit_s: float | None = None,
    connections: int = CONNECTIONS,
    guard: Guard | None = None,
) -> Database:
    """Point the models at `sqlite:///path` or `postgresql://host/name`. Connections open by themselves.

    SQLite has one connection a thread, PostgreSQL a pool of `connections`. `limit_s` bounds a single
    statement outside a transaction, in seconds. `guard` watches SQLite's file. Raises: `ValueError` for
    another address.
    """
    # sqlite:///a.db is relative and sqlite:////srv/a.db absolute, as in SQLAlchemy.
    scheme, _, path = url.partition("://")
    chosen: Database
    if scheme == "sqlite" and path.startswith("/") and len(path) > 1:
        chosen = TimedSqlite(path[1:], limit_s=limit_s, guard=guard)
    elif scheme in ("postgresql", "postgres") and path:
        from bai_wx.database.postgres import (
            Postgres,  # the driver takes its time; SQLite needs none
        )

        chosen = Postgres(f"postgresql://{path}", limit_s=limit_s, connections=connections)
    else:
        # The address may hold a password, and this text goes to the log.
        raise ValueError(
            f"BAI_WX_DATABASE {scheme}:… is not understood; write sqlite:///path/to/file.db"
            " or postgresql://user@host/name"
        )
    database.initialize(chosen)
    return chosen


def is_embedded() -> bool:
    """Whether the chosen database is SQLite: reads are short, and there is one writer."""
    return isinstance(database.obj, TimedSqlite)


def is_postgres() -> bool:
    """Whether the chosen database is PostgreSQL."""
    return isinstance(database.obj, PostgresqlDatabase)


def started() -> None:
    """Note that a request begins in this thread: from now on its reads have `limit_s` together."""
    database.obj.started()


def release() -> None:
    """Give this thread's connection back to the pool, where there is one; the request is over."""
    database.obj.finished()


def pause() -> None:
    """Hold no connection while something else is waited for; later reads have their time anew.

    A transaction keeps its own: there the wait is part of it.
    """
    if not database.obj.in_transaction():
        database.obj.finished()


def disconnect() -> None:
    """Close this thread's connection, or the whole pool."""
    database.obj.disconnect()


@contextmanager
def nothing_written() -> Iterator[None]:
    """Try without writing: here this thread's transactions raise `WouldWrite` before they begin."""
    _thread.only_reads = True
    try:
        yield
    finally:
        _thread.only_reads = False


def was_stopped(problem: Exception) -> bool:
    """Whether this failure is a statement that ran for longer than it may."""
    return str(problem) == INTERRUPTED


def is_damaged(problem: Exception) -> bool:
    """Whether this failure is a row that holds what no record can: waiting would not help."""
    return str(problem) == NOT_TEXT


def note_damage(problem: Exception) -> bool:
    """Whether this failure says that SQLite's file is damaged; nothing is written to it from then on."""
    if not is_damage(problem):
        return False
    guard: Guard | None = getattr(database.obj, "guard", None)
    if guard is not None:
        guard.note(str(problem))
    return True


def run(sql: str, values: Any) -> Any:
    """Run a prepared statement and return the driver's cursor."""
    return database.obj.run(sql, values)


def snapshot() -> Any:
    """A transaction that sees the database as of one moment, without keeping anybody from writing."""
    return database.atomic(database.obj.SNAPSHOT)


def together(works: Iterable[Callable[[], Result]]) -> list[Result]:
    """Do all these works in one transaction of SQLite. See `TimedSqlite.together`."""
    done: list[Result] = database.obj.together(works)
    return done


def map_file(*, is_on: bool) -> None:
    """Choose how SQLite reads its file in this thread. See `TimedSqlite.map_file`."""
    database.obj.map_file(is_on=is_on)


def checkpoint() -> None:
    """Copy SQLite's log into the file. See `TimedSqlite.checkpoint`."""
    database.obj.checkpoint()


def insert_rows(model: type[Model], names: Sequence[str], rows: Iterable[Any]) -> None:
    """Insert many rows, each the values of these columns. Raises: `IntegrityError`."""
    database.obj.insert_rows(model, names, rows)


def save() -> None:
    """Save what SQLite's log holds. See `TimedSqlite.save`."""
    database.obj.save()


def refresh_statistics() -> None:
    """Let PostgreSQL plan by what the tables hold since many rows came at once; SQLite needs no telling."""
    if not is_embedded():
        database.execute_sql("ANALYZE")


def violated(model: type[Model], error: IntegrityError) -> list[str]:
    """Name the columns of the unique index that refused a row; none when it was something else."""
    found: list[str] = database.obj.violated(model, error)
    return found


def keeps_nul() -> bool:
    """Whether a text may hold a NUL. PostgreSQL's cannot."""
    return is_embedded()


def holds(column: ColumnBase, keyword: Value) -> Expression:
    """The condition that a text holds the keyword, which comes folded, in whatever case."""
    # Not LIKE: it knows case from A to Z alone, and stops at a NUL in SQLite.
    if is_embedded():
        return fn.INSTR(fn.bai_fold(column), keyword) > 0
    return fn.STRPOS(_folded(fn.COALESCE(column, "")), _folded(keyword)) > 0


def _folded(text: Node) -> Function:
    # Full case folding by Unicode, as Python's: ß is ss. Its Unicode may be newer, so both are folded.
    return fn.CASEFOLD(NodeList((text, SQL('COLLATE "pg_unicode_fast"'))))


def hold_name(name: str) -> None:
    """Let one transaction at a time hold this name, until it ends; SQLite's writer is alone anyway."""
    if locks_rows():
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))


def retry_if_refused(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let the work, which is one transaction, be done once more where a unique index refuses its row.

    Whoever was quicker is seen then. Those who hold the same name never meet; commands hold none.
    """

    @wraps(work)
    def done(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        try:
            return work(*arguments, **options)
        except IntegrityError:
            return work(*arguments, **options)

    return done


def locks_rows() -> bool:
    """Whether the database locks single rows. SQLite does not: its writer is alone."""
    return bool(database.for_update)


def locked(query: "ModelSelect[Row]", *, skip: bool = False) -> "ModelSelect[Row]":
    """Keep the rows this query finds from other writers until the transaction ends.

    `skip` leaves out those that another writer keeps already.
    """
    return query.for_update(skip_locked=skip or None) if locks_rows() else query
