"""The report of a take-over: what became of each row, what was changed on the way, what stays behind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from bai_wx.transfer.pocketbase.leftovers import LeftOut

SHOWN: Final = 20
"""Refusals that are shown in words; the JSON has all of them."""


class Fate(StrEnum):
    """What became of a row of the source. Each row has one."""

    WRITTEN = "written"
    UPDATED = "updated"
    JOINED = "joined"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REFUSED = "refused"


MEANINGS: Final[Mapping[Fate, str]] = {
    Fate.WRITTEN: "new here",
    Fate.UPDATED: "changed in the source since, and written again",
    Fate.JOINED: "joined with a user who had logged in here already",
    Fate.UNCHANGED: "here already, as in the source",
    Fate.KEPT: "changed or deleted here since, and kept as they are here",
    Fate.REFUSED: "refused",
}


class FileFate(StrEnum):
    """What became of a file of the source."""

    STORED = "stored"
    MISSING = "missing"
    DAMAGED = "damaged"
    UNSTORABLE = "unstorable"


FILE_PROBLEMS: Final[Mapping[FileFate, str]] = {
    FileFate.MISSING: "its file is not in the source",
    FileFate.DAMAGED: "its file is not the one whose MD5 PocketBase noted, and is not taken over",
    FileFate.UNSTORABLE: "its file has a name that cannot be served",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not written, or a file: `id` is the source's record id."""

    collection: str
    id: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.collection} {self.id}: {self.field} {self.reason}"


def _refused(*said: str) -> Refused:
    """Texts of the source may be no UTF-8; what is told of them is."""
    return Refused(*(each.encode(errors="backslashreplace").decode() for each in said))


@dataclass
class CollectionReport:
    """What became of the rows of one collection. `changed` counts by field and by what was done to it.

    `noted` counts rows by the key of their collection's `IMPORT_NOTES`, the `sentences`. `gone` is the number
    of rows that were taken over once, and are no longer in the source.
    """

    source: str
    sentences: Mapping[str, str] = field(default_factory=dict)
    noted: Counter[str] = field(default_factory=Counter)
    rows: Counter[Fate] = field(default_factory=Counter)
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)
    files: Counter[FileFate] = field(default_factory=Counter)
    gone: int = 0

    @property
    def read(self) -> int:
        """The number of rows of the source."""
        return self.rows.total()

    def to_json(self) -> dict[str, Any]:
        """Counts by name, and `changed` as a list."""
        changed = [
            {"field": name, "how": how, "rows": rows}
            for (name, how), rows in sorted(self.changed.items())
        ]
        return {
            "source": self.source,
            "read": self.read,
            **{fate.value: self.rows[fate] for fate in Fate},
            "gone": self.gone,
            "files": {fate.value: self.files[fate] for fate in FileFate},
            "changed": changed,
            "noted": dict(self.noted),
        }


@dataclass
class Report:
    """The report of one run. `how_read` says how the source was read; `notes` are sentences for people."""

    version: str
    how_read: str
    is_dry_run: bool
    collections: dict[str, CollectionReport] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    files_refused: list[Refused] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, collection: str, record_id: str, problems: list[tuple[str, str]]) -> None:
        """Count a row as refused, with every reason."""
        self.collections[collection].rows[Fate.REFUSED] += 1
        self.refused += [_refused(collection, record_id, *problem) for problem in problems]

    def note_file(self, collection: str, record_id: str, name: str, fate: FileFate) -> None:
        """Count a file, and tell of one that is not taken over."""
        counts = self.collections[collection]
        counts.files[fate] += 1
        if fate in FILE_PROBLEMS:
            counts.changed[name, FILE_PROBLEMS[fate]] += 1
            refused = _refused(collection, record_id, name, FILE_PROBLEMS[fate])
            self.files_refused.append(refused)

    @property
    def changes(self) -> int:
        """How many rows and files this run wrote; of a dry run: would write."""
        wrote = (Fate.WRITTEN, Fate.UPDATED, Fate.JOINED)
        each = self.collections.values()
        rows = sum(one.rows[fate] for one in each for fate in wrote)
        return rows + sum(one.files[FileFate.STORED] for one in each)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "version": self.version,
            "how_read": self.how_read,
            "dry_run": self.is_dry_run,
            "changes": self.changes,
            "collections": {name: each.to_json() for name, each in self.collections.items()},
            "refused": [asdict(each) for each in self.refused],
            "files_refused": [asdict(each) for each in self.files_refused],
            "not_taken_over": [asdict(each) for each in self.left_out],
            "notes": self.notes,
        }

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.is_dry_run:
            yield "a dry run: nothing is written; without --dry-run this would happen"
        yield f"PocketBase {self.version}, read {self.how_read}"
        for name, each in self.collections.items():
            yield from _collection(name, each)
        yield from _first("refused rows", self.refused)
        yield from _first("files that are not taken over", self.files_refused)
        if self.left_out:
            yield "not taken over:"
            yield from (f"  {each.kind} {each.name}: {each.count:,}" for each in self.left_out)
        yield from self.notes
        if not self.changes:
            yield "nothing changed"


def _collection(name: str, each: CollectionReport) -> Iterator[str]:
    renamed = f" (from {each.source})" if each.source != name else ""
    yield f"{name}{renamed}: {each.read:,} rows"
    yield from (f"  {MEANINGS[fate]}: {each.rows[fate]:,}" for fate in Fate if each.rows[fate])
    if each.gone:
        yield f"  no longer in the source, and left here as they are: {each.gone:,}"
    if each.files[FileFate.STORED]:
        yield f"  files stored: {each.files[FileFate.STORED]:,}"
    for (field_name, how), rows in sorted(each.changed.items()):
        yield f"  {field_name}: {how}: {rows:,}"
    for key, rows in sorted(each.noted.items()):
        yield f"  {each.sentences[key].format(f'{rows:,}')}"


def _first(title: str, refused: list[Refused]) -> Iterator[str]:
    if not refused:
        return
    yield f"{title}: {len(refused):,}"
    yield from (f"  {each}" for each in refused[:SHOWN])
    if len(refused) > SHOWN:
        yield f"  … and {len(refused) - SHOWN:,} more; --json lists all"
