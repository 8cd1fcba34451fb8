"""Runs the take-over as its users do, kills it, and reads what it left."""

import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bai_wx.record import encrypted
from bai_wx.record.collections import COLLECTIONS
from tests.running import Server, command_line

LOOK_S = 0.05
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Run:
    """What the command answered, how long it took, and the most memory it held."""

    report: dict[str, Any]
    seconds: float
    peak_mib: float


def take_over(server: Server, source: Path, *options: str) -> Run:
    """Run the command to its end. Raises: `AssertionError` with what it said where it fails."""
    command = _line(source, *options, "--json")
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(command, env=server.environment, stdout=out, stderr=told)
        peak_mib = _watched(process)
        out.seek(0)
        told.seek(0)
        answer = out.read()
        assert process.returncode == 0, f"{answer[-2000:]}\n{told.read()[-4000:]}"
    return Run(json.loads(answer), time.monotonic() - started, peak_mib)


def _watched(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process to end. Returns: the most memory it held, in MiB.

    What `wait4` tells is no less than what its parent held when it was started.
    """
    peak_kib = 0
    while process.poll() is None:
        # A process that has ended names none.
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        peak_kib = max(peak_kib, *map(int, _PEAK.findall(status)), 0)
        time.sleep(LOOK_S)
    return peak_kib / 1024


def take_over_killed(server: Server, source: Path, after_s: float, *options: str) -> bool:
    """Run the command and kill it with -9 after so long. Returns: whether it still ran."""
    process = subprocess.Popen(
        _line(source, *options),
        env=server.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def _line(source: Path, *options: str) -> list[str]:
    return [*command_line(), "import-pocketbase", str(source), *options]


def contents(server: Server) -> Rows:
    """Every row of every collection, in the order of lists, with what is encrypted as it reads."""
    found: Rows = {}
    for name, model in COLLECTIONS.items():
        rows = server.rows(f"SELECT * FROM {name} ORDER BY seq")
        found[name] = [
            encrypted.revealed(model, {key: row[key] for key in row if key != "seq"}, row["id"])
            for row in rows
        ]
    return found


def files(server: Server) -> dict[str, str]:
    """The MD5 of every stored file, by its path below `files`."""
    folder = server.home / "files"
    return {
        str(path.relative_to(folder)): hashlib.md5(
            path.read_bytes(), usedforsecurity=False
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
