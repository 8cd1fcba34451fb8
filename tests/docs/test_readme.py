"""The README's session is run, word for word, against a real server; its commands are CI's."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.checkout import copy_checkout
from tests.docs.pages import READMES, blocks, part, text
from tests.running import Server
from tests.tree import ROOT

INSTALLED_AFTER_S = 300  # on a slow machine, with packages to fetch
ADDRESS = "http://127.0.0.1:8090"
DIVIDER = "--- the next answer ---"
RANDOM_KEYS = re.compile(r"pb_id|id|token|created|updated|order_source_id|\w+_(id|number|create)")
"""Keys whose values differ from run to run, so that only their kind is compared."""

Step = tuple[str, Any]


def steps(readme: str) -> list[Step]:
    """The session as pairs: what is typed, and the JSON that is answered."""
    found = blocks(part(readme, "session"))
    assert [language for language, _ in found] == ["bash", "json"] * (len(found) // 2)
    return [
        (typed, json.loads(answer))
        for (_, typed), (_, answer) in zip(found[::2], found[1::2], strict=True)
    ]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Step], list[str]]:
    """The README's steps, and what bash printed for each on a server nobody has used."""
    shown = steps(READMES[0])
    typed = f"\necho '{DIVIDER}'\n".join(step for step, _ in shown)
    with Server(tmp_path_factory.mktemp("readme") / "home") as server:
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", typed.replace(ADDRESS, server.url)],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            cwd=server.home,
        )
    assert done.returncode == 0, done.stderr
    return shown, done.stdout.split(DIVIDER)


def alike(shown: Any, answered: Any, key: str = "") -> bool:
    """Whether two answers have the same keys and values, random values aside."""
    if isinstance(shown, dict) and isinstance(answered, dict):
        return shown.keys() == answered.keys() and all(
            alike(value, answered[name], name) for name, value in shown.items()
        )
    if isinstance(shown, list) and isinstance(answered, list):
        return len(shown) == len(answered) and all(map(alike, shown, answered))
    if RANDOM_KEYS.fullmatch(key):
        return type(shown) is type(answered) and bool(shown) == bool(answered)
    return bool(shown == answered)


def test_the_session_answers_what_the_readme_shows(session: tuple[list[Step], list[str]]) -> None:
    shown, printed = session
    for (typed, answer), output in zip(shown, printed, strict=True):
        assert alike(answer, json.loads(output)), f"{typed}\nanswered {output}"


def test_both_readmes_show_the_same_session() -> None:
    assert steps(READMES[0]) == steps(READMES[1])


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
