"""A statement that is sent before anybody waits for its rows.

To the pipeline it is one who waits: it takes the answer, and keeps it until the greenlet that asked looks.
"""

from typing import Any

from bai_wx.database.rows import Rows
from bai_wx.database.waiting import Waiting


class Early:
    """What a greenlet asked early, once."""

    __slots__ = ("_answer", "_asker", "_is_looked_for", "server_s")

    def __init__(self, asker: Waiting[Any]) -> None:
        self._asker = asker
        self._answer: list[Rows] | Exception | None = None
        self._is_looked_for = False
        self.server_s = 0.0

    def switch(self, answer: list[Rows] | Exception) -> None:
        """Take the answer, and let the asker go on if it waits for this."""
        self._answer = answer
        if self._is_looked_for:
            self._asker.switch()

    def look(self) -> Rows:
        """The rows. Raises: as `Pipelines.run`."""
        if self._answer is None:
            self._is_looked_for = True
            self._asker.wait()
            self._is_looked_for = False
        if isinstance(self._answer, Exception):
            raise self._answer
        assert self._answer is not None
        return self._answer[0]
