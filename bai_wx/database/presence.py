"""Whether a server works on its PostgreSQL alone, or other servers do too.

PostgreSQL shows each session's `application_name` to every role. The sessions of a server's workers have one
that names the server, so no server need tell the others that it is there, or is gone.
"""

import secrets
import time
from typing import Final

from peewee import PeeweeException

from bai_wx.database.connection import database, is_postgres, request_connection

LOOK_EVERY_S: Final = 1.0
"""How long a look counts. A server that begins where others are waits so long before it serves."""
_WORKER: Final = "bai-wx worker of "
_OTHERS: Final = f"""
    SELECT EXISTS (
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND application_name LIKE '{_WORKER}%%' AND application_name <> %s
    )
""".strip()  # noqa: S608  # constants of ours, values are bound


def drawn_server() -> bytes:
    """The bytes that name a server."""
    return secrets.token_bytes(8)


class Presence:
    """What a worker knows of other servers."""

    def __init__(self, server: bytes) -> None:
        """`server` is what `drawn_server` gave its own."""
        self.name = f"{_WORKER}{server.hex()}"
        """The `application_name` of its sessions."""
        self._looked_at = -LOOK_EVERY_S
        self._was_alone = False

    @property
    def is_known_alone(self) -> bool:
        """Whether no other server was connected when it was looked, within the last second."""
        return self._was_alone and time.monotonic() - self._looked_at < LOOK_EVERY_S

    def is_alone(self) -> bool:
        """As `is_known_alone`, looking where that is longer ago. Raises: Peewee's exceptions."""
        if not self.is_known_alone:
            began = time.monotonic()
            (has_others,) = database.execute_sql(_OTHERS, (self.name,)).fetchone()
            self._was_alone, self._looked_at = not has_others, began
        return self._was_alone

    def begin(self, *, is_new: bool) -> None:
        """Connect to PostgreSQL, so that others see this server. Where there are some, wait until they looked.

        `is_new` says that none of the server's workers was there before. Without the wait a code that another
        server exchanged a moment ago might be asked about again here.
        """
        if not is_new or not is_postgres():
            return
        try:
            if not self.is_alone():
                time.sleep(LOOK_EVERY_S)
        except PeeweeException:
            pass  # the database is away: each request says so
        finally:
            request_connection.pause()
