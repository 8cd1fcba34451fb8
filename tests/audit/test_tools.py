"""What bandit, pip-audit and cyclonedx-bom say of us. `tox -e audit` brings them; CI does without.

ruff's S rules are bandit's, with the same numbers, so a finding is answered once: by a `noqa` with its reason
beside the line, or by an `ignore` with its reason in `pyproject.toml`.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import copy_checkout
from tests.installed import run
from tests.tree import PACKAGES, ROOT

pytestmark = pytest.mark.long

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
TOOL_S, INSTALL_S, REACHED_S = 300, 300, 15
SBOM = ROOT / "dist" / "sbom.json"
NOQA = re.compile(r"# noqa: ([A-Z0-9, ]+?)  # \S")
"""An answer without a reason is none."""


def tool(module: str, *arguments: str, timeout_s: float = TOOL_S) -> tuple[int, str, str]:
    """Run a tool of the audit's environment. Returns: status, stdout, stderr."""
    pytest.importorskip(module, reason=f"no {module}: tox -e audit brings it")
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def is_answered(finding: dict[str, Any]) -> bool:
    """Whether ruff was told why a finding of bandit's stands."""
    rule = finding["test_id"].replace("B", "S", 1)
    lint = SETTINGS["ruff"]["lint"]
    if rule in lint["ignore"]:
        return True
    name = Path(finding["filename"])
    name = name.relative_to(ROOT) if name.is_absolute() else name
    for pattern, rules in lint["per-file-ignores"].items():
        if fnmatch(str(name), pattern) and rule in rules:
            return True
    lines = (ROOT / name).read_text("utf-8").splitlines()
    last = max([*finding["line_range"], finding["line_number"]])
    return any(
        rule in re.split(r"[, ]+", found[1])
        for line in lines[finding["line_number"] - 1 : last]
        if (found := NOQA.search(line))
    )


def test_no_finding_of_bandit_is_unanswered() -> None:
    status, out, err = tool("bandit", "-q", "-r", *PACKAGES, "-c", "pyproject.toml", "-f", "json")
    assert status in (0, 1), err
    found = json.loads(out)
    assert found["errors"] == []
    assert len(found["results"]) > 20, "it looked at our code"
    assert [each for each in found["results"] if not is_answered(each)] == []


@pytest.mark.parametrize(
    ("finding", "answered"),
    [
        pytest.param(("B101", "bai_wx/request/http1.py", 1), True, id="ignored everywhere"),
        pytest.param(("B608", "models/migrations/0007_catalog.py", 77), True, id="in a folder"),
        pytest.param(("B608", "bai_wx/request/http1.py", 1), False, id="no answer"),
        pytest.param(("B102", "models/migrations/0007_catalog.py", 77), False, id="another rule"),
    ],
)
def test_an_answer_is_found(finding: tuple[str, str, int], answered: bool) -> None:
    rule, file, line = finding
    told = {"test_id": rule, "filename": file, "line_number": line, "line_range": [line]}
    assert is_answered(told) is answered


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds what a server is installed with, and nothing else."""
    folder = tmp_path_factory.mktemp("served")
    copy = copy_checkout(folder / "checkout")
    run([sys.executable, "-m", "venv", str(folder / "venv")], folder, INSTALL_S)
    python = folder / "venv" / "bin" / "python"
    ours = f"{copy}[s3,pocketbase,docs]"
    run([str(python), "-m", "pip", "install", "--quiet", ours], folder, INSTALL_S, PIP_COMPILE="0")
    run(
        [str(python), "-m", "pip", "uninstall", "--quiet", "-y", "pip", "setuptools"],
        folder,
        INSTALL_S,
    )
    return python


def test_no_known_vulnerability(installed: Path) -> None:
    """Where the data of vulnerabilities can be reached; where not, a line says so."""
    [packages] = installed.parent.parent.glob("lib/python*/site-packages")
    arguments = ("--format", "json", "--progress-spinner", "off", "--timeout", str(REACHED_S))
    try:
        _, out, err = tool("pip_audit", *arguments, "--path", str(packages))
    except subprocess.TimeoutExpired:
        pytest.skip("pip-audit: the data of vulnerabilities cannot be reached here (no answer)")
    if not out.startswith("{"):
        assert re.search(r"connect|resolve|timed out|proxy|unavailable", err, re.IGNORECASE), err
        pytest.skip("pip-audit: the data of vulnerabilities cannot be reached here")
    listed = json.loads(out)["dependencies"]
    looked_at = [each for each in listed if "vulns" in each]
    if not looked_at:  # an index without these data knows no package
        pytest.skip("pip-audit: the data of vulnerabilities cannot be reached here")
    assert {each["name"]: each["vulns"] for each in looked_at if each["vulns"]} == {}
    missed = {each["name"] for each in listed} - {each["name"] for each in looked_at}
    assert missed <= {"bai-wx"}, "ours alone is in no index"


def test_the_sbom_lists_what_a_server_is_installed_with(installed: Path) -> None:
    """CycloneDX, as JSON, in dist/sbom.json: each part with its version, its purl and its licence."""
    SBOM.parent.mkdir(exist_ok=True)
    arguments = ["environment", str(installed), "--of", "JSON", "--sv", "1.6", "-o", str(SBOM)]
    arguments += ["--pyproject", "pyproject.toml", "--mc-type", "application"]
    status, _, err = tool("cyclonedx_py", *arguments)
    assert status == 0, err
    made = json.loads(SBOM.read_text("utf-8"))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["component"]["name"] == "bai-wx"
    parts = {part["name"].lower(): part for part in made["components"]}
    assert {"connexion", "peewee", "orjson", "psycopg", "boto3", "cryptography"} <= parts.keys()
    assert not {"pytest", "ruff", "bandit"} & parts.keys()
    for name, part in parts.items():
        if name != "bai-wx":
            assert part["version"], name
            assert part["purl"].startswith("pkg:pypi/"), name
    depended = {each["ref"] for each in made["dependencies"]}
    assert {part["bom-ref"] for part in parts.values()} <= depended
    print(f"{len(parts)} parts in {os.path.relpath(SBOM, ROOT)}")
