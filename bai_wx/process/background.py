"""What a process does that works beside the workers."""

import os
import sys
from contextlib import suppress
from typing import Final

LOWER_PRIORITY: Final = 10


def give_way() -> None:
    """Let the workers go first, whose answers take less than one turn of this process."""
    with suppress(OSError):  # a sandbox may forbid it
        os.nice(LOWER_PRIORITY)
    if sys.platform == "linux":
        # A batch process interrupts nobody when its turn comes. Others know no such thing.
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
