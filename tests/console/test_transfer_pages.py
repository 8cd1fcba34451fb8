"""Import in the console: a file in pieces, what it would do, what it did.

Covers: bai_wx/console/transfers/, bai_wx/console/views/transfers.py
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from bai_wx.console.roles import Role
from bai_wx.console.transfers.uploads import PIECE_BYTES
from tests.console.shop import PRODUCT, Console
from tests.console.visitor import HEADER, Visitor
from tests.running import Client

PAGE = "/console/transfer"
PATIENCE_S = 60
HEADINGS = "产品名称,基础价格,产品型号\n"


@pytest.fixture
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


def send(
    visitor: Visitor,
    upload: str,
    data: bytes,
    *,
    offset: int = 0,
    name: str = "目录.csv",
    part: str = "table",
) -> requests.Response:
    """Send a piece of a file as the page's script does."""
    asked = {"upload": upload, "part": part, "name": name, "offset": str(offset)}
    headers = {HEADER: visitor.token, "Content-Type": "application/octet-stream"}
    return visitor.send("POST", f"{PAGE}/pieces?{urlencode(asked)}", headers=headers, data=data)


def check(visitor: Visitor, upload: str, data: bytes, **form: Any) -> str:
    """Send a file and have it checked. Returns: the address of the import's page, once it was checked."""
    assert send(visitor, upload, data).json() == {"size": len(data)}
    answer = visitor.post(f"{PAGE}/check", {"upload": upload, "collection": PRODUCT, **form})
    assert answer.status_code == 200, answer.text
    address = str(answer.json()["address"])
    await_end(visitor, address)
    return address


