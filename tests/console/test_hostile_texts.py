"""Texts that are scripts, in every field of every collection and every part of an address: shown, never run.

Customers write most of these fields, so no page may take them for a part of itself.
"""

import html
from collections.abc import Iterator
from typing import Any

import pytest

from bai_wx.console.roles import Role
from tests.console import hostile
from tests.console.authorization import Line, Standing, lines
from tests.console.shop import Console
from tests.console.test_authorization import PLACE
from tests.console.visitor import address

PAGES = [
    line
    for line in lines()
    if line.method == "GET"
    and line.status == 200
    and line.level.admits(Standing.ADMIN)
    and not line.path.startswith(("/static", "/login"))
]
LISTS = [line for line in PAGES if line.path.endswith(("/list", "/trash", "/audit", "/search"))]
PARTS = ("q", "sort", "cols", "filter", "page", "page_size", "_origin", "state", "customer", "x")


@pytest.fixture(scope="module")
def spoilt(console: Console) -> Iterator[None]:
    """The text stands everywhere."""
    with hostile.everywhere(console):
        yield


@pytest.mark.usefixtures("spoilt")
@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.id)
def test_a_stored_script_is_shown_as_a_text(console: Console, line: Line) -> None:
    row = console.first(line.key) if line.key else "x"
    query = {name: value.replace("{pk}", row) for name, value in line.query.items()}
    path = PLACE.sub(row, line.path.replace("{key}", line.key))
    answer = console.of(Role.ADMIN).get("/console" + address(path, query))
    assert answer.status_code == 200
    kind = answer.headers["Content-Type"]
    if kind.startswith("text/html"):
        assert hostile.LIVE.findall(answer.text) == []
    elif "json" in kind:
        assert [each for each in _markup(answer.json()) if hostile.LIVE.search(each)] == []


def _markup(answer: Any) -> Iterator[str]:
    """The parts of an answer for a script that are HTML."""
    for row in answer.get("items", ()) if isinstance(answer, dict) else ():
        meta = row.get("_meta", {})
        yield from (str(each) for each in meta.get("select2", {}).values())


@pytest.mark.usefixtures("spoilt")
def test_the_texts_are_there_to_be_shown(console: Console) -> None:
    """Or the test above would find nothing because there is nothing."""
    admin = console.of(Role.ADMIN)
    for path in ("/console/tbl_company/list", "/console/trash", "/console/audit"):
        assert html.escape(hostile.SCRIPT) in admin.get(path).text


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("line", LISTS, ids=lambda line: line.id)
def test_a_script_in_an_address_is_no_part_of_the_page(
    console: Console, line: Line, part: str
) -> None:
    path = "/console" + line.path.replace("{key}", line.key)
    for text in (hostile.TEXT, "javascript:window.stolen=1"):
        answer = console.of(Role.ADMIN).get(address(path, {part: text}))
        assert answer.status_code in {200, 400}
        assert hostile.LIVE.findall(answer.text) == []
        assert 'href="javascript:' not in answer.text


ODD = {
    "a page far away": {"page": "9" * 30},
    "a page below none": {"page": "-1"},
    "a page that is no number": {"page": "x"},
    "a size that is none": {"page_size": "x"},
    "a large size": {"page_size": "9" * 30},
    "an unknown order": {"sort": "password__asc"},
    "an order without a direction": {"sort": "id"},
    "a filter that is no JSON": {"filter": "{"},
    "a filter of another kind": {"filter": "[1, null]"},
    "a deep filter": {"filter": '{"and":[' * 400 + "]}" * 400},
    "a filter on a hidden field": {
        "filter": '{"and":[{"field":"token_key","op":"eq","value":"x"}]}'
    },
    "an unknown column": {"cols": "password,token_key"},
    "NUL": {"q": "a\0b"},
    "half a character": {"q": "\ud800".encode("utf-16", "surrogatepass").decode("latin-1")},
    "wildcards": {"q": "%_\\"},
    "a long text": {"q": "长" * 3000},
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("line", LISTS, ids=lambda line: line.id)
def test_an_odd_address_is_answered(console: Console, line: Line, name: str) -> None:
    path = "/console" + line.path.replace("{key}", line.key)
    answer = console.of(Role.ADMIN).get(address(path, ODD[name]))
    assert answer.status_code in {200, 400, 404, 414, 431}


@pytest.mark.parametrize("pk", ["", "\0", "x" * 3000, "'; DROP TABLE x", "../x", hostile.TEXT])
@pytest.mark.parametrize("page", ["detail", "edit"])
def test_an_odd_id_names_no_row(console: Console, page: str, pk: str) -> None:
    answer = console.of(Role.ADMIN).get(address(f"/console/tbl_company/{page}", {"pk": pk}))
    assert answer.status_code in {303, 400, 404}
    assert hostile.LIVE.findall(answer.text) == []
