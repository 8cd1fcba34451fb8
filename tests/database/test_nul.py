"""Texts with a NUL, which PostgreSQL cannot store."""

from typing import Any

import pytest

from bai_wx.database.nul import NUL_STAND_IN, holds_nul, without_nul


@pytest.mark.parametrize(
    ("values", "holds", "searched"),
    [
        pytest.param(["a\0b", 1], True, [f"a{NUL_STAND_IN}b", 1], id="in a text"),
        pytest.param(["a", None, 0, b"\0"], False, ["a", None, 0, b"\0"], id="in no text"),
        pytest.param([], False, [], id="no values"),
    ],
)
def test_a_nul_is_found_and_replaced(values: list[Any], holds: bool, searched: list[Any]) -> None:
    assert holds_nul(values) is holds
    assert without_nul(values) == searched


def test_a_statement_without_values_holds_none() -> None:
    assert not holds_nul(None)
