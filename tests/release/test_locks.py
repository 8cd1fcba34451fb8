"""Lock files hold no host of a registry: whoever installs from them asks the one of their own settings.

npm writes them so where `.npmrc` says `omit-lockfile-registry-resolved=true`.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import made_here
from tests.tree import ROOT


def lock_files() -> list[str]:
    """Every npm lock file of the checkout, by its path from the root."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = set(folders) - set(made_here(folder, folders))
        if "package-lock.json" in files:
            found.append((Path(folder) / "package-lock.json").relative_to(ROOT).as_posix())
    return sorted(found)


@pytest.mark.parametrize("name", lock_files())
def test_a_lock_file_names_no_registry(name: str) -> None:
    """What is fetched is held by its checksum; only folders of ours are named by their place."""
    packages: dict[str, Any] = json.loads((ROOT / name).read_text("utf-8"))["packages"]
    places = {path: entry["resolved"] for path, entry in packages.items() if "resolved" in entry}
    assert {path: place for path, place in places.items() if "://" in place} == {}
    fetched = {path for path in packages if "node_modules/" in path} - places.keys()
    assert [path for path in fetched if "integrity" not in packages[path]] == []
