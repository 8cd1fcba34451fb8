"""Filter, step three: text, SQL and parameters side by side, as SQLite has them.

PostgreSQL's are in `test_build_postgres`.

Covers: bai_wx/dialect/filter/columns.py, bai_wx/dialect/filter/paths.py, bai_wx/dialect/filter/on_sqlite.py
Covers: bai_wx/dialect/filter/database_sql.py
"""

from typing import Any

import pytest
from peewee import Database

from bai_wx.dialect.filter.build import build
from bai_wx.dialect.filter.parse import parse
from bai_wx.dialect.filter.paths import Joins
from bai_wx.dialect.filter.scan import scan
from bai_wx.errors import BadQuery
from tests.databases import IS_POSTGRES
from tests.dialect.sample import Sample
from tests.factories import ALICE

NOW = "2026-02-14 08:15:30.123Z"

pytestmark = pytest.mark.usefixtures("database")

YUAN = (
    'CAST(CASE WHEN ((("t1"."price" / ?) * ?) = "t1"."price") THEN ("t1"."price" / ?)'
    ' ELSE ("t1"."price" / 100.0) END AS NUMERIC)'
)
JSON = 'json_extract(CASE WHEN json_valid("t1"."data") THEN "t1"."data" ELSE ? END, ?)'

ITEMS = 'json_each(CASE WHEN json_valid("t1"."pictures") THEN "t1"."pictures" ELSE ? END)'


def _shown(rows: str) -> str:
    """The condition that Alice may see these rows of attachments."""
    return (
        f'(("{rows}"."is_delete" = ?) AND (("{rows}"."attachments_status" != \'invalid\') AND'
        f' (("{rows}"."attachments_is_identity" = 0)'
        f' OR COALESCE(("{rows}"."attachments_owner" = ?), FALSE))))'
    )


def sql_of(text: str) -> tuple[str, list[Any]]:
    """The condition's SQL and its parameters, bound."""
    scanned = scan(text)
    made = build(parse(scanned.tokens), Joins(Sample))
    sql, parameters = Sample.select(Sample.seq).where(made.condition).sql()
    bound: dict[str, Any] = {"openid": ALICE.openid}
    made.bind(scanned.values, NOW, bound)
    values = [bound[p.name] if hasattr(p, "name") else p for p in parameters]
    return sql.partition(" WHERE ")[2], values


