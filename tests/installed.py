"""Commands of another installation than the checkout's: run bare, served on a free port of 127.0.0.1."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

OURS = ("BAI_WX_", "WECHAT_", "PYTHON")
SERVER_STOP_S = 10


def bare(**settings: str) -> dict[str, str]:
    """This process's environment without what leads to our code or settings, and `python` first on its PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    folders = [str(Path(sys.executable).parent), "/usr/sbin", kept["PATH"]]
    return {**kept, "PATH": os.pathsep.join(folders), **settings}


def run(words: Sequence[str], cwd: Path, timeout_s: float, **settings: str) -> str:
    """Run a command that must succeed. Returns: what it printed."""
    done = subprocess.run(
        words,
        cwd=cwd,
        env=bare(**settings),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(words: Sequence[str], cwd: Path, **settings: str) -> Iterator[str]:
    """Run a command that serves, and stop it. Yields: its address, as the command tells it."""
    command = subprocess.Popen(
        words, cwd=cwd, env=bare(**settings), stdout=subprocess.PIPE, text=True
    )
    with command:
        try:
            assert command.stdout is not None
            said = command.stdout.readline()
            assert "http://" in said, f"it said {said!r}"
            yield "http://" + said.split("http://")[1].split()[0].rstrip("/")
        finally:
            command.terminate()
            status = command.wait(SERVER_STOP_S)
    assert status == 0
