"""The memory in which the workers of a server count: made by `serve`, found again by whoever inherits it."""

import logging
import mmap
from typing import Any

from bai_wx import metrics
from bai_wx.contract.loader import operations_of
from bai_wx.process.inherited import METRICS, Inherited, share_memory

log = logging.getLogger("bai_wx.server")


def share_metrics(bundle: dict[str, Any], workers: int) -> int:
    """Make memory in which so many workers count. Returns: its descriptor."""
    declare(bundle)
    descriptor = share_memory(METRICS, metrics.size(workers))
    with mmap.mmap(descriptor, 0) as mapping:
        metrics.begin(mapping)
    return descriptor


def count_in(bundle: dict[str, Any], inherited: Inherited, row: int | None = None) -> None:
    """Count in this worker's row from now on, or in another."""
    declare(bundle)
    if not metrics.attach(inherited.memory(METRICS), inherited.number if row is None else row):
        log.warning("this process has another contract than those before: it counts alone")


def declare(bundle: dict[str, Any]) -> None:
    """Say which operations are counted: whoever reads what others count must know them, too."""
    metrics.declare(operation["operationId"] for operation in operations_of(bundle))
