"""What the benchmark says of its numbers."""

import json

import pytest

from bench.results import Load, Results, ratio
from bench.table import number, table, times


def load(rate: float, p99_ms: float = 1.0) -> Load:
    """A measurement of which only this matters."""
    return Load(rate, 0.5, p99_ms, 100, 50.0)


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
