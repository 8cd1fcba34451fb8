"""Rows of the source on their way into our tables."""

from dataclasses import dataclass, field
from typing import Any, Final

from bai_wx.record.base import FieldValues
from bai_wx.transfer.pocketbase.journal import Entry
from bai_wx.transfer.pocketbase.report import Fate
from bai_wx.transfer.row_reader import Problem

LOST: Final = "ids that lead to no row, left out"


@dataclass(slots=True)
class Arrival:
    """A translated row: the contract's `values` and their fingerprint, and what is found out about it.

    `entry` is what the journal says of it, `row` our row as it stands, `whole` the columns that are to be.
    """

    source_id: str
    values: dict[str, Any]
    fingerprint: str
    changes: list[tuple[str, str]]
    entry: Entry | None = None
    row: FieldValues | None = None
    whole: FieldValues = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    fate: Fate | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def row_id(self) -> str:
        """The id of our row: the source's, unless the journal knows another."""
        return self.entry.row_id if self.entry else str(self.values["id"])

    @property
    def is_of_another_id(self) -> bool:
        """Whether our row has another id than the source's: that of a user who logged in here before."""
        return bool(self.row_id != self.values["id"])

    def refuse(self, *problems: Problem) -> None:
        """Refuse it."""
        self.problems += problems
        self.fate = Fate.REFUSED

    def differences(self) -> FieldValues:
        """The columns of our row that are to change."""
        row = self.row or {}
        return {name: held for name, held in self.whole.items() if held != row.get(name)}

    def overlay(self) -> None:
        """Let `whole` be our row with the source's values over it; what was made for ours stays."""
        assert self.row is not None
        self.whole = self.row | {name: self.whole[name] for name in self.given}
