"""Files that are wholly there or not at all."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_atomically(
    path: Path, chunks: Iterable[bytes], *, mode: int = 0o644, unfinished: Path | None = None
) -> None:
    """Write a file so that a crash leaves the whole of it or nothing new under its name.

    `unfinished` is where it stands until it is whole, a file beside it that is not there yet.
    """
    with written_atomically(path, mode=mode, unfinished=unfinished) as file:
        file.writelines(chunks)


@contextmanager
def written_atomically(
    path: Path, *, mode: int = 0o644, unfinished: Path | None = None
) -> Iterator[IO[bytes]]:
    """A file to be written, which gets its name at the end of the context, and is gone after an error."""
    # A leading dot is no name a client can ask for, so an unfinished file is never served.
    unfinished = unfinished or path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
