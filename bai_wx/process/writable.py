"""Whether a folder can be written, told before anything depends on it."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Final

NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)


def unwritable(folder: Path) -> str:
    """Why no file can be made in a folder, to stand at the end of a sentence; `""` where one can.

    A full disk is no reason: what is there can be read, and there may be room again.
    """
    if not os.access(folder, os.W_OK | os.X_OK):
        return ": permission denied, or a read-only file system"
    try:
        # A disk that has failed is read-only, and only who writes is told.
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as exc:
        return "" if exc.errno in NO_ROOM else f": {exc.strerror}"
