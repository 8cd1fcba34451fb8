"""Processes, as the kernel shows them."""

import os
import subprocess
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that this one started and that are still there."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    """Whether a process still holds its files and sockets."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"  # a zombie has let go of them


def when_we_end(script: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Let another process run a shell script with a folder as `$0` when this one ends, however it does."""
    return subprocess.Popen(
        ["sh", "-c", f"read _; {script}", str(folder)],
        stdin=subprocess.PIPE,  # which closes with this process
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def cpu_s(pid: int) -> float:
    """The seconds of processor time that a process and its children have used."""
    return sum(_ticks(each) for each in (pid, *children(pid))) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # user and system time
