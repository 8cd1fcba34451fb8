"""What filters find, in either database. Each row agrees with PocketBase 0.40.6.

Covers: bai_wx/dialect/filter/comparisons.py, bai_wx/dialect/filter/operands.py
Covers: bai_wx/dialect/filter/operators.py, bai_wx/dialect/filter/patterns.py
Covers: bai_wx/dialect/filter/functions.py, bai_wx/dialect/filter/macros.py
"""

from collections.abc import Iterator

import pytest
from peewee import Database

from bai_wx.errors import BadQuery
from tests.dialect.sample import Sample, listed, make_sample
from tests.factories import ALICE

ROWS = {
    "plain": {"title": "Hello", "views": 3, "price": 1990, "data": '{"n":5,"s":"5","l":["x"]}'},
    "hundred": {"title": "100", "views": 100, "price": 2000, "data": "5", "kind": "a"},
    "float": {"title": "100.0", "views": 0, "price": 29, "due": "2026-01-02 00:00:00.000Z"},
    "unset": {"title": "", "views": 0, "data": "null"},
    "percent": {"title": "50% a_b", "data": '"text"', "pictures": '["one","two"]'},
    "slash": {"title": "back\\slash", "views": -2, "company": "acme", "data": '{"n":null}'},
}
ODD: dict[str, dict[str, str]] = {
    "odd": {"title": "É5\\", "due": "2024-02-29 12:34:56.789Z", "data": '{"n":5.0,"s":true}'},
    "nul": {"title": " 7 ", "data": '{"n":"5","s":"a\\u0000b","o":{"b":1,"a":[]}}'},
}
"""Beside the others, for those who ask for what is hard to say alike in two databases."""


@pytest.fixture(scope="module", autouse=True)
def rows(database: Database) -> Iterator[None]:
    """One row a name, the name in `first`."""
    for name, columns in ROWS.items():
        make_sample(first=name, **columns)
    yield
    Sample.delete().execute()


EVERY = " ".join(ROWS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("title='hello'", "", id="equal minds the case"),
        pytest.param("title~'HELLO'", "plain", id="contains does not"),
        pytest.param("title=null", "unset", id="null is empty"),
        pytest.param("title!=''", "plain hundred float percent slash", id="not empty"),
        pytest.param("views=null", "", id="a number is never null"),
        pytest.param("views=''", "", id="nor empty"),
        pytest.param("views!=''", EVERY, id="all numbers differ from empty"),
        pytest.param("views='3.0'", "plain", id="numeric text is a number"),
        pytest.param("views='abc'", "", id="other text is none"),
        pytest.param("views<'abc'", EVERY, id="numbers come before texts"),
        pytest.param("title=100", "float", id="a number beside a text is a float's text"),
        pytest.param("title='100'", "hundred", id="text beside text"),
        pytest.param("price=19.9", "plain", id="amount"),
        pytest.param("price='19.90'", "plain", id="amount as text"),
        pytest.param("price>=0.29 && price<20", "plain float", id="amounts in a range"),
        pytest.param("price~'0.2'", "float", id="amount as yuan text"),
        pytest.param("price~'20'", "hundred", id="whole amount has no decimals"),
        pytest.param("price>views", "plain float slash", id="amount beside a number is in yuan"),
        pytest.param("views~1", "hundred", id="number contains"),
        pytest.param("title~'%'", "plain hundred float percent slash unset", id="a pattern of all"),
        pytest.param(r"title~'50\%'", "percent", id="literal percent"),
        pytest.param("title~'a_b'", "percent", id="literal underscore"),
        pytest.param("title~'H%'", "plain", id="beginning"),
        pytest.param(r"title~'\\'", "slash", id="literal backslash"),
        pytest.param("title!~'l'", "hundred float unset percent", id="contains not"),
        pytest.param("title~''", EVERY, id="everything contains nothing"),
        pytest.param("title~null", "", id="nothing contains null"),
        pytest.param("data=5", "hundred", id="JSON number"),
        pytest.param("data='5'", "", id="JSON is strict"),
        pytest.param("data.n=5", "plain", id="JSON key"),
        pytest.param("data.s='5'", "plain", id="JSON text"),
        pytest.param("data.l.0='x'", "plain", id="JSON place"),
        pytest.param("data=null", "float unset", id="JSON null"),
        pytest.param("data=''", "", id="JSON null is not empty"),
        pytest.param("data~'EX'", "percent", id="JSON contains"),
        pytest.param("data.n>4", "plain", id="missing keys are in no order"),
        pytest.param("pictures~'two'", "percent", id="a relation of many contains"),
        pytest.param("pictures='two'", "", id="and is its JSON text"),
        pytest.param("pictures:length=2", "percent", id="number of relations"),
        pytest.param("company:length=1", "slash", id="number of a single one"),
        pytest.param("pictures:length=0 && pictures='x'", "", id="length beside a constant"),
        pytest.param("title:lower='hello'", "plain", id="lower"),
        pytest.param("data:lower='5'", "hundred", id="lower makes a text of a JSON number"),
        pytest.param("views:length=3", "plain", id="a modifier that does not fit is ignored"),
        pytest.param(
            "due<'2025'", "plain hundred unset percent slash", id="unset dates come first"
        ),
        pytest.param("due>='2026-01' && due<@now", "float", id="dates are texts"),
        pytest.param("'x2026'~strftime('%Y',due)", "", id="a year is a whole pattern"),
        pytest.param("'2026'~strftime('%Y',due)", "float", id="which matches itself"),
        pytest.param("'2026'~strftime('%Y',due,'+1 day')", "", id="a shift becomes a pattern too"),
        pytest.param("price<'1e999999'", EVERY, id="amount beyond all numbers"),
        pytest.param("price>'1e-999999'", "plain hundred float", id="amount next to nothing"),
        pytest.param("kind='a' || views=-2 && title='no'", "hundred", id="and before or"),
        pytest.param("(kind='a')(views=100)", "hundred", id="groups side by side"),
        pytest.param("1=1", EVERY, id="constant truth"),
        pytest.param("''=null", EVERY, id="empty is null"),
        pytest.param("@year='2026'", "", id="a macro's number is no text"),
        pytest.param("title=title", EVERY, id="a field is itself"),
        pytest.param("title=views", "", id="a text field is no number field"),
        pytest.param("views<99999999999999999999", EVERY, id="number beyond 64 bits"),
        pytest.param("price<" + "9" * 400, "", id="number beyond a float is 0"),
    ],
)
def test_filter_finds(text: str, found: str) -> None:
    """The names of the rows that match."""
    page = listed(Sample, {"filter": text}, ALICE)
    assert {item["first"] for item in page["items"]} == set(found.split())
    assert page["totalItems"] == len(found.split())


