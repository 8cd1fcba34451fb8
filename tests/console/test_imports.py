"""How far an import is: one at a time, and one that nobody speaks for was interrupted.

Covers: bai_wx/console/transfers/imports.py
"""

import pytest

from bai_wx.console import audit
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.console.transfers import imports
from bai_wx.console.transfers.imports import AnotherRuns, Import, ImportRow, NotThere, State
from bai_wx.errors import Forbidden
from tests.console.shop import LONG_AGO, PRODUCT

pytestmark = pytest.mark.usefixtures("rolled_back")

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.0.0.1")
VIEWER = Acting("operator0000004", "客服", Role.VIEWER, "10.0.0.4")
SHA = "ab" * 32
COUNTS = {"read": 5, "created": 1, "changed": 2, "unchanged": 1, "refused": 1}


def begun() -> str:
    """The id of an import that is being checked."""
    return imports.begin(PRODUCT, "产品.xlsx", SHA, WANG)


def found(import_id: str) -> Import:
    """The import as pages see it."""
    there = imports.find(import_id)
    assert there is not None
    return there


def test_an_import_is_checked_then_written() -> None:
    made = begun()
    assert (found(made).state, found(made).is_running) == (State.CHECKING, True)
    imports.end(made, State.CHECKED, COUNTS, {"faults": []})
    assert (found(made).state, dict(found(made).counts)) == (State.CHECKED, COUNTS)
    imports.begin_writing(made, WANG)
    assert found(made).state is State.WRITING
    imports.speak_for(made, {"done": 2, "total": 5})
    assert found(made).progress == {"done": 2, "total": 5}
    imports.end(made, State.DONE, COUNTS, {})
    assert (found(made).state, found(made).is_running) == (State.DONE, False)
    assert [each.id for each in imports.listed(0, 10)] == [made]
    assert imports.count() == 1


def test_the_log_keeps_who_wrote_which_file() -> None:
    made = begun()
    imports.end(made, State.CHECKED, COUNTS, {})
    assert audit.count() == 0
    imports.begin_writing(made, WANG)
    [entry] = audit.entries()
    assert (entry.action, entry.collection, entry.operator_name) == ("import", PRODUCT, "小王")
    assert entry.after == {"name": "产品.xlsx", "sha256": SHA, **COUNTS}


def test_one_import_runs_at_a_time() -> None:
    first = begun()
    with pytest.raises(AnotherRuns) as caught:
        begun()
    assert caught.value.running.id == first
    imports.end(first, State.FAILED, {}, {"problem": ["空", "empty"]})
    assert found(begun()).is_running


def test_an_import_that_nobody_speaks_for_was_interrupted() -> None:
    made = begun()
    ImportRow.update(seen=LONG_AGO).execute()
    assert (found(made).state, imports.running()) == (State.INTERRUPTED, None)
    assert found(begun()).is_running


@pytest.mark.parametrize("state", [state for state in State if state is not State.CHECKED])
def test_only_what_was_checked_is_written(state: State) -> None:
    made = begun()
    imports.end(made, state, {}, {})
    ImportRow.update(seen=LONG_AGO).execute()
    with pytest.raises(NotThere):
        imports.begin_writing(made, WANG)


def test_a_viewer_imports_nothing() -> None:
    with pytest.raises(Forbidden):
        imports.begin(PRODUCT, "产品.xlsx", SHA, VIEWER)
    made = begun()
    imports.end(made, State.CHECKED, COUNTS, {})
    with pytest.raises(Forbidden):
        imports.begin_writing(made, VIEWER)
