"""Writing what is encrypted anew with another key, row by row while servers run.

Every row is readable at every moment: both keys are there until no row needs the old one. A run that was
killed goes on with the next one, which passes over rows that have the new key.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from peewee import Expression, Model

from bai_wx.database.connection import database, locked
from bai_wx.record import data_keys, encryption
from bai_wx.record.data_keys import DataKey
from bai_wx.record.encryption import MARK, EncryptedAccessor, WrongPlace

CHUNK: Final = 200  # rows a transaction, some 20 ms
REST_S: Final = 0.005
"""Between two transactions, so that others get to write."""

Progress = Callable[[str, int], None]


class Unreadable(Exception):
    """Some texts do not open with any key: they were changed, or copied from another row."""


def rotate(models: Sequence[type[Model]], key: DataKey, progress: Progress) -> dict[str, int]:
    """Make `key` the only one that rows are encrypted with. Plain texts of older code are encrypted too.

    `progress` is called with a table and its number of rewritten rows so far. Returns: these numbers.
    Raises: `Unreadable` at the end, after which both keys are still in use; `DataKeyMissing`.
    """
    with database.atomic():
        # From here on servers encrypt with the new key; one that has no such key yet looks for it.
        data_keys.make_current(key)
    done: dict[str, int] = {}
    unreadable: list[str] = []
    for model in models:
        if names := encrypted_columns(model):
            table = model._meta.table_name
            done[table] = 0
            for count in _rewritten(model, names, key, unreadable):
                done[table] += count
                progress(table, done[table])
    if unreadable:
        raise Unreadable(f"{len(unreadable)} rows do not open, the first is {unreadable[0]}")
    with database.atomic():
        data_keys.forget_others(key)
    return done


def encrypted_columns(model: type[Model]) -> list[str]:
    """The names of a model's encrypted fields."""
    fields = model._meta.sorted_fields
    return [each.name for each in fields if each.accessor_class is EncryptedAccessor]


def _rewritten(
    model: type[Model], names: Sequence[str], key: DataKey, unreadable: list[str]
) -> Iterator[int]:
    """Write the rows that lack the key, some in a transaction each. Yields: how many they were."""
    order: Any = model._meta.primary_key
    last: Any = None
    while True:
        with database.atomic():
            later = (
                _lacks(model, names, key)
                if last is None
                else _lacks(model, names, key) & (order > last)
            )
            found: Any = locked(model.select().where(later).order_by(order).limit(CHUNK))
            rows = list(found)
            for row in rows:
                _rewrite(model, names, row, key, unreadable)
        if not rows:
            return
        yield len(rows)
        last = getattr(rows[-1], order.name)
        time.sleep(REST_S)


def _lacks(model: type[Model], names: Sequence[str], key: DataKey) -> Expression:
    """The condition that a row has a text which this key did not encrypt."""
    own = f"{MARK}{key.id}:"
    found: Any = None
    for name in names:
        column: Any = getattr(model, name)
        lacks = (column != "") & ~column.startswith(own)
        found = lacks if found is None else found | lacks
    return found  # type: ignore[no-any-return]  # Peewee is partly typed


def _rewrite(
    model: type[Model], names: Sequence[str], row: Any, key: DataKey, unreadable: list[str]
) -> None:
    changes: dict[str, str] = {}
    try:
        for name in names:
            changes |= encryption.columns_of(model, name, getattr(row, name), row.id, key)
    except WrongPlace as exc:
        unreadable.append(str(exc))
        return
    own: Any = model._meta.primary_key
    # Not `updated`: nobody has changed the row.
    model.update(changes).where(own == getattr(row, own.name)).execute()
