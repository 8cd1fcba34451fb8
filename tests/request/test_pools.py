"""Queues have an end, in number and in time, and a place is given back whatever happened."""

import asyncio
import threading
from collections.abc import Awaitable

import pytest

from bai_wx.errors import ServiceUnavailable
from bai_wx.request.pools import Places, Pool


async def outcome(asked: Awaitable[object]) -> object:
    """What came of it."""
    try:
        return await asked
    except ServiceUnavailable as busy:
        return busy.detail
    except ValueError as problem:
        return repr(problem)


def test_who_finds_no_place_is_refused_at_once() -> None:
    """One works, one waits, the third is refused; later there is a place again."""
    gate = threading.Event()

    async def story() -> list[object]:
        pool = Pool("checks", 1, 1, patience_s=60)
        first = asyncio.create_task(pool.call(gate.wait))
        second = asyncio.create_task(pool.call(lambda: "second"))
        await asyncio.sleep(0)
        refused = await outcome(pool.call(lambda: "third"))
        gate.set()
        return [refused, await first, await second, await pool.call(lambda: "fourth")]

    assert asyncio.run(story()) == ["too many wait already", True, "second", "fourth"]


def test_who_waits_too_long_is_refused() -> None:
    """The work that keeps the thread goes on, and what came too late never begins."""
    gate, begun = threading.Event(), []

    async def story() -> list[object]:
        pool = Pool("checks", 1, 8, patience_s=0.05)
        first = asyncio.create_task(pool.call(gate.wait))
        await asyncio.sleep(0)
        late = await outcome(pool.call(lambda: begun.append("late")))
        gate.set()
        return [late, await first, await pool.call(lambda: "next")]

    assert asyncio.run(story()) == ["waited too long behind others", True, "next"]
    assert not begun


def test_what_the_work_raises_comes_out() -> None:
    """And its place is free again."""

    async def story() -> list[object]:
        pool = Pool("checks", 1, 0, patience_s=60)
        return [await outcome(pool.call(lambda: int("x"))), await pool.call(lambda: 1)]

    raised, then = asyncio.run(story())
    assert "invalid literal" in str(raised)
    assert then == 1


@pytest.mark.parametrize("number", [1, 2])
def test_so_many_have_a_place_at_once(number: int) -> None:
    """Who gets none in time is refused, and a place given back is another's."""

    async def story() -> list[object]:
        places = Places(number, patience_s=0.05)

        async def asks() -> str:
            async with places.one():
                return "had one"

        held = [places.one() for _ in range(number)]
        for place in held:
            await place.__aenter__()
        refused = await outcome(asks())
        await held[0].__aexit__(None, None, None)
        return [refused, await asks()]

    assert asyncio.run(story()) == ["waited too long behind others", "had one"]
