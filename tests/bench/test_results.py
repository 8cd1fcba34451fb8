"""What the benchmark says of its numbers."""

import json

import pytest

from bench.goals import verdict
from bench.results import Load, Results, ratio
from bench.table import number, table, times


def load(rate: float, p99_ms: float = 1.0, rss_mib: float = 50.0) -> Load:
    """A measurement of which only this matters."""
    return Load(rate, 0.5, p99_ms, 100, rss_mib)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        pytest.param([300.0], [100.0], 3.0, id="one round"),
        pytest.param([300, 100, 200], [100, 100, 100], 2.0, id="the middle round"),
        pytest.param([300, 30, 300], [100, 10, 100], 3.0, id="a round in which all were slow"),
        pytest.param([300, 10, 300], [100, 100, 100], 3.0, id="a round in which one was slow"),
    ],
)
def test_ratio_is_the_median_of_the_rounds(
    ours: list[float], theirs: list[float], expected: float
) -> None:
    assert ratio(ours, theirs) == pytest.approx(expected)


def test_rounds_of_unequal_number_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio([1.0], [1.0, 2.0])


def test_results_are_read_as_they_were_kept() -> None:
    """Through JSON: medians and ratios are the same."""
    results = Results(["ours", "theirs"])
    for n in (10, 20, 30):
        results.add("W1", "ours", load(3 * n, p99_ms=n))
        results.add("W1", "theirs", load(n))
    again = Results.of_json(json.loads(json.dumps(results.to_json())))
    assert again == results
    assert again.ratio("W1", "theirs") == pytest.approx(3)
    assert again.ratio("W1", "ours", of="theirs") == pytest.approx(1 / 3)
    assert again.median("W1", "ours", "p99_ms") == 20
    assert again.rss_mib("ours") == 50


def test_table_is_aligned() -> None:
    """In a terminal too, where a Chinese character is two wide."""
    assert table(["of", "req/s"], [["购物车", "1,234"], ["view", "5"]]).splitlines() == [
        "| of     | req/s |",
        "| :----- | ----: |",
        "| 购物车 | 1,234 |",
        "| view   |     5 |",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(12_345.6), "12,346"),
        (number(99.94), "99.9"),
        (number(0.5), "0.5"),
        (times(3.256), "3.26 x"),
        (times(211.4), "211 x"),
    ],
)
def test_numbers_are_written_for_people(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("ours", "start_s", "expected"),
    [
        pytest.param(load(300), 0.9, "- every goal is met", id="all met"),
        pytest.param(
            load(290), 0.9, "- W1: 2.90 x PocketBase's requests a second, not 3", id="too slow"
        ),
        pytest.param(
            load(300, p99_ms=2),
            0.9,
            "- W1: 99th percentile 2.0 ms, PocketBase's 1.0 ms",
            id="a longer tail",
        ),
        pytest.param(
            load(300, rss_mib=251), 0.9, "- memory: 251 MiB resident, not 250", id="too large"
        ),
        pytest.param(load(300), 1.1, "- start-up: 1.10 s, not 1.0", id="late"),
    ],
)
def test_what_falls_short_is_named(ours: Load, start_s: float, expected: str) -> None:
    results = Results(["bai-wx", "PocketBase"], start_s={"bai-wx": [start_s]})
    results.add("W1", "bai-wx", ours)
    results.add("W1", "PocketBase", load(100))
    assert verdict(results) == expected
