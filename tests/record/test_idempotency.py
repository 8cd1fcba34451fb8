"""The same key does the work once."""

import itertools
import time
from collections.abc import Callable

import orjson
import pytest

from bai_wx.errors import CartFull, IdempotencyKeyReused
from bai_wx.record import clock
from bai_wx.record.idempotency import (
    LIFETIME_S,
    MAX_FULL_BODY_BYTES,
    Answer,
    IdempotencyKey,
    run_once,
)
from models.users import User
from tests.factories import make_user
from tests.models.crowd import at_once

pytestmark = pytest.mark.usefixtures("database")

LARGE = {"name": "x" * MAX_FULL_BODY_BYTES}


def counting(status: int = 200) -> Callable[[], Answer]:
    """Work that answers how often it was done."""
    times = itertools.count(1)
    return lambda: Answer(status, b"%d" % next(times))


@pytest.mark.parametrize(
    ("status", "second"),
    [
        pytest.param(200, b"1", id="a success is kept"),
        pytest.param(400, b"2", id="a refusal did nothing: try again"),
        pytest.param(409, b"2", id="a conflict did nothing: try again"),
        pytest.param(429, b"2", id="too many requests: try again"),
        pytest.param(500, b"2", id="a defect: try again"),
        pytest.param(503, b"2", id="unavailable: try again"),
    ],
)
def test_the_second_time(status: int, second: bytes) -> None:
    """Answers the first answer, unless that was a refusal."""
    work = counting(status)
    assert run_once("u", "cart_create", "k", b"{}", work) == Answer(status, b"1")
    assert run_once("u", "cart_create", "k", b"{}", work) == Answer(status, second)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        pytest.param("cart_create", b'{"a":1}', id="another body"),
        pytest.param("order_create", b"{}", id="another operation"),
    ],
)
def test_a_key_cannot_stand_for_something_else(operation: str, body: bytes) -> None:
    """The first answer stays."""
    run_once("u", "cart_create", "k", b"{}", counting())
    with pytest.raises(IdempotencyKeyReused):
        run_once("u", operation, "k", body, counting())
    assert run_once("u", "cart_create", "k", "{}", counting()).body == b"1"


@pytest.mark.parametrize(("owner", "key"), [("v", "k"), ("u", "l")])
def test_other_users_and_other_keys_are_other_requests(owner: str, key: str) -> None:
    """The work is done again."""
    work = counting()
    run_once("u", "cart_create", "k", b"{}", work)
    assert run_once(owner, "cart_create", key, b"{}", work).body == b"2"


def test_many_at_once_do_the_work_once() -> None:
    """All get the same answer."""

    def work() -> Answer:
        return Answer(200, make_user().id.encode())

    answers = at_once(16, lambda: run_once("u", "cart_create", "k", b"{}", work))
    assert len(set(answers)) == 1
    assert User.select().count() == 1


def test_work_that_raises_leaves_neither_claim_nor_row() -> None:
    """As a crash would."""

    def work() -> Answer:
        make_user()
        raise CartFull

    with pytest.raises(CartFull):
        run_once("u", "cart_create", "k", b"{}", work)
    assert IdempotencyKey.select().count() == User.select().count() == 0


@pytest.mark.parametrize(
    ("age_s", "body"),
    [
        pytest.param(LIFETIME_S - 60, b"1", id="within the day"),
        pytest.param(LIFETIME_S + 60, b"2", id="after the day"),
    ],
)
def test_a_key_lives_for_a_day(age_s: int, body: bytes) -> None:
    """Then it counts as never seen."""
    work = counting()
    run_once("u", "cart_create", "k", b"{}", work)
    IdempotencyKey.update(created=clock.text_of(time.time() - age_s)).execute()
    assert run_once("u", "cart_create", "k", b"{}", work).body == body


@pytest.mark.parametrize(
    ("answered", "stored"),
    [
        pytest.param({"id": "a", "expand": LARGE}, {"id": "a"}, id="a record's"),
        pytest.param(
            [{"body": {"id": "a", "expand": LARGE}, "status": 200}, {"body": None, "status": 204}],
            [{"body": {"id": "a"}, "status": 200}, {"body": None, "status": 204}],
            id="a batch's",
        ),
        pytest.param({"items": [LARGE]}, {"items": [LARGE]}, id="an answer without relations"),
    ],
)
def test_what_is_stored_of_a_large_answer(answered: object, stored: object) -> None:
    """Not the related rows, which have no bound."""
    assert orjson.loads(Answer(200, orjson.dumps(answered)).stored_body) == stored
