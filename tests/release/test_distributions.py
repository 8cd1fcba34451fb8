"""The sdist and the wheel hold what serves a shop, and pipx installs them as any program.

The wheel is built from the sdist, so that it can hold only what the sdist does. pipx makes the environment
anew; the command is typed in a directory that knows nothing of the checkout.
"""

import json
import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import requests

from tests.checkout import copy_checkout
from tests.installed import run, serving
from tests.tree import PACKAGES, ROOT

pytest.importorskip("build", reason="no build: pip install -e '.[release]'")

BUILD_S, INSTALL_S, ANSWER_S = 180, 300, 60
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist and the wheel of a fresh copy."""
    folder = tmp_path_factory.mktemp("distributions")
    copy = copy_checkout(folder / "checkout")
    run([sys.executable, "-m", "build", "--outdir", str(folder)], copy, BUILD_S)
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(distributions: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command that `pipx install` of the wheel puts on the PATH, with the pages of the server."""
    folder = tmp_path_factory.mktemp("pipx")
    homes = {"PIPX_HOME": str(folder / "home"), "PIPX_BIN_DIR": str(folder / "bin")}
    wheel = f"bai-wx[docs] @ {distributions[1].as_uri()}"
    run([sys.executable, "-m", "pipx", "install", wheel], folder, INSTALL_S, **homes)
    return folder / "bin" / "bai-wx"


@pytest.fixture(scope="module")
def served(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo shop that the installed command serves from an empty directory."""
    words = [str(installed), "serve", "--demo", "--port", "0", "--workers", "1"]
    with serving(words, tmp_path_factory.mktemp("elsewhere")) as address:
        yield address


def packaged(name: str) -> bool:
    """Whether a file of the checkout belongs into the wheel."""
    top, _, below = name.partition("/")
    return top in {*PACKAGES, "spec"} and not below.startswith("released/")


def test_the_wheel_holds_every_file_of_the_packages(distributions: tuple[Path, Path]) -> None:
    """Not the modules alone: the contract, and whatever else lies among them."""
    with zipfile.ZipFile(distributions[1]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    ours = [path for top in (*PACKAGES, "spec") for path in (ROOT / top).rglob("*")]
    names = {p.relative_to(ROOT).as_posix() for p in ours if p.is_file() and p.suffix != ".pyc"}
    assert held == {name for name in names if packaged(name)}


def test_the_sdist_holds_no_tests(distributions: tuple[Path, Path]) -> None:
    """They need a checkout, with its documents and its contracts of before."""
    with tarfile.open(distributions[0]) as sdist:
        tops = {name.split("/")[1] for name in sdist.getnames() if "/" in name}
    assert tops >= {*PACKAGES, "spec", "README.md", "CHANGELOG.md", "pyproject.toml"}
    assert "tests" not in tops


@pytest.mark.long
def test_the_version_stands_in_one_place(
    distributions: tuple[Path, Path], installed: Path, tmp_path: Path
) -> None:
    """`pyproject.toml` says it; the files' names and the command follow."""
    assert {path.name for path in distributions} == {
        f"bai_wx-{PROJECT['version']}.tar.gz",
        f"bai_wx-{PROJECT['version']}-py3-none-any.whl",
    }
    told = run([str(installed), "--version"], tmp_path, ANSWER_S)
    assert told == f"bai-wx, version {PROJECT['version']}\n"


def test_the_clients_package_has_the_servers_version() -> None:
    """npm reads no `pyproject.toml`, so its own file repeats it."""
    package = json.loads((ROOT / "clients/miniprogram/package.json").read_text("utf-8"))
    assert package["version"] == PROJECT["version"]


def test_no_other_file_of_ours_spells_the_version() -> None:
    """A module that wants it asks the installed distribution."""
    spelled = re.compile(rf"""["']{re.escape(version("bai-wx"))}["']""")
    modules = (path for top in PACKAGES for path in (ROOT / top).rglob("*.py"))
    assert [str(p) for p in modules if spelled.search(p.read_text("utf-8"))] == []


@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/pb/api/health", id="health"),
        pytest.param("/pb/api/openapi.json", id="contract"),
        pytest.param("/pb/api/collections/tbl_product_list/records", id="rows of the demo"),
        pytest.param("/", id="first page"),
    ],
)
def test_what_pipx_installed_serves_from_any_directory(served: str, path: str) -> None:
    assert requests.get(f"{served}{path}", timeout=ANSWER_S).status_code == 200


@pytest.mark.long
def test_the_extra_brings_the_script_of_the_contracts_page(served: str) -> None:
    page = requests.get(f"{served}/pb/docs", timeout=ANSWER_S).text
    [script] = re.findall(r'src="(/pb/docs/scalar-[^"]+)"', page)
    assert requests.get(f"{served}{script}", timeout=ANSWER_S).status_code == 200
