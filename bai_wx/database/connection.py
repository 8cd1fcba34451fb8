"""The database behind the models, chosen once by its address."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
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

from bai_wx.database import own_writes
from bai_wx.database.damage import Guard, is_damage
from bai_wx.database.damage import is_missing_schema as is_missing_schema
from bai_wx.database.sqlite import INTERRUPTED, NORMAL, NOT_TEXT, TimedSqlite
from bai_wx.database.sqlite import Busy as Busy

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
ModelT = TypeVar("ModelT", bound=Model)


class _Chosen(DatabaseProxy):
    """Stands for the database until one is chosen; from then on it passes everything on to that one."""

    def atomic(self, *arguments: Any) -> Any:
        return self.obj.atomic(*arguments)


database = _Chosen()

FAILURES = (InterfaceError, InternalError, OperationalError, sqlite3.OperationalError)
"""What the database raises when it cannot do something now. Prepared reads raise the driver's own."""

CONNECTIONS = 10
"""The largest number of connections that a worker's threads have to PostgreSQL. Its event loop has up to 12."""


def connect(
    url: str,
    *,
    limit_s: float | None = None,
    connections: int = CONNECTIONS,
    guard: Guard | None = None,
    synchronous: str = NORMAL,
    reads: tuple[str, frozenset[str]] | None = None,
    name: str = "",
) -> Database:
    """Point the models at `sqlite:///path` or `postgresql://host/name`. Connections open when needed.

    SQLite has one connection for each thread, PostgreSQL a pool of `connections`. `limit_s` bounds a
    statement outside a transaction, in seconds. `guard` watches SQLite's file, `synchronous` is its pragma.
    `reads` is the address of standbys of PostgreSQL, and the tables that requests may read there; `name` is
    what PostgreSQL shows its sessions as.
    Raises: `ValueError` for another address.
    """
    chosen = another(
        url,
        limit_s=limit_s,
        connections=connections,
        guard=guard,
        synchronous=synchronous,
        reads=reads,
        name=name,
    )
    database.initialize(chosen)
    own_writes.switch.is_on = reads is not None
    return chosen


def another(
    url: str,
    *,
    limit_s: float | None = None,
    connections: int = CONNECTIONS,
    guard: Guard | None = None,
    synchronous: str = NORMAL,
    reads: tuple[str, frozenset[str]] | None = None,
    name: str = "",
) -> Database:
    """A database with connections of its own, for who must not wait for those of the models.

    As `connect`, which the models follow.
    """
    # sqlite:///a.db is relative and sqlite:////srv/a.db absolute, as in SQLAlchemy.
    scheme, _, path = url.partition("://")
    chosen: Database
    if scheme == "sqlite" and path.startswith("/") and len(path) > 1:
        chosen = TimedSqlite(path[1:], limit_s=limit_s, guard=guard, synchronous=synchronous)
    elif scheme in ("postgresql", "postgres") and path:
        # The driver takes its time; SQLite needs none.
        from bai_wx.database.postgres import Postgres
        from bai_wx.database.public_reads import Reads

        chosen = Postgres(
            f"postgresql://{path}",
            limit_s=limit_s,
            connections=connections,
            reads=Reads(*reads) if reads else None,
        )
        if name:
            chosen.connect_params["application_name"] = name
    else:
        # The address may hold a password, and this text goes to the log.
        raise ValueError(
            f"BAI_WX_DATABASE {scheme}:… is not understood; write sqlite:///path/to/file.db"
            " or postgresql://user@host/name"
        )
    return chosen


def is_embedded() -> bool:
    """Whether the chosen database is SQLite: reads are short, and there is one writer."""
    return isinstance(database.obj, TimedSqlite)


def is_postgres() -> bool:
    """Whether the chosen database is PostgreSQL."""
    return isinstance(database.obj, PostgresqlDatabase)


def reads_at_standbys() -> bool:
    """Whether there are standbys of PostgreSQL that public rows are read at."""
    return own_writes.switch.is_on


def read_at_standby(*, is_guest: bool) -> None:
    """Have the public rows of this request read at a standby, if one shows all that its user wrote."""
    database.obj.read_at_standby(is_guest=is_guest)


def note_own_write(xact: int) -> None:
    """Note in which transaction this request's user wrote public rows last; 0 where in none."""
    database.obj.note_own_write(xact)


def write_as(user_id: str) -> None:
    """Note whose request writes, so that what it writes to public rows is kept as the user's own."""
    database.obj.write_as(user_id)


class RequestConnection:
    """The use that one request makes of this thread's connection: `with request_connection: ...`.

    The first statement takes a connection from the pool, where there is one; leaving gives it back.
    With a deadline all reads inside have `limit_s` together, else each has its own.
    """

    def __init__(self, *, has_deadline: bool) -> None:
        self._has_deadline = has_deadline

    def __enter__(self) -> None:
        if self._has_deadline:
            database.obj.started()

    def __exit__(self, *_: object) -> None:
        database.obj.finished()

    def pause(self) -> None:
        """Give the connection back while something else is waited for. Later reads have a new time limit.

        Inside a transaction nothing happens: it needs its connection.
        """
        if not database.obj.in_transaction():
            database.obj.finished()


request_connection = RequestConnection(has_deadline=True)
connection_without_deadline = RequestConnection(has_deadline=False)
"""For work that waits for others in between, as WeChat, for longer than reads may take."""


def disconnect() -> None:
    """Close this thread's connection, or the whole pool."""
    database.obj.disconnect()


