"""A translated row, and what was done to it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bai_wx.transfer.pocketbase.field_values import Fitted


class Change(NamedTuple):
    """A value that is not written as it was found. `how` is one of few sentences, to be counted by."""

    field: str
    how: str


class Refusal(NamedTuple):
    """Why a row cannot be taken over."""

    field: str
    reason: str


@dataclass(slots=True)
class Translated:
    """A row by the contract's names, as `SourceRow.values` has it, and what was done to it.

    A row with `refused` is not written. Relations hold record ids of rows of the source.
    """

    values: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def put(self, name: str, found: Fitted) -> None:
        """Set a value, and tell how it was bent."""
        self.values[name] = found.value
        if found.how:
            self.tell(name, found.how)

    def drop(self, name: str, how: str) -> None:
        """Leave a value out, so that the server makes one, and tell why."""
        self.values.pop(name, None)
        self.tell(name, how)

    def tell(self, name: str, how: str) -> None:
        """Tell what was done to a value."""
        self.changes.append(Change(name, how))

    def refuse(self, name: str, reason: str) -> None:
        """Refuse the row."""
        self.refused.append(Refusal(name, reason))
