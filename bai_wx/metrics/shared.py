"""Memory in which all workers of a server count, made before they are forked.

Whoever makes it and whoever attaches it has said first which operations there are (`declare`).
"""

import hashlib
import os
import time
from collections.abc import Iterable
from typing import Any, Final

from bai_wx.metrics.cells import BEGAN, CELL, HEADER, LAYOUT, PID, STARTED, cells_of, memory
from bai_wx.metrics.kinds import Metric, dealt
from bai_wx.metrics.requests import REQUEST_BOUNDS, STATUSES, operations

BESIDE: Final = -1
"""The row of a process beside the workers."""


def declare(operation_ids: Iterable[str]) -> None:
    """Say which operations the contract has. This process counts alone, from zero, until it attaches."""
    operations.declare(operation_ids)
    memory.count_alone(operations.width)


def size(workers: int) -> int:
    """The bytes of memory for so many workers and a process beside. The system gives what is written to."""
    return (HEADER + (workers + 1) * operations.width) * CELL


def begin(mapping: Any) -> None:
    """Note in new memory what it is for, before anybody attaches it."""
    header = cells_of(mapping)
    header[LAYOUT], header[STARTED] = _fingerprint(), time.time()


def attach(mapping: Any, row: int | None = None) -> bool:
    """Count in this worker's row of shared memory from now on, or in `BESIDE`; None: only read.

    Returns: False where it was made for another contract or version. This process counts alone then.
    """
    whole = cells_of(mapping)
    if whole[LAYOUT] != _fingerprint():
        return False
    memory.share(whole, operations.width, row)
    if row is not None:
        for metric in dealt.metrics:
            if isinstance(metric, Metric) and metric.kind == "gauge":
                metric.forget()  # what the worker before had under way is gone with it
        memory.cells[PID], memory.cells[BEGAN] = os.getpid(), time.time()
    return True


def _fingerprint() -> float:
    """A number of what the cells mean: a worker of another version must write none of them."""
    kept = [metric.layout for metric in dealt.metrics]
    layout = repr((kept, operations.ids, STATUSES, REQUEST_BOUNDS))
    return float(int.from_bytes(hashlib.sha256(layout.encode()).digest()[:6], "big"))


declare(())  # a command counts, too, and nobody asks it
