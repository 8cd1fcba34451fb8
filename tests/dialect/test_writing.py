"""Native writes against a real file: rules, validation, and what is left in the row.

Covers: bai_wx/dialect/input/unique.py, bai_wx/dialect/input/validate.py
"""

from typing import Any

import pytest
from peewee import Database

from bai_wx import dialect
from bai_wx.errors import BadQuery, NotFound, RecordInvalid
from tests.databases import IS_POSTGRES
from tests.dialect.sample import Sample, make_sample, valid
from tests.factories import ALICE, BOB, as_sent, make_attachment, make_company

pytestmark = pytest.mark.usefixtures("empty")


@pytest.fixture(scope="module", autouse=True)
def related(database: Database) -> None:
    """Rows to point at."""
    make_company(id="acme00000000000")
    make_company(id="gone00000000000", is_delete=1)
    make_attachment(id="picture00000000")


def codes(refused: RecordInvalid) -> dict[str, str]:
    """Field to code."""
    return {
        name: problem["code"].removeprefix("validation_")
        for name, problem in refused.problems.items()
    }


def test_create_answers_the_row() -> None:
    """Coerced, with server-made values; what is not the client's is ignored."""
    body = valid(views="3", price=19.9, number="mine", is_delete=1, secret="x", nope=1)
    record = as_sent(
        dialect.create(Sample, body, {"fields": "views,price,number,is_delete"}, ALICE)
    )
    assert record == {"views": 3, "price": 19.9, "number": "made here", "is_delete": 0}
    assert Sample.get().secret == ""


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        pytest.param(
            {"title": "", "slug": "UP"},
            {"title": "required", "slug": "invalid_format"},
            id="all at once",
        ),
        pytest.param(
            {"title": "字" * 21}, {"title": "max_text_constraint"}, id="characters are counted"
        ),
        pytest.param({"title": "字" * 20}, {}, id="not bytes"),
        pytest.param({"views": -6}, {"views": "min_number_constraint"}, id="too small"),
        pytest.param({"views": 101}, {"views": "max_number_constraint"}, id="too large"),
        pytest.param({"views": 0}, {}, id="zero is unset"),
        pytest.param({"views": 2.5}, {"views": "only_int_constraint"}, id="no whole number"),
        pytest.param({"views": "NaN"}, {"views": "not_a_number"}, id="not a number"),
        pytest.param({"big": 2**70}, {"big": "only_int_constraint"}, id="beyond 64 bits"),
        pytest.param({"big": -(2.0**70)}, {"big": "only_int_constraint"}, id="far below"),
        pytest.param({"big": 2**62}, {"big": "max_number_constraint"}, id="not kept exactly"),
        pytest.param({"big": -(2.0**63)}, {"big": "min_number_constraint"}, id="the least of 64"),
        pytest.param({"price": -0.01}, {"price": "min_number_constraint"}, id="negative amount"),
        pytest.param({"price": 10_000_000}, {"price": "max_number_constraint"}, id="large amount"),
        pytest.param({"price": 1e300}, {"price": "max_number_constraint"}, id="huge amount"),
        pytest.param({"price": 1e308}, {"price": "max_number_constraint"}, id="beyond any cents"),
        pytest.param({"price": "inf"}, {"price": "not_a_number"}, id="infinite amount"),
        pytest.param({"price": 9_999_999.99}, {}, id="largest amount"),
        pytest.param({"kind": "z"}, {"kind": "invalid_value"}, id="unknown option"),
        pytest.param(
            {"link": "shop.example"}, {"link": "invalid_url"}, id="address without a scheme"
        ),
        pytest.param({"link": "http://[x"}, {"link": "invalid_url"}, id="broken address"),
        pytest.param({"link": "https://shop.example/商品?a=1"}, {}, id="address"),
        pytest.param({"company": "acme00000000000"}, {}, id="relation"),
        pytest.param(
            {"company": "gone00000000000"},
            {"company": "missing_rel_records"},
            id="deleted relation",
        ),
        pytest.param({"company": "é"}, {"company": "missing_rel_records"}, id="no id"),
        pytest.param(
            {"pictures": ["picture00000000", "nope00000000000"]},
            {"pictures": "missing_rel_records"},
            id="one relation of two",
        ),
        pytest.param(
            {"pictures": ["x"] * 5000}, {"pictures": "missing_rel_records"}, id="many relations"
        ),
        pytest.param({"data": "x" * 1_048_576}, {"data": "json_size_limit"}, id="large JSON"),
        pytest.param(
            {"body": "x" * 6_000_000}, {"body": "content_size_limit"}, id="large rich text"
        ),
        pytest.param({"id": "short"}, {"id": "min_text_constraint"}, id="short id"),
        pytest.param({"id": "x" * 16}, {"id": "max_text_constraint"}, id="long id"),
        pytest.param({"id": "ABCDEFGHIJKLMNO"}, {"id": "invalid_format"}, id="capitals in an id"),
        pytest.param({"id": 123456789012345}, {}, id="numeric id"),
        pytest.param({"id": None}, {}, id="id left to the server"),
        pytest.param({"title": "a'; --"}, {}, id="hostile text"),
        pytest.param(
            {"title": "a\0b"}, {"title": "invalid_format"} if IS_POSTGRES else {}, id="NUL"
        ),
        pytest.param({"title": "\0" * 21}, {"title": "max_text_constraint"}, id="many NULs"),
        pytest.param({"company": "\0"}, {"company": "missing_rel_records"}, id="NUL as an id"),
        pytest.param({"data": {"a": "\0"}}, {}, id="NUL inside JSON"),
    ],
)
def test_create_validates(body: dict[str, Any], problems: dict[str, str]) -> None:
    """Every failing field with its code, and nothing written."""
    if not problems:
        dialect.create(Sample, valid(**body), {}, ALICE)
        return
    with pytest.raises(RecordInvalid) as refused:
        dialect.create(Sample, valid(**body), {}, ALICE)
    assert codes(refused.value) == problems
    assert refused.value.sentence == "Failed to create record."
    assert Sample.select().count() == 0


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param(
            {"title": "x" * 21},
            {
                "code": "validation_max_text_constraint",
                "message": "Must be no more than 20 character(s).",
                "params": {"max": 20},
            },
            id="text",
        ),
        pytest.param(
            {"views": 101},
            {
                "code": "validation_max_number_constraint",
                "message": "Must be less or equal than 100.",
                "params": {"max": 100},
            },
            id="number",
        ),
        pytest.param(
            {"price": -1},
            {
                "code": "validation_min_number_constraint",
                "message": "Must be greater or equal than 0.",
                "params": {"min": 0},
            },
            id="amount",
        ),
        pytest.param(
            {"price": 1e8},
            {
                "code": "validation_max_number_constraint",
                "message": "Must be less or equal than 9.99999999e+06.",
                "params": {"max": 9999999.99},
            },
            id="large amount",
        ),
        pytest.param(
            {"kind": "z"},
            {
                "code": "validation_invalid_value",
                "message": "Invalid value z.",
                "params": {"value": "z"},
            },
            id="select",
        ),
        pytest.param(
            {"kind": " z. "},
            {
                "code": "validation_invalid_value",
                "message": "Invalid value  z.",
                "params": {"value": " z. "},
            },
            id="a sentence ends once",
        ),
    ],
)
def test_problem_in_pocketbases_words(body: dict[str, Any], problem: dict[str, Any]) -> None:
    """Code, message and parameters."""
    with pytest.raises(RecordInvalid) as refused:
        dialect.create(Sample, valid(**body), {}, ALICE)
    assert refused.value.problems == {next(iter(body)): problem}


