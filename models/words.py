"""The words of the dictionaries (`tbl_system_dict`): what is shown for a value that a row holds.

A dictionary is one row. Its values and their words stand in two texts, in the same order; operators have
written them as JSON (`["a","b"]`, also `{"a": "word"}`) and with bars (`a|b`), and both are understood.
"""

from functools import cache
from typing import Any

import orjson

from bai_wx.database.statement import Param, Statement
from bai_wx.record.collections import COLLECTIONS

DICTIONARIES = "tbl_system_dict"


def word(dict_name: str, value: str) -> str:
    """The word for a value in the dictionary of this name; `""` where it has none.

    A word that is not offered any more (`dict_word_is_enabled`) is still that of the rows that hold it.
    """
    row = _texts().row({"name": dict_name}) if value and DICTIONARIES in COLLECTIONS else None
    return words(*row).get(value, "") if row else ""


def words(enum: str, description: str) -> dict[str, str]:
    """The words by their values, from the two texts of a dictionary."""
    values, said = _parsed(enum), _parsed(description)
    for whole in (values, said):
        if isinstance(whole, dict):
            return {str(key): str(each) for key, each in whole.items()}
    return {str(key): str(each) for key, each in zip(values, said, strict=False)}


def _parsed(text: str) -> Any:
    """A list or an object: JSON where the text is JSON, else the parts between its bars."""
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        parsed = None
    if isinstance(parsed, (list, dict)):
        return parsed
    return [part.strip() for part in text.split("|")] if text else []


@cache
def _texts() -> Statement:
    model: Any = COLLECTIONS[DICTIONARIES]  # each collection has columns of its own
    named = (model.dict_name == Param("name")) & model.undeleted(model)
    return Statement(model.select(model.dict_word_enum, model.dict_word_description).where(named))
