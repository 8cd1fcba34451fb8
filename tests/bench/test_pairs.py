"""The interval of alternating pairs."""

import pytest

from bench.pairs import Pairs, rank


@pytest.mark.parametrize(("pairs", "outside"), [(3, 0), (6, 0), (9, 1), (11, 1), (12, 2), (20, 5)])
def test_rank_is_that_of_the_sign_test(pairs: int, outside: int) -> None:
    """As tables of the sign test at 5 % have it."""
    assert rank(pairs) == outside


def test_one_disturbed_pair_does_not_fail_a_workload() -> None:
    """The interval leaves it out, on either side."""
    pairs = Pairs("W1", now=[1.0] * 10 + [0.2], before=[1.0] * 11)
    assert (pairs.low, pairs.median, pairs.high) == (1, 1, 1)
    assert not pairs.falls_short(0.97)


def test_a_workload_that_is_slower_throughout_falls_short() -> None:
    """Where the whole interval lies below."""
    pairs = Pairs("W1", now=[0.9] * 11, before=[1.0] * 11)
    assert pairs.falls_short(0.97)
    assert not pairs.falls_short(0.9)
