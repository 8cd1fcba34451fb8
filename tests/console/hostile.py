"""A shop where somebody wrote a script into every text."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bai_wx.console.roles import Role
from bai_wx.record.collections import COLLECTIONS
from tests.console.shop import Console
from tests.console.visitor import form_of

SCRIPT: Final = "<script>window.stolen=1</script>"
TEXT: Final = f"'\"></textarea></title>{SCRIPT}<img src=x onerror=window.stolen=1>{{{{7*7}}}}"
LIVE: Final = re.compile(r"<script>window\.stolen|<img src=x")
"""What a page has where it takes the text for a part of itself."""
TEXTS: Final = frozenset({"Text", "Editor", "Url"})
"""The kinds of field that hold what somebody typed."""
COMPANY: Final = "tbl_company"


@contextmanager
def everywhere(console: Console) -> Iterator[None]:
    """The oldest row of every collection holds the text, and so do the log and a deleted row.

    Afterwards the rows are as they were.
    """
    before = {name: console.server.row(name, console.first(name)) for name in COLLECTIONS}
    for name, row in before.items():
        console.server.change(name, row["id"], **_spoilt(name, row))
    deleted = _make_and_delete(console)
    try:
        yield
    finally:
        console.server.write(f"DELETE FROM {COMPANY} WHERE id = ?", deleted)
        for name, row in before.items():
            console.server.change(name, row["id"], **{key: row[key] for key in _spoilt(name, row)})


def _spoilt(collection: str, row: dict[str, Any]) -> dict[str, Any]:
    spoilt: dict[str, Any] = {}
    for name, field in COLLECTIONS[collection].record_fields().items():
        kind = type(field).__name__
        if kind in TEXTS and not field.server_made and name != "id":
            spoilt[name] = TEXT
        elif kind == "Json" and row[name]:
            spoilt[name] = json.dumps(_with_texts(json.loads(row[name])))
    return spoilt


def _with_texts(value: Any) -> Any:
    """JSON with the text in place of every text, but for what is looked up: ids and numbers as texts."""
    if isinstance(value, dict):
        return {
            key: each if key.endswith("_id") else _with_texts(each) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_with_texts(each) for each in value]
    return TEXT if isinstance(value, str) else value


def _make_and_delete(console: Console) -> str:
    """Write the text by a form, and delete the row again. Returns: its record id."""
    editor = console.of(Role.EDITOR)
    form = form_of(editor.get(f"/console/{COMPANY}/create"))
    texts = {"company_name": TEXT, "company_remark": TEXT}
    answer = editor.post(f"/console/{COMPANY}/create", {**form, **texts})
    assert answer.status_code == 303, answer.text
    [made] = form["_id"]
    path = f"/console/_api/{COMPANY}/action?name=delete&pks={made}"
    assert editor.post(path).status_code == 200
    return made
