"""Node, npm and PocketBase's own JavaScript SDK, installed from the lock file beside this module."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
MANIFESTS = ("package.json", "package-lock.json")
SUITES = HERE / "js"
NEEDED = (
    "node and npm are needed for PocketBase's JavaScript SDK: Node 20 or later on the PATH "
    "(tox -e sdk installs it from PyPI)"
)
OLDEST_NODE = 20
INSTALL_S, SUITE_S = 120, 120
COUNT = re.compile(r"^# (tests|pass|fail|cancelled|skipped|todo) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """What `node --test` said: its TAP output, and how many tests ended which way."""

    output: str
    status: int
    counts: dict[str, int]


def install(folder: Path) -> Path:
    """Put the suites and the locked SDK into an empty folder. Fails without Node, never skips."""
    node, npm = shutil.which("node"), shutil.which("npm")
    assert node is not None, NEEDED
    assert npm is not None, NEEDED
    version = _run([node, "--version"], folder, timeout_s=INSTALL_S).stdout
    assert int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE, f"{NEEDED}; found {version}"
    for name in MANIFESTS:
        shutil.copy(HERE / name, folder)
    shutil.copytree(SUITES, folder, dirs_exist_ok=True)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    installed = _run([npm, "ci", *options], folder, timeout_s=INSTALL_S)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return folder


def run(folder: Path, suite: str, environment: dict[str, str]) -> Run:
    """Run one suite, `<suite>.test.mjs`, in a folder that `install` filled."""
    command = ["node", "--test", "--test-reporter=tap", f"{suite}.test.mjs"]
    done = _run(command, folder, timeout_s=SUITE_S, environment=environment)
    counts = {name: int(number) for name, number in COUNT.findall(done.stdout)}
    return Run(done.stdout + done.stderr, done.returncode, counts)


def _run(
    command: list[str],
    folder: Path,
    *,
    timeout_s: float,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
    )
