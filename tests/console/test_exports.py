"""A list as a file: its rows and columns, personal numbers masked, every export noted.

Covers: bai_wx/console/transfers/exports.py, bai_wx/console/views/exports.py
"""

import csv
import io
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from bai_wx.console.roles import Role
from tests.console.people import USERS, make_customer
from tests.console.shop import PRODUCT, Console
from tests.console.visitor import Visitor


@pytest.fixture
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


def exported(visitor: Visitor, collection: str, **asked: str) -> list[dict[str, Any]]:
    """The rows of an export as JSON Lines."""
    query = urlencode({"format": "jsonl", **asked})
    answer = visitor.get(f"/console/export/{collection}?{query}")
    assert answer.status_code == 200, answer.text
    return [orjson.loads(line) for line in answer.content.splitlines()]


def test_an_export_has_the_rows_and_the_columns_of_the_list(editor: Visitor) -> None:
    found = exported(editor, PRODUCT, q="面板", cols="prod_list_name,prod_list_basic_price")
    assert found
    assert any("面板" in each["prod_list_name"] for each in found)
    assert list(found[0]) == ["id", "prod_list_name", "prod_list_basic_price"]
    every = exported(editor, PRODUCT, all="1")
    assert len(every) > len(found)
    assert {"id", "updated", "prod_list_parameters"} <= every[0].keys()


def test_an_export_of_csv_has_chinese_headings(editor: Visitor) -> None:
    answer = editor.get(f"/console/export/{PRODUCT}?format=csv&cols=prod_list_name")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    [headings, *rows] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert "产品名称" in headings
    assert rows


def test_personal_numbers_go_out_masked(console: Console) -> None:
    make_customer(console, "export-customer", "导出客户", "13911112222")
    for role in Role:
        found = exported(console.of(role), USERS, q="导出客户", all="1")
        assert [each["users_phone"] for each in found] == ["139****2222"]
    whole = {"format": "jsonl", "all": "1", "whole": "1", "q": "导出客户"}
    for role in (Role.VIEWER, Role.EDITOR):
        answer = console.of(role).get(f"/console/export/{USERS}?{urlencode(whole)}")
        assert answer.status_code == 403
    found = exported(console.of(Role.ADMIN), USERS, q="导出客户", all="1", whole="1")
    assert [each["users_phone"] for each in found] == ["13911112222"]
    assert "attachments_ocr" not in exported(console.of(Role.ADMIN), "tbl_attachments", all="1")[0]


def test_the_log_keeps_every_export(console: Console) -> None:
    viewer = console.of(Role.VIEWER)
    exported(viewer, PRODUCT, q="面板", cols="prod_list_name")
    sql = "SELECT * FROM console_audit WHERE action = 'export' ORDER BY seq DESC LIMIT 1"
    [entry] = console.server.rows(sql)
    said = orjson.loads(entry["after"])
    assert (entry["operator_name"], entry["collection"]) == ("viewer", PRODUCT)
    assert (said["format"], said["asked"]) == ("jsonl", "q=面板")
    assert said["fields"] == ["id", "prod_list_name"]
    assert console.of(Role.ADMIN).get("/console/audit?action=export").status_code == 200


@pytest.mark.parametrize("path", ["tbl_nothing", f"{PRODUCT}?format=pdf"])
def test_what_cannot_be_exported(editor: Visitor, path: str) -> None:
    assert editor.get(f"/console/export/{path}").status_code == 404
