"""Files that pose as pictures: refused, or stored as nothing but a picture and sent as one.

Covers: bai_wx/console/views/attachment_routes.py
"""

import io
import zlib
from typing import Any

import pytest
import requests
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bai_wx.console.roles import Role
from tests.console.hostile import LIVE, SCRIPT, TEXT
from tests.console.shop import Console
from tests.console.visitor import HEADER, Visitor

UPLOAD = "/console/attachments/upload"
PAGE = f"<!doctype html><html><body>{SCRIPT}</body></html>".encode()
DRAWING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" onload="window.stolen=1">{SCRIPT}</svg>'.encode()
)


def drawn(kind: str = "PNG", **saved: Any) -> bytes:
    """A small picture."""
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "#2f6fed").save(written, kind, **saved)
    return written.getvalue()


def with_remark() -> bytes:
    """A PNG whose remark is a page."""
    remark = PngInfo()
    remark.add_text("Comment", PAGE.decode())
    return drawn(pnginfo=remark)


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 50,000 × 50,000 points."""
    head = (50_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    chunk = b"IHDR" + head
    sum_of = zlib.crc32(chunk).to_bytes(4, "big")
    return drawn()[:8] + len(head).to_bytes(4, "big") + chunk + sum_of + drawn()[33:]


REFUSED = {
    "a page": ("a.html", PAGE),
    "a page called a picture": ("a.png", PAGE),
    "a drawing with a script": ("a.svg", DRAWING),
    "a drawing called a picture": ("a.png", DRAWING),
    "a script that begins like a picture": ("a.gif", b"GIF89a/*" + PAGE + b"*/=1;"),
    "the beginning of a picture": ("a.png", drawn()[:60]),
    "a picture too large to be drawn": ("a.png", bomb()),
    "nothing": ("a.png", b""),
}
CLEANED = {
    "a page behind a picture": ("a.png", drawn() + PAGE),
    "a page behind a photograph": ("a.jpg", drawn("JPEG") + PAGE),
    "a page as a picture's remark": ("a.png", with_remark()),
    "a page as a photograph's remark": ("a.jpg", drawn("JPEG", comment=PAGE)),
    "a page behind an animation": ("a.gif", drawn("GIF") + PAGE),
}
NAMES = [
    TEXT + ".png",
    "../../../etc/x.png",
    "a\r\nSet-Cookie: a=b.png",
    '"; filename="b.html',
    "..png",
]


@pytest.fixture
def editor(console: Console) -> Visitor:
    """An editor."""
    return console.of(Role.EDITOR)


def upload(editor: Visitor, name: str, data: bytes, kind: str = "image/png") -> requests.Response:
    """Send a file as the script of the page does."""
    sent = {"file": (name, data, kind)}
    return editor.send("POST", UPLOAD, files=sent, headers={HEADER: editor.token})


def fetched(console: Console, editor: Visitor, record_id: str) -> requests.Response:
    """The stored file as the console sends it."""
    answer = editor.get(f"/console/attachments/{record_id}/file")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    return answer


@pytest.mark.parametrize("kind", ["image/png", "text/html"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused(editor: Visitor, name: str, kind: str) -> None:
    answer = upload(editor, *REFUSED[name], kind)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("name", CLEANED)
def test_of_a_picture_with_more_in_it_the_picture_stays(
    console: Console, editor: Visitor, name: str
) -> None:
    answer = upload(editor, *CLEANED[name])
    assert answer.status_code == 201
    assert b"stolen" not in fetched(console, editor, answer.json()["id"]).content


@pytest.mark.parametrize("name", NAMES)
def test_a_files_name_is_a_text(console: Console, editor: Visitor, name: str) -> None:
    answer = upload(editor, name, drawn())
    assert answer.status_code == 201
    made = answer.json()["id"]
    sent = fetched(console, editor, made)
    assert "Set-Cookie" not in sent.headers
    assert "\n" not in sent.headers["Content-Disposition"]
    for path in ("list", f"detail?pk={made}"):
        assert LIVE.findall(editor.get(f"/console/tbl_attachments/{path}").text) == []
