"""The memory in which the workers of a server count: made by `serve`, found again by whoever inherits it."""

import logging
import mmap
from typing import Any, Final

from bai_wx import metrics
from bai_wx.process.app import operations_of
from bai_wx.process.inherited import Inherited, share_memory

log = logging.getLogger("bai_wx.server")

METRICS: Final = "metrics"


def share_metrics(bundle: dict[str, Any], rows: int) -> int:
    """Make memory in which so many workers count. Returns: its descriptor."""
    _declare(bundle)
    descriptor = share_memory(METRICS, metrics.size(rows))
    with mmap.mmap(descriptor, 0) as mapping:
        metrics.begin(mapping)
    return descriptor


def count_in(bundle: dict[str, Any], inherited: Inherited) -> None:
    """Count in this worker's row from now on."""
    _declare(bundle)
    if not metrics.attach(inherited.memory(METRICS), inherited.number):
        log.warning("this worker serves another contract than those before: it counts alone")


def _declare(bundle: dict[str, Any]) -> None:
    metrics.declare(operation["operationId"] for operation in operations_of(bundle))
