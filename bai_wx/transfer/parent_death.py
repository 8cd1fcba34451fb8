"""Processes that end with the one that started them, even where that is killed with -9.

A child does the asking itself: code of ours between `fork` and `exec` is not safe where there are threads. So
this file is also a program, which asks and then makes way for another one.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

PR_SET_PDEATHSIG: Final = 1
CANNOT_RUN: Final = 127
"""The status that a shell gives a program that cannot be run."""


def die_with(parent: int) -> None:
    """Ask Linux to kill this process when the parent dies; elsewhere the port's owner is the operator's.

    The kernel means the parent's thread that started this process: it must not end before.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def dying_with_us(command: Sequence[str]) -> list[str]:
    """The command as one whose program dies with this process. It begins with a path; its id stays the same."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _make_way(parent: str, *command: str) -> int:
    die_with(int(parent))
    try:
        os.execv(command[0], command)  # noqa: S606  # whoever starts us names the program
    except OSError as problem:
        sys.stderr.write(f"error: {command[0]} cannot be run: {problem.strerror}\n")
        return CANNOT_RUN


if __name__ == "__main__":
    sys.exit(_make_way(*sys.argv[1:]))
