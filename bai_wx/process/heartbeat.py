"""The heartbeat by which a worker's supervisor knows that it is alive."""

import mmap

from bai_wx.process.supervisor import BEAT


class Heartbeat:
    """One worker's count, in memory that the supervisor reads."""

    def __init__(self, beats: mmap.mmap, number: int) -> None:
        self._beats, self._offset = beats, number * BEAT.size
        self._count = 0

    def beat(self) -> None:
        """Count one more; the event loop does so about once a second."""
        self._count += 1
        BEAT.pack_into(self._beats, self._offset, self._count)
