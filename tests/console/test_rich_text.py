"""Rich text: Markdown to the contract's HTML and back, and what the console shows of it.

Covers: bai_wx/console/rich_text.py
"""

import pytest

from bai_wx.console.rich_text import FITS, html_of, is_same, markdown_of, shown

OURS = "/pb/api/files/tbl_attachments/a3f8k2m9q7x1c5v/switch_8h2k5m1q9x.png"

BOTH = {
    "nothing": ("", ""),
    "a paragraph": ("接线前断电。", "<p>接线前断电。</p>"),
    "a heading": ("## 概述\n\n正文", "<h2>概述</h2><p>正文</p>"),
    "bold and italic": ("**重要** *说明*", "<p><strong>重要</strong> <em>说明</em></p>"),
    "a list": ("- 断电\n- 接线", "<ul><li>断电</li><li>接线</li></ul>"),
    "a line break": ("一  \n二", "<p>一<br>二</p>"),
    "a link": (
        "[官网](https://shop.example.com)",
        '<p><a href="https://shop.example.com">官网</a></p>',
    ),
    "a picture": (f"![开关]({OURS})", f'<p><img{FITS} src="{OURS}" alt="开关"></p>'),
    "a table": (
        "| 型号 |\n| --- |\n| 三键 |",
        "<table><thead><tr><th>型号</th></tr></thead><tbody><tr><td>三键</td></tr></tbody></table>",
    ),
    "signs that mean something": (r"1\. 2 \* 3", "<p>1. 2 * 3</p>"),
}


@pytest.mark.parametrize("name", BOTH)
def test_markdown_and_html_that_say_the_same(name: str) -> None:
    markdown, html = BOTH[name]
    assert html_of(markdown) == html
    assert markdown_of(html) == markdown


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<p style="color:red">红</p>', id="a colour"),
        pytest.param("<p><u>线</u></p>", id="an underline"),
        pytest.param("plain", id="no element"),
        pytest.param('<p><img src="a.png" width="20"></p>', id="a width"),
        pytest.param("<p>x</p>" * 60_000, id="very long"),
    ],
)
def test_html_that_markdown_cannot_say_is_edited_as_html(html: str) -> None:
    assert markdown_of(html) is None


def test_line_ends_between_blocks_mean_nothing() -> None:
    assert is_same("<h2>a</h2>\r\n<p>b</p>\n", "<h2>a</h2><p>b</p>")
    assert not is_same("<pre>a\n\nb</pre>", "<pre>a\nb</pre>")


def test_a_single_line_end_is_a_line_end() -> None:
    assert html_of("一\n二") == "<p>一<br>二</p>"


def test_html_in_markdown_is_text() -> None:
    assert html_of("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


SHOWN = {
    "a script": ("<script>alert(1)</script>x", "x"),
    "a handler": ('<p onclick="alert(1)">x</p>', "<p>x</p>"),
    "an address of a script": ('<a href="javascript:alert(1)">x</a>', "x</a>"),
    "a frame": ('<iframe src="/console/"></iframe>x', "x"),
    "a form": ('<form action="/console/logout"><button>x</button></form>', "x"),
    "a style that covers the page": (
        '<p style="position:fixed;color:red">x</p>',
        'style="color:red"',
    ),
    "a style that loads": ('<p style="background-image:url(//evil.example)">x</p>', "x</p>"),
    "a picture from elsewhere": (
        '<img src="https://evil.example/x.png" alt="字">',
        '<img alt="字">',
    ),
    "a picture by two slashes": ('<img src="//evil.example/x.png">', "<img>"),
    "a page of the console as a picture": ('<img src="/console/logout">', "<img>"),
    "an attachment": (
        f'<img src="{OURS}">',
        '<img src="/console/attachments/a3f8k2m9q7x1c5v/file">',
    ),
    "an attachment at the shop's address": (
        f'<img src="https://shop.example.com{OURS}">',
        '<img src="/console/attachments/a3f8k2m9q7x1c5v/file">',
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_runs_and_loads_nothing(name: str) -> None:
    html, kept = SHOWN[name]
    cleaned = shown(html)
    assert kept in cleaned
    for bad in ("script", "onclick", "evil.example", "iframe", "form", "position", "logout"):
        assert bad not in cleaned.replace(kept, "")


ODD = {
    "a thousand elements deep": "<div>" * 5_000,
    "open brackets": "[" * 5_000,
    "open emphasis": "*a " * 5_000,
    "quotes in quotes": "> " * 5_000,
    "line ends of every kind": "a\r\n\rb\u2028c\x0b",
    "an unclosed comment": "<!-- x",
    "entities": "&lt;script&gt; &#60;b&#62; &nbsp;",
    "no character": "\x00\ufffd",
}


@pytest.mark.parametrize("name", ODD)
def test_any_text_can_be_written_and_shown(name: str) -> None:
    html = html_of(ODD[name])
    assert "<script" not in shown(html) + shown(ODD[name])
    markdown = markdown_of(html)
    assert markdown is None or is_same(html_of(markdown), html)
    markdown_of(ODD[name])
