"""Brings a copy of a folder of PocketBase 0.22 to the layout of 0.23, by a newer binary."""

import os
import subprocess
from pathlib import Path
from typing import Final

TIMEOUT_S: Final = 1800  # seconds
KEY_VARIABLE: Final = "PB_ENCRYPTION_KEY"
MAX_SAID: Final = 300  # characters


class MigrationFailed(Exception):
    """The binary could not migrate the copy. The message is what it said last."""


def migrate(folder: Path, binary: Path, key: str | None) -> None:
    """Run `pocketbase migrate up` on a folder that holds a copy of the database.

    No code of the source is run: the folders of migrations and hooks are empty ones.
    Args: `key` opens encrypted settings. Raises: `MigrationFailed`.
    """
    empty = folder.parent / "empty"
    empty.mkdir(exist_ok=True)
    command = [str(binary), "migrate", "up", "--dir", str(folder), "--hooksWatch=0"]
    for option in ("--migrationsDir", "--hooksDir", "--publicDir"):
        command += [option, str(empty)]
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(empty)}
    if key:
        command += ["--encryptionEnv", KEY_VARIABLE]
        environment[KEY_VARIABLE] = key
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise MigrationFailed(str(exc)[:MAX_SAID]) from exc
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip().splitlines()
        raise MigrationFailed((said or [f"it ended with {done.returncode}"])[-1][:MAX_SAID])
