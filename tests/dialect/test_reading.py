"""Sort, paging, totals and single records.

Covers: bai_wx/dialect/paging.py, bai_wx/dialect/sort.py, bai_wx/dialect/plans.py
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from peewee import Database

from bai_wx import dialect
from bai_wx.dialect import plans
from bai_wx.errors import BadQuery, Forbidden, NotFound
from tests.dialect.sample import Sample, listed, make_sample
from tests.factories import ALICE, BOB

ROWS = (("a", 2, 300), ("B", 1, 100), ("c", 2, 200), ("", 0, 0), ("é", -1, 50))


@pytest.fixture(scope="module", autouse=True)
def rows(database: Database) -> Iterator[None]:
    """Five of Alice's, one deleted, one of Bob's."""
    for title, views, price in ROWS:
        make_sample(title=title, views=views, price=price)
    make_sample(title="deleted", is_delete=1)
    make_sample(title="Bob's", owner=BOB.openid)
    yield
    Sample.delete().execute()


def titles(**query: str) -> list[str]:
    """The titles of Alice's list."""
    return [item["title"] for item in listed(Sample, query, ALICE)["items"]]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        pytest.param("", ["a", "B", "c", "", "é"], id="by insertion"),
        pytest.param("title", ["", "B", "a", "c", "é"], id="text by its bytes"),
        pytest.param("-title", ["é", "c", "a", "B", ""], id="descending"),
        pytest.param(" title:lower ", ["", "a", "B", "c", "é"], id="modifier, spaces"),
        pytest.param("-views,+price", ["c", "a", "B", "", "é"], id="two keys"),
        pytest.param("views,title", ["é", "", "B", "a", "c"], id="two keys ascending"),
        pytest.param("price", ["", "é", "B", "c", "a"], id="amount"),
        pytest.param("@rowid", ["a", "B", "c", "", "é"], id="insertion by name"),
        pytest.param("-@rowid", ["é", "", "c", "B", "a"], id="newest first"),
        pytest.param("-views", ["a", "c", "B", "", "é"], id="equals by insertion"),
    ],
)
def test_sort_orders(sort: str, order: list[str]) -> None:
    """The rows in the order the keys say."""
    assert titles(sort=sort) == order


def test_random_sort_keeps_every_row() -> None:
    """Only the order is left to chance."""
    assert sorted(titles(sort="@random")) == sorted(title for title, *_ in ROWS)


@pytest.mark.parametrize(
    "sort",
    [
        pytest.param("nope", id="unknown"),
        pytest.param("TITLE", id="wrong case"),
        pytest.param("secret", id="hidden"),
        pytest.param("title,,id", id="empty key"),
        pytest.param(",title", id="empty first key"),
        pytest.param("--title", id="two signs"),
        pytest.param("null", id="constant"),
        pytest.param("@now", id="macro"),
        pytest.param("title," * 8 + "id", id="nine keys"),
        pytest.param("a" * 256, id="long key"),
        pytest.param("title;DROP", id="hostile"),
    ],
)
def test_unknown_sort_is_refused(sort: str) -> None:
    """With the generic 400."""
    with pytest.raises(BadQuery):
        titles(sort=sort)


def test_sort_by_what_only_rules_see_is_forbidden() -> None:
    """As in a filter."""
    with pytest.raises(Forbidden):
        titles(sort="@request.auth.id")


