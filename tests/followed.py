"""A page that says what to write and what to type is followed in a copy of the checkout."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.tree import ROOT

COPIED = ("bai_wx", "bench", "handlers", "models", "spec", "tests", "docs", "pyproject.toml")
COMMANDS = (("bai-wx", "bai_wx.cli.main"), ("pytest", "pytest"), ("ruff", "ruff"))
PATIENCE_S = 240
"""For one block: the one that adds a collection starts servers, and shares its processor with other tests."""


def copy_of(folder: Path) -> Path:
    """A copy of the checkout, with its commands."""
    copy = folder / "checkout"
    for name in COPIED:
        ignored = shutil.ignore_patterns("runs")  # what was compiled is not compiled again
        copying = (
            partial(shutil.copytree, ignore=ignored) if (ROOT / name).is_dir() else shutil.copy
        )
        copy.mkdir(parents=True, exist_ok=True)
        copying(ROOT / name, copy / name)
    for command, module in COMMANDS:
        path = folder / "bin" / command
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', "utf-8")
        path.chmod(0o755)
    return copy


def typed(copy: Path, commands: str) -> str:
    """Type commands in a copy, as whoever works there; each must succeed. Returns: what they said."""
    path = f"{copy.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-ec", commands],
        cwd=copy,
        env={**os.environ, "PATH": path, "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout
