"""Two threads for the console's work with database and files: its pages hold up no request of the API."""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Final, ParamSpec, TypeVar

from bai_wx.database.connection import request_connection
from bai_wx.request.pools import Pool

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

PATIENCE_S: Final = 10
"""So long work waits for a thread."""

_pool = Pool("console", threads=2, most_waiting=32, patience_s=PATIENCE_S)


async def in_thread(
    work: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
) -> Result:
    """Do this work in a thread, with a database connection for as long as it takes.

    The language of the request is known there too.
    Raises: `ServiceUnavailable` where too many wait already, and what `work` raises.
    """
    call = partial(work, *arguments, **options)
    return await _pool.call(partial(copy_context().run, _connected, call))


def _connected(call: Callable[[], Result]) -> Result:
    with request_connection:
        return call()
