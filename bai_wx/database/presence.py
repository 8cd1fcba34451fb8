"""Whether a server works on its PostgreSQL alone, or other servers do too.

PostgreSQL shows each session's `application_name` to every role. The sessions of a server's workers have one
that names the server, so no server need tell the others that it is there, or is gone.
"""

import math
import secrets
import time
from typing import Final

from peewee import PeeweeException

from bai_wx.database.connection import database, is_postgres, request_connection

LOOK_EVERY_S: Final = 1.0
"""How long a look counts. A server that begins where others are waits so long before it serves."""
REMEMBERED_S: Final = 60.0
"""For how long a server that was seen counts as there: it may only be restarting."""
_WORKER: Final = "bai-wx worker of "
# A pooler may keep the name back: whoever has none of its own cannot tell who is there.
_OTHERS: Final = f"""
    SELECT current_setting('application_name') <> %s OR EXISTS (
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
        self._looked_at = self._seen_at = -math.inf

    @property
    def is_known_alone(self) -> bool:
        """Whether a look within the last second saw no other server, and none within the last minute."""
        now = time.monotonic()
        # In this order: a thread that looks notes whom it saw, and then that it looked.
        return now - self._looked_at < LOOK_EVERY_S and now - self._seen_at > REMEMBERED_S

    def is_alone(self) -> bool:
        """As `is_known_alone`, looking where the last look is longer ago. Raises: Peewee's exceptions."""
        began = time.monotonic()
        if began - self._looked_at >= LOOK_EVERY_S:
            (has_others,) = database.execute_sql(_OTHERS, (self.name, self.name)).fetchone()
            if has_others:
                self._seen_at = began
            self._looked_at = began
        return began - self._seen_at > REMEMBERED_S

    def begin(self, *, is_new: bool) -> None:
        """Connect to PostgreSQL, so that others see this server. Where there are some, wait until they looked.

        `is_new` says that none of the server's workers was there before. Without the wait a code might be asked
        about again here that another server, which did not know of this one, has just exchanged.
        """
        if not is_postgres():
            return
        try:
            if not self.is_alone() and is_new:
                time.sleep(LOOK_EVERY_S)
        except PeeweeException:
            pass  # the database is away: each request says so
        finally:
            request_connection.pause()
