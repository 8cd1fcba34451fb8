"""Filter, step one: text to shape and values."""

import pytest

from bai_wx.dialect.filter.operators import ANY_OPERATORS, OPERATORS
from bai_wx.dialect.filter.scan import EMPTY, NUMBER, TEXT, refuse_superuser_terms, scan
from bai_wx.errors import BadQuery, Forbidden


@pytest.mark.parametrize(
    ("text", "shape", "values"),
    [
        pytest.param("a='x'", ("a", "=", TEXT), ("x",), id="text"),
        pytest.param('a="x"', ("a", "=", TEXT), ("x",), id="double quotes"),
        pytest.param("a=''", ("a", "=", EMPTY), (), id="empty text is its own shape"),
        pytest.param("a=-2.50", ("a", "=", NUMBER), (-2.5,), id="negative decimal"),
        pytest.param("a=00003", ("a", "=", NUMBER), (3.0,), id="leading zeros"),
        pytest.param("a>-2", ("a", ">", NUMBER), (-2.0,), id="sign after operator"),
        pytest.param("a>-.5", ("a", ">", NUMBER), (-0.5,), id="sign and a point"),
        pytest.param("a<" + "9" * 310, ("a", "<", NUMBER), (0.0,), id="beyond any float"),
        pytest.param(
            "f('x', a,1)=b",
            ("f(", TEXT, ",", "a", ",", NUMBER, ")", "=", "b"),
            ("x", 1.0),
            id="call",
        ),
        pytest.param("f ()=1", ("f", "(", ")", "=", NUMBER), (1.0,), id="a space makes no call"),
        pytest.param(r"a='\n\t\r\\\'\"'", ("a", "=", TEXT), ("\n\t\r\\'\"",), id="escapes"),
        pytest.param(r"a='\u00e9\/\%'", ("a", "=", TEXT), (r"\u00e9\/\%",), id="no other escapes"),
        pytest.param(
            r"a='\\' && b=1",
            ("a", "=", TEXT, "&&", "b", "=", NUMBER),
            ("\\", 1.0),
            id="even backslashes end",
        ),
        pytest.param("a='x\ny'", ("a", "=", TEXT), ("x\ny",), id="raw newline in text"),
        pytest.param("a='商品'", ("a", "=", TEXT), ("商品",), id="chinese"),
        pytest.param("a\t=\n1 // b=2", ("a", "=", NUMBER), (1.0,), id="space and comment"),
        pytest.param("a='//'", ("a", "=", TEXT), ("//",), id="comment signs in a text"),
        pytest.param(
            "(a=1)||b?~'x'",
            ("(", "a", "=", NUMBER, ")", "||", "b", "?~", TEXT),
            (1.0, "x"),
            id="symbols",
        ),
        pytest.param("@now>cat.name:lower", ("@now", ">", "cat.name:lower"), (), id="names"),
    ],
)
def test_filter_becomes_shape_and_values(text: str, shape: object, values: object) -> None:
    """Values leave only a mark in the shape, so that filters of one form share one shape."""
    assert scan(text) == (shape, values)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" \n// only a comment", id="says nothing"),
        pytest.param("a='x", id="open text"),
        pytest.param("a=`x`", id="backticks"),
        pytest.param("a=1\r", id="carriage return"),
        pytest.param("a=.5", id="no digit before the point"),
        pytest.param("a=5.", id="no digit after the point"),
        pytest.param("a=- 2", id="sign apart"),
        pytest.param("a=+3", id="plus"),
        pytest.param("a / 1", id="lone slash"),
        pytest.param("a.=1", id="name ends in a point"),
        pytest.param("a:=1", id="name ends in a colon"),
        pytest.param("a=1; DROP TABLE tbl_sample", id="hostile"),
        pytest.param("é=1", id="name beyond ASCII"),
        pytest.param("a='" + "x" * 3500 + "'", id="too long"),
        pytest.param("a='" + "商" * 1200 + "'", id="too long in bytes"),
        pytest.param("a='\ud800'", id="half a surrogate pair"),
        pytest.param("a=1\0", id="NUL"),
        pytest.param("a='\0'", id="NUL in a text"),
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    """Every text without tokens gets the generic 400."""
    with pytest.raises(BadQuery):
        scan(text)


@pytest.mark.parametrize("term", ["@request.", "@collection."])
def test_superuser_terms_are_refused_even_in_texts(term: str) -> None:
    """PocketBase's check is textual, so ours is."""
    with pytest.raises(Forbidden) as refused:
        refuse_superuser_terms("views=1", f"title = '{term}'")
    assert refused.value.sentence == f"Only superusers can filter by {term}"


@pytest.mark.parametrize("operator", [*OPERATORS, *sorted(ANY_OPERATORS)])
def test_scanner_knows_each_row_of_the_operators(operator: str) -> None:
    """A new row whose characters the scanner does not take together is found here."""
    assert scan(f"a{operator}1") == (("a", operator, NUMBER), (1,))
