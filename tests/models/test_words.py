"""The words of dictionaries, in each form in which operators have written them."""

import pytest

from models.dict import Dictionary
from models.words import word, words


@pytest.mark.parametrize(
    ("enum", "description", "expected"),
    [
        pytest.param("a|b", "甲|乙", {"a": "甲", "b": "乙"}, id="bars"),
        pytest.param(" a | b ", "甲 | 乙", {"a": "甲", "b": "乙"}, id="bars with spaces"),
        pytest.param('["a","b"]', '["甲","乙"]', {"a": "甲", "b": "乙"}, id="JSON"),
        pytest.param("[1,2]", '["甲","乙"]', {"1": "甲", "2": "乙"}, id="numbers"),
        pytest.param('["a","b"]', "甲|乙", {"a": "甲", "b": "乙"}, id="one of each"),
        pytest.param("a", "甲", {"a": "甲"}, id="one value"),
        pytest.param("1", "甲", {"1": "甲"}, id="a number alone is a value"),
        pytest.param('{"a":"甲"}', "", {"a": "甲"}, id="an object of words"),
        pytest.param("a|b", '{"a":"甲","b":"乙"}', {"a": "甲", "b": "乙"}, id="words by value"),
        pytest.param("a|b", "甲", {"a": "甲"}, id="a word short"),
        pytest.param("a", "甲|乙", {"a": "甲"}, id="a word too many"),
        pytest.param("[a", "甲", {"[a": "甲"}, id="no JSON after all"),
        pytest.param("", "", {}, id="nothing"),
    ],
)
def test_words_by_value(enum: str, description: str, expected: dict[str, str]) -> None:
    assert words(enum, description) == expected


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("users_level", "vip", "贵宾", id="known"),
        pytest.param("users_level", "normal", "普通用户", id="one that is not offered any more"),
        pytest.param("users_level", "gone", "", id="no such value"),
        pytest.param("users_level", "", "", id="no value"),
        pytest.param("deleted", "vip", "", id="a deleted dictionary"),
        pytest.param("nothing", "vip", "", id="no such dictionary"),
    ],
)
def test_the_word_of_a_value(name: str, value: str, expected: str) -> None:
    """A dictionary is found by its name, deleted ones are not."""
    said = {"dict_word_enum": '["normal","vip"]', "dict_word_description": "普通用户|贵宾"}
    Dictionary.create(dict_name="users_level", **said, dict_word_is_enabled="[false,true]")
    Dictionary.create(dict_name="deleted", **said, is_delete=1)
    assert word(name, value) == expected
