"""When the last good backup was, as far as it is known: who asks does not wait for the database."""

import logging
import threading
import time
from typing import Final

from bai_wx.database.connection import FAILURES, PeeweeException, database
from bai_wx.record import backups

log = logging.getLogger("bai_wx.server")

LOOK_EVERY_S: Final = 60
WAIT_S: Final = 0.5


class BackupMoment:
    """The Unix time of the last good backup in one place."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._moment: float | None = None
        self._next_look = 0.0
        self._looking: threading.Thread | None = None

    def now(self) -> float | None:
        """What is known; None where none is. It waits half a second at most for what the database says."""
        if self._looking is not None and self._looking.is_alive():
            return self._moment
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_EVERY_S
            self._looking = threading.Thread(target=self._look, daemon=True, name="bai-wx-backup")
            self._looking.start()
            self._looking.join(WAIT_S)
        return self._moment

    def _look(self) -> None:
        try:
            self._moment = backups.last_success(self._address)
        except (PeeweeException, *FAILURES) as exc:
            log.warning("when the last backup was is not known: %s", " ".join(str(exc).split()))
        finally:
            if not database.is_closed():
                database.close()  # this thread's, which ends
