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
from contextlib import suppress
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
KILL_AFTER_S = 4  # requests in flight get three; the promise is 5 s in all
PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0  # before another worker is started: longer when they die soon
SOON_S = 10
LOOK_S = 0.1  # a pause ends when it is told to stop


class Supervisor:
    """The children of this process: workers, and maybe WeChat's stand-in.

    Nothing may end it but being told to stop: its workers would die with it.
    """

    def __init__(
        self, workers: list[int], listener: int, replacement: list[str], stand_in: int | None
    ) -> None:
        """`listener` is the listening socket's descriptor, `replacement` the command of a new worker."""
        self._workers = dict.fromkeys(workers, time.monotonic())  # since when each runs
        self._stand_in = stand_in
        self._listener, self._replacement = listener, replacement
        self._missing = 0
        self._pause_s = PAUSE_S
        self._is_stopping = False

    def run(self) -> int:
        """Replace workers that die, and wait for the last one. Returns: the exit status."""
        for signum in STOP_SIGNALS:
            signal.signal(signum, self._stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # `serve` held them back
        while self._workers or (self._missing and not self._is_stopping):
            if self._missing and not self._is_stopping:
                self._pause()
                self._replace()
            else:
                self._reap()
        if self._stand_in is not None:
            os.kill(self._stand_in, signal.SIGKILL)
            os.waitpid(self._stand_in, 0)
        return 0

    def _reap(self) -> None:
        pid, status = os.wait()
        if pid == self._stand_in:
            self._stand_in = None  # the demo cannot log in without; its absence is told at login
        began = self._workers.pop(pid, None)
        if began is None or self._is_stopping:
            return
        self._missing += 1
        died_soon = time.monotonic() - began < SOON_S
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S) if died_soon else PAUSE_S
        _say(f"worker {pid} ended with status {status}; starting another in {self._pause_s:g} s")

    def _pause(self) -> None:
        until = time.monotonic() + self._pause_s
        while time.monotonic() < until and not self._is_stopping:
            time.sleep(LOOK_S)

    def _replace(self) -> None:
        # A signal in between would miss the new worker.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            if not self._is_stopping:
                command = [*self._replacement, str(self._listener), str(os.getpid())]
                pid = os.posix_spawn(command[0], command, os.environ, setsigmask=())
                self._workers[pid] = time.monotonic()
                self._missing -= 1
        except OSError as problem:
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
            _say(f"no worker could be started: {problem}; trying again in {self._pause_s:g} s")
        finally:
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
            with suppress(ProcessLookupError):  # it ended a moment ago
                os.kill(pid, signum)


def _say(words: str) -> None:
    with suppress(OSError, ValueError):  # nobody may be listening any more
        sys.stderr.write(words + "\n")
        sys.stderr.flush()


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
