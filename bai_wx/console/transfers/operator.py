"""For whom a table is loaded, as loading asks: the operator, whose entries the audit log gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bai_wx.console import audit
from bai_wx.console.acting import Acting
from bai_wx.record.base import Record


@dataclass(frozen=True, slots=True)
class LoadingOperator:
    """An operator of the console, or the command line. It is an `Operator` of `transfer.loading.report`."""

    acting: Acting

    def note(
        self,
        action: str,
        model: type[Record],
        entries: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]],
        reason: str,
    ) -> None:
        """Add an entry for each row: its record id, and the contract's values before and after."""
        audit.note_all(self.acting, action, model, entries, reason)

    def last_change(self, model: type[Record], record_id: str, updated: str) -> str:
        """Who made the row what it has been since `updated`; `""` where that was no operator."""
        for entry in audit.history_of(model.collection(), record_id, limit=1):
            if entry.after.get("updated") == updated:
                return entry.operator_name
        return ""
