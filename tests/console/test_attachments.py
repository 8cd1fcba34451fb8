"""Attachments in the console: their files, uploads, what is offered, and what is refused.

Covers: bai_wx/console/attachment_files.py, bai_wx/console/views/attachment_routes.py
"""

import io
from urllib.parse import quote

import pytest
import requests
from PIL import Image

from bai_wx.console.roles import Role
from tests.console.shop import Console
from tests.console.visitor import HEADER, Visitor, form_of

ATTACHMENTS = "tbl_attachments"
UPLOAD = "/console/attachments/upload"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(scope="module")
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


def picture(color: str = "green", kind: str = "PNG") -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), color).save(file, kind)
    return file.getvalue()


def upload(visitor: Visitor, name: str, data: bytes, **headers: str) -> requests.Response:
    """Upload a file as the console's scripts do."""
    sent = {HEADER: visitor.token, **headers}
    return visitor.send("POST", UPLOAD, headers=sent, files={"file": (name, data)})


def place(record_id: str, query: str = "") -> str:
    """The path of an attachment's file."""
    return f"/console/attachments/{record_id}/file{query}"


def test_an_upload_is_an_attachment_of_the_shop(console: Console, editor: Visitor) -> None:
    answer = upload(editor, "三键面板.png", picture())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["name"] == "三键面板.png"
    assert requests.get(console.url + made["public"], timeout=30).status_code == 200
    shown = editor.get(made["url"])
    assert shown.content == requests.get(console.url + made["public"], timeout=30).content
    small = editor.get(made["thumb"])
    assert max(Image.open(io.BytesIO(small.content)).size) == 200


def test_a_file_can_do_nothing_by_itself(editor: Visitor) -> None:
    made = upload(editor, "面板.png", picture("red")).json()
    said = editor.get(made["url"]).headers
    assert said["Content-Type"] == "image/png"
    assert "nosniff" in said["X-Content-Type-Options"]
    assert "sandbox" in said["Content-Security-Policy"]
    assert "script" not in said["Content-Security-Policy"]
    full = f"filename*=UTF-8''{quote('面板.png')}"
    assert said["Content-Disposition"].startswith("inline;")
    assert said["Content-Disposition"].endswith(full)
    saved = editor.get(made["url"] + "?download=1").headers
    assert saved["Content-Disposition"].startswith("attachment;")


