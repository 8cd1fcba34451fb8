"""Directories of PocketBase, each made once for all tests."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.pocketbase_versions import BEFORE_FIELDS, NEWEST
from tests.takeover.making import Made, make

CHECKED = (NEWEST, BEFORE_FIELDS)
"""The versions that every run looks at; `bench/takeover` looks at all of them, with more rows."""


@pytest.fixture(scope="session")
def made_by(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """Gives the data that a version made. Tests only read it."""

    @cache
    def made_by(version: str) -> Made:
        folder: Path = tmp_path_factory.mktemp(f"pocketbase-{version}")
        return make(version, folder)

    return made_by


@pytest.fixture(scope="session", params=CHECKED)
def made(request: pytest.FixtureRequest, made_by: Callable[[str], Made]) -> Made:
    """The data that each of the versions made."""
    return made_by(request.param)
