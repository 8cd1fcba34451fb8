"""No text, of any kind, gives anything but an answer or an error of ours.

Covers: bai_wx/dialect/text_cache.py
"""

import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from peewee import Database

from bai_wx import dialect
from bai_wx.dialect.input import body, query
from bai_wx.errors import ApiError
from tests.dialect.sample import Sample, listed, make_sample, valid
from tests.dialect.work import lines
from tests.factories import ALICE, BOB

MOST_LINES = 150_000  # of Python, for one filter: bounded work

NAMES = [*Sample.record_fields(), "data.a.0", "title:lower", "pictures:length", "company.id"]
NAMES.remove("secret")
OPERATORS = ["=", "!=", ">", ">=", "<", "<=", "~", "!~", "?=", "?~"]
VALUES = ["1", "-2.5", "''", "'a%'", '"\\\\"', "null", "true", "@now", "@year", "'商'"]
PIECES = [*NAMES, *OPERATORS, *VALUES, "(", ")", "&&", "||", " ", "//", "\n", "'", "\\", "%", "@"]

fuzz = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def rows(database: Database) -> None:
    """Something to find."""
    make_sample(data='{"a":[1]}', pictures='["x"]', price=1990)
    make_sample(data="null", title="50%")


operands = st.sampled_from(NAMES + VALUES)
comparisons = st.builds("{} {} {}".format, operands, st.sampled_from(OPERATORS), operands)
filters = st.recursive(
    comparisons,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner),
    max_leaves=30,
)


def page_of(**asked: str) -> Any:
    """The list's JSON, or None when it is refused."""
    with contextlib.suppress(ApiError):
        return listed(Sample, asked, ALICE)


@fuzz
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200))
@example("'_' < pictures:length && pictures = 'a'")
@example("(" * 3499 + "a")
def test_any_text_as_a_filter(text: str) -> None:
    """Found or refused, with bounded work."""
    assert lines(lambda: page_of(filter=text)) < MOST_LINES


@fuzz
@given(filters)
def test_any_filter_of_the_grammar_is_answered(text: str) -> None:
    """Nothing the grammar allows over our fields breaks the database."""
    assert listed(Sample, {"filter": text}, ALICE)["totalItems"] in range(3)


TEXTS = st.lists(
    st.sampled_from([*NAMES, "*", ",", ".", "-", ":", "excerpt(3)", "(", "@random", " "]),
    max_size=15,
).map("".join) | st.text(max_size=50)


@fuzz
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_as_any_parameter(sort: str, fields: str, expand: str, number: str) -> None:
    """Each by itself, so that one refusal does not hide the next."""
    for name, text in {"sort": sort, "fields": fields, "expand": expand}.items():
        page_of(**{name: text})
    for name in ("page", "perPage", "skipTotal"):
        page_of(**{name: number})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)
KEYS = st.sampled_from(NAMES) | st.sampled_from(NAMES).map("{}+".format) | st.text(max_size=10)


@settings(fuzz, max_examples=150)
@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_any_body_is_written_or_refused(sent: dict[str, Any]) -> None:
    """And what is written can be answered."""
    for write in (
        lambda: dialect.create(Sample, {**valid(), **sent}, {}, ALICE),
        lambda: dialect.update(Sample, Sample.get().id, sent, {}, ALICE),
        lambda: dialect.create(
            Sample, {**valid(), **sent, "owner": BOB.openid}, {"fields": "*"}, BOB
        ),
    ):
        with contextlib.suppress(ApiError):
            orjson.dumps(write())


@settings(fuzz, max_examples=200)
@given(
    st.binary(max_size=100),
    st.sampled_from(
        [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "",
        ]
    ),
)
@example(
    b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\n1\r\n--x--",
    "multipart/form-data; boundary=x",
)
def test_any_bytes_as_body_and_query(raw: bytes, content_type: str) -> None:
    """Read or refused."""
    with contextlib.suppress(ApiError):
        body.parse(content_type, raw, [])
    with contextlib.suppress(ApiError):
        body.parse(content_type, b"--x\r\n" + raw + b"\r\n--x--", [])
    with contextlib.suppress(ApiError):
        query.parse(raw)
