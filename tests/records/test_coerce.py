"""From what a client sends to what a column holds: PocketBase knows no wrong type."""

from typing import Any

import pytest

from errors import BadQuery
from records.coerce import coerced
from tests.records.sample import Sample


@pytest.mark.parametrize(
    ("field", "sent", "held"),
    [
        ("title", 123, "123"),
        ("title", 12.5, "12.5"),
        ("title", 1e21, "1" + "0" * 21),
        ("title", True, "true"),
        ("title", None, ""),
        ("title", ["x"], ""),
        ("title", {"a": 1}, ""),
        ("title", " x ", " x "),
        ("views", "3", 3),
        ("views", "1e3", 1000),
        ("views", "1_000", 1000),
        ("views", True, 1),
        ("views", 2.0, 2),
        ("views", 2.5, 2.5),
        ("views", "", 0),
        ("views", None, 0),
        ("views", "abc", 0),
        ("views", " 3 ", 0),
        ("views", "0x10", 0),
        ("views", "1e999", 0),
        ("views", [1], 0),
        ("price", 19.9, 1990),
        ("price", "0.29", 29),
        ("price", 0.125, 12.5),  # not rounded: an amount that differs must be seen to differ
        ("price", 1e30, int(1e30) * 100),
        ("price", "abc", 0),
        ("kind", ["a", "b"], "b"),
        ("kind", '["x","y"]', "y"),
        ("kind", None, ""),
        ("kind", {"a": 1}, ""),
        ("company", ["one", "two"], "two"),
        ("pictures", "one", '["one"]'),
        ("pictures", ["b", "a", "b", "", None], '["b","a"]'),
        ("pictures", '["a","b"]', '["a","b"]'),
        ("pictures", None, "[]"),
        ("pictures", "a,b", '["a,b"]'),
        ("data", {"b": 1.50, "a": [None]}, '{"a":[null],"b":1.5}'),
        ("data", '{"a":1}', '{"a":1}'),
        ("data", "123", "123"),
        ("data", "null", "null"),
        ("data", None, "null"),
        ("data", "", '""'),
        ("data", "plain", '"plain"'),
        ("data", "{broken", '"{broken"'),
        ("due", "2024-01-02", "2024-01-02 00:00:00.000Z"),
        ("due", "2024-01-02 03:04:05", "2024-01-02 03:04:05.000Z"),
        ("due", "2024-01-02 03:04:05.1239Z", "2024-01-02 03:04:05.123Z"),
        ("due", "2024-01-02T03:04:05+08:00", "2024-01-01 19:04:05.000Z"),
        ("due", "2024-01-02 03:04:05 +0300", "2024-01-02 00:04:05.000Z"),
        ("due", "Tue, 02 Jan 2024 03:04:05 GMT", "2024-01-02 03:04:05.000Z"),
        ("due", "2024-01-02 03:04", ""),
        ("due", "2024-02-30", ""),
        ("due", "0001-01-01", ""),
        ("due", "0001-01-01T00:00:00+08:00", ""),
        ("due", "01/02/2024", ""),
        ("due", 1700000000, ""),
        ("due", "now", ""),
        ("due", True, ""),
    ],
)
def test_value_is_coerced(field: str, sent: Any, held: Any) -> None:
    """Each kind of field from each kind of JSON."""
    assert coerced(Sample, {field: sent}, {}) == {field: held}


@pytest.mark.parametrize(
    ("body", "held"),
    [
        pytest.param({"views+": 2}, {"views": 12}, id="add"),
        pytest.param({"views-": "3"}, {"views": 7}, id="subtract"),
        pytest.param({"price+": 0.1}, {"price": 110}, id="add to an amount"),
        pytest.param({"views+": 1, "views": 5}, {"views": 6}, id="shortest key first"),
        pytest.param({"views+": "abc"}, {"views": 10}, id="no number adds nothing"),
        pytest.param({"title+": "x", "nope": 1, "Title": 2, "secret": 3}, {}, id="unknown keys"),
        pytest.param({"+": 1, "": 2, "collectionId": "x"}, {}, id="odd keys"),
    ],
)
def test_keys_are_read(body: dict[str, Any], held: dict[str, Any]) -> None:
    """Modifiers work on what is stored; what is no visible field is left out."""
    assert coerced(Sample, body, {"views": 10, "price": 100}) == held


def test_json_too_deep_to_answer_is_refused() -> None:
    """It could be read, but not written."""
    value: Any = None
    for _ in range(250):
        value = [value]
    with pytest.raises(BadQuery):
        coerced(Sample, {"data": value}, {})