def test_missing_required_fields_are_named() -> None:
    """Together with what else is wrong."""
    with pytest.raises(RecordInvalid) as refused:
        dialect.create(Sample, {"owner": ALICE.openid, "kind": "z"}, {}, ALICE)
    assert codes(refused.value) == {"title": "required", "kind": "invalid_value"}


@pytest.mark.parametrize("caller", [pytest.param(None, id="guest"), pytest.param(BOB, id="bob")])
def test_create_rule_comes_before_the_fields(caller: Any) -> None:
    """Who may not create learns nothing about fields."""
    with pytest.raises(RecordInvalid) as refused:
        dialect.create(Sample, valid(title=""), {}, caller)
    assert refused.value.problems == {}


@pytest.mark.parametrize(
    ("second", "problems"),
    [
        pytest.param({"slug": "same"}, {"slug": "not_unique"}, id="one column"),
        pytest.param(
            {"first": "f", "second": "s"},
            {"first": "not_unique", "second": "not_unique"},
            id="every column of the index",
        ),
        pytest.param({"id": "same00000000000"}, {"id": "not_unique"}, id="the id"),
    ],
)
def test_unique_index_names_its_fields(second: dict[str, Any], problems: dict[str, str]) -> None:
    """On create and on update; what was written before stays."""
    dialect.create(
        Sample, valid(slug="same", first="f", second="s", id="same00000000000"), {}, ALICE
    )
    with pytest.raises(RecordInvalid) as refused:
        dialect.create(Sample, valid(**second), {}, ALICE)
    assert codes(refused.value) == problems
    assert Sample.select().count() == 1


def test_update_changes_what_may_be_changed() -> None:
    """`updated` moves even without a change; the owner's field is not the client's."""
    row = make_sample(title="old", views=3, updated="2020-01-01 00:00:00.000Z")
    body = {"title": "new", "views+": 2, "number": "x", "created": "x"}
    record = as_sent(dialect.update(Sample, row.id, body, {}, ALICE))
    assert (record["title"], record["views"], record["number"]) == ("new", 5, "")
    assert record["updated"] > "2020-01-02"
    Sample.update(updated="2020-01-01 00:00:00.000Z").execute()
    assert dialect.update(Sample, row.id, {}, {}, ALICE)["updated"] > "2020-01-02"


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        pytest.param(
            {"title": "", "kind": "z"},
            {"title": "required", "kind": "invalid_value"},
            id="all at once",
        ),
        pytest.param({"is_delete": 2}, {"is_delete": "max_number_constraint"}, id="deleted twice"),
        pytest.param({"id": "other0000000000"}, {"id": "pk_change"}, id="another id"),
        pytest.param({"slug": "taken"}, {"slug": "not_unique"}, id="unique"),
        pytest.param({"views-": 100}, {"views": "min_number_constraint"}, id="after subtracting"),
        pytest.param(
            {"company": "gone00000000000"}, {"company": "missing_rel_records"}, id="relation"
        ),
    ],
)
def test_update_validates(body: dict[str, Any], problems: dict[str, str]) -> None:
    """As create does, in update's words."""
    make_sample(slug="taken")
    row = make_sample(title="old")
    with pytest.raises(RecordInvalid) as refused:
        dialect.update(Sample, row.id, body, {}, ALICE)
    assert codes(refused.value) == problems
    assert refused.value.sentence == "Failed to update record."
    assert Sample.get_by_id(row.seq).title == "old"


