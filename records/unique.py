"""Which fields a unique index refused."""

import re
from typing import Final

from peewee import IntegrityError

from models.base import Record
from models.problems import NOT_UNIQUE, Problems

_SQLITE: Final = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")


def problems_of(model: type[Record], error: IntegrityError) -> Problems:
    """Note every field of the violated index; nothing when the error says something else.

    Another database says it in other words: this is the one place that reads them.
    """
    found = _SQLITE.search(str(error))
    if found is None:
        return {}
    columns = (column.rpartition(".")[2] for column in found["columns"].split(", "))
    return {model._meta.columns[column].name: NOT_UNIQUE for column in columns}
