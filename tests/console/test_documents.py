"""Documents in the console: written as Markdown, shown as HTML, in a window of time.

Covers: bai_wx/console/document_states.py, bai_wx/console/views/documents.py
Covers: bai_wx/console/views/rich_text_field.py, bai_wx/console/views/picker.py
"""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from bai_wx.console.roles import Role
from tests.console.shop import Console
from tests.console.visitor import Visitor
from tests.running import Client

DOCUMENT = "tbl_document"
CREATE = f"/console/{DOCUMENT}/create"
PREVIEW = "/console/documents/preview"
PICTURE = "a3f8k2m9q7x1c5v"
SEEN = re.compile(r'name="_seen" value="([^"]*)"')
MADE_ID = re.compile(r'name="_id" value="([^"]*)"')
CONTENT = re.compile(r'<textarea id="document_content".*?>\n(.*?)</textarea>', re.S)
MODE = re.compile(r'<option value="(\w+)" selected>(?:Markdown|HTML)')


@pytest.fixture(scope="module")
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


def write(editor: Visitor, **values: object) -> str:
    """Create a document by its form. Returns: its record id."""
    [made_id] = MADE_ID.findall(editor.get(CREATE).text)
    form = {"_id": made_id, "document_status": "有效", **values}
    answer = editor.post(CREATE, form)
    assert answer.status_code == 303, answer.text
    return str(made_id)


def change(editor: Visitor, record_id: str, **values: object) -> None:
    """Send the form of a document with these values, as far as it is about them."""
    path = f"/console/{DOCUMENT}/edit?pk={record_id}"
    page = editor.get(path).text
    [seen], [mode] = SEEN.findall(page), MODE.findall(page)
    [content] = CONTENT.findall(page)
    shown = {"document_content": unescape(content), "document_content-mode": mode}
    form = {"_seen": seen, "document_title": "x", "document_status": "有效", **shown, **values}
    answer = editor.post(path, form)
    assert answer.status_code == 303, answer.text


def beijing(days: int) -> str:
    """A moment so many days from now, as a form has it."""
    return (datetime.now(UTC) + timedelta(days=days, hours=8)).strftime("%Y-%m-%dT%H:%M")


