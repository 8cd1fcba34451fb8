"""What loading a table is asked, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from bai_wx.record.base import Record
from bai_wx.record.problem_texts import Texts
from bai_wx.transfer.sheets.table import CellFault

MOST_FAULTS: Final = 1_000
"""Faults that a report lists; the file of the refused rows has all of them."""
MOST_CHANGES: Final = 20
"""Changed rows that a report lists with their values."""

READING: Final = "reading"
WRITING: Final = "writing"
UNDOING: Final = "undoing"

Progress = Callable[[str, int, int], None]
"""Told of the phase (`READING`, `WRITING`, `UNDOING`), the rows done, and the rows in all, 0 while unknown."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a table is loaded."""

    skip_bad: bool = False
    """Write the rows that are right, and report the others. Otherwise one refused row refuses all."""
    dry_run: bool = False
    """Report what would happen, and write nothing."""
    cleared: frozenset[str] = frozenset()
    """Fields that an empty cell empties. In others an empty cell leaves the row as it is."""
    pictures: Path | None = None
    """A zip or a folder whose files the cells of a relation to attachments name."""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A stored row that the table changes: the contract's values of the fields that differ."""

    line: int
    record_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass
class Report:
    """What came of a table, or would come of it (`dry_run`). Numbers are rows of the table."""

    collection: str
    sha256: str
    dry_run: bool = False
    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[CellFault] = field(default_factory=list)
    """The first `MOST_FAULTS`, by line."""
    more_faults: int = 0
    changes: list[ChangedRow] = field(default_factory=list)
    """The first `MOST_CHANGES`, by line."""
    pictures: int = 0
    """Files of `Options.pictures` that became attachments."""
    is_written: bool = False
    undone: int = 0
    """Rows that were written and taken back, because another was refused meanwhile."""
    kept: int = 0
    """Rows that could not be taken back: somebody has changed them since, or uses them."""
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """Rows read, created, changed, unchanged and refused."""
        names = ("read", "created", "changed", "unchanged", "refused")
        return {name: getattr(self, name) for name in names}

    @property
    def texts(self) -> Texts:
        """The outcome in Chinese and English."""
        return _chinese(self), _english(self)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON; each fault with its place."""
        return asdict(self)

    def note(self, faults: Sequence[CellFault]) -> None:
        """Count a refused row."""
        self.refused += 1
        room = MOST_FAULTS - len(self.faults)
        self.faults.extend(faults[:room])
        self.more_faults += max(len(faults) - room, 0)


AuditNote: TypeAlias = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""The record id of a row, and the contract's values of its changed fields, before and after."""


class Operator(Protocol):
    """For whom rows are loaded: whose entries the audit log gets."""

    def note(
        self,
        action: str,
        model: type[Record],
        entries: Sequence[AuditNote],
        reason: str,
    ) -> None:
        """Add an entry to the audit log for each row, in the transaction that writes the rows.

        `action` is `create`, `change`, `delete` or `upload`.
        """

    def last_change(self, model: type[Record], record_id: str, updated: str) -> str:
        """The name of the operator whose change set this `updated`; `""` where it was none."""


def _chinese(report: Report) -> str:
    numbers = f"读取 {report.read:,} 行"
    if report.dry_run or report.is_written:
        done = "将" if report.dry_run else "已"
        return (
            f"{numbers}：{done}新建 {report.created:,}，{done}修改 {report.changed:,}，"
            f"无变化 {report.unchanged:,}，有错 {report.refused:,}。"
        )
    kept = f"有 {report.kept:,} 行已被他人修改或使用，未能撤回。" if report.kept else ""
    return f"{numbers}，有错 {report.refused:,} 行，没有写入。{kept}"


def _english(report: Report) -> str:
    numbers = f"{report.read:,} rows read"
    if report.dry_run or report.is_written:
        would = "would be " if report.dry_run else ""
        return (
            f"{numbers}: {report.created:,} {would}created, {report.changed:,} {would}changed,"
            f" {report.unchanged:,} unchanged, {report.refused:,} refused"
        )
    kept = f"; {report.kept:,} rows stay, which others have changed or use" if report.kept else ""
    return f"{numbers}, {report.refused:,} refused; nothing is written{kept}"
