"""The README's commands are run as they stand; its test command is CI's."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.checkout import copy_checkout
from tests.docs.pages import READMES, blocks, text
from tests.tree import ROOT

INSTALLED_AFTER_S = 300  # on a slow machine, with packages to fetch


def first_command(readme: str) -> str:
    """What a reader types first."""
    return next(content for language, content in blocks(text(readme)) if language == "bash")


def test_both_readmes_begin_with_the_same_command() -> None:
    assert first_command(READMES[0]) == first_command(READMES[1])


def test_the_first_command_installs_and_serves_the_demo(tmp_path: Path) -> None:
    """In a fresh checkout, with nothing but Python and pip."""
    copy_checkout(tmp_path / "checkout")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    typed = first_command(READMES[0]).replace("serve --demo", f"serve --demo --port {port}")
    running = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", typed],
        cwd=tmp_path / "checkout",
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert _is_healthy(f"http://127.0.0.1:{port}/pb/api/health", running)
        shown = requests.get(f"http://127.0.0.1:{port}/pb/docs", timeout=30).text
        assert "/pb/docs/scalar-" in shown, "the contract is not shown"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGTERM)
        running.wait(10)


def _is_healthy(address: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait until it answers, or has ended."""
    deadline = time.monotonic() + INSTALLED_AFTER_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(requests.RequestException):
            return requests.get(address, timeout=1).ok
        time.sleep(0.2)
    return False


@pytest.mark.parametrize("readme", READMES)
def test_the_test_command_is_the_one_ci_extracts(readme: str, tmp_path: Path) -> None:
    """`.ci/run`'s own sed, run on this README, finds the command and nothing else."""
    script = next(
        line for line in (ROOT / ".ci/run").read_text().splitlines() if line.startswith("command=")
    )
    (tmp_path / "README.md").write_text(text(readme), "utf-8")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f'{script}\necho "$command"'],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout == (
        "python3 -m venv .venv-test && .venv-test/bin/pip install --quiet tox"
        " && .venv-test/bin/tox\n"
    )
