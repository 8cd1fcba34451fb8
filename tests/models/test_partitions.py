"""Tables parted by owner: rows, names and rules stay, unique values are so among an owner's own.

Covers: tests/partitions.py, models/migrations/0021_counted_by_name.py
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from peewee import Database, IntegrityError

from bai_wx.database import connection
from bai_wx.database.connection import connect, disconnect
from bai_wx.database.versions import CollectionVersion
from models.orders import Order
from models.products import Product
from tests import partitions
from tests.databases import IS_POSTGRES, migrated_address, read
from tests.factories import ALICE, BOB, make_order, make_product
from tests.partitions import OWNERS, PARTS

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has no partitions")


def execute(sql: str) -> object:
    """Run a statement on the connected database."""
    return connection.database.execute_sql(sql)


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Where a database is that has every table and no row."""
    return migrated_address(tmp_path)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """The same, connected, with two orders that were there before it was parted."""
    connected = connect(address)
    make_order(ALICE, id="order0000000001", order_number="N-1")
    make_order(BOB, id="order0000000002", order_number="N-1")
    partitions.partition(address)
    yield connected
    disconnect()


@pytest.mark.parametrize(("table", "owner"), OWNERS.items(), ids=OWNERS)
@pytest.mark.usefixtures("database")
def test_every_unique_index_contains_the_owner(address: str, table: str, owner: str) -> None:
    """And there are as many parts as were asked for."""
    unique = read(
        address,
        "SELECT indexdef FROM pg_indexes WHERE tablename = ? AND indexdef ~ 'UNIQUE'",
        table,
    )
    assert unique
    assert [row for row in unique if not re.search(rf"\W{owner}\W", row["indexdef"])] == []
    parts = "SELECT inhrelid FROM pg_inherits WHERE inhparent = ?::regclass"
    assert len(read(address, parts, table)) == PARTS


def test_rows_and_columns_stay(database: Database, tmp_path: Path) -> None:
    """As the migrations made them, the next `seq` behind the last."""
    assert [row.id for row in Order.select().order_by(Order.seq)] == [
        "order0000000001",
        "order0000000002",
    ]
    third = make_order(ALICE)
    assert third.seq == max(row.seq for row in Order.select())
    columns = (
        "SELECT column_name, data_type, collation_name, is_nullable, column_default"
        " FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position"
    )
    for table in OWNERS:
        whole = read(migrated_address(tmp_path), columns, table)
        assert read(database.database, columns, table) == whole


def test_an_id_is_unique_among_its_owners_rows(database: Database) -> None:
    """Two owners may choose the same one from now on."""
    with pytest.raises(IntegrityError), database.atomic():
        make_order(ALICE, id="order0000000001")
    assert make_order(BOB, id="order0000000001").order_owner == BOB.openid


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: make_product(id="prod00000000002"), id="insert"),
        pytest.param(lambda: Product.update(prod_list_name="x").execute(), id="update"),
        pytest.param(lambda: Product.delete().execute(), id="delete"),
        pytest.param(lambda: execute("TRUNCATE tbl_product_list"), id="truncate"),
        *(
            pytest.param(
                partial(execute, f"DELETE FROM tbl_product_list_{part}"), id=f"part {part}"
            )
            for part in range(PARTS)
        ),
    ],
)
def test_changes_of_parted_products_are_counted(
    database: Database, address: str, change: Callable[[], object]
) -> None:
    """Whether the statement names the table or a part of it."""
    make_product(id="prod00000000001")
    partitions.partition_table(address, "tbl_product_list", "id")
    [before] = CollectionVersion.select()
    change()
    [after] = CollectionVersion.select()
    assert after.collection == Product.collection()
    assert after.number > before.number  # a TRUNCATE counts for each part, too
