"""The table: every case by its group, a group being a module `cases_<group>.py`."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from tests.conformance.compare import OWN, Case
from tests.conformance.differences import DIFFERENCES, REFUSED_NULS, Difference, refused_nul
from tests.conformance.rows import Row
from tests.databases import IS_POSTGRES


def groups() -> dict[str, list[Case]]:
    """The cases by group, in the order of the groups' names, that are to be answered the same."""
    elsewhere = REFUSED_NULS if IS_POSTGRES else {}
    return {
        group: [case for case in cases if case.name not in elsewhere]
        for group, cases in _all_groups().items()
    }


def differences() -> list[Difference]:
    """What is answered otherwise; on PostgreSQL a NUL in a text as well."""
    if not IS_POSTGRES:
        return DIFFERENCES
    cases = [case for each in _all_groups().values() for case in each]
    nuls = [refused_nul(case) for case in cases if case.name in REFUSED_NULS]
    return [*DIFFERENCES, *nuls]


def _all_groups() -> dict[str, list[Case]]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
    return {
        name.removeprefix("cases_").replace("_", " "): import_module(f"{__package__}.{name}").CASES
        for name in names
    }


def own_rows_wanted() -> Iterator[tuple[str, Mapping[str, Row]]]:
    """What the cases with a user of their own want, by the case's name."""
    cases = [case for each in groups().values() for case in each]
    for case in [*cases, *(each.case for each in differences())]:
        if case.user == OWN:
            yield case.name, case.own
