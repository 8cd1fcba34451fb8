"""What the room uses of Peewee and psycopg below their public APIs, by name: see `pyproject.toml`."""

import inspect
import sqlite3
from typing import Any

import peewee
import pytest
from peewee import (
    SQL,
    Context,
    Expression,
    IntegrityError,
    PostgresqlDatabase,
    SqliteDatabase,
    fn,
)
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]  # private
from playhouse.pool import PooledDatabase, _PooledPostgresqlDatabase
from playhouse.postgres_ext import Psycopg3Database
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

from bai_wx.database.statement import Once, Param, Slot, Statement
from bai_wx.database.waiting import State
from models.products import Product


def parameters_of(function: Any) -> list[str]:
    """The names of a function's parameters."""
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", ["_connect", "_add_conn_hooks", "_state", "for_update"])
def test_sqlite_of_peewee_has(name: str) -> None:
    assert name in dir(SqliteDatabase(":memory:"))


def test_what_sqlite_overrides_is_called_as_ours_is() -> None:
    """A parameter more, or one that is gone, would pass by our methods."""
    assert parameters_of(SqliteDatabase._connect) == ["self"]  # type: ignore[attr-defined]  # private
    assert parameters_of(SqliteDatabase._add_conn_hooks) == ["self", "conn"]  # type: ignore[attr-defined]  # private
    assert parameters_of(SqliteDatabase.begin) == ["self", "lock_type"]
    assert parameters_of(SqliteDatabase.rollback) == ["self"]
    assert parameters_of(SqliteDatabase.savepoint) == ["self"]
    assert parameters_of(SqliteDatabase.execute_sql) == ["self", "sql", "params"]


def test_sqlite_hooks_are_called_for_every_connection() -> None:
    """Our pragmas and the time limit are set there."""
    hooked = []

    class Hooked(SqliteDatabase):
        def _add_conn_hooks(self, conn: sqlite3.Connection) -> None:
            hooked.append(conn)
            super()._add_conn_hooks(conn)  # type: ignore[misc]  # private

    database = Hooked(":memory:", pragmas={"cache_size": -500})
    database.connect()
    assert hooked == [database.connection()]  # type: ignore[no-untyped-call]  # no types in the stub
    assert database.execute_sql("PRAGMA cache_size").fetchone() == (-500,)
    database.close()


def test_the_exceptions_of_drivers_become_peewees() -> None:
    """The original stays with it."""
    with pytest.raises(IntegrityError) as raised, peewees_exceptions:
        raise sqlite3.IntegrityError("UNIQUE constraint failed: t.a")
    assert isinstance(raised.value.orig, sqlite3.IntegrityError)  # type: ignore[attr-defined]  # private
    assert str(raised.value) == "UNIQUE constraint failed: t.a"


@pytest.mark.parametrize(
    "name",
    [
        *("_connect", "_is_closed", "_can_reuse", "_state", "_close_raw"),
        *("close_idle", "close_all", "manual_close"),
    ],
)
def test_the_pool_of_peewee_has(name: str) -> None:
    pool = type("Pool", (_PooledPostgresqlDatabase, Psycopg3Database), {})
    assert name in dir(pool("postgresql://nowhere/none"))


def test_what_the_pool_overrides_is_called_as_ours_is() -> None:
    assert parameters_of(PooledDatabase._connect) == ["self"]
    assert parameters_of(_PooledPostgresqlDatabase._is_closed) == ["self", "conn"]
    assert parameters_of(_PooledPostgresqlDatabase._can_reuse) == ["self", "conn"]
    assert parameters_of(PooledDatabase.connect) == ["self", "reuse_if_open"]
    assert parameters_of(PostgresqlDatabase.begin) == ["self", "isolation_level"]
    assert parameters_of(Psycopg3Database.execute_sql)[:3] == ["self", "sql", "params"]
    assert parameters_of(PostgresqlDatabase.commit) == ["self"]