@pytest.mark.skipif(IS_POSTGRES, reason="SQLite's SQL")
@pytest.mark.parametrize(
    ("text", "sql", "parameters"),
    [
        pytest.param("title='x'", '("t1"."title" = ?)', ["x"], id="equal"),
        pytest.param("title!='x'", '("t1"."title" IS NOT ?)', ["x"], id="not equal"),
        pytest.param("title?!='x'", '("t1"."title" IS NOT ?)', ["x"], id="any of one value"),
        pytest.param("'x'=title", '(? = "t1"."title")', ["x"], id="value first"),
        pytest.param("views>=3", '("t1"."views" >= ?)', [3.0], id="number is a float"),
        pytest.param(
            "title='x' && views>=3",
            '(("t1"."title" = ?) AND LIKELY("t1"."views" >= ?))',
            ["x", 3.0],
            id="a range beside an equality",
        ),
        pytest.param(
            "title='x' || views>=3",
            '(("t1"."title" = ?) OR ("t1"."views" >= ?))',
            ["x", 3.0],
            id="a range instead of an equality",
        ),
        pytest.param(
            "title!='x' && views>=3",
            '(("t1"."title" IS NOT ?) AND ("t1"."views" >= ?))',
            ["x", 3.0],
            id="a range beside what is no equality",
        ),
        pytest.param("title=null", '("t1"."title" = \'\')', [], id="null is empty"),
        pytest.param("title!=''", '("t1"."title" IS NOT \'\')', [], id="not empty"),
        pytest.param("views>null", '("t1"."views" > NULL)', [], id="null in an ordering"),
        pytest.param("views=TRUE", '("t1"."views" = ?)', [1], id="constant"),
        pytest.param("price>19.9", '("t1"."price" > ?)', [1990], id="yuan become fen"),
        pytest.param("'0.29'=price", '(? = "t1"."price")', [29], id="yuan in a text"),
        pytest.param("price>0.125", '("t1"."price" > ?)', [12.5], id="part of a fen"),
        pytest.param("price='x'", '("t1"."price" = ?)', ["x"], id="no amount"),
        pytest.param(
            "price~9.9",
            f"({YUAN} LIKE ? ESCAPE '\\')",
            [100, 100, 100, "%9.9%"],
            id="like an amount",
        ),
        pytest.param(
            "title~'a_b'",
            '("t1"."title" LIKE ? ESCAPE \'\\\')',
            ["%a\\_b%"],
            id="contains, literally",
        ),
        pytest.param("title~'a%'", '("t1"."title" LIKE ? ESCAPE \'\\\')', ["a%"], id="own pattern"),
        pytest.param(
            "title!~'x'", 'NOT ("t1"."title" LIKE ? ESCAPE \'\\\')', ["%x%"], id="contains not"
        ),
        pytest.param(
            "title~slug",
            '("t1"."title" LIKE (\'%\' || SUBSTR("t1"."slug", ?, ?) || \'%\') ESCAPE \'\\\')',
            [1, 12000],
            id="contains a field",
        ),
        pytest.param(
            "title=slug",
            '(COALESCE("t1"."title", ?) = COALESCE("t1"."slug", ?))',
            ["", ""],
            id="two fields",
        ),
        pytest.param("title:lower='x'", '(LOWER("t1"."title") = ?)', ["x"], id="lower"),
        pytest.param(
            "data.a.0!=1", f"({JSON} IS NOT ?)", ["null", "$.a[0]", 1.0], id="inside JSON"
        ),
        pytest.param("data=''", f"({JSON} IS '')", ["null", "$"], id="JSON folds nothing"),
        pytest.param("company.id='x'", '("t1"."company" = ?)', ["x"], id="id of a relation"),
        pytest.param("due>@now", '("t1"."due" > ?)', [NOW], id="macro"),
        pytest.param(
            "title='a' && (views=1 || views=2)",
            '(("t1"."title" = ?) AND (("t1"."views" = ?) OR ("t1"."views" = ?)))',
            ["a", 1.0, 2.0],
            id="joined",
        ),
        pytest.param(
            "strftime('%Y',due,'+1 day')!='2025'",
            '(STRFTIME(?, "t1"."due", ?) IS NOT ?)',
            ["%Y", "+1 day", "2025"],
            id="function",
        ),
        pytest.param(
            "company.company_name='x'", '("j0"."company_name" = ?)', ["x"], id="joined row"
        ),
        pytest.param(
            "company.company_name!=''",
            '(("j0"."company_name" IS NOT \'\') AND "j0"."company_name" IS NOT NULL)',
            [],
            id="joined row, set",
        ),
        pytest.param(
            "product.prod_list_icon.attachments_size>1",
            '("j1"."attachments_size" > ?)',
            [1.0],
            id="two joins",
        ),
        pytest.param(
            "pictures.attachments_size?>3",
            '("j1"."attachments_size" > ?)',
            [3.0],
            id="any of several",
        ),
        pytest.param(
            "pictures.attachments_size>3",
            '(("j1"."attachments_size" > ?) AND NOT EXISTS (SELECT 1 FROM (SELECT 1) AS one'
            f' LEFT JOIN {ITEMS} AS "j0_0" ON NOT EXISTS (SELECT 1 FROM "tbl_attachments" AS "j0_0h"'
            ' WHERE ("j0_0h"."id" = "j0_0"."value")'
            f" AND NOT {_shown('j0_0h')} )"
            ' LEFT JOIN "tbl_attachments" AS "j0_1" ON ("j0_1"."id" = "j0_0"."value")'
            f" AND {_shown('j0_1')}"
            ' WHERE NOT ("j0_1"."attachments_size" > ?) ))',
            [3.0, "[]", 0, ALICE.openid, 0, ALICE.openid, 3.0],
            id="all of several",
        ),
        pytest.param(
            "pictures:each!='x'",
            '(("j0"."value" IS NOT ?) AND NOT EXISTS (SELECT 1 FROM (SELECT 1) AS one'
            f' LEFT JOIN {ITEMS} AS "j0_0" ON TRUE WHERE NOT ("j0_0"."value" IS NOT ?) ))',
            ["x", "[]", "x"],
            id="all items",
        ),
        pytest.param(
            "(views>1 && (views=2 || " * 4 + "views=3" + "))" * 4 + " || views=4",
            "CASE"
            ' WHEN ("t1"."views" = ?) THEN 1'
            + ' WHEN NOT COALESCE(("t1"."views" > ?), 0) THEN 0 WHEN ("t1"."views" = ?) THEN 1' * 4
            + ' ELSE ("t1"."views" = ?) END',
            [4.0, *[1.0, 2.0] * 4, 3.0],
            id="nine groups, one in another",
        ),
        pytest.param('title="\' OR 1=1 --"', '("t1"."title" = ?)', ["' OR 1=1 --"], id="hostile"),
    ],
)
def test_filter_becomes_sql(text: str, sql: str, parameters: list[Any]) -> None:
    """Names come from the model, operators from the table, values are bound."""
    assert sql_of(text) == (sql, parameters)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("nope=1", id="unknown field"),
        pytest.param("TITLE='x'", id="wrong case"),
        pytest.param("secret='x'", id="hidden field"),
        pytest.param("seq=1", id="our own column"),
        pytest.param("collectionId='x'", id="constant of the collection"),
        pytest.param("title.x='x'", id="inside a text"),
        pytest.param("data..a=1", id="empty key"),
        pytest.param("title:upper='x'", id="unknown modifier"),
        pytest.param("title:lower:length=1", id="two modifiers"),
        pytest.param("@now:lower='x'", id="modifier on a macro"),
        pytest.param("@nope=1", id="unknown macro"),
        pytest.param("@random=1", id="a sort key"),
        pytest.param("lower(title)='x'", id="unknown function"),
        pytest.param("strftime()='x'", id="strftime of nothing"),
        pytest.param("strftime(title,due)='x'", id="a field as strftime's format"),
        pytest.param("geoDistance(1,2,3)>1", id="geoDistance of three"),
        pytest.param("geoDistance('1',2,3,4)>1", id="geoDistance of a text"),
        pytest.param("company.nope='x'", id="unknown field of a relation"),
        pytest.param("tbl_cart_via_cart_product_id.id=''", id="another's back relation"),
    ],
)
def test_unknown_names_are_refused(text: str) -> None:
    """Only fields a client sees can be asked about."""
    with pytest.raises(BadQuery):
        sql_of(text)


