"""A run that cannot go on says why in a line."""

import pytest

from bench.failures import LoadFailed, Missing, need, told


def test_a_failure_ends_the_command_with_its_line() -> None:
    with pytest.raises(SystemExit) as ended, told():
        raise LoadFailed("W1 (view): bai-wx refused 3 of 100 requests")
    assert str(ended.value).endswith(": W1 (view): bai-wx refused 3 of 100 requests")


def test_a_missing_program_is_named_with_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Missing, match=r"pocketbase is not on the PATH: pip install .*bench"):
        need("pocketbase")
