"""Removing what is too old from a table whose rows belong to owners, one owner after the other.

Each statement that locks names one owner, so where rows lie apart by owner it asks one place.
"""

import time
from functools import cache
from typing import Any, Final

from peewee import Model, fn

from bai_wx.database.connection import database, locked, locks_rows
from bai_wx.database.statement import Param, Statement

CHUNK: Final = 500  # rows a transaction, some 5 ms
REST_S: Final = 0.005
"""Between two transactions of so many rows, so that others get to write."""


def remove_older(model: type[Model], moment: Any, before: str) -> int:
    """Remove the rows whose column `moment` is below a value. Returns: how many.

    Args: the primary key of `model` is `owner` and one column more.
    A row that somebody has locked is left for the next time, so that neither waits for the other.
    """
    total, removed = 0, 1
    while removed:
        found = _some(model, moment).rows({"before": before, "most": CHUNK})
        removed = sum(
            _remove_of(model, moment, {"owner": owner, "before": before})
            for owner in dict.fromkeys(row[0] for row in found)
        )
        total += removed
        time.sleep(REST_S if removed else 0)
    return total


def _remove_of(model: type[Model], moment: Any, values: dict[str, str]) -> int:
    """Remove one owner's, some in a transaction each. Returns: how many."""
    total, removed = 0, CHUNK
    while removed == CHUNK:
        with database.atomic():
            removed = _removing(model, moment).write({**values, "most": CHUNK}).rowcount
        total += removed
        time.sleep(REST_S if removed == CHUNK else 0)
    return total


@cache
def _some(model: type[Model], moment: Any) -> Statement:
    """The owners of some old rows, whosever they are: nothing is locked."""
    owner: Any = model._meta.fields["owner"]
    return Statement(model.select(owner).where(moment < Param("before")).limit(Param("most")))


@cache
def _removing(model: type[Model], moment: Any) -> Statement:
    """Removes some old rows of one owner that nobody has locked."""
    primary: Any = model._meta.primary_key
    owner, key = (model._meta.fields[name] for name in primary.field_names)
    mine = (owner == Param("owner")) & (moment < Param("before"))
    some = locked(model.select(key).where(mine).limit(Param("most")), skip=True)
    # An array is found once; PostgreSQL might run the query of an IN for each row.
    named = key == fn.ANY(fn.ARRAY(some)) if locks_rows() else key << some
    # The age again: PostgreSQL may let somebody renew the row before it is removed.
    return Statement(model.delete().where(mine, named))
