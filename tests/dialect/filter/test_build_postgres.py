"""The same for PostgreSQL: what an index can serve is plain SQL, the rest calls functions of a migration.

Covers: bai_wx/dialect/filter/on_postgres.py
"""

from math import inf
from typing import Any

import pytest

from tests.databases import IS_POSTGRES
from tests.dialect.filter.test_build import sql_of

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.skipif(not IS_POSTGRES, reason="PostgreSQL's SQL"),
]


@pytest.mark.parametrize(
    ("text", "sql", "parameters"),
    [
        pytest.param("title='x'", '("t1"."title" = %s)', ["x"], id="equal"),
        pytest.param("title!='x'", '("t1"."title" IS DISTINCT FROM %s)', ["x"], id="not equal"),
        pytest.param("'x'=title", '(%s = "t1"."title")', ["x"], id="value first"),
        pytest.param(
            "title=100", '("t1"."title" = %s)', ["100.0"], id="a number beside a text is a text"
        ),
        pytest.param("title>null", '("t1"."title" > NULL)', [], id="null in an ordering"),
        pytest.param("title!=''", '("t1"."title" IS DISTINCT FROM \'\')', [], id="not empty"),
        pytest.param("views>=3", '("t1"."views" >= %s)', [3], id="a whole number is whole"),
        pytest.param("views>3.5", '("t1"."views" > %s)', [3.5], id="another is not"),
        pytest.param("views='3.0'", '("t1"."views" = %s)', [3], id="a number in a text"),
        pytest.param(
            "views<'x'", '("t1"."views" < %s)', [inf], id="other texts come after all numbers"
        ),
        pytest.param(
            "views=99999999999999999999", '("t1"."views" = %s)', [1e20], id="beyond 64 bits"
        ),
        pytest.param("price>19.9", '("t1"."price" > %s)', [1990], id="yuan become fen"),
        pytest.param(
            "price~9.9",
            '((bai_text(trim_scale("t1"."price" / 100.0)) COLLATE "C") ILIKE %s::text)',
            ["%9.9%"],
            id="like an amount",
        ),
        pytest.param("title~'a_b'", '("t1"."title" ILIKE %s::text)', ["%a\\_b%"], id="contains"),
        pytest.param(
            "title~slug",
            '("t1"."title" ILIKE (\'%%\' || SUBSTR("t1"."slug", %s, %s) || \'%%\'))',
            [1, 12000],
            id="contains a field",
        ),
        pytest.param("title~''", '("t1"."title" ILIKE \'%%%%\')', [], id="contains nothing"),
        pytest.param(
            "title=slug",
            '(COALESCE("t1"."title", \'\') = COALESCE("t1"."slug", \'\'))',
            [],
            id="two texts",
        ),
        pytest.param(
            "views=price", '("t1"."views" = trim_scale("t1"."price" / 100.0))', [], id="two numbers"
        ),
        pytest.param(
            "views=title",
            '(bai_value("t1"."views") = bai_value(COALESCE("t1"."title", \'\')))',
            [],
            id="a number and a text are never equal",
        ),
        pytest.param(
            "title<views",
            '(bai_beside_number("t1"."title") < "t1"."views")',
            [],
            id="a text in the order of numbers",
        ),
        pytest.param(
            "title:lower='x'", '(LOWER("t1"."title") = (%s::text COLLATE "C"))', ["x"], id="lower"
        ),
        pytest.param(
            "data.a.0!=1",
            '(bai_value((bai_json("t1"."data") -> %s::text -> %s::int)) IS DISTINCT FROM'
            " bai_value(%s::float8))",
            ["a", 0, 1],
            id="inside JSON",
        ),
        pytest.param(
            "data=title",
            '((bai_text((bai_json("t1"."data"))) COLLATE "C") IS NOT DISTINCT FROM "t1"."title")',
            [],
            id="JSON beside a text",
        ),
        pytest.param(
            "data>views",
            '(bai_beside_number((bai_json("t1"."data"))) > "t1"."views")',
            [],
            id="JSON beside a number",
        ),
        pytest.param(
            "data.a<data.b",
            '(bai_value((bai_json("t1"."data") -> %s::text)) < bai_value((bai_json("t1"."data") ->'
            " %s::text)))",
            ["a", "b"],
            id="JSON beside JSON",
        ),
        pytest.param(
            "1<'1'",
            '(bai_value(%s::float8) < bai_value((%s::text COLLATE "C")))',
            [1, "1"],
            id="number beside text",
        ),
        pytest.param(
            "'a'<'b'",
            '((%s::text COLLATE "C") < (%s::text COLLATE "C"))',
            ["a", "b"],
            id="text beside text",
        ),
        pytest.param("@year=2026", "(%s = %s)", [2026, 2026], id="number beside number"),
        pytest.param(
            "strftime('%Y',due,'+1 day')!='2025'",
            '((bai_strftime((%s::text COLLATE "C"), bai_value("t1"."due"), ARRAY[(%s::text COLLATE'
            ' "C")]::text[]) COLLATE "C") IS DISTINCT FROM (%s::text COLLATE "C"))',
            ["%Y", "+1 day", "2025"],
            id="strftime",
        ),
        pytest.param(
            "geoDistance(views,price,data.a,5)<1",
            '(bai_distance("t1"."views"::float8, trim_scale("t1"."price" / 100.0)::float8,'
            ' bai_numeric((bai_json("t1"."data") -> %s::text)), %s::float8) < %s)',
            ["a", 5, 1],
            id="geoDistance",
        ),
        pytest.param(
            "company.company_name!=''",
            '(("j0"."company_name" IS DISTINCT FROM \'\') AND "j0"."company_name" IS NOT NULL)',
            [],
            id="joined row, set",
        ),
        pytest.param(
            "pictures:each!='x'",
            '((("j0"."value" COLLATE "C") IS DISTINCT FROM (%s::text COLLATE "C")) AND NOT EXISTS'
            " (SELECT 1 FROM (SELECT 1) AS one LEFT JOIN"
            ' json_array_elements_text(bai_items("t1"."pictures")) WITH ORDINALITY AS "j0_0" (value,'
            ' place) ON TRUE WHERE NOT (("j0_0"."value" COLLATE "C") IS DISTINCT FROM (%s::text'
            ' COLLATE "C")) ))',
            ["x", "x"],
            id="all items",
        ),
        pytest.param(
            "pictures:length=2",
            '(json_array_length(bai_items("t1"."pictures"))::int8 = %s)',
            [2],
            id="number of relations",
        ),
        pytest.param(
            "kind:length=1",
            "((COALESCE(\"t1\".\"kind\", '') != '')::int::int8 = %s)",
            [1],
            id="number of a single one",
        ),
        pytest.param(
            "(views>1 && (views=2 || " * 4 + "views=3" + "))" * 4 + " || views=4",
            'CASE WHEN ("t1"."views" = %s) THEN TRUE'
            + ' WHEN NOT COALESCE(("t1"."views" > %s), FALSE) THEN FALSE WHEN ("t1"."views" = %s) THEN TRUE'
            * 4
            + ' ELSE ("t1"."views" = %s) END',
            [4, *[1, 2] * 4, 3],
            id="nine groups, one in another",
        ),
    ],
)
def test_filter_becomes_sql(text: str, sql: str, parameters: list[Any]) -> None:
    """Names come from the model, operators from the table, values are bound."""
    assert sql_of(text) == (sql, parameters)
