"""Every example in the contract is what a real server says: the story is played and compared.

When an answer changes on purpose, `python -m tests.contract.record_examples` records it anew.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from bai_wx.contract import loader
from tests.contract.example_files import FILES, find_spots, write
from tests.contract.example_match import Renaming
from tests.contract.example_session import Seen
from tests.contract.example_story import play
from tests.contract.operations import SCAFFOLDED

SPOTS = find_spots()
OPERATIONS = {
    operation["operationId"]: operation for _, _, operation in loader.operations(loader.load())
}
JSON = "application/json"


@pytest.fixture(scope="module")
def played() -> dict[str, Seen]:
    """What the servers of the story were sent and answered."""
    return play(SPOTS)


@pytest.mark.parametrize("name", SPOTS)
def test_example_is_what_the_server_says(name: str, played: dict[str, Seen]) -> None:
    """The same status, keys and values, but for the ids, times and tokens a run makes anew."""
    if name not in played and name.split()[0] in SCAFFOLDED:
        pytest.skip("as bai-wx scaffold wrote it")
    assert name in played, "no step of example_story.py shows it"
    assert played[name].differences == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_has_recorded_examples(name: str) -> None:
    """Each JSON body has an example request, and each operation that answers JSON an example 2xx."""
    if name in SCAFFOLDED:
        pytest.skip("as bai-wx scaffold wrote it")
    operation = OPERATIONS[name]
    if JSON in operation.get("requestBody", {}).get("content", {}):
        assert any(spot.startswith(f"{name} request") for spot in SPOTS)
    for status, response in operation["responses"].items():
        if status.startswith("2") and JSON in response.get("content", {}):
            assert f"{name} {status}" in SPOTS


# --- the comparison bites ---

ORDER = {
    "id": "c1d2e3f4g5h6i7j",
    "order_id": "O-2",
    "created": "2026-11-24 08:00:00.000Z",
    "total": 1,
}


@pytest.mark.parametrize(
    ("shown", "agree"),
    [
        pytest.param({}, True, id="ids and times of another run"),
        pytest.param({"created": "2026-11-24 08:00:00Z"}, False, id="a time of another form"),
        pytest.param({"total": 2}, False, id="another number"),
        pytest.param({"total": 1.0}, False, id="a number of another kind"),
        pytest.param({"total": True}, False, id="no number at all"),
        pytest.param({"id": ""}, False, id="no id"),
        pytest.param({"id": "shop00000000001"}, False, id="an id of the demo shop"),
        pytest.param({"order_id": "O-1-edited"}, False, id="another id than at first"),
        pytest.param({"more": 1}, False, id="a key more"),
        pytest.param({"total": [1]}, False, id="a list"),
    ],
)
def test_comparison_of_an_edited_example(shown: dict[str, Any], agree: bool) -> None:
    """What somebody writes into an example by hand is found, unless a run makes it anew."""
    renaming = Renaming()
    renaming.fix({"items": [{"id": "shop00000000001"}]})
    assert not list(renaming.differences({"order_id": "O-1"}, {"order_id": "O-2"}, ""))
    example = {
        "id": "a1b2c3d4e5f6g7h",
        "order_id": "O-1",
        "created": "2026-11-23 08:00:00.000Z",
        "total": 1,
    }
    assert (not list(renaming.differences({**example, **shown}, ORDER, ""))) is agree


def test_a_recorded_answer_reads_back_and_leaves_the_rest(tmp_path: Path) -> None:
    """Writing what is there already changes no byte; writing another value changes that alone."""
    folder = tmp_path / "openapi-wx"
    shutil.copytree(FILES, folder)
    write({name: spot.value for name, spot in SPOTS.items()}, folder)
    assert [file.read_text("utf-8") for file in sorted(folder.iterdir())] == [
        file.read_text("utf-8") for file in sorted(FILES.iterdir())
    ]
    odd = {"yes": ["no", "1", 1, "[", "a: b", None, {}], "文": {"a": {"b": "# c", "d": "- e"}}}
    write({"cart_create 200": odd}, folder)
    assert {name: spot.value for name, spot in find_spots(folder).items()} == {
        **{name: spot.value for name, spot in SPOTS.items()},
        "cart_create 200": odd,
    }