@pytest.mark.parametrize(
    ("macro", "value"),
    [
        ("@now", NOW),
        ("@yesterday", "2026-02-13 08:15:30.123Z"),
        ("@tomorrow", "2026-02-15 08:15:30.123Z"),
        ("@todayStart", "2026-02-14 00:00:00.000Z"),
        ("@todayEnd", "2026-02-14 23:59:59.999Z"),
        ("@monthStart", "2026-02-01 00:00:00.000Z"),
        ("@monthEnd", "2026-02-28 23:59:59.999Z"),
        ("@yearStart", "2026-01-01 00:00:00.000Z"),
        ("@yearEnd", "2026-12-31 23:59:59.999Z"),
        ("@second", 30),
        ("@minute", 15),
        ("@hour", 8),
        ("@day", 14),
        ("@month", 2),
        ("@weekday", 6),
        ("@year", 2026),
    ],
)
def test_macros_follow_the_present(macro: str, value: object) -> None:
    """Each is a moment or a number in UTC."""
    assert sql_of(f"1={macro}")[1] == [1, value]


def test_filters_of_one_shape_share_one_statement(database: Database) -> None:
    """Only the values differ, and they are bound each time."""
    from bai_wx.dialect import plans

    first, second = scan("title='a' && price>1"), scan('title = "b"&&price>2.5')
    assert plans.listing(Sample, first.tokens, ()) is plans.listing(Sample, second.tokens, ())
