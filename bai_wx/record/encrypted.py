"""The kind of field that is encrypted at rest, and the values of rows that have such fields."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bai_wx.record import encryption
from bai_wx.record.data_keys import DataKey
from bai_wx.record.encryption import EncryptedAccessor, is_sealed
from bai_wx.record.fields import Text


class Encrypted(Text):
    """A personal number: encrypted in its column, bound to the row's id, plain to Python (`encryption`).

    `row.users_phone` is the number; `row.__data__`, columns, `FieldValues` and exports hold the ciphertext. SQL
    can neither show nor compare it, so it stands only in a collection that clients cannot list; a `BlindIndex`
    beside it finds rows.
    """

    accessor_class = EncryptedAccessor
    json_in_python = "reveal({0}, {1})"

    def from_import(self, value: Any) -> str:
        """The plain text, or the ciphertext of an export, which only its own row's id opens."""
        return value if isinstance(value, str) and is_sealed(value) else super().from_import(value)


@cache
def fields_of(model: Any) -> tuple[str, ...]:
    """The names of a collection's encrypted fields."""
    return tuple(each.name for each in model._meta.sorted_fields if isinstance(each, Encrypted))


def sealed(
    model: Any, values: Mapping[str, Any], record_id: str, key: DataKey | None = None
) -> dict[str, Any]:
    """Values of a row, plain, as its columns hold them; blind indexes are added.

    `key` is by default the current one. Raises: `DataKeyMissing`.
    """
    held = dict(values)
    for name in fields_of(model):
        if name in values:
            held |= encryption.columns_of(model, name, values[name], record_id, key)
    return held


def revealed(model: Any, values: Mapping[str, Any], record_id: str) -> dict[str, Any]:
    """Values of a row as its columns hold them, with the plain texts of encrypted ones.

    Raises: `DataKeyMissing`, `WrongPlace` for a text that is not this row's.
    """
    table = model._meta.table_name
    plain = {
        name: encryption.reveal(values[name], table, name, record_id)
        for name in fields_of(model)
        if name in values
    }
    return {**values, **plain}
