"""A database of the test's own, whose rows are held against the contract."""

from pathlib import Path

import pytest
from peewee import Database

from bai_wx.transfer import contract_check
from tests.transfer.loading.tables import Loader, bundle


@pytest.fixture
def load(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """Loads tables."""
    monkeypatch.setattr(contract_check, "_enabled", [])
    contract_check.enable(bundle())
    return Loader(tmp_path)
