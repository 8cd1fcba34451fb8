"""Files that are wholly there or not at all."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def write_atomically(
    path: Path, chunks: Iterable[bytes], *, mode: int = 0o644, unfinished: Path | None = None
) -> None:
    """Write a file so that a crash leaves the whole of it or nothing new under its name.

    `unfinished` is where it stands until it is whole, a file beside it that is not there yet.
    """
    # A leading dot is no name a client can ask for, so an unfinished file is never served.
    unfinished = unfinished or path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
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