def was_stopped(problem: Exception) -> bool:
    """Whether this failure is a statement that was stopped at its time limit."""
    return str(problem) == INTERRUPTED


def is_damaged(problem: Exception) -> bool:
    """Whether this failure is a row with bytes where a record has text. Trying again would not help."""
    return str(problem) == NOT_TEXT


def note_damage(problem: Exception) -> bool:
    """Whether this failure means that SQLite's file is damaged. From then on the guard refuses writes."""
    if not is_damage(problem):
        return False
    guard: Guard | None = getattr(database.obj, "guard", None)
    if guard is not None:
        guard.note(str(problem))
    return True


def pool_use() -> tuple[int, int]:
    """How many connections to PostgreSQL requests use now, and how many are idle; none on SQLite."""
    use: tuple[int, int] = (0, 0) if is_embedded() else database.obj.pool_use()
    return use


def run(sql: str, values: Any) -> Any:
    """Run a prepared statement and return the driver's cursor."""
    return database.obj.run(sql, values)


def ask(sql: str, values: Any) -> Callable[[], Any]:
    """Say that a prepared read's cursor will be looked at: call what is returned.

    In a transaction PostgreSQL gets all that were asked with the first that is looked at. SQLite, which has no
    round trips, runs it then; what nobody looks at is not run.
    """
    asked: Callable[[], Any] = database.obj.ask(sql, values)
    return asked


def ask_joining(sql: str, values: Any) -> Callable[[], Any]:
    """As `ask`. PostgreSQL gets it with the first statements of the transaction that is begun next."""
    asked: Callable[[], Any] = database.obj.ask_joining(sql, values)
    return asked


def run_unseen(sql: str, values: Any) -> None:
    """Run a prepared write, in a transaction, that nobody looks at.

    PostgreSQL gets it with the next statement, or with the end of the innermost `atomic`: there it raises.
    """
    database.obj.run_unseen(sql, values)


def snapshot() -> Any:
    """A transaction that sees the database as of one moment, while others may write."""
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


def empty_log() -> bool:
    """Have what was removed stand in SQLite's log no more. Returns: whether it does not."""
    return not is_embedded() or bool(database.obj.empty_log())


def insert_rows(model: type[Model], names: Sequence[str], rows: Iterable[Any]) -> None:
    """Insert many rows, each the values of these columns. Raises: `IntegrityError`."""
    database.obj.insert_rows(model, names, rows)


def save() -> None:
    """Checkpoint SQLite before writes are refused. See `TimedSqlite.save`."""
    database.obj.save()


def refresh_statistics() -> None:
    """Have PostgreSQL analyze its tables after many rows were inserted. On SQLite nothing is done."""
    if not is_embedded():
        database.execute_sql("ANALYZE")


def violated(model: type[Model], error: IntegrityError) -> list[str]:
    """Name the columns of the unique index that refused a row; none where another constraint did."""
    found: list[str] = database.obj.violated(model, error)
    return found


def keeps_nul() -> bool:
    """Whether the database can store a NUL in a text. PostgreSQL cannot."""
    return is_embedded()


def among(column: ColumnBase, few: Node) -> Expression:
    """The condition that a column's value is among the few that a query finds.

    PostgreSQL joins as it is told, from the left. It would read the whole table before it looked among the few.
    """
    found: Expression = column << few if is_embedded() else column == fn.ANY(fn.ARRAY(few))
    return found


def holds(column: ColumnBase, keyword: Value) -> Expression:
    """The condition that a text contains the keyword, whatever the case. The keyword comes case-folded."""
    # Not LIKE: in SQLite it folds only A to Z, and stops at a NUL.
    if is_embedded():
        return fn.INSTR(fn.bai_fold(column), keyword) > 0
    return fn.STRPOS(_folded(fn.COALESCE(column, "")), _folded(keyword)) > 0


def _folded(text: Node) -> Function:
    # Full case folding, as Python's: ß is ss. PostgreSQL's Unicode version differs, so both are folded.
    return fn.CASEFOLD(NodeList((text, SQL('COLLATE "pg_unicode_fast"'))))


def lock_name(name: str) -> None:
    """Lock a name, such as a user's openid, until the transaction ends.

    On SQLite nothing is done: a transaction that writes is the only one anyway.
    """
    if locks_rows():
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))


def await_locks() -> None:
    """Return when the names that were locked are. On PostgreSQL they are otherwise with the next statement."""
    if locks_rows():
        database.execute_sql("SELECT 1").fetchone()


def retry_if_refused(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Do the work, which is one transaction, once more where a unique index refuses its row.

    The second time it sees the row of the other writer. Writers that lock the same name (`lock_name`)
    never meet this way; commands lock none.
    """

    @wraps(work)
    def done(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        try:
            return work(*arguments, **options)
        except IntegrityError:
            return work(*arguments, **options)

    return done


def primary_number() -> int:
    """Which primary is asked, counted from 0 in this process; a file is always the same."""
    return int(database.primary_number)


def locks_rows() -> bool:
    """Whether the database locks single rows. SQLite does not: it has one writer at a time."""
    return bool(database.for_update)


def locked(query: "ModelSelect[ModelT]", *, skip: bool = False) -> "ModelSelect[ModelT]":
    """Lock the rows that this query finds until the transaction ends.

    `skip` leaves out rows that another transaction has locked.
    """
    return query.for_update(skip_locked=skip or None) if locks_rows() else query
