"""`python -m tests.contract.release`: freeze the contract as `spec/released/<info.version>`.

A frozen contract is what clients were told. What follows it is compared with it, by the same rules
that `bai-wx diff` tells: CI refuses a change that the version does not say.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Final

from bai_wx.contract.diff.contracts import ROOT_NAME, Contract, read
from bai_wx.contract.diff.operations import compare
from tests.tree import ROOT

SPEC: Final = ROOT / "spec"
RELEASED: Final = SPEC / "released"
CHANGELOG: Final = ROOT / "CHANGELOG.md"
FOLDER: Final = "openapi-wx"

Version = tuple[int, int, int]


def version_of(text: str) -> Version:
    """`1.0.0-wx` is (1, 0, 0). Raises: `ValueError` for what begins with no three numbers."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)(?![.\d])", text)
    if found is None:
        raise ValueError(f"info.version {text!r} does not begin with three numbers")
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def newest(released: Path = RELEASED) -> Contract:
    """The contract that was released last."""
    folders = [each for each in released.iterdir() if each.is_dir()]
    return read(max(folders, key=lambda folder: version_of(folder.name)))


def problems(new: Contract, old: Contract, changelog: str) -> list[str]:
    """What keeps `new` from following `old`, a sentence each; none when it may.

    A change needs a higher minor version, a breaking one a higher major version and an entry of the
    changelog that names the contract's version: `- Contract 2.0.0: …`.
    """
    changes = [each for found in compare(old, new).values() for each in found]
    breaking = sum(each.breaking for each in changes)
    before, after = version_of(old.version), version_of(new.version)
    told = f"info.version is {new.version}, {old.version} is released"
    if after < before:
        return [f"{told}: a version never goes back"]
    if changes and after[:2] == before[:2]:
        told = f"{told}: {len(changes)} changes need a higher minor version"
        return [told] if not breaking else [told, f"{breaking} of them break: a higher major one"]
    if breaking and after[0] == before[0]:
        return [f"{told}: {breaking} breaking changes need a higher major version"]
    number = ".".join(map(str, after))
    if breaking and not re.search(rf"^- Contract {re.escape(number)}: ", changelog, re.MULTILINE):
        return [f"CHANGELOG.md has no line `- Contract {number}: …` that says what breaks"]
    return []


def freeze(spec: Path = SPEC, released: Path = RELEASED, changelog: Path = CHANGELOG) -> Path:
    """Write the contract of `spec` to its folder below `released`.

    Returns: the folder. Raises: `ValueError` when that version is released, or may not follow.
    """
    contract = read(spec)
    folder = released / ".".join(map(str, version_of(contract.version)))
    if folder.exists():
        raise ValueError(f"{folder.name} is released already: a released contract never changes")
    if found := problems(contract, newest(released), changelog.read_text("utf-8")):
        raise ValueError("; ".join(found))
    shutil.copytree(spec / FOLDER, folder / FOLDER)
    shutil.copy(spec / ROOT_NAME, folder / ROOT_NAME)
    return folder


def main() -> int:
    """Freeze ours. Returns: 1 when it may not be."""
    try:
        folder = freeze()
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"released as {folder.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
