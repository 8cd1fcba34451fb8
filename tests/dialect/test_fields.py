"""Which parts of a record the answer holds.

Covers: bai_wx/dialect/excerpt.py
"""

import math
from typing import Any

import pytest

from bai_wx.dialect import fields
from bai_wx.dialect.excerpt import _thread, excerpt
from bai_wx.errors import BadQuery
from tests.dialect.work import lines

RECORD: dict[str, Any] = {
    "id": "x",
    "title": "Title",
    "views": 12345,
    "data": {"a": {"b": 1, "c": 2}, "s": "text"},
    "tags": ["one", "two"],
    "expand": {"company": {"id": "c", "name": "Acme"}, "pictures": [{"id": "p", "n": 1}]},
}


@pytest.mark.parametrize(
    ("asked", "picked"),
    [
        pytest.param("", RECORD, id="everything"),
        pytest.param(" , ", RECORD, id="nothing named"),
        pytest.param("*", RECORD, id="star"),
        pytest.param("nope", {}, id="unknown"),
        pytest.param("ID", {}, id="wrong case"),
        pytest.param(" title , id", {"id": "x", "title": "Title"}, id="two"),
        pytest.param("data.a.b", {"data": {"a": {"b": 1}}}, id="nested"),
        pytest.param("data.a.*", {"data": {"a": {"b": 1, "c": 2}}}, id="nested star"),
        pytest.param("data,data.s", {"data": RECORD["data"]}, id="parent keeps its subtree"),
        pytest.param("expand.pictures.n", {"expand": {"pictures": [{"n": 1}]}}, id="in a list"),
        pytest.param("expand.*.id", {"expand": {}}, id="star only comes last"),
        pytest.param("title.x", {"title": "Title"}, id="inside a text is the text"),
        pytest.param("tags.x", {"tags": ["one", "two"]}, id="inside texts are the texts"),
        pytest.param(
            "*,expand.company.name",
            {**RECORD, "expand": {"company": {"name": "Acme"}}},
            id="star and a narrower pick",
        ),
        pytest.param("title:excerpt(2)", {"title": "Ti"}, id="excerpt"),
        pytest.param("title:excerpt( 2 , true )", {"title": "Ti..."}, id="ellipsis"),
        pytest.param("title:excerpt(0x3,T)", {"title": "Tit..."}, id="numbers as Go writes them"),
        pytest.param("title:excerpt(2.9)", {"title": "Ti"}, id="decimals are cut"),
        pytest.param("data.", {"data": RECORD["data"]}, id="dot at the end"),
        pytest.param("*.", {}, id="star and a dot"),
        pytest.param("'id,title',id", {"id": "x"}, id="comma in quotes"),
        pytest.param("(id,title),id", {"id": "x"}, id="comma in parentheses"),
        pytest.param("'(',id", {"id": "x"}, id="parenthesis in quotes"),
        pytest.param("views:excerpt(2)", {"views": 12345}, id="excerpt of a number"),
        pytest.param("data.s:excerpt(1)", {"data": {"s": "t"}}, id="excerpt inside"),
    ],
)
def test_pick(asked: str, picked: dict[str, Any]) -> None:
    """The parts that are named, and nothing is changed in place."""
    before = repr(RECORD)
    assert fields.pick(RECORD, fields.parse(asked)) == picked
    assert repr(RECORD) == before


@pytest.mark.parametrize(
    "asked",
    [
        *("id:", "id:nope(1)", "id:excerpt", "id:excerpt()", "id:excerpt(0)", "id:excerpt(x)"),
        *("id:excerpt(-1)", "id:excerpt(1,true,2)", "id:excerpt(1", "(id"),
        *("id:excerpt('1')", "id:excerpt(08)", "id:excerpt(9223372036854775808)", "it's"),
        *("id:excerpt(1\ttrue)", "`id", "id:Excerpt(1)", "id:excerpt(0.9)"),
    ],
)
def test_unknown_modifier_is_refused(asked: str) -> None:
    """With the generic 400."""
    with pytest.raises(BadQuery):
        fields.parse(asked)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>Hi <b>there</b></p><p>all</p>", "Hi there all", id="blocks and inline"),
        pytest.param("a &amp; b &lt;c&gt;", "a & b <c>", id="entities"),
        pytest.param("<script>x</script>y<style>z</style>", "y", id="unseen"),
        pytest.param("<!-- c -->t<!-- open", "t", id="comments"),
        pytest.param("  a\n\n b\t c  ", "a b c", id="spaces"),
        pytest.param("3 < 5 and 6 > 4", "3 < 5 and 6 > 4", id="no tags"),
        pytest.param("<div>中文 <i>字</i>符</div>", "中文 字符", id="chinese"),
        pytest.param('<a href="x>y">z</a>', "z", id="quoted sign"),
        pytest.param("unclosed <b", "unclosed", id="unclosed"),
    ],
)
def test_excerpt_is_plain_text(html: str, text: str) -> None:
    """Tags gone, entities read, spaces collapsed."""
    assert excerpt(html, 100, has_ellipsis=True) == text


@pytest.mark.parametrize(
    ("html", "max_length", "text"),
    [
        pytest.param("<p>ab <i>cd</i> ef</p>", 1, "a...", id="letters"),
        pytest.param("<p>一二 <i>三</i> 四</p>", 4, "一二 四", id="an element left out"),
        pytest.param("<p>一二</p><p>三</p>", 4, "一二", id="a paragraph left out"),
        pytest.param("<p>一二 <i>三<b>四</b></i> 五</p>", 8, "一二 三 五", id="and what is in it"),
        pytest.param("<p>一二 <i>三</p>四", 4, "一二 四", id="one that is not closed"),
        pytest.param("<p>一二 <br>三</p>", 4, "一二 三", id="a tag without an end"),
        pytest.param("&nbsp;" * 9 + "ab", 1, "a...", id="spaces that do not collapse"),
        pytest.param("a</p>b</i>c", 9, "a bc", id="ends without a beginning"),
    ],
)
def test_excerpt_is_cut(html: str, max_length: int, text: str) -> None:
    """By characters, but no element is begun behind so many bytes."""
    assert excerpt(html, max_length, has_ellipsis=True) == text


def test_the_time_of_an_earlier_answer_is_not_this_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread has read before, long ago: `/health` was refused for it."""
    monkeypatch.setattr(_thread, "until", 0.0)
    assert fields.pick({"a": "abcdef"}, fields.parse("a:excerpt(3,true)")) == {"a": "abc..."}


@pytest.mark.parametrize(
    "piece",
    ["<", "<a", '<a "', "<a '\"", "<!--", "&", "<script>", "</", "a ", "<b>", "<i><b></i>", "</b>"],
)
def test_broken_markup_costs_little(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as much takes twice as long, not four times."""
    # What this thread read last began a time limit, which a busy machine would meet here.
    monkeypatch.setattr(_thread, "until", math.inf)

    def work(length: int) -> int:
        text = piece * (length // len(piece))
        return lines(lambda: excerpt(text, 10**6, has_ellipsis=False))

    assert work(40_000) <= 2.2 * work(20_000)
