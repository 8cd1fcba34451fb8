"""What counts as a difference between two answers."""

import json
from http.client import HTTPMessage
from typing import Any

import pytest

from tests.conformance.compare import Case, differences
from tests.running import Answer

READ = Case("a read", "/x")
SORTED = Case("a sorted read", "/x", query={"sort": "id"})
WRITE = Case("a write", "/x", "POST")


def _answer(value: Any, status: int = 200) -> Answer:
    headers = HTTPMessage()
    headers["Content-Type"] = "application/json; charset=utf-8"
    return Answer(status, headers, json.dumps(value).encode())


def _page(total: int, *ids: str) -> Any:
    return {"items": [{"id": each} for each in ids], "totalItems": total}


@pytest.mark.parametrize(
    ("case", "ours", "theirs", "count"),
    [
        pytest.param(READ, {"a": 1}, {"a": 1.0}, 0, id="numbers by value"),
        pytest.param(READ, {"a": 1, "b": 2}, {"b": 2, "a": 1}, 0, id="order of keys"),
        pytest.param(READ, {"a": True}, {"a": 1}, 1, id="true is not 1"),
        pytest.param(READ, {"a": None}, {}, 1, id="null is not missing"),
        pytest.param(READ, {"a": ""}, {"a": None}, 1, id="an empty text is not null"),
        pytest.param(READ, [1, 2], [2, 1], 2, id="order of a list"),
        pytest.param(READ, _page(2, "a", "b"), _page(2, "b", "a"), 0, id="a whole list, unsorted"),
        pytest.param(READ, _page(3, "a", "b"), _page(3, "b", "a"), 2, id="a page of a list"),
        pytest.param(SORTED, _page(2, "a", "b"), _page(2, "b", "a"), 2, id="a sorted list"),
        pytest.param(READ, [1], [1, 1], 1, id="length of a list"),
        pytest.param(READ, {"x": [{"y": 1}]}, {"x": [{"y": 2}]}, 1, id="deep inside"),
        pytest.param(READ, {"id": "a"}, {"id": "b"}, 1, id="a read's ids are equal"),
        pytest.param(WRITE, {"id": "a"}, {"id": "b"}, 0, id="a write's ids may differ"),
        pytest.param(WRITE, {"id": "a"}, {"id": 1}, 1, id="not in type"),
        pytest.param(WRITE, {"id": "a"}, {"id": ""}, 1, id="nor in being there"),
        pytest.param(WRITE, {"name": "a"}, {"name": "b"}, 1, id="other names may not"),
    ],
)
def test_differences_in_json(case: Case, ours: Any, theirs: Any, count: int) -> None:
    assert len(differences(case, _answer(ours), _answer(theirs))) == count


def test_a_status_is_compared() -> None:
    assert differences(READ, _answer({}, 200), _answer({}, 400)) == ["status: ours 200, theirs 400"]
