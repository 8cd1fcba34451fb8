"""Every case of the table is answered the same by both servers; every difference is as noted."""

from collections.abc import Iterator

import pytest

from tests.conformance import table
from tests.conformance.compare import Case, ask, differences
from tests.conformance.difference import Difference
from tests.conformance.peer import Pair, running

TABLE = [(group, case) for group, cases in table.groups().items() for case in cases]
DIFFERENCES = table.differences()
# What reads is asked first, while both servers hold the dataset and nothing else.
IN_ORDER = sorted(TABLE, key=lambda row: row[1].writes)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both servers, with the dataset and the cases' own rows."""
    with running(tmp_path_factory.mktemp("conformance"), table.own_rows_wanted()) as both:
        yield both


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{group}: {case.name}") for group, case in IN_ORDER]
)
def test_both_answer_the_same(pair: Pair, case: Case) -> None:
    found = differences(case, *ask(pair, case))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "difference", [pytest.param(each, id=each.case.name) for each in DIFFERENCES]
)
def test_a_chosen_difference_is_as_noted(pair: Pair, difference: Difference) -> None:
    ours, theirs = ask(pair, difference.case)
    assert differences(difference.case, ours, theirs), "no difference any more"
    assert difference.ours.meets(ours), ours.body
    assert difference.theirs.meets(theirs), theirs.body


def test_case_names_are_unique() -> None:
    """A case's rows and user are made from its name."""
    names = [case.name for _, case in TABLE] + [each.case.name for each in DIFFERENCES]
    assert sorted(names) == sorted(set(names))
