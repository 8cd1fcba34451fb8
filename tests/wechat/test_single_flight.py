"""One piece of work at a time for a key."""

import threading

import pytest

from wechat.single_flight import SingleFlight


def test_result_is_not_kept_after_the_flight() -> None:
    flights: SingleFlight[int] = SingleFlight()
    results = iter([1, 2])
    assert [flights.share("key", lambda: next(results), 1) for _ in range(2)] == [1, 2]


def test_exception_frees_the_key() -> None:
    flights: SingleFlight[int] = SingleFlight()
    with pytest.raises(ZeroDivisionError):
        flights.share("key", lambda: 1 // 0, 1)
    assert flights.share("key", lambda: 7, 1) == 7


def test_waiting_has_a_limit() -> None:
    flights: SingleFlight[int] = SingleFlight()
    started, finish = threading.Event(), threading.Event()

    def work() -> int:
        started.set()
        finish.wait(5)
        return 1

    leader = threading.Thread(target=flights.share, args=("key", work, 5))
    leader.start()
    started.wait(5)
    with pytest.raises(TimeoutError):
        flights.share("key", work, 0.05)
    finish.set()
    leader.join()
