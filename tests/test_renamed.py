"""Every test of before the house was rebuilt is still there: `ids_before.txt.gz`, put through `renamed.toml`.

What the session has collected anyway is not collected again; the rest is, in a process of its own.
"""

import gzip
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COLLECTED
from tests.tree import ROOT

HERE = Path(__file__).parent
COLLECTING = "--collect-only -q -p no:cacheprovider -p no:xdist -o addopts=--import-mode=importlib"
COLLECTED_WITHIN_S = 240


def before() -> list[str]:
    """The ids that pytest collected at commit f5700c4."""
    return gzip.decompress((HERE / "ids_before.txt.gz").read_bytes()).decode().splitlines()


class Renamed:
    """`renamed.toml`: files, tests and cases of before by what they are called now."""

    def __init__(self, text: str) -> None:
        tables = tomllib.loads(text)
        self.files: dict[str, str | list[str]] = tables["files"]
        self.tests: dict[str, str] = tables["tests"]
        self.cases: dict[str, dict[str, str]] = tables["cases"]
        self.used: set[tuple[str, ...]] = set()

    def places(self, old: str) -> list[str]:
        """Where a test of before may stand now: a file that was split may hold it in any of its parts."""
        test, bracket, case = old.partition("[")
        return [place + bracket + self._case(test, case) for place in self._tests(test)]

    def _case(self, test: str, case: str) -> str:
        inner = case.removesuffix("]")
        if inner not in self.cases.get(test, {}):
            return case
        self.used.add((test, inner))
        return f"{self.cases[test][inner]}]"

    def _tests(self, test: str) -> list[str]:
        """The longest name that the table has: a test, or its class."""
        for named in (test, test.rpartition("::")[0]):
            if named in self.tests:
                self.used.add((named,))
                return [self.tests[named] + test.removeprefix(named)]
        file, _, rest = test.partition("::")
        now = self.files.get(file, file)
        self.used.add((file,))
        return [f"{name}::{rest}" for name in ([now] if isinstance(now, str) else now)]

    def unused(self) -> set[tuple[str, ...]]:
        """The lines of the map that no id of before has needed so far."""
        lines = {(old,) for old in (*self.files, *self.tests)}
        lines |= {(test, case) for test, cases in self.cases.items() for case in cases}
        return lines - self.used


RENAMED = Renamed((HERE / "renamed.toml").read_text("utf-8"))
PLACES = {old: RENAMED.places(old) for old in before()}
FOLDERS = sorted({places[0].split("/")[1].partition("::")[0] for places in PLACES.values()})


@pytest.fixture(scope="module")
def collected(request: pytest.FixtureRequest) -> set[str]:
    """All that pytest collects now."""
    found: set[str] = request.config.stash[COLLECTED]
    missing = {place.partition("::")[0] for places in _missing(PLACES, found) for place in places}
    return found | _collect(sorted(file for file in missing if _is_collectable(file)))


def _missing(places: dict[str, list[str]], found: set[str]) -> Iterator[list[str]]:
    return (new for new in places.values() if found.isdisjoint(new))


def _is_collectable(file: str) -> bool:
    return (ROOT / file).is_file() and (not _is_of_an_sdk(file) or _has_sdks())


def _is_of_an_sdk(file: str) -> bool:
    return file.startswith("tests/sdk/")


def _has_sdks() -> bool:
    return find_spec("pocketbase") is not None


def _collect(files: list[str]) -> set[str]:
    if not files:
        return set()
    command = [sys.executable, "-m", "pytest", *COLLECTING.split(), *files]
    ours = ("PYTEST_", "BAI_WX_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=COLLECTED_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return set(done.stdout.splitlines())


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.timeout(COLLECTED_WITHIN_S + 60)
def test_every_test_of_before_is_collected(folder: str, collected: set[str]) -> None:
    """It stands where the map says, and in one place."""
    if folder == "sdk" and not _has_sdks():
        pytest.skip("the SDKs are not installed: `tox -e sdk` does")
    inside = {
        old: new
        for old, new in PLACES.items()
        if new[0].startswith((f"tests/{folder}/", f"tests/{folder}::"))
    }
    found = {old: [place for place in new if place in collected] for old, new in inside.items()}
    assert {old: inside[old] for old, places in found.items() if not places} == {}
    assert {old: places for old, places in found.items() if len(places) > 1} == {}


def test_no_two_tests_of_before_became_one() -> None:
    """A case that the map names may share what another one became: two patterns became one, for example."""
    named = {f"{test}[{case}]" for test, cases in RENAMED.cases.items() for case in cases}
    counted = Counter(_each(new for old, new in PLACES.items() if old not in named))
    assert [place for place, count in counted.items() if count > 1] == []


def _each(lists: Iterable[list[str]]) -> Iterator[str]:
    return (item for inner in lists for item in inner)


def test_every_line_of_the_map_is_needed() -> None:
    assert RENAMED.unused() == set()


def test_every_file_that_the_map_names_is_there() -> None:
    named: list[Any] = [*RENAMED.files.values(), *RENAMED.tests.values()]
    flat = _each([name] if isinstance(name, str) else name for name in named)
    assert (
        sorted({n.partition("::")[0] for n in flat if not (ROOT / n.partition("::")[0]).is_file()})
        == []
    )
