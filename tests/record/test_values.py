"""Money, time, ids and numbers: how values are written.

Covers: bai_wx/record/clock.py, bai_wx/record/ids.py, bai_wx/record/money.py
Covers: bai_wx/record/readable_numbers.py
"""

import re
import time

import pytest

from bai_wx.record import clock, ids, money
from bai_wx.record.readable_numbers import readable_number


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(0.29, 29, id="a float that binary cannot hold"),
        pytest.param(19.9, 1990, id="one decimal"),
        pytest.param("19.90", 1990, id="numeric text"),
        pytest.param(9999999.99, 999_999_999, id="the most"),
        pytest.param(0.005, 1, id="a third decimal is rounded half up"),
        pytest.param(0.004, 0, id="and below half down"),
        pytest.param(-1, -100, id="below zero, for the caller to refuse"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param(float("inf"), None, id="infinite"),
        pytest.param("a lot", None, id="words"),
    ],
)
def test_yuan_becomes_fen(yuan: object, fen: int | None) -> None:
    """Outside yuan, inside whole fen."""
    assert money.fen_of(yuan) == fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        pytest.param(1990, "19.9", id="no trailing zero"),
        pytest.param(2000, "20", id="no .0"),
        pytest.param(999_999_999, "9999999.99", id="the most"),
        pytest.param(1, "0.01", id="the least"),
    ],
)
def test_fen_becomes_the_json_number_of_yuan(fen: int, text: str) -> None:
    """As PocketBase writes numbers."""
    assert repr(money.yuan_of(fen)) == text


def test_every_amount_below_a_thousand_yuan_survives_the_way_out_and_in() -> None:
    """No fen is lost to a float."""
    assert all(money.fen_of(money.yuan_of(fen)) == fen for fen in range(0, 100_000, 7))


@pytest.mark.parametrize(
    ("unix_s", "text"),
    [
        pytest.param(0, "1970-01-01 00:00:00.000Z", id="the epoch"),
        pytest.param(1795421730.123, "2026-11-23 08:15:30.123Z", id="milliseconds"),
        pytest.param(1795421730.9999, "2026-11-23 08:15:30.999Z", id="cut, never rounded up"),
    ],
)
def test_times_are_written_in_utc(unix_s: float, text: str) -> None:
    """Text that compares as the moments do."""
    assert clock.text_of(unix_s) == text


def test_now_is_a_timestamp_between_before_and_after() -> None:
    """The present, in the records' words."""
    before = clock.text_of(time.time())
    now = clock.now()
    assert re.fullmatch(clock.TIMESTAMP, now)
    assert before <= now <= clock.text_of(time.time())


@pytest.mark.parametrize(
    ("made", "pattern"),
    [
        pytest.param(ids.record_id, r"[a-z0-9]{15}", id="record id"),
        pytest.param(
            lambda: ids.business_id("CART"), r"CART-[0-9A-HJKMNP-TV-Z]{26}", id="business id"
        ),
        pytest.param(ids.token_key, r"[a-z0-9]{50}", id="token key"),
        pytest.param(readable_number, r"20\d{22}", id="readable number"),
    ],
)
def test_made_ids_have_their_form_and_differ(made: object, pattern: str) -> None:
    """A thousand of them, all different."""
    assert callable(made)
    thousand = [made() for _ in range(1000)]
    assert all(re.fullmatch(pattern, text) for text in thousand)
    assert len(set(thousand)) == 1000


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: ids.business_id("O"), id="business id"),
        pytest.param(readable_number, id="readable number"),
    ],
)
def test_ids_made_later_sort_later(made: object) -> None:
    """Sorting by id is sorting by time."""
    assert callable(made)
    first = made()
    time.sleep(0.002)
    assert first < made()


def test_record_ids_of_one_second_begin_alike() -> None:
    """So they stand together in an index; the next second's come after them."""
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.001)
    first, beside = ids.record_id(), ids.record_id()
    assert first[:4] == beside[:4]
    assert len({text[4:] for text in (first, beside)}) == 2


def test_a_readable_number_begins_with_beijings_date() -> None:
    """Eight hours before UTC, all year."""
    before = time.strftime("%Y%m%d%H%M", time.gmtime(time.time() + 8 * 3600))
    number = readable_number()
    after = time.strftime("%Y%m%d%H%M", time.gmtime(time.time() + 8 * 3600))
    assert before <= number[:12] <= after
