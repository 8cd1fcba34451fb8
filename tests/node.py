"""Node and npm, and the JavaScript packages of this checkout that tests install, build and run."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tree import ROOT

CLIENT = ROOT / "clients" / "miniprogram"
TOOLS = ROOT / "clients" / "tests"
TOOLS_BIN = str(TOOLS / "node_modules" / ".bin")
"""Where the commands of installed packages are, such as `tsc` and `esbuild`."""

SOURCES = ("*.json", "scripts/*", "src/*")
"""What the client is built from."""

MANIFESTS = ("package.json", "package-lock.json")
NEEDED = (
    "node and npm are needed for tests of JavaScript: Node 20 or later on the PATH "
    "(tox -e sdk and tox -e clients install it from PyPI)"
)
OLDEST_NODE = 20
INSTALL_S, SUITE_S = 180, 120
STAMP = ".made-from"
"""A file beside what was made, with the digest of what it was made from."""

COUNT = re.compile(r"^# (tests|pass|fail|cancelled|skipped|todo) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """What `node --test` said: its TAP output, and how many tests ended which way."""

    output: str
    status: int
    counts: dict[str, int]


def install(folder: Path) -> None:
    """Install the packages that the folder's lock file names. Fails without Node, never skips."""
    version = run(["node", "--version"], folder)
    assert int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE, f"{NEEDED}; found {version}"
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"], folder)


def install_once(folder: Path) -> None:
    """Install in place, in the checkout, unless that was done from these manifests already."""
    manifests = [folder / name for name in MANIFESTS]
    _once(folder / "node_modules", manifests, lambda: install(folder))


def build_client() -> Path:
    """Install and build the mini program's client and the tools of its tests, each once per change.

    Returns: the folder of the client, with `miniprogram_dist/` and `dist/`.
    """
    for folder in (CLIENT, TOOLS):
        install_once(folder)
    sources = sorted(path for kind in SOURCES for path in CLIENT.glob(kind))
    _once(CLIENT / "miniprogram_dist", sources, lambda: run(["node", "scripts/build.mjs"], CLIENT))
    return CLIENT


def run_suite(folder: Path, suite: str, environment: dict[str, str]) -> Run:
    """Run one suite, `<suite>.test.mjs`, in a folder whose packages are installed."""
    command = ["node", "--test", "--test-reporter=tap", f"{suite}.test.mjs"]
    done = _started(command, folder, SUITE_S, environment)
    counts = {name: int(number) for name, number in COUNT.findall(done.stdout)}
    return Run(done.stdout + done.stderr, done.returncode, counts)


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command that must succeed. Returns: what it printed."""
    done = _started(command, folder, INSTALL_S, environment or {})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _started(
    command: list[str], folder: Path, timeout_s: float, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0]) or shutil.which(command[0], path=TOOLS_BIN)
    assert program is not None, NEEDED
    return subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
    )


def _once(made: Path, sources: list[Path], make: Callable[[], object]) -> None:
    """Make a folder unless it was made from these files; several processes wait for one of them."""
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    with _alone(made):
        stamp = made / STAMP
        if not stamp.exists() or stamp.read_text() != digest:
            make()
            stamp.write_text(digest)


@contextmanager
def _alone(made: Path) -> Iterator[None]:
    """One process at a time."""
    name = hashlib.sha256(str(made).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"bai-wx-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
