"""Disks that a drill may fill or break: real ones where the tests run as root, else what the kernel forbids."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from tests.processes import children
from tests.running import Server

MIB = 1024 * 1024
BALLAST = "ballast"


class Disk(Protocol):
    """A disk that gets full, and free again."""

    def fill(self, server: Server) -> None:
        """Leave no room."""

    def free(self, server: Server) -> None:
        """Leave room again."""


class SmallDisk:
    """A file system of its own, in memory."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / BALLAST

    def fill(self, server: Server) -> None:
        """Write until not a byte more fits."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (MIB, 4096):
                with suppress(OSError):
                    while file.write(bytes(size)):
                        pass

    def free(self, server: Server) -> None:
        """Throw away what filled it."""
        self._ballast.unlink()


class LimitedFiles:
    """No file of the server's may grow past its first bytes."""

    def fill(self, server: Server) -> None:
        """Limit the workers that are there."""
        self._limit(server, 1)

    def free(self, server: Server) -> None:
        """Limit them no more."""
        self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: Server, size: int) -> None:
        assert server.process is not None
        for pid in children(server.process.pid):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Disk]:
    """A disk at `folder`."""
    folder.mkdir()
    if os.geteuid() != 0 or not _mounted("tmpfs", folder, f"size={mib}m"):
        yield LimitedFiles()
        return
    try:
        yield SmallDisk(folder)
    finally:
        _run("umount", "--lazy", str(folder))


@contextmanager
def breakable_disk(folder: Path, mib: int) -> Iterator[None]:
    """An ext4 file system at `folder`, in a file beside it, for `abort`."""
    folder.mkdir()
    image = folder.with_name(f"{folder.name}.img")
    with image.open("wb") as file:
        file.truncate(mib * MIB)
    _run("mkfs.ext4", "-q", str(image))
    _run("mount", "-o", "loop,errors=remount-ro", str(image), str(folder))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(folder))


def abort(folder: Path) -> None:
    """Have the file system at `folder` end its journal, as it does when the disk fails: it is read-only."""
    _run("mount", "-o", "remount,abort", str(folder))
    assert "emergency_ro" in _options(folder) or _options(folder).startswith("ro,")


def _options(folder: Path) -> str:
    lines = (line.split(" ") for line in Path("/proc/mounts").read_text().splitlines())
    return next(f"{each[3]} " for each in lines if each[1] == str(folder))


def _mounted(kind: str, folder: Path, options: str) -> bool:
    command = ["mount", "-t", kind, "-o", options, "none", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=30)
