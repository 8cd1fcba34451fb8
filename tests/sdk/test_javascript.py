"""PocketBase's JavaScript SDK, unmodified, under Node: a suite a topic (`js/*.test.mjs`)."""

import shutil
from pathlib import Path

import pytest

from tests import node

HERE = Path(__file__).parent
SUITES = HERE / "js"

TESTS = {
    "lists": 21,
    "filters": 67,
    "writes": 15,
    "auth": 16,
    "files": 15,
    "errors": 27,
    "services": 8,
    "batch": 6,
}
"""How many tests each suite has: a suite that loses some must say so here."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SDK is installed and the suites run: an empty folder, with a copy of both."""
    folder = tmp_path_factory.mktemp("node")
    for name in node.MANIFESTS:
        shutil.copy(HERE / name, folder)
    shutil.copytree(SUITES, folder, dirs_exist_ok=True)
    node.install(folder)
    return folder


def test_every_suite_is_run() -> None:
    """No suite beside those of the table."""
    assert {path.name.split(".")[0] for path in SUITES.glob("*.test.mjs")} == set(TESTS)


def test_the_sdk_is_the_locked_one(folder: Path) -> None:
    """Version 0.28.1, as the registry has it: npm checked its digest."""
    manifest = folder / "node_modules" / "pocketbase" / "package.json"
    assert '"version": "0.28.1"' in manifest.read_text("utf-8")


@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize("suite", TESTS)
def test_javascript_sdk(folder: Path, base: str, expired: str, suite: str) -> None:
    """All tests of the suite ran, and all passed."""
    run = node.run_suite(folder, suite, {"SDK_URL": base, "EXPIRED_TOKEN": expired})
    assert run.status == 0, run.output
    assert run.counts["tests"] == run.counts["pass"] == TESTS[suite], run.output
    print(f"\n{suite}: {run.counts['pass']} tests of PocketBase's JavaScript SDK passed")
