"""Which statements a standby may be asked, and which writes its reader must find there."""

import pytest

from bai_wx.database.public_tables import PublicTables

TABLES = PublicTables(frozenset({"shelf", "picture", "collection_version"}))


@pytest.mark.parametrize(
    ("sql", "is_read_alone"),
    [
        pytest.param('SELECT "t1"."id" FROM "shelf" AS "t1" WHERE "t1"."id" = %s', True, id="one"),
        pytest.param('SELECT 1 FROM "shelf" AS "t1" JOIN "picture" AS "j1" ON (1)', True, id="two"),
        pytest.param(
            'SELECT 1 FROM "shelf" AS "t1" WHERE EXISTS(SELECT 1 FROM jsonb_array_elements_text("x") AS i)',
            True,
            id="a function's rows",
        ),
        pytest.param(
            'SELECT 1 FROM "shelf" AS "t1" WHERE "t1"."a" IS DISTINCT FROM "t1"."b"',
            True,
            id="distinct from",
        ),
        pytest.param(
            'SELECT COUNT(*) FROM (SELECT 1 FROM "shelf" AS "t1") AS "x"', True, id="a part"
        ),
        pytest.param('SELECT 1 FROM "cart" AS "t1"', False, id="another"),
        pytest.param('SELECT 1 FROM "shelf" AS "t1", "cart" AS "t2"', False, id="behind a comma"),
        pytest.param(
            'SELECT 1 FROM "shelf" AS "t1" LEFT JOIN "cart" AS "j1" ON (1)', False, id="joined"
        ),
        pytest.param(
            'SELECT 1 FROM "shelf" AS "t1" WHERE EXISTS(SELECT 1 FROM "cart")', False, id="inside"
        ),
        pytest.param("SELECT 1 FROM own_write", False, id="not quoted"),
        pytest.param("SELECT pg_advisory_xact_lock(1)", False, id="a lock"),
        pytest.param('SELECT 1 FROM "shelf" AS "t1" FOR UPDATE', False, id="locked rows"),
        pytest.param('UPDATE "shelf" SET "a" = 1', False, id="a write"),
        pytest.param('WITH x AS (DELETE FROM "shelf") SELECT 1 FROM "shelf"', False, id="both"),
    ],
)
def test_a_standby_is_asked_what_reads_public_tables_alone(sql: str, is_read_alone: bool) -> None:
    """Whatever is not understood goes to the primary."""
    assert TABLES.are_read_alone(sql) is is_read_alone


@pytest.mark.parametrize(
    ("sql", "is_written"),
    [
        pytest.param('INSERT INTO "shelf" ("a") VALUES (%s)', True, id="a row"),
        pytest.param('UPDATE "shelf" SET "a" = 1 WHERE "id" = %s', True, id="a change"),
        pytest.param('DELETE FROM "picture"', True, id="a removal"),
        pytest.param(
            "WITH x AS (DELETE FROM cart) INSERT INTO shelf (a) VALUES (1)", True, id="both"
        ),
        pytest.param("CALL something()", True, id="nobody knows"),
        pytest.param(
            'INSERT INTO "cart" ("a") VALUES (%s) ON CONFLICT DO NOTHING', False, id="another"
        ),
        pytest.param(
            'INSERT INTO "cart" ("a") VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2',
            False,
            id="upsert",
        ),
        pytest.param('SELECT 1 FROM "shelf" AS "t1" FOR UPDATE', False, id="a read"),
        pytest.param('SAVEPOINT "s1"', False, id="a savepoint"),
        pytest.param("BEGIN", False, id="the beginning"),
    ],
)
def test_a_write_to_a_public_table_is_noted(sql: str, is_written: bool) -> None:
    """One that is not understood is noted, too."""
    assert TABLES.are_written(sql) is is_written