@pytest.fixture(scope="module")
def odd_rows(rows: None) -> None:
    """Two rows more."""
    for name, columns in ODD.items():
        make_sample(first=name, **columns)


@pytest.mark.usefixtures("odd_rows")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("data.n=5", "plain odd", id="whole and broken numbers are one"),
        pytest.param("data.n='5'", "nul", id="a text of digits is another"),
        pytest.param("data.n~'5.0'", "odd", id="but not as texts"),
        pytest.param("data.n>=5 && data.n!='5'", "plain odd", id="numbers come before texts"),
        pytest.param("data.n>4 && data.n>'4'", "nul", id="texts after numbers"),
        pytest.param("data.s=1", "odd", id="JSON true is 1"),
        pytest.param("data.s~'a'", "nul", id="JSON with a NUL can be looked into"),
        pytest.param('data.o=\'{"b":1,"a":[]}\'', "nul", id="an object is its own text"),
        pytest.param("data.o.a='[]'", "nul", id="so is a list"),
        pytest.param("data.n.0=null && data.n!=null", "plain odd nul", id="a number has no places"),
        pytest.param("data.n=data.s && first='plain'", "", id="JSON beside JSON"),
        pytest.param("data.zz=data.n && title~'back'", "slash", id="null beside null"),
        pytest.param("views=data.n", "", id="a number beside JSON"),
        pytest.param("title<views", "", id="other texts come after numbers, numbers among them"),
        pytest.param("title>6 && title<8 && title~'7'", "", id="a number beside a text is a text"),
        pytest.param("title~'é'", "", id="case matters beyond Z"),
        pytest.param("title~'%5\\\\\\\\'", "odd", id="a pattern that ends with a backslash"),
        pytest.param("title~'5%\\\\'", "", id="half an escape at the end matches nothing"),
        pytest.param("title!~'%\\\\' && first='odd'", "odd", id="and its opposite all"),
        pytest.param("title:lower~'É5'", "odd", id="lower leaves É"),
        pytest.param("strftime('%d %j %w %H:%M:%f',due)='29 060 4 12:34:56.789'", "odd", id="leap"),
        pytest.param("strftime('%Y-%m-%d',due,'+1 year')='2025-03-01'", "odd", id="a year on"),
        pytest.param(
            "strftime('%d',due,'start of month','-1 day')='31'", "odd float", id="a month's end"
        ),
        pytest.param("strftime('%Y',views,'unixepoch')='1970' && views>99", "hundred", id="epoch"),
        pytest.param("strftime('%Y',title)='-4713' && title~' 7 '", "nul", id="a Julian day"),
        pytest.param("strftime('%',due)='' && first='odd'", "odd", id="half a code"),
        pytest.param("first='odd' && ''~strftime('',due)", "odd", id="no format is every pattern"),
        pytest.param("geoDistance(views,0,0,0)<12 && first='odd'", "odd", id="next to nothing"),
        pytest.param("geoDistance(title,0,'1',0)<1 || first='odd'", None, id="no point in a text"),
        pytest.param("geoDistance(title,0,1,0)=null && first='odd'", "odd", id="nor in this one"),
        pytest.param("geoDistance(1,2,1,2)=null || first='odd'", "odd", id="nowhere to go"),
    ],
)
def test_odd_filter_finds(text: str, found: str | None) -> None:
    """The names of the rows that match; None where it is refused."""
    if found is None:
        with pytest.raises(BadQuery):
            listed(Sample, {"filter": text}, ALICE)
        return
    page = listed(Sample, {"filter": text}, ALICE)
    assert {item["first"] for item in page["items"]} == set(found.split())


@pytest.mark.usefixtures("odd_rows")
@pytest.mark.parametrize(
    ("sort", "names"),
    [
        pytest.param("data.n", "hundred float unset percent slash plain odd nul", id="ascending"),
        pytest.param("-data.n", "nul plain odd hundred float unset percent slash", id="descending"),
        pytest.param(
            "product.prod_list_name,-title",
            "odd slash plain percent float hundred nul unset",
            id="what is not joined is equal, É after all letters",
        ),
    ],
)
def test_sort_puts_null_before_numbers_before_texts(sort: str, names: str) -> None:
    """In either direction; what is equal comes as it was made."""
    page = listed(Sample, {"sort": sort}, ALICE)
    assert [item["first"] for item in page["items"]] == names.split()
