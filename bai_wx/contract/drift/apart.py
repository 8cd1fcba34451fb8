"""The comparison in a process of its own, which has the models of the tree it is about and no others."""

import os
import subprocess
import sys
from pathlib import Path

import orjson

from bai_wx.contract.drift.facts import Report
from bai_wx.contract.files import ContractError


def report_of(tree: Path) -> Report:
    """Compare the models of a checkout with its contract.

    Raises: `ContractError` where the models cannot be imported, or the contract cannot be read.
    """
    contract = tree / "spec" / "openapi-wx.yaml"
    command = [sys.executable, "-m", "bai_wx.contract.drift", str(contract)]
    path = os.pathsep.join(filter(None, (str(tree), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        command, cwd=tree, env={**os.environ, "PYTHONPATH": path}, capture_output=True
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ContractError(said[-1] if said else "the models cannot be compared")
    return Report(**orjson.loads(done.stdout))