def test_the_pool_connects_by_the_class_beside_it() -> None:
    """`Connecting` stands there, and sees every connection that is opened."""
    opened = []

    class Connecting(Psycopg3Database):  # type: ignore[misc]  # playhouse is not typed
        def _connect(self) -> str:
            opened.append(self)
            return "a connection"

    pool = type("Pool", (_PooledPostgresqlDatabase, Connecting), {})("postgresql://nowhere/none")
    assert pool._connect() == "a connection"
    assert opened == [pool]


def test_the_state_of_a_connection_is_what_ours_stands_for() -> None:
    """`waiting.State` has the same attributes, of a greenlet."""
    state = set(vars(peewee._ConnectionState()))
    assert state <= {name for name in dir(State) if not name.startswith("_")}
    assert parameters_of(peewee._ConnectionState.set_connection) == ["self", "conn"]


def test_values_are_sent_and_rows_read_as_psycopg_does() -> None:
    made = {"dump_sequence", "set_pgresult", "load_rows", "types", "formats"}
    assert made <= set(dir(Transformer))
    assert parameters_of(error_from_result)[:2] == ["result", "encoding"]


def test_an_index_tells_its_name_and_columns() -> None:
    """`violated` looks up by them what a unique index refused, and `dialect/cost.py` what is indexed."""
    indexes = {index._name: index for index in Product._meta.fields_to_index()}
    (column,) = indexes["tbl_product_list_prod_list_id"]._expressions
    assert column is Product.prod_list_id


def test_a_row_of_the_database_is_made_without_defaults() -> None:
    """`Record.first_of` says so by this keyword."""
    assert "__no_default__" in inspect.getsource(peewee.Model.__init__)
    row = Product(__no_default__=1, prod_list_name="one")
    assert row.__data__ == {"prod_list_name": "one"}


class Counted(Expression):
    """A condition that counts how often Peewee makes its SQL."""

    made = 0

    def __sql__(self, ctx: Context) -> Context:
        self.made += 1
        made: Context = super().__sql__(ctx)  # type: ignore[no-untyped-call]  # no types in the stub
        return made


def named(name: str) -> Counted:
    """The products of the name that is bound to this parameter."""
    return Counted(Product.prod_list_name, "=", Param(name))


@pytest.mark.usefixtures("database")
def test_once_is_made_once_and_bound_each_time() -> None:
    """In one query and in the next: text, values and the aliases of tables are those of the first."""
    condition, often = named("name"), named("name")
    once = Once(condition)
    for part in (once, often):
        rows = Product.select(Product.id).where(part | (Product.seq > Param("seq")) & part)
        count = Product.select(fn.COUNT(SQL("*"))).where(part)
        if part is once:
            made = rows.sql(), count.sql()
        else:
            assert (rows.sql(), count.sql()) == made
    assert (condition.made, often.made) == (1, 3)
    (_, values), (_, count_values) = made
    assert values == [Slot("name"), Slot("seq"), Slot("name")]
    assert count_values == [Slot("name")]


@pytest.mark.usefixtures("database")
def test_once_takes_the_aliases_of_where_it_stands() -> None:
    """A related table is one of the whole query's, not counted from `t1` again."""
    other: Any = Product.alias()
    inner = other.select(other.id).where(other.seq == Product.seq)
    sql, _ = Product.select(Product.id).where(Once(fn.EXISTS(inner))).sql()
    plain, _ = Product.select(Product.id).where(fn.EXISTS(inner)).sql()
    assert sql == plain
    assert '"t2"."seq" = "t1"."seq"' in sql


@pytest.mark.usefixtures("database")
def test_a_parameter_reaches_the_driver_as_its_slot() -> None:
    """No field converts it, and a list of parameters is one placeholder each."""
    query = Product.select(Product.id).where(
        Product.prod_list_basic_price == Param("fen"), Product.id << [Param("a"), Param("b")]
    )
    assert query.sql()[1] == [Slot("fen"), Slot("a"), Slot("b")]
    _, bound = Statement(query).prepare({"fen": 1990, "a": "x", "b": "y"})
    assert bound == [1990, "x", "y"]
