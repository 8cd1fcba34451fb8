"""What a worker gets from its parent: open descriptors, and memory that all processes of a server see."""

import json
import mmap
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from bai_wx.database.damage import Guard

LISTENER, METRICS, SERVER = "listener", "metrics", "server"
CONSOLE, CONSOLE_LOCK = "console", "console_lock"
CONSOLE_BACKLOG = 128


@dataclass(frozen=True)
class Inherited:
    """What a worker inherits, whether it was forked or started in the place of another."""

    descriptors: dict[str, int]
    number: int
    """Its own among the workers; two that live at the same time have two."""
    parent: int
    """The supervisor's process id."""
    database_identity: list[int]
    """Device and inode of the embedded database as it was checked; `[]` for another database."""

    @classmethod
    def from_json(cls, text: str) -> "Inherited":
        """Read what the supervisor wrote."""
        return cls(**json.loads(text))

    def guard(self, file: Path | None) -> Guard | None:
        """What watches the file of an embedded database, for all processes of a server."""
        if file is None:
            return None
        return Guard(str(file), self.database_identity, self.memory("damage"))

    def memory(self, name: str) -> mmap.mmap:
        """The shared memory of this name."""
        return mmap.mmap(self.descriptors[name], 0)


def share_memory(name: str, size: int) -> int:
    """Make memory for this process and all that it starts, filled with zeros.

    Returns: its descriptor. It goes into `Inherited.descriptors` under its name, and
    `Inherited.memory(name)` maps it.
    """
    descriptor = os.memfd_create(name, 0)  # no MFD_CLOEXEC: it outlives an exec
    os.ftruncate(descriptor, size)
    return descriptor


def listen_for_console() -> int:
    """Make the socket that the console's process will listen on. It has no file. Returns: its descriptor."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("")  # Linux chooses a name that nobody else has
    listener.listen(CONSOLE_BACKLOG)
    listener.set_inheritable(True)
    return listener.detach()
