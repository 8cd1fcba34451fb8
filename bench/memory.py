"""How much memory a server holds."""

from collections.abc import Callable
from contextlib import suppress

import psutil

MIB = 2**20


def rss_mib(pid: int) -> float:
    """The resident memory of a process and all below it; pages they share count in each."""
    return _sum(pid, lambda process: process.memory_info().rss)


def pss_mib(pid: int) -> float:
    """The same with shared pages counted once in all; slower to find out."""
    return _sum(pid, lambda process: process.memory_full_info().pss)


def _sum(pid: int, of: Callable[[psutil.Process], int]) -> float:
    process = psutil.Process(pid)
    total = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += of(each)
    return total / MIB