HOSTILE = {
    "a drawing with a script": ("drawing.svg", SVG),
    "a drawing called a picture": ("drawing.png", SVG),
    "a page called a picture": ("page.jpg", PAGE),
    "an empty file": ("empty.png", b""),
    "half a picture": ("half.png", picture()[:90]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_in_words(
    console: Console, editor: Visitor, name: str
) -> None:
    before = len(console.rows(ATTACHMENTS))
    answer = upload(editor, *HOSTILE[name])
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert len(console.rows(ATTACHMENTS)) == before


def test_a_script_behind_a_picture_never_runs(editor: Visitor) -> None:
    """A polyglot: a picture that is a page from some byte on. What it is served as decides."""
    made = upload(editor, "both.html", picture(kind="GIF") + PAGE)
    assert made.status_code == 201
    said = editor.get(made.json()["url"]).headers
    assert said["Content-Type"] == "image/gif"
    assert "nosniff" in said["X-Content-Type-Options"]
    assert "sandbox" in said["Content-Security-Policy"]


def test_an_upload_without_a_file_is_told(editor: Visitor) -> None:
    answer = editor.post(UPLOAD)
    assert (answer.status_code, answer.json()) == (400, {"error": "请选择文件"})


def test_only_who_may_edit_uploads(console: Console) -> None:
    viewer = console.of(Role.VIEWER)
    assert upload(viewer, "x.png", picture()).status_code == 403
    forged = upload(console.of(Role.EDITOR), "x.png", picture(), **{HEADER: "0" * 64})
    assert forged.status_code == 403


def test_operators_see_invalid_files_and_customers_do_not(
    console: Console, editor: Visitor
) -> None:
    made = upload(editor, "old.png", picture("blue")).json()
    console.server.write(
        "UPDATE tbl_attachments SET attachments_status = 'invalid' WHERE id = ?", made["id"]
    )
    assert requests.get(console.url + made["public"], timeout=30).status_code == 404
    answer = editor.get(made["url"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert console.nobody().get(made["url"]).status_code == 303


def test_an_identity_paper_is_shown_to_few_and_noted(console: Console, editor: Visitor) -> None:
    made = upload(editor, "id.jpg", picture("grey", "JPEG")).json()
    console.server.write(
        "UPDATE tbl_attachments SET attachments_is_identity = 1 WHERE id = ?", made["id"]
    )
    assert console.of(Role.VIEWER).get(made["url"]).status_code == 403
    seen = "SELECT * FROM console_audit WHERE action = 'reveal' AND record_id = ?"
    assert console.server.rows(seen, made["id"]) == []
    answer = editor.get(made["url"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    [entry] = console.server.rows(seen, made["id"])
    assert entry["operator_name"] == Role.EDITOR
    offered = editor.get("/console/attachments/pick?q=id.jpg").json()
    assert made["id"] not in [item["id"] for item in offered["items"]]


def test_no_page_shows_what_was_read_from_an_identity_paper(
    console: Console, editor: Visitor
) -> None:
    made_id, number = (
        upload(editor, "paper.png", picture("olive")).json()["id"],
        "110101199003077758",
    )
    console.server.change(
        ATTACHMENTS, made_id, attachments_is_identity=1, attachments_ocr=f"号码 {number}"
    )
    pages = {name: f"/console/{ATTACHMENTS}/{name}?pk={made_id}" for name in ("detail", "edit")}
    all_columns = f"/console/{ATTACHMENTS}/list?cols=attachments_ocr,attachments_filename"
    lookup = f"/console/_api/{ATTACHMENTS}/relation-lookup?pks={made_id}"
    for path in (*pages.values(), all_columns, lookup):
        answer = editor.get(path)
        assert (answer.status_code, number in answer.text) == (200, False), path
    form = form_of(editor.get(pages["edit"]))
    form["attachments_remark"] = ["读过"]
    assert editor.post(pages["edit"], form).status_code == 303
    [row] = console.server.rows(f"SELECT * FROM {ATTACHMENTS} WHERE id = ?", made_id)
    assert (row["attachments_remark"], row["attachments_ocr"]) == ("读过", f"号码 {number}")
    console.server.change(ATTACHMENTS, made_id, is_delete=1)
    answer = editor.get(f"/console/trash/{ATTACHMENTS}/{made_id}")
    assert (answer.status_code, number in answer.text) == (200, False)


def test_a_file_is_sent_in_parts_and_once(editor: Visitor) -> None:
    made = upload(editor, "part.png", picture("pink")).json()
    whole = editor.get(made["url"])
    part = editor.get(made["url"], headers={"Range": "bytes=2-9"})
    assert (part.status_code, part.content) == (206, whole.content[2:10])
    assert part.headers["Content-Range"] == f"bytes 2-9/{len(whole.content)}"
    known = editor.get(made["url"], headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_a_picker_is_offered_pictures_by_name(editor: Visitor) -> None:
    made = upload(editor, "Wählbar.png", picture("navy")).json()
    found = editor.get("/console/attachments/pick?kind=picture&q=WÄHLBAR").json()
    assert found == {"items": [made], "more": False}
    assert editor.get("/console/attachments/pick?kind=video&q=wählbar").json()["items"] == []
    named = editor.get(f"/console/attachments/pick?ids={made['id']},nothing").json()
    assert named["items"] == [made]


@pytest.mark.parametrize("path", [place("0" * 15), place("..%2f..%2fsecret"), place("a" * 300)])
def test_a_file_that_is_not_there(editor: Visitor, path: str) -> None:
    assert editor.get(path).status_code == 404