def await_end(visitor: Visitor, address: str) -> None:
    """Wait until nobody works on an import any more."""
    deadline = time.monotonic() + PATIENCE_S
    while visitor.get(f"{address}/progress").json()["running"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def write(visitor: Visitor, address: str, **form: str) -> None:
    """Write what was checked."""
    assert visitor.post(f"{address}/write", form).status_code == 303
    await_end(visitor, address)


def named(console: Console, name: str) -> list[dict[str, Any]]:
    """The products of this name as they stand in the database."""
    return console.server.rows(f"SELECT * FROM {PRODUCT} WHERE prod_list_name = ?", name)


def kept(console: Console, address: str) -> dict[str, Any]:
    """The row of an import in the database."""
    sql = "SELECT * FROM console_imports WHERE id = ?"
    return console.server.rows(sql, address.rpartition("/")[2])[0]


def test_nothing_is_written_before_it_is_asked_for(console: Console, editor: Visitor) -> None:
    address = check(editor, "aaaaaaaa01", f"{HEADINGS}先看再写,12.50,A-1\n".encode())
    page = editor.get(address)
    assert "将新建" in page.text
    assert named(console, "先看再写") == []
    write(editor, address)
    [made] = named(console, "先看再写")
    assert made["prod_list_basic_price"] == 1250
    row = kept(console, address)
    assert (row["state"], row["rows_created"], row["file_name"]) == ("done", 1, "目录.csv")
    guest = Client(console.url)
    shown = guest.get(f"/collections/{PRODUCT}/records/{made['id']}").json()
    assert shown["prod_list_basic_price"] == 12.5
    sql = "SELECT action, operator_name FROM console_audit WHERE record_id IN (?, ?) ORDER BY seq"
    noted = console.server.rows(sql, made["id"], row["id"])
    assert [(each["action"], each["operator_name"]) for each in noted] == [
        ("import", "editor"),
        ("create", "editor"),
    ]


def test_a_mistake_is_told_with_its_cell_and_mended(console: Console, editor: Visitor) -> None:
    data = f"{HEADINGS}好的行,10,B-1\n坏的行,十元,B-2\n".encode("gb18030")
    address = check(editor, "aaaaaaaa02", data)
    page = editor.get(address).text
    assert "B3" in page
    assert "请填写金额" in page
    answer = editor.get(f"{address}/refused")
    assert answer.status_code == 200
    assert "坏的行" in answer.content.decode("utf-8-sig")
    assert "好的行" not in answer.content.decode("utf-8-sig")
    write(editor, address, skip_bad="1")
    assert len(named(console, "好的行")) == 1
    mended = answer.content.replace("十元".encode(), b"20")
    again = check(editor, "aaaaaaaa03", mended)
    write(editor, again)
    assert [each["prod_list_basic_price"] for each in named(console, "坏的行")] == [2000]
    assert len(named(console, "好的行")) == 1


def test_what_changes_is_shown_before_and_after(console: Console, editor: Visitor) -> None:
    [row] = console.server.rows(f"SELECT * FROM {PRODUCT} ORDER BY seq LIMIT 1")
    price = row["prod_list_basic_price"] / 100
    data = f"id,基础价格,备注\n{row['id']},{price + 1},\n".encode()
    page = editor.get(check(editor, "aaaaaaaa04", data)).text
    assert f"¥{price:,.2f}" in page
    assert f"¥{price + 1:,.2f}" in page
    assert row["prod_list_name"] in page


REFUSED_FILES: Mapping[str, bytes] = {
    "unknown headings": "什么,都不是\n1,2\n".encode(),
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_a_file_that_is_no_table_is_told(console: Console, editor: Visitor, name: str) -> None:
    number = list(REFUSED_FILES).index(name)
    address = check(editor, f"aaaaaaaa1{number}", REFUSED_FILES[name])
    answer = editor.get(address)
    assert answer.status_code == 200
    assert kept(console, address)["rows_created"] == 0
    assert editor.post(f"{address}/write").status_code == 303
    assert kept(console, address)["state"] != "done"


def test_a_large_file_comes_in_pieces(editor: Visitor) -> None:
    data = HEADINGS.encode() + b"x" * PIECE_BYTES
    assert send(editor, "aaaaaaaa20", data).status_code == 413
    assert send(editor, "aaaaaaaa20", data[:PIECE_BYTES]).json() == {"size": PIECE_BYTES}
    rest = send(editor, "aaaaaaaa20", data[PIECE_BYTES:], offset=PIECE_BYTES)
    assert rest.json() == {"size": len(data)}
    lost = send(editor, "aaaaaaaa20", b"more", offset=9)
    assert (lost.status_code, lost.json()) == (400, {"error": "上传中断，请重新选择文件"})


def test_an_old_workbook_is_refused_in_words(editor: Visitor) -> None:
    answer = send(editor, "aaaaaaaa21", b"x", name="目录.xls")
    assert answer.status_code == 400
    assert ".xlsx" in answer.json()["error"]


def test_nobody_checks_the_upload_of_another(console: Console, editor: Visitor) -> None:
    send(editor, "aaaaaaaa22", HEADINGS.encode())
    answer = console.of(Role.ADMIN).post(
        f"{PAGE}/check", {"upload": "aaaaaaaa22", "collection": PRODUCT}
    )
    assert answer.status_code == 400


def test_a_viewer_sends_nothing(console: Console) -> None:
    viewer = console.of(Role.VIEWER)
    assert send(viewer, "aaaaaaaa23", HEADINGS.encode()).status_code == 403
    assert viewer.get(PAGE).status_code == 403
    assert PAGE not in viewer.get(f"/console/{PRODUCT}/list").text


@pytest.mark.parametrize("collection", [PRODUCT, "tbl_auth_users"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_template_of_each_kind(editor: Visitor, collection: str, kind: str) -> None:
    answer = editor.get(f"{PAGE}/template?collection={collection}&format={kind}")
    assert answer.status_code == 200
    assert f"{collection}.{kind}" in answer.headers["Content-Disposition"]


def test_an_export_comes_back_unchanged(console: Console, editor: Visitor) -> None:
    for number, kind in enumerate(("xlsx", "csv", "jsonl")):
        file = editor.get(f"/console/export/{PRODUCT}?format={kind}&all=1").content
        upload = f"aaaaaaaa3{number}"
        assert send(editor, upload, file, name=f"目录.{kind}").status_code == 200
        answer = editor.post(f"{PAGE}/check", {"upload": upload, "collection": PRODUCT})
        address = answer.json()["address"]
        await_end(editor, address)
        row = kept(console, address)
        assert (row["rows_changed"], row["rows_created"], row["rows_refused"]) == (0, 0, 0), row[
            "report"
        ]
        assert row["rows_unchanged"] == row["rows_read"] > 0


def test_a_forged_piece_is_refused(editor: Visitor) -> None:
    headers = {HEADER: "0" * 64}
    answer = editor.send(
        "POST", f"{PAGE}/pieces?upload=aaaaaaaa40&offset=0", headers=headers, data=b"x"
    )
    assert answer.status_code == 403