def test_a_document_in_markdown_is_html_for_the_shop(console: Console, editor: Visitor) -> None:
    made = write(
        editor,
        document_title="接线须知",
        document_content="## 第一步\r\n\r\n断电 <script>alert(1)</script>",
        document_images=PICTURE,
        document_keywords="接线\n断电",
    )
    found = Client(console.url).get(f"/collections/{DOCUMENT}/records/{made}").json()
    assert found["document_content"] == (
        "<h2>第一步</h2><p>断电 &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )
    assert found["document_images"] == [PICTURE]
    assert found["document_image"].startswith("A-")
    assert found["document_keywords"] == "接线|断电"
    page = editor.get(f"/console/{DOCUMENT}/detail?pk={made}").text
    assert "<h2>第一步</h2>" in page
    assert "<script>alert" not in page


STORED = {
    "what Markdown says": ("<h2>a</h2>\n<p>b</p>", "markdown"),
    "what it cannot say": ('<p style="color:red">a</p>\n\n<p>b</p>', "html"),
    "text alone": ("plain & simple", "html"),
}


@pytest.mark.parametrize("name", STORED)
def test_a_text_that_nobody_touched_stays_as_it_is(
    console: Console, editor: Visitor, name: str
) -> None:
    stored, mode = STORED[name]
    made = write(editor, document_title="x")
    console.server.change(DOCUMENT, made, document_content=stored)
    assert MODE.findall(editor.get(f"/console/{DOCUMENT}/edit?pk={made}").text) == [mode]
    change(editor, made, document_title="anders")
    row = console.server.row(DOCUMENT, made)
    assert (row["document_title"], row["document_content"]) == ("anders", stored)


def test_html_is_stored_as_it_is_written(console: Console, editor: Visitor) -> None:
    html = '<p style="color:red">红</p>'
    made = write(
        editor,
        document_title="x",
        **{"document_content": html, "document_content-mode": "html"},
    )
    assert console.server.row(DOCUMENT, made)["document_content"] == html


WINDOWS = {
    "always": (None, None, "展示中", 200),
    "begun": (-1, 1, "展示中", 200),
    "to come": (1, None, "待生效", 404),
    "over": (-2, -1, "已过期", 200),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_of_time(console: Console, editor: Visitor, name: str) -> None:
    effect, expiry, state, status = WINDOWS[name]
    made = write(
        editor,
        document_title="活动公告",
        document_effect_date=beijing(effect) if effect else "",
        document_expiry_date=beijing(expiry) if expiry else "",
    )
    assert f">{state}</span>" in editor.get(f"/console/{DOCUMENT}/detail?pk={made}").text
    answer = Client(console.url).get(f"/collections/{DOCUMENT}/records/{made}")
    assert answer.status_code == status


def test_a_window_that_ends_before_it_begins_is_told(editor: Visitor) -> None:
    form = {"document_title": "x", "document_status": "有效"}
    dates = {"document_effect_date": beijing(2), "document_expiry_date": beijing(1)}
    answer = editor.post(CREATE, form | dates)
    assert answer.status_code == 422
    assert "失效日期必须晚于生效日期" in answer.text


def test_a_form_with_a_mistake_keeps_text_mode_and_pictures(editor: Visitor) -> None:
    form = {
        "document_title": "",
        "document_status": "有效",
        "document_content": "<p>a</p>",
        "document_content-mode": "html",
        "document_images": [PICTURE, "a4g9m3n8r6y2d7w"],
    }
    answer = editor.post(CREATE, form)
    assert answer.status_code == 422
    assert [unescape(text) for text in CONTENT.findall(answer.text)] == ["<p>a</p>"]
    assert MODE.findall(answer.text) == ["html"]
    for picture in form["document_images"]:
        assert f'value="{picture}"' in answer.text


def test_a_draft_is_published_in_the_list(console: Console, editor: Visitor) -> None:
    made = write(editor, document_title="草案", document_status="草稿")
    records = f"/collections/{DOCUMENT}/records/{made}"
    assert Client(console.url).get(records).status_code == 404
    listed = editor.get(f"/console/{DOCUMENT}/list?filter=document_status__in=draft").text
    assert made in listed
    editor.post(f"/console/_api/{DOCUMENT}/row-action?name=publish&pk={made}")
    assert Client(console.url).get(records).status_code == 200
    listed = editor.get(f"/console/{DOCUMENT}/list?filter=document_status__in=draft").text
    assert made not in listed


def test_a_preview_is_clean_and_knows_the_other_way(editor: Visitor) -> None:
    picture = f"![x](https://shop.example.com/pb/api/files/tbl_attachments/{PICTURE}/a_b.png)"
    shown = editor.post(PREVIEW, {"text": picture, "mode": "markdown"}).json()
    assert f'src="/console/attachments/{PICTURE}/file"' in shown["html"]
    html = "<h2>a</h2><script>alert(1)</script>"
    assert editor.post(PREVIEW, {"text": html, "mode": "html"}).json() == {
        "html": "<h2>a</h2>",
        "other": None,
    }
    too_long = editor.post(PREVIEW, {"text": "a" * 60_001, "mode": "markdown"})
    assert too_long.status_code == 400
    assert "60000" in too_long.json()["error"]


def test_a_viewer_reads_and_writes_nothing(console: Console, editor: Visitor) -> None:
    made = write(editor, document_title="只读")
    viewer = console.of(Role.VIEWER)
    assert viewer.get(f"/console/{DOCUMENT}/detail?pk={made}").status_code == 200
    assert viewer.get(CREATE).status_code == 403
    assert viewer.post(PREVIEW, {"text": "a"}).status_code == 403
    assert (
        viewer.post(f"/console/_api/{DOCUMENT}/row-action?name=withdraw&pk={made}").status_code
        == 403
    )
