"""Cells of 8 bytes in which this process counts: in its own memory, or in its row of what workers share.

The shared memory is made before the workers are forked. Each of them writes one row, so that none waits for
another; the last row is that of a process beside them. A worker that takes the place of another goes on
with its row: no counter goes back.
"""

import os
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

CELL: Final = 8  # bytes: a double, which counts exactly to 2**53
HEADER: Final = 8  # cells before the first row
LAYOUT, STARTED = 0, 1
"""Cells of the header: what identifies the layout, and when the server started, in Unix seconds."""
PID, BEGAN = 0, 1
"""Cells of each row: whose it is, and since when, in Unix seconds."""
FIRST: Final = 2
"""The cell of a row after them."""

Cells: TypeAlias = "memoryview[float]"


class Memory:
    """The cells of this process's row, and of all rows where they are shared."""

    def __init__(self) -> None:
        self.count_alone(FIRST)

    def count_alone(self, width: int) -> None:
        """Count in a row of so many cells, of this process alone."""
        self.header, self.cells = _empty(HEADER), _empty(width)
        self.rows, self.workers = [self.cells], 1
        self.cells[PID] = os.getpid()

    def share(self, whole: Cells, width: int, row: int | None) -> None:
        """Count in this row of shared memory from now on; None: only read."""
        self.header = whole[:HEADER]
        self.rows = [whole[at : at + width] for at in range(HEADER, len(whole) - width + 1, width)]
        self.workers = len(self.rows) - 1
        if row is not None:
            self.cells = self.rows[row]


def _empty(cells: int) -> Cells:
    return memoryview(bytearray(cells * CELL)).cast("d")


def cells_of(memory: Any) -> Cells:
    """The cells of a mapping."""
    return memoryview(memory).cast("B").cast("d")


memory = Memory()


class Series:
    """One line of a counter or a gauge. Any thread may count.

    No lock is taken: between reading a cell and writing it CPython 3.11 to 3.13 gives the interpreter to
    no other thread, which `tests/metrics/test_cells.py` tries.
    """

    __slots__ = ("at",)

    def __init__(self, at: int) -> None:
        self.at = at
        """The cell's place in a row."""

    def inc(self, by: float = 1.0) -> None:
        """Count so many more."""
        memory.cells[self.at] += by

    def set(self, value: float) -> None:
        """Say how many there are now, in this process."""
        memory.cells[self.at] = value

    def total(self) -> float:
        """What all processes have counted so far."""
        return float(sum(row[self.at] for row in memory.rows))


class Distribution:
    """One histogram of seconds: the sum, then a cell for each bucket. Any thread may observe."""

    __slots__ = ("_at", "_bounds")

    def __init__(self, at: int, bounds: Sequence[float]) -> None:
        self._at, self._bounds = at, bounds

    def observe(self, seconds: float) -> None:
        """Count one that took so long."""
        place = self._at + 1 + bisect_left(self._bounds, seconds)
        cells = memory.cells
        cells[self._at] += seconds
        cells[place] += 1


@dataclass(frozen=True)
class Process:
    """A process that counts: the number of its row, its id, and since when it runs, in Unix seconds."""

    number: int
    pid: int
    began: float


def workers() -> list[Process]:
    """The workers that live."""
    return _processes(memory.rows[: memory.workers])


def beside() -> list[Process]:
    """The process that counts beside the workers, the console's, if it runs."""
    return _processes(memory.rows[memory.workers :])


def _processes(rows: list[Cells]) -> list[Process]:
    return [
        Process(number, int(row[PID]), row[BEGAN]) for number, row in enumerate(rows) if _lives(row)
    ]


def started() -> float:
    """When the server started, in Unix seconds; 0 where nothing is shared."""
    return float(memory.header[STARTED])


def added(at: int, width: int) -> list[float]:
    """So many cells from there on, added up over the rows that have counted there."""
    rows = [row[at : at + width].tolist() for row in memory.rows if row[at]]
    return [sum(cells) for cells in zip(*rows, strict=True)] if rows else [0.0] * width


def live_rows() -> list[Cells]:
    """The rows of workers that live."""
    return [row for row in memory.rows if _lives(row)]


def _lives(row: Cells) -> bool:
    """Whether the worker of this row runs."""
    pid = int(row[PID])
    if not pid:
        return False
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
