"""Beijing's time in pages and forms: `bai_wx/console/times.py`."""

import pytest

from bai_wx.console import times

SHOWN = {
    "2026-11-27 16:00:00.000Z": "2026-11-28 00:00",
    "2026-11-27 15:59:59.999Z": "2026-11-27 23:59",
    "": "",
    "no moment": "",
}


@pytest.mark.parametrize("moment", SHOWN)
def test_a_moment_is_shown_in_beijings_time(moment: str) -> None:
    assert times.shown(moment) == SHOWN[moment]


def test_a_typed_moment_is_stored_in_utc() -> None:
    assert times.stored("2026-11-28T00:00") == "2026-11-27 16:00:00.000Z"


def test_a_day_begins_and_ends_at_beijings_midnight() -> None:
    assert times.day_bounds("2026-11-28") == (
        "2026-11-27 16:00:00.000Z",
        "2026-11-28 16:00:00.000Z",
    )


@pytest.mark.parametrize("typed", ["2026-02-30T00:00", "tomorrow", ""])
def test_what_is_no_moment_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        times.stored(typed)


TYPED = {
    "2026-11-27 16:00:00.000Z": "2026-11-28T00:00",
    "2026-11-27 16:00:15.000Z": "2026-11-28T00:00:15",
    "2026-11-27 16:00:15.123Z": "2026-11-28T00:00:15.123",
    "2026-11-27 16:00:00.999Z": "2026-11-28T00:00:00.999",
    "": "",
}


@pytest.mark.parametrize("moment", TYPED)
def test_a_form_that_is_saved_unchanged_changes_no_moment(moment: str) -> None:
    assert times.typed(moment) == TYPED[moment]
    assert (times.stored(times.typed(moment)) if moment else "") == moment
