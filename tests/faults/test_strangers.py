"""Schemathesis as a stranger runs it: at a server's address, from a checkout, with its settings.

Another installation is asked with the settings of this checkout, so with its exemptions, which hide some of
what was found there: the cases `F5-…` of `test_contract.py` ask for each finding by itself.
"""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.faults.conftest import Said
from tests.running import Client, Server
from tests.tree import ROOT

COMMAND = Path(sysconfig.get_path("scripts")) / "schemathesis"
SECONDS = 12  # of tests; it loads and reports before and after
AT_MOST_S = 120
SUMMARY = "= SUMMARY ="


@pytest.mark.timeout(2 * AT_MOST_S)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="F5-a-strangers-run-as-a-guest", marks=pytest.mark.long),
        pytest.param("alice", id="F5-a-strangers-run-as-a-user"),
    ],
)
def test_strangers_run_finds_nothing(server: Server, name: str, said: Said) -> None:
    """Every check on every operation, with a few examples of each: it ends with 0."""
    login = []
    if name:
        login = ["-H", f"Authorization: Bearer {Client(server.url).login(name).token}"]
    run = subprocess.run(
        [
            str(COMMAND),
            "run",
            f"{server.url}/pb/api/openapi.json",
            "--checks=all",
            "--continue-on-failure",
            "--max-examples=3",
            f"--max-time={SECONDS}",
            "--seed=20261127",
            "--generation-database=none",
            "--no-color",
            *login,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=AT_MOST_S,
        check=False,
    )
    summary = run.stdout.partition(SUMMARY)[2].strip("= \n")
    found = [line.strip(" =") for line in summary.splitlines() if "failure" in line or "❌" in line]
    said(f"exit {run.returncode}: {'; '.join(found) or 'no failure'}")
    assert run.returncode == 0, run.stdout[-20_000:]
