"""Long runs go on where they were stopped: a part counts when it is done, and not before."""

import json
from pathlib import Path

import pytest

from bench import long_runs
from bench.failures import BenchFailed
from bench.long_runs import Kind, Part, read_state, run

COLUMNS = ("seed",)


class Counted:
    """A kind of run whose parts come to 10 each, until one is to fail."""

    def __init__(self) -> None:
        self.parts, self.wrong, self.is_stopped = 0, list[str](), False

    def part(self, folder: Path, minutes: float) -> Part:
        assert (folder.is_dir(), minutes) == (True, 0.5)
        if self.is_stopped:
            raise KeyboardInterrupt
        self.parts += 1
        return Part(done=10, cells=[f"seed-{self.parts}"], wrong=self.wrong)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted()
    kind = Kind("Counted", "things", COLUMNS, goal=30, minutes=1, part=counted.part)
    monkeypatch.setitem(long_runs.KINDS, "counted", kind)
    return counted


def go(folder: Path, parts: int, *, resume: bool = False, goal: int = 30) -> list[str]:
    """Do some parts."""
    state, page = folder / "state", folder / "page.md"
    given = {"parts": parts, "minutes": 0.5, "goal": goal, "commit": "abc"}
    return run("counted", state, page=page, resume=resume, **given)  # type: ignore[arg-type]


def rows(folder: Path) -> list[str]:
    """The rows of the page, its head left out."""
    lines = (folder / "page.md").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("| 2")]


def test_a_run_goes_on_until_its_goal(counted: Counted, tmp_path: Path) -> None:
    """However it is cut into commands; each part adds its row."""
    assert go(tmp_path, 1) == []
    assert go(tmp_path, 5, resume=True) == []
    assert counted.parts == 3
    assert [row.split("|")[-2].strip() for row in rows(tmp_path)] == ["10", "20", "30"]
    assert (tmp_path / "page.md").read_text("utf-8").count("| finished |") == 1
    go(tmp_path, 5, resume=True, goal=40)
    assert counted.parts == 4


def test_a_stopped_part_counts_for_nothing(counted: Counted, tmp_path: Path) -> None:
    go(tmp_path, 1)
    before = (tmp_path / "state").read_text()
    counted.is_stopped = True
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path, 1, resume=True)
    assert (tmp_path / "state").read_text() == before
    assert len(rows(tmp_path)) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".new")] == []


def test_what_is_wrong_ends_the_run_and_is_kept(counted: Counted, tmp_path: Path) -> None:
    counted.wrong = ["an order is lost"]
    assert go(tmp_path, 3) == ["an order is lost"]
    assert counted.parts == 1
    assert json.loads((tmp_path / "state").read_text())["parts"][0]["wrong"] == counted.wrong


@pytest.mark.parametrize(
    ("text", "resume", "said"),
    [
        pytest.param('{"kind": "fuzz", "parts": []}', False, "--resume", id="not told to go on"),
        pytest.param('{"kind": "soak", "parts": []}', True, "is of soak", id="of another run"),
        pytest.param("half a", True, "is no state", id="no JSON"),
        pytest.param('{"kind": "fuzz", "parts": [{}]}', True, "is no state", id="no part"),
        pytest.param("[]", True, "is no state", id="no object"),
    ],
)
def test_a_state_that_is_not_ours_is_refused(
    tmp_path: Path, text: str, resume: bool, said: str
) -> None:
    """In one line, and left as it is."""
    file = tmp_path / "state"
    file.write_text(text)
    with pytest.raises(BenchFailed, match=said):
        read_state(file, "fuzz", resume=resume)
    assert file.read_text() == text


def test_no_state_is_a_run_that_begins(tmp_path: Path) -> None:
    assert read_state(tmp_path / "none", "fuzz", resume=True) == {"kind": "fuzz", "parts": []}
