"""Statements as libpq is sent them."""

import pytest

from bai_wx.database.sent import Bound, key_of, numbered


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a = %s AND b = %s", b"a = $1 AND b = $2", id="values"),
        pytest.param("a LIKE 'x%%' AND b = %s", b"a LIKE 'x%' AND b = $1", id="a percent sign"),
        pytest.param("'%%s' || %s", b"'%s' || $1", id="one before an s"),
    ],
)
def test_places_are_numbered(text: str, expected: bytes) -> None:
    """As libpq has them."""
    assert numbered(text) == expected


def test_a_text_is_prepared_for_the_types_of_its_values() -> None:
    """A number and a text in the same place are two statements of the server's."""
    number, text = (Bound("SELECT %s", [b"1"], types, [0]) for types in ((20,), (25,)))
    assert key_of(number) != key_of(text)
    assert key_of(Bound("SELECT 1", None, None, None)) == ("SELECT 1", ())
