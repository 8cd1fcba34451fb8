"""One piece of work at a time for a key."""

import asyncio
import threading

import pytest

from bai_wx.errors import WechatUnavailable
from bai_wx.wechat.single_flight import SingleFlight


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


def test_on_the_loop_waiting_has_a_limit_and_an_exception_frees_the_key() -> None:
    flights: SingleFlight[int] = SingleFlight()

    async def work(seconds: float) -> int:
        await asyncio.sleep(seconds)
        raise ZeroDivisionError

    async def together() -> None:
        leader = asyncio.ensure_future(flights.share_on_loop("key", work(0.2), 5))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await flights.share_on_loop("key", work(0), 0.05)
        with pytest.raises(ZeroDivisionError):
            await leader
        with pytest.raises(ZeroDivisionError):
            await flights.share_on_loop("key", work(0), 5)

    asyncio.run(together())


def test_on_the_loop_a_cancelled_leader_leaves_nobody_waiting() -> None:
    flights: SingleFlight[int] = SingleFlight()

    async def together() -> list[object]:
        tasks = [
            asyncio.ensure_future(flights.share_on_loop("key", asyncio.sleep(5, 1), 5))
            for _ in range(2)
        ]
        await asyncio.sleep(0)
        tasks[0].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    outcomes = [type(outcome) for outcome in asyncio.run(together())]
    assert outcomes == [asyncio.CancelledError, WechatUnavailable]
