"""What is seen of one request: it is counted in `bai_wx.metrics`, and maybe told in the access log.

`protocol` begins an observation when a head is whole and ends it when the last byte of the answer was given
to the connection, or when the client is gone. In between the edge says what is asked, and by whom.
"""

import os
import re
import secrets
from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Final, Protocol

from bai_wx import metrics
from bai_wx.record.base import Caller
from bai_wx.request.asgi import Scope

OBSERVED: Final = "bai_wx.observed"
"""The key of a request's observation in its scope."""

ID_HEADER: Final = b"x-request-id"
ID_LINE: Final = ID_HEADER + b": %b\r\n"
REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
"""A request id that is taken from the client, or from a proxy before us."""


class Named(Protocol):
    """An operation, as far as it is told of."""

    id: str
    index: int
    """Its place in `bai_wx.metrics`."""


class _Unrouted:
    id = ""
    index = metrics.UNKNOWN


class RequestIds:
    """New ids, as lines of a head: what they begin with is each process's own, a number follows."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin anew, as a process that was forked must."""
        line = ID_LINE % (secrets.token_hex(5).encode() + b"-%x")
        self.lines = map(line.__mod__, count(1))  # each costs 0.2 µs: half of what a method would


request_ids = RequestIds()
os.register_at_fork(after_in_child=request_ids.renew)


class Observation:
    """One request, from its head to the end of its answer."""

    operation: Named = _Unrouted()
    method = ""
    """The one that was meant, which may not be the one that was sent."""
    client = ""
    caller: Caller | None = None
    is_uncounted = False
    """Whether it came with a token that was not known yet, so that it is counted for nobody so far."""
    waited_s = 0.0
    """How long it waited in queues of ours."""

    def __init__(self, request_id: bytes | None = None) -> None:
        """`request_id` is what the client calls the request."""
        self.began = perf_counter()
        if request_id is None or REQUEST_ID.fullmatch(request_id) is None:
            self.id_line = next(request_ids.lines)
        else:
            self.id_line = ID_LINE % request_id

    @property
    def request_id(self) -> bytes:
        """What the answer calls the request."""
        return self.id_line[len(ID_HEADER) + 2 : -2]

    def end(self, status: int) -> None:
        """Count it, with the status that it was answered with."""
        seconds = perf_counter() - self.began
        metrics.observe_request(self.operation.index, status, seconds)
        if teller.tell is not None:
            teller.tell(self, status, seconds)

    def abandon(self) -> None:
        """Count it as not answered: the client is gone."""
        self.end(metrics.CLIENT_GONE)


class Unobserved(Observation):
    """A request that is no client's."""

    def end(self, status: int) -> None:
        """Count nothing."""


UNSEEN: Final = Observation()
"""Stands for the observation of what is no request of its own, such as one in a batch. Nobody reads it."""


def observation_of(scope: Scope) -> Observation:
    """That of a request; under another server than ours nobody hears of it."""
    return scope.get(OBSERVED) or Observation()


class Teller:
    """Who is told of each request that has ended."""

    tell: Callable[[Observation, int, float], None] | None = None


teller = Teller()
