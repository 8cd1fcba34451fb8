"""Operators are found by a name that needs no exact capitals; some texts are no names."""

import pytest
from peewee import Database

from bai_wx.console.accounts.errors import NameRefused, UnknownOperator
from bai_wx.console.accounts.operators import Operator, clean_name, name_key
from bai_wx.console.roles import Role
from tests.console.accounts.people import make_operator


@pytest.mark.parametrize(
    ("typed", "name", "key"),
    [
        pytest.param("  Wang.Fang ", "Wang.Fang", "wang.fang", id="spaces around it, capitals"),
        pytest.param("王 芳", "王 芳", "王 芳", id="a space inside"),
        pytest.param("ＡＢＣ", "ABC", "abc", id="full width"),
        pytest.param("Straße", "Straße", "strasse", id="folded, not only lowered"),
    ],
)
def test_a_name_has_one_form(typed: str, name: str, key: str) -> None:
    assert (clean_name(typed), name_key(typed)) == (name, key)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("x" * 41, id="too long"),
        pytest.param("a\nb", id="line break"),
        pytest.param("a\0b", id="NUL"),
        pytest.param("<b>", id="markup"),
        pytest.param("\ud800", id="half a character"),
    ],
)
def test_what_is_no_name(database: Database, typed: str) -> None:
    """It cannot be made, and is nobody's."""
    with pytest.raises(NameRefused):
        clean_name(typed)
    assert Operator.by_name(typed) is None
    with pytest.raises(UnknownOperator):
        Operator.named(typed)


def test_operators_are_found_and_listed(database: Database) -> None:
    anna, bert = make_operator("Anna"), make_operator("bert")
    assert Operator.named("ANNA").id == anna.id == Operator.find(anna.id).id
    assert [each.name for each in Operator.listed()] == ["Anna", "bert"]
    assert not bert.has_second_factor
    for unknown in ("nobody", "operator0000009", "operator000\0009", "", "\ud800"):
        with pytest.raises(UnknownOperator):
            Operator.find(unknown)


def test_who_is_the_last_admin(database: Database) -> None:
    """An editor never is; an admin is while every other one is disabled."""
    first, editor = make_operator("first", Role.ADMIN), make_operator("editor")
    assert Operator.is_last_admin(first)
    assert not Operator.is_last_admin(editor)
    second = make_operator("second", Role.ADMIN)
    assert not Operator.is_last_admin(first)
    second.status = "disabled"
    second.write("status")
    assert Operator.is_last_admin(first)
    assert not Operator.is_last_admin(second)
