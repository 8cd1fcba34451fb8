"""From what a client sends to what a column holds: PocketBase knows no wrong type.

Covers: bai_wx/record/fields.py, bai_wx/record/dates.py, bai_wx/record/go_values.py
Covers: bai_wx/record/json_text.py, bai_wx/record/loose_values.py, bai_wx/record/modifiers.py
"""

from typing import Any

import pytest

from bai_wx.dialect.input.coerce import coerced
from bai_wx.errors import BadQuery
from tests.dialect.sample import Sample


@pytest.mark.parametrize(
    ("field", "sent", "held"),
    [
        ("title", 123, "123"),
        ("title", 12.5, "12.5"),
        ("title", 1e21, "1" + "0" * 21),
        ("title", 2**53 + 1, str(2**53)),  # every number is a float
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
        ("views", "0x1.8p+4", 24),
        ("views", "-0X_1_0p0", -16),
        ("views", "0x1p99999", 0),
        ("views", "1_0.0_0e0_1", 100),
        ("views", "1__0", 0),
        ("views", "1e999", 0),
        ("views", [1], 0),
        ("price", 19.9, 1990),
        ("price", "0.29", 29),
        ("price", 0.125, 13),  # amounts are compared in fen, after rounding half up
        ("price", 1e30, int(1e30) * 100),
        ("price", "abc", 0),
        ("kind", ["a", "b"], "b"),
        ("kind", '["x","y"]', "y"),
        ("kind", ["b", "a", "b"], "a"),  # each once, and then the last
        ("kind", ' ["x"]', "x"),
        ("kind", '["x",null]', "x"),
        ("kind", '["x",1]', '["x",1]'),
        ("kind", "[broken", "[broken"),
        ("kind", '{"a":["x"]}', '{"a":["x"]}'),
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
        pytest.param({"views+": "0" * 999 + "1"}, {"views": 11}, id="a number of 1000 characters"),
        pytest.param({"views+": "0" * 1000 + "1"}, {"views": 10}, id="a longer one is none"),
        pytest.param({"title+": "x", "nope": 1, "Title": 2, "secret": 3}, {}, id="unknown keys"),
        pytest.param({"+": 1, "": 2, "collectionId": "x"}, {}, id="odd keys"),
        pytest.param({"+views": 1, "views++": 1, "+views+": 1}, {}, id="no such modifiers"),
        pytest.param({"kind+": "b"}, {"kind": "b"}, id="an appended choice replaces"),
        pytest.param({"+kind": "b"}, {"kind": "a"}, id="a prepended one does not"),
        pytest.param({"+kind": ["a", "b"]}, {"kind": "b"}, id="unless the present one comes too"),
        pytest.param({"kind-": ["b", "a"]}, {"kind": ""}, id="a choice taken away"),
        pytest.param({"kind-": "b"}, {"kind": "a"}, id="not a choice that is not there"),
        pytest.param({"kind": "b", "kind-": "b"}, {"kind": ""}, id="set, then taken away"),
        pytest.param({"company+": "two"}, {"company": "two"}, id="another row"),
        pytest.param({"+company": "two"}, {"company": "one"}, id="the same row"),
        pytest.param({"pictures+": ["b", "c"]}, {"pictures": '["a","b","c"]'}, id="append"),
        pytest.param({"+pictures": "c"}, {"pictures": '["c","a","b"]'}, id="prepend"),
        pytest.param({"pictures-": "a"}, {"pictures": '["b"]'}, id="take away"),
        pytest.param({"title:autogenerate": 3}, {"title": "3"}, id="no pattern to generate by"),
        pytest.param({"views:autogenerate": 3, "title:each": 1}, {}, id="not for this kind"),
    ],
)
def test_keys_are_read(body: dict[str, Any], held: dict[str, Any]) -> None:
    """Modifiers work on what is stored; what is no visible field is left out."""
    stored = {"views": 10, "price": 100, "kind": "a", "company": "one", "pictures": '["a","b"]'}
    assert coerced(Sample, body, stored) == held


def test_an_id_is_generated_on_demand() -> None:
    """Behind what is sent; a whole one if nothing is."""
    assert len(coerced(Sample, {"id:autogenerate": ""}, {})["id"]) == 15
    assert coerced(Sample, {"id:autogenerate": "x"}, {})["id"].startswith("x")


def test_json_too_deep_to_answer_is_refused() -> None:
    """It could be read, but not written."""
    value: Any = None
    for _ in range(250):
        value = [value]
    with pytest.raises(BadQuery):
        coerced(Sample, {"data": value}, {})
