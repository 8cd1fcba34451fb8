"""What the processes of a server share beside their socket, each part under its name.

`serve` makes all of it. After an upgrade in place the supervisor is one of a release before, which hands on
what it knew. What is missing then each process makes anew, for itself alone, until the next restart.
"""

import logging
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from bai_wx.database.presence import drawn_server
from bai_wx.process.inherited import (
    CONSOLE,
    CONSOLE_LOCK,
    METRICS,
    SERVER,
    Inherited,
    listen_for_console,
    share_memory,
)
from bai_wx.process.schedule import BACKUP_LOCK, RETENTION_LOCK
from bai_wx.process.shared_metrics import share_metrics
from bai_wx.process.supervisor import BEAT, COUNTS, COUNTS_SIZE
from bai_wx.wechat.refused_codes import SIZE as SIZE_OF_REFUSED_CODES
from bai_wx.wechat.shared_logins import SIZE as SIZE_OF_LOGINS

log = logging.getLogger("bai_wx.server")


def shared(bundle: dict[str, Any], workers: int) -> dict[str, int]:
    """Make everything for so many workers. Returns: the descriptors by name."""
    return {name: make() for name, make in _makers(bundle, workers).items()}


def completed(
    inherited: Inherited, bundle: dict[str, Any], needed: Collection[str] | None = None
) -> Inherited:
    """The same with what a parent of a release before did not know: all of it, or what of it is `needed`."""
    makers = _makers(bundle, inherited.number + 1)
    names = makers.keys() if needed is None else makers.keys() & set(needed)
    missing = sorted(names - inherited.descriptors.keys())
    if not missing:
        return inherited
    log.warning(
        "the parent is of a release before and shares no %s: this process has its own until a restart",
        ", ".join(missing),
    )
    made = {name: makers[name]() for name in missing}
    return replace(inherited, descriptors=inherited.descriptors | made)


def _makers(bundle: dict[str, Any], workers: int) -> Mapping[str, Callable[[], int]]:
    sizes = {
        "logins": SIZE_OF_LOGINS,
        "refused_codes": SIZE_OF_REFUSED_CODES,
        CONSOLE_LOCK: 1,
        BACKUP_LOCK: 1,
        RETENTION_LOCK: 1,
        "beats": BEAT.size * workers,
        COUNTS: COUNTS_SIZE,
    }
    return {
        CONSOLE: listen_for_console,
        METRICS: partial(share_metrics, bundle, workers),
        SERVER: _name_server,
        **{name: partial(share_memory, name, size) for name, size in sizes.items()},
    }


def _name_server() -> int:
    name = drawn_server()
    descriptor = share_memory(SERVER, len(name))
    os.pwrite(descriptor, name, 0)
    return descriptor
