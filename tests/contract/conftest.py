"""A contract to break."""

import shutil
from pathlib import Path

import pytest

from bai_wx.contract.loader import CONTRACT_ROOT


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of our contract to break."""
    shutil.copytree(CONTRACT_ROOT.parent, tmp_path / "spec", ignore=shutil.ignore_patterns("*.py*"))
    return tmp_path / "spec"