def test_unchanged_relation_may_lead_nowhere() -> None:
    """What was right when it was written does not keep the rest from changing."""
    row = make_sample(company="gone00000000000")
    body = {"company": "gone00000000000", "title": "new", "id": row.id}
    assert dialect.update(Sample, row.id, body, {}, ALICE)["title"] == "new"


def test_patch_deletes_and_drops_the_rest() -> None:
    """The record is answered once more, then it is gone; only `updated` changed beside."""
    row = make_sample(title="old", updated="2020-01-01 00:00:00.000Z")
    body = {"is_delete": "1", "title": "", "views": 7}
    record = dialect.update(Sample, row.id, body, {}, ALICE)
    assert (record["is_delete"], record["title"], record["views"]) == (1, "old", 0)
    assert record["updated"] > "2020-01-02"
    with pytest.raises(NotFound):
        dialect.update(Sample, row.id, {}, {}, ALICE)


def test_delete_is_soft() -> None:
    """The row is still in the database."""
    row = make_sample()
    dialect.delete(Sample, row.id, ALICE)
    assert Sample.get_by_id(row.seq).is_delete == 1
    with pytest.raises(NotFound):
        dialect.delete(Sample, row.id, ALICE)


def test_model_can_refuse_a_deletion() -> None:
    """By DELETE and by PATCH, in its own words."""
    row = make_sample(kind="b")
    for deletion in (
        lambda: dialect.delete(Sample, row.id, ALICE),
        lambda: dialect.update(Sample, row.id, {"is_delete": 1}, {}, ALICE),
    ):
        with pytest.raises(RecordInvalid) as refused:
            deletion()
        assert refused.value.status == 409
    assert Sample.get_by_id(row.seq).is_delete == 0


@pytest.mark.parametrize("caller", [pytest.param(None, id="guest"), pytest.param(BOB, id="bob")])
def test_others_rows_are_missing_rows(caller: Any) -> None:
    """For update, delete and handing over alike."""
    row = make_sample()
    with pytest.raises(NotFound):
        dialect.update(Sample, row.id, {"title": ""}, {}, caller)
    with pytest.raises(NotFound):
        dialect.delete(Sample, row.id, caller)
    with pytest.raises(NotFound):
        dialect.update(Sample, row.id, {"owner": BOB.openid}, {}, ALICE)
    with pytest.raises(NotFound):
        dialect.update(Sample, "é", {}, {}, ALICE)
    assert Sample.get_by_id(row.seq).is_delete == 0


def test_bad_fields_are_refused_before_writing() -> None:
    """PocketBase answers 400 after it has written; we do not."""
    row = make_sample(title="old")
    query = {"fields": "title:nope(1)"}
    with pytest.raises(BadQuery):
        dialect.create(Sample, valid(), query, ALICE)
    with pytest.raises(BadQuery):
        dialect.update(Sample, row.id, {"title": "new"}, query, ALICE)
    assert [row.title for row in Sample.select()] == ["old"]


def test_writes_expand_and_pick() -> None:
    """As reads do."""
    query = {"expand": "company", "fields": "title,expand.company.id"}
    record = dialect.create(Sample, valid(company="acme00000000000"), query, ALICE)
    assert record == {"title": "Title", "expand": {"company": {"id": "acme00000000000"}}}


def test_a_joined_text_follows_its_relation() -> None:
    """On create and update; what a client sends for the text itself is ignored."""
    for number in (1, 2):
        make_attachment(id=f"joined00000000{number}", attachments_id=f"A-J{number}")
    first, second = (f"joined00000000{number}" for number in (1, 2))
    body = valid(pictures=[second, first], pictured="A-mine")
    record = as_sent(dialect.create(Sample, body, {}, ALICE))
    assert record["pictured"] == "A-J2|A-J1"
    changed = as_sent(dialect.update(Sample, record["id"], {"pictures-": second}, {}, ALICE))
    assert (changed["pictures"], changed["pictured"]) == ([first], "A-J1")
    same = as_sent(dialect.update(Sample, record["id"], {"pictured": "A-mine"}, {}, ALICE))
    assert same["pictured"] == "A-J1"
    emptied = as_sent(dialect.update(Sample, record["id"], {"pictures": []}, {}, ALICE))
    assert (emptied["pictures"], emptied["pictured"]) == ([], "")
