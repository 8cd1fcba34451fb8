"""The console's operator in the demo shop, made at each start."""

import os
import sys

from bai_wx.database.connection import connect, disconnect
from bai_wx.process.expected_errors import EXPECTED_ERRORS, one_line
from bai_wx.process.settings import Settings


def renew(settings: Settings) -> str:
    """Give the demo operator another password, in a child process.

    What hashes passwords would stay in the memory of every worker otherwise.
    Returns: the password, `""` where it could not be done; stderr says why then.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _work(settings, writer)
    os.close(writer)
    with os.fdopen(reader) as told:
        password = told.read()
    os.waitpid(pid, 0)
    return password


def _work(settings: Settings, writer: int) -> None:
    """The child's part. Never returns."""
    try:
        from bai_wx.console.accounts import demo  # loads argon2, which is why there is a child

        connect(settings.database)
        os.write(writer, demo.renew().encode())
        disconnect()
    except EXPECTED_ERRORS as exc:
        sys.stderr.write(f"the demo operator could not be made: {one_line(exc)}\n")
        sys.stderr.flush()
    finally:
        os._exit(0)
