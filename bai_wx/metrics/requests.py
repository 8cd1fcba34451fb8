"""Requests, counted by operation and status with their durations. The contract says which there are."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from bai_wx.metrics.cells import added, memory
from bai_wx.metrics.kinds import Sample, samples_of
from bai_wx.metrics.names import CELLS

CLIENT_GONE: Final = 499
"""The status of a request whose client was gone before it was answered, as nginx has it."""
STATUSES: Final = (
    *(0, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308),
    *(400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 414, 415, 416, 417, 422, 428, 429, 431),
    *(CLIENT_GONE, 500, 501, 502, 503, 504, 507),
)
"""The statuses that are told apart; 0 stands for any other."""
REQUEST_BOUNDS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0),
)
UNKNOWN: Final = 0
"""The index of a request that no operation was found for."""
CONSOLE: Final = "console"
"""What the requests of the console are counted as, which no contract knows."""

_PLACES: Final = {status: place for place, status in enumerate(STATUSES)}
_REQUEST_WIDTH: Final = len(REQUEST_BOUNDS) + 2
_OPERATION_WIDTH: Final = len(STATUSES) * _REQUEST_WIDTH


class Operations:
    """The operations of the contract that is served. The first place is for requests without one, the last for
    those of the console.
    """

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ("",)

    def declare(self, ids: Iterable[str]) -> None:
        """Say which there are, before anybody counts."""
        self.ids = ("", *ids, CONSOLE)

    @property
    def width(self) -> int:
        """The cells of a row that counts them."""
        return CELLS + len(self.ids) * _OPERATION_WIDTH


operations = Operations()


class Requests:
    """All requests, by operation and status."""

    name = "bai_wx_request_duration_seconds"
    kind = "histogram"
    help = (
        "How long requests took from the end of their head to the last byte given to the connection,"
        f" by operationId and status; {CLIENT_GONE}: the client was gone before."
    )

    def samples(self) -> Iterator[Sample]:
        """Every line of every operation and status that was answered."""
        for operation, status in self.answered():
            cells = added(_request_at(operation, status), _REQUEST_WIDTH)
            labels = {
                "operation": operations.ids[operation],
                "status": str(status or "other"),
            }
            yield from samples_of(labels, REQUEST_BOUNDS, cells)

    def answered(self) -> Iterator[tuple[int, int]]:
        """The index of each operation and each status that it was answered with."""
        counted: set[int] = set()
        for row in memory.rows:
            sums = row[CELLS::_REQUEST_WIDTH].tolist()
            counted.update(place for place, seconds in enumerate(sums) if seconds)
        for place in sorted(counted):
            operation, status = divmod(place, len(STATUSES))
            yield operation, STATUSES[status]


REQUESTS: Final = Requests()


def observe_request(operation: int, status: int, seconds: float) -> None:
    """Count a request. Args: `operation` as `index_of` gives it."""
    at = CELLS + operation * _OPERATION_WIDTH + _PLACES.get(status, 0) * _REQUEST_WIDTH
    cells = memory.cells
    cells[at] += seconds
    cells[at + 1 + bisect_left(REQUEST_BOUNDS, seconds)] += 1


def index_of(operation_id: str) -> int:
    """An operation's place among those that were declared; `UNKNOWN` for any other."""
    try:
        return operations.ids.index(operation_id)
    except ValueError:
        return UNKNOWN


def requests_answered(at_least: int = 0, below: int = 600) -> float:
    """How many requests were answered with a status in this range, by all workers so far."""
    return sum(
        sum(added(_request_at(operation, status), _REQUEST_WIDTH)[1:])
        for operation, status in REQUESTS.answered()
        if at_least <= status < below
    )


def _request_at(operation: int, status: int) -> int:
    return CELLS + operation * _OPERATION_WIDTH + _PLACES[status] * _REQUEST_WIDTH