@pytest.mark.parametrize(
    ("query", "page", "per_page", "total", "pages", "found"),
    [
        pytest.param({}, 1, 30, 5, 1, 5, id="defaults"),
        pytest.param({"perPage": "2"}, 1, 2, 5, 3, 2, id="first page"),
        pytest.param({"perPage": "2", "page": "3"}, 3, 2, 5, 3, 1, id="last page"),
        pytest.param({"perPage": "5"}, 1, 5, 5, 1, 5, id="exactly full"),
        pytest.param({"page": "9"}, 9, 30, 5, 1, 0, id="beyond the end"),
        pytest.param({"page": "9223372036854775807"}, 2**63 - 1, 30, 5, 1, 0, id="far beyond"),
        pytest.param({"page": "0", "perPage": "0"}, 1, 30, 5, 1, 5, id="zeros"),
        pytest.param({"page": "-3", "perPage": "-5"}, 1, 30, 5, 1, 5, id="negatives"),
        pytest.param({"page": "+2", "perPage": "+3"}, 2, 3, 5, 2, 2, id="plus signs"),
        pytest.param({"perPage": "5000"}, 1, 1000, 5, 1, 5, id="too many"),
        pytest.param({"page": "", "perPage": "", "skipTotal": ""}, 1, 30, 5, 1, 5, id="empty"),
        pytest.param({"skipTotal": "t", "perPage": "2"}, 1, 2, -1, -1, 2, id="not counted"),
        pytest.param({"skipTotal": "F"}, 1, 30, 5, 1, 5, id="counted"),
        pytest.param({"filter": "title='zzz'"}, 1, 30, 0, 0, 0, id="none found"),
    ],
)
def test_page(
    query: dict[str, str], page: int, per_page: int, total: int, pages: int, found: int
) -> None:
    """What is echoed, counted and shown."""
    answer = listed(Sample, query, ALICE)
    assert len(answer.pop("items")) == found
    assert answer == {"page": page, "perPage": per_page, "totalItems": total, "totalPages": pages}


@pytest.mark.parametrize(
    "query",
    [
        {"page": "abc"},
        {"page": "1.5"},
        {"page": "1_0"},
        {"page": "٣"},
        {"perPage": "x"},
        {"perPage": "9223372036854775808"},
        {"perPage": "9" * 5000},
        {"skipTotal": "yes"},
        {"fields": "title:nope(1)"},
        {"filter": " "},
    ],
)
def test_unreadable_query_is_refused(query: dict[str, str]) -> None:
    """With the generic 400."""
    with pytest.raises(BadQuery):
        listed(Sample, query, ALICE)


def test_guest_and_others_see_nothing_of_it() -> None:
    """An empty list to a guest, after the same checks; to Bob his own."""
    assert listed(Sample, {}, None)["totalItems"] == 0
    assert [item["title"] for item in listed(Sample, {}, BOB)["items"]] == ["Bob's"]
    with pytest.raises(BadQuery):
        listed(Sample, {"filter": "nope=1"}, None)


def test_view_shows_only_to_its_owner() -> None:
    """Missing, deleted and somebody else's are the same."""
    [row] = Sample.select().where(Sample.title == "a")
    [deleted] = Sample.select().where(Sample.title == "deleted")
    assert dialect.view(Sample, row.id, {}, ALICE)["title"] == "a"
    for record_id, viewer in [(row.id, BOB), (row.id, None), (deleted.id, ALICE), ("é\0", ALICE)]:
        with pytest.raises(NotFound):
            dialect.view(Sample, record_id, {}, viewer)


def test_record_as_json() -> None:
    """Zero values, amounts in yuan, JSON as JSON, keys in order, nothing hidden."""
    row = make_sample(title="all", price=1990, data='{"b":1,"a":[null]}', owner="somebody")
    parameters = plans.viewer(None) | {"seq": row.seq, "owner": plans.owner_of(row)}
    found = plans.by_seq(Sample).row(parameters)
    assert found is not None
    text = orjson.dumps(dialect.reading.answer(Sample, found, {}, {}, parameters))
    record: dict[str, Any] = orjson.loads(text)
    assert list(record) == sorted(record)
    assert record == {
        "big": 0,
        "body": "",
        "collectionId": Sample.collection_id(),
        "collectionName": "tbl_sample",
        "company": "",
        "created": row.created,
        "data": {"b": 1, "a": [None]},
        "due": "",
        "first": row.first,
        "id": row.id,
        "is_delete": 0,
        "kind": "",
        "link": "",
        "number": "",
        "owner": "somebody",
        "phase": "",
        "pictured": "",
        "pictures": [],
        "price": 19.9,
        "product": "",
        "second": "",
        "slug": row.slug,
        "title": "all",
        "updated": row.updated,
        "views": 0,
    }
