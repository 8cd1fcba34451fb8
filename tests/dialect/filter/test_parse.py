"""Filter, step two: shape to tree."""

import pytest

from bai_wx.dialect.filter.parse import All, Call, Comparison, Either, Empty, Literal, Name, parse
from bai_wx.dialect.filter.scan import scan
from bai_wx.errors import BadQuery
from tests.dialect.work import lines


def equals(name: str, slot: int) -> Comparison:
    """`name = <value at slot>`."""
    return Comparison(Name(name), "=", Literal(slot, is_text=False))


A, B, C = equals("a", 0), equals("b", 1), equals("c", 2)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("a=1", A, id="one comparison"),
        pytest.param("(((a=1)))", A, id="parentheses around one"),
        pytest.param("a=1 && b=1 && c=1", All((A, B, C)), id="flat and"),
        pytest.param("a=1 || b=1 && c=1", Either((A, All((B, C)))), id="and binds tighter"),
        pytest.param("a=1 && b=1 || c=1", Either((All((A, B)), C)), id="and before or"),
        pytest.param("(a=1 || b=1) && c=1", All((Either((A, B)), C)), id="group first"),
        pytest.param("(a=1)(b=1)", All((A, B)), id="group without a join: and"),
        pytest.param("a=1 || (b=1) (c=1)", Either((A, B, C)), id="group repeats the join"),
        pytest.param("x = (a=1)", A, id="group after half a comparison"),
        pytest.param("x (a=1) && y ~ (b=1)", All((A, B)), id="group after a lone name"),
        pytest.param(
            "f('x',c,'')=1",
            Comparison(
                Call("f", (Literal(0, is_text=True), Name("c"), Empty())),
                "=",
                Literal(1, is_text=False),
            ),
            id="call",
        ),
        pytest.param(
            "1=f(a,)",
            Comparison(Literal(0, is_text=False), "=", Call("f", (Name("a"),))),
            id="comma at the end of a call",
        ),
        pytest.param(
            "1=f()", Comparison(Literal(0, is_text=False), "=", Call("f", ())), id="empty call"
        ),
        pytest.param("a?=''", Comparison(Name("a"), "=", Empty(), True), id="any-variant"),
        pytest.param(
            "1=null", Comparison(Literal(0, is_text=False), "=", Name("null")), id="value first"
        ),
    ],
)
def test_tokens_become_a_tree(text: str, tree: object) -> None:
    """The tree says what joins what; values stay slots."""
    assert parse(scan(text).tokens) == tree


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("()", id="empty group"),
        pytest.param("(a=1", id="open group"),
        pytest.param("a=1)", id="closed too often"),
        pytest.param("a=1 &&", id="join at the end"),
        pytest.param("&& a=1", id="join at the start"),
        pytest.param("a", id="a lone name"),
        pytest.param("a=", id="no right side"),
        pytest.param("a==1", id="doubled operator"),
        pytest.param("a<>1", id="foreign operator"),
        pytest.param("a=(1)", id="operand in parentheses"),
        pytest.param("a=1 and b=1", id="word as a join"),
        pytest.param("a=''''", id="doubled quote"),
        pytest.param("a=1e1", id="exponent"),
        pytest.param("f(a=1", id="open call"),
        pytest.param("f(a b)=1", id="no comma"),
        pytest.param("f(,a)=1", id="empty argument"),
        pytest.param("f(g(a))=1", id="call in a call"),
        pytest.param("f(a)", id="a lone call"),
        pytest.param("a,b", id="comma outside a call"),
        pytest.param("a=1, b=1", id="comma as a join"),
        pytest.param(" && ".join(["a=1"] * 201), id="201 comparisons"),
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    """The grammar has no other sentences."""
    with pytest.raises(BadQuery):
        parse(scan(text).tokens)


def test_limits_are_reached_and_not_passed() -> None:
    """200 comparisons, each in a group of its own, and 1,700 groups that do not matter are read."""
    parse(scan("||".join(["a=1"] * 200)).tokens)
    parse(scan("(a=1 && (b=1 || " * 99 + "c=1" + "))" * 99).tokens)
    parse(scan("(" * 1700 + "a=1" + ")" * 1700).tokens)


def test_a_node_knows_its_depth_and_size() -> None:
    """What is deep is written otherwise."""
    tree = parse(scan("a=1 && ((b=1 || (c=1)) && d=1)").tokens)
    assert (tree.depth, tree.size) == (3, 4)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 3500, id="groups"),
        pytest.param("a" * 3500, id="name"),
        pytest.param("'" + "\\" * 3498, id="backslashes"),
        pytest.param("a" + "." * 3499, id="points"),
        pytest.param("//" * 1750, id="slashes"),
        pytest.param(" " * 3499 + "a", id="spaces"),
        pytest.param("=" * 3500, id="signs"),
        pytest.param("1" * 3500, id="digits"),
    ],
)
def test_hostile_texts_cost_little(text: str) -> None:
    """Twice the text is at most twice the work, and none of the longest texts is much work."""

    def read(part: str) -> None:
        with pytest.raises(BadQuery):
            parse(scan(part).tokens)

    whole = lines(lambda: read(text))
    assert whole <= 2.2 * lines(lambda: read(text[: len(text) // 2]))
    assert whole < 20 * len(text)
