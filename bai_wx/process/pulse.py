"""The sign of life that a worker gives its supervisor."""

import mmap

from bai_wx.process.supervisor import BEAT


class Pulse:
    """One worker's number among those the supervisor looks at."""

    def __init__(self, beats: mmap.mmap, number: int) -> None:
        self._beats, self._offset = beats, number * BEAT.size
        self._count = 0

    def beat(self) -> None:
        """Tell that the event loop gets round; about once a second."""
        self._count += 1
        BEAT.pack_into(self._beats, self._offset, self._count)
