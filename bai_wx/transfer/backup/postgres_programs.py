"""PostgreSQL's own `pg_dump` and `pg_restore`, which know more of a database than we do.

They are looked for in a folder that a setting names, on PATH, and where Debian keeps one of each version.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bai_wx.transfer.backup.refused import BackupRefused
from bai_wx.transfer.parent_death import dying_with_us

DEBIANS: Final = Path("/usr/lib/postgresql")
VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")
ANSWERS_S: Final = 10
MAX_MESSAGE_LENGTH: Final = 500


@dataclass(frozen=True, slots=True)
class Program:
    """A program of PostgreSQL, and its major version."""

    path: str
    version: int


def find(name: str, folder: str, at_least: int, because: str) -> Program:
    """Find a program of this major version or a newer one; `folder` is where a setting says.

    Raises: `BackupRefused`, which names what was found and ends with `because`.
    """
    found = []
    for path in _candidates(name, folder):
        program = Program(path, _version(path))
        if program.version >= at_least:
            return program
        found.append(f"{path} is {program.version}")
    what = ", ".join(found) or f"there is no {name}"
    raise BackupRefused(
        f"{what}; {name} {at_least} or newer is needed, {because}: install it, or let BAI_WX_PG_BIN"
        " name its folder"
    )


def _candidates(name: str, folder: str) -> Iterator[str]:
    if folder:
        yield str(Path(folder) / name)
        return
    if (on_path := shutil.which(name)) is not None:
        yield on_path
    versions = sorted(DEBIANS.glob("*/bin"), key=lambda path: -int(_digits(path.parent.name)))
    yield from (str(path / name) for path in versions if (path / name).exists())


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else "0"


def _version(path: str) -> int:
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=ANSWERS_S, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as exc:
        raise BackupRefused(f"{path} cannot be run: {type(exc).__name__}") from exc
    matched = VERSION.search(said)
    return int(matched[1]) if matched else 0


def connecting(address: str, **known: str) -> tuple[str, dict[str, str]]:
    """An address for a program's command line, and the environment with the password, which must not be there.

    `known` replaces parts of the address: the host that a connection has found, say.
    """
    parts = {name: str(value) for name, value in conninfo_to_dict(address).items()} | known
    environment = dict(os.environ)
    if password := parts.pop("password", ""):
        environment["PGPASSWORD"] = password
    return make_conninfo("", **parts), environment


def run(command: Sequence[str], environment: dict[str, str]) -> None:
    """Run a program to its end. It dies with us. Raises: `BackupRefused` with what it said last."""
    done = subprocess.run(
        dying_with_us(command),
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(failure(command[0], done.returncode, done.stderr))


def failure(program: str, status: int, said: bytes) -> str:
    """Why a program failed, in one line."""
    name = Path(program).name
    if status < 0:
        return f"{name} was ended by signal {-status}"
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    told = next(
        (line for line in lines if "error:" in line), lines[0] if lines else f"status {status}"
    )
    return f"{name}: {told.partition('error:')[2].strip() or told}"[:MAX_MESSAGE_LENGTH]
