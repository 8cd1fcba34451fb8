"""The table: every case by its group, a group being a module `cases_<group>.py`."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from tests.conformance.compare import OWN, Case
from tests.conformance.differences import DIFFERENCES
from tests.conformance.rows import Row


def groups() -> dict[str, list[Case]]:
    """The cases by group, in the order of the groups' names."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
    return {
        name.removeprefix("cases_").replace("_", " "): import_module(f"{__package__}.{name}").CASES
        for name in names
    }


def own_rows_wanted() -> Iterator[tuple[str, Mapping[str, Row]]]:
    """What the cases with a user of their own want, by the case's name."""
    cases = [case for each in groups().values() for case in each]
    for case in [*cases, *(each.case for each in DIFFERENCES)]:
        if case.user == OWN:
            yield case.name, case.own
