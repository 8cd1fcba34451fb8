"""The last thing that a server does: it brings the embedded database's log into its file."""

import os
from contextlib import suppress

CHECKPOINT_WAIT_S = 0.5  # for somebody else who has the database open


def bring_log_into(file: str, identity: list[int]) -> str:
    """Let a copy of the file alone be whole, if it is still the file that was served.

    `identity`: its device and inode. Returns: what is wrong, `""` where nothing is.
    """
    if not _is_same_file(file, identity):
        return ""
    import sqlite3  # the supervisor needs nothing of it before its end
    from urllib.parse import quote

    try:
        address = f"file:{quote(file)}?mode=rw"
        database = sqlite3.connect(address, uri=True, timeout=CHECKPOINT_WAIT_S)
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            database.close()
    except sqlite3.Error as problem:
        return str(problem)
    return ""


def _is_same_file(path: str, identity: list[int]) -> bool:
    with suppress(OSError):
        found = os.stat(path)  # noqa: PTH116  # pathlib is more than all we import
        return [found.st_dev, found.st_ino] == identity
    return False
