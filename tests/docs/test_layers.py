"""import-linter bites: each kind of import it forbids, planted in a copy of the tree, breaks a contract."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.tree import PACKAGES, ROOT

LAYERS = "who may import whom"
ROOMS = "every room of the engine has its place"
CIRCLES = "no circles inside a room"
PEEWEE = "Peewee stays with those who know SQL"
FRAMEWORKS = "nothing below the request knows a web framework"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of our modules and of what import-linter is told."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken(tree: Path) -> tuple[int, set[str]]:
    """What `lint-imports` says of a tree: its exit status, and the contracts that are broken."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(
        [*command, "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    return done.returncode, {n.removesuffix(" BROKEN") for n in lines if n.endswith(" BROKEN")}


def test_nothing_is_broken_as_it_is(tree: Path) -> None:
    assert broken(tree) == (0, set())


@pytest.mark.parametrize(
    ("planted", "contracts"),
    [
        pytest.param(
            {"bai_wx/record/planted.py": "from bai_wx.request import limits"},
            {LAYERS, ROOMS, CIRCLES},
            id="upwards inside the engine",
        ),
        pytest.param(
            {"bai_wx/dialect/planted.py": "import handlers.cart"},
            {LAYERS},
            id="upwards to the handlers",
        ),
        pytest.param(
            {"models/planted.py": "from bai_wx.dialect import sort"},
            {LAYERS},
            id="sideways from the models",
        ),
        pytest.param(
            {
                "bai_wx/files/planted.py": "from bai_wx.files import turned",
                "bai_wx/files/turned.py": "from bai_wx.files import planted",
            },
            {CIRCLES},
            id="a circle of two modules",
        ),
        pytest.param(
            {"bai_wx/planted/__init__.py": '"""A new room."""'},
            {ROOMS},
            id="a new room outside the layers",
        ),
        pytest.param(
            {"handlers/planted.py": "import peewee"}, {PEEWEE}, id="Peewee in the handlers"
        ),
        pytest.param(
            {"bai_wx/record/planted.py": "import starlette"},
            {FRAMEWORKS},
            id="a web framework below the request",
        ),
    ],
)
def test_what_is_planted_is_found(tree: Path, planted: dict[str, str], contracts: set[str]) -> None:
    for name, text in planted.items():
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text(f"{text}\n")
    assert broken(tree) == (1, contracts)


def test_each_contract_is_shown_to_bite() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert {c["name"] for c in told["contracts"]} == {LAYERS, ROOMS, CIRCLES, PEEWEE, FRAMEWORKS}
