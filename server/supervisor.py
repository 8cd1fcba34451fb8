"""Keeps the workers of `bai-wx serve` alive until it is told to stop.

`serve` puts this program in its own place (`exec`) once the workers run: they stay its children. It
imports nothing of ours and next to nothing of Python's, because all it needs is to wait: about 10 MiB
instead of the 100 that the server takes. A worker that dies is replaced by a new process, which loads
everything by itself.
"""

import json
import os
import signal
import sys
import time
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
KILL_AFTER_S = 4  # requests in flight get three; the promise is 5 s in all
RESPAWN_PAUSE_S = 0.5


class Supervisor:
    """The children of this process: workers, and maybe WeChat's stand-in."""

    def __init__(
        self, workers: list[int], listener: int, replacement: list[str], stand_in: int | None
    ) -> None:
        """`listener` is the listening socket's descriptor, `replacement` the command of a new worker."""
        self._workers, self._stand_in = set(workers), stand_in
        self._listener, self._replacement = listener, replacement
        self._is_stopping = False

    def run(self) -> int:
        """Replace workers that die, and wait for the last one. Returns: the exit status."""
        for signum in STOP_SIGNALS:
            signal.signal(signum, self._stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # `serve` held them back
        while self._workers:
            self._reap()
        if self._stand_in is not None:
            os.kill(self._stand_in, signal.SIGKILL)
            os.waitpid(self._stand_in, 0)
        return 0

    def _reap(self) -> None:
        pid, status = os.wait()
        if pid == self._stand_in:
            self._stand_in = None  # the demo cannot log in without; its absence is told at login
        if pid not in self._workers:
            return
        self._workers.discard(pid)
        if self._is_stopping:
            return
        sys.stderr.write(f"worker {pid} ended with status {status}; starting another\n")
        time.sleep(RESPAWN_PAUSE_S)
        self._replace()

    def _replace(self) -> None:
        # A signal in between would miss the new worker.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        if not self._is_stopping:
            command = [*self._replacement, str(self._listener), str(os.getpid())]
            self._workers.add(os.posix_spawn(command[0], command, os.environ, setsigmask=()))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        if not self._is_stopping:
            self._is_stopping = True
            os.close(self._listener)
            signal.signal(signal.SIGALRM, self._kill)
            signal.setitimer(signal.ITIMER_REAL, KILL_AFTER_S)
        self._signal(signal.SIGTERM)

    def _kill(self, signum: int, frame: FrameType | None) -> None:
        """End the workers that could not drain: a stuck one must not break the promise of 5 s."""
        self._signal(signal.SIGKILL)

    def _signal(self, signum: int) -> None:
        for pid in self._workers:
            os.kill(pid, signum)


def take_over(
    workers: list[int], listener: int, replacement: list[str], stand_in: int | None
) -> None:
    """Put the supervisor in this process's place. Signals to stop must be blocked. Never returns."""
    sys.stdout.flush()
    sys.stderr.flush()
    given = json.dumps([workers, listener, replacement, stand_in])
    # -I and -S: no site-packages, no paths of the caller's; the workers' environment stays as it is.
    os.execv(sys.executable, [sys.executable, "-I", "-S", __file__, given])


if __name__ == "__main__":
    sys.exit(Supervisor(*json.loads(sys.argv[1])).run())
