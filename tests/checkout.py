"""A copy of the checkout as `git archive` gives it: without what was made in it."""

import re
import shutil
from pathlib import Path

from tests.tree import ROOT

MADE = re.compile(
    r"\.git|\.tox|\.venv.*|__pycache__|build|dist|site|node_modules|miniprogram_dist"
    r"|.*\.egg-info|\..*_cache|bai-wx-data"
)
"""Folders that are no part of a checkout; a file of such a name would be."""


def copy_checkout(to: Path) -> Path:
    """Copy the checkout into a folder that is not there yet. Returns: the folder."""
    shutil.copytree(ROOT, to, ignore=made_here)
    return to


def made_here(folder: str, names: list[str]) -> list[str]:
    """Those of a folder's names that are folders which a build or a run made."""
    return [name for name in names if MADE.fullmatch(name) and Path(folder, name).is_dir()]
