"""The take-over: every row and file of a PocketBase, in chunks that are whole or not there.

It may be killed at any moment and run again: rows that are here already are told by the journal, files that
are not noted there are copied again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from bai_wx.database.connection import database, keeps_nul, refresh_statistics
from bai_wx.record import old_secrets
from bai_wx.record.base import Record
from bai_wx.record.collections import targets_first, targets_of
from bai_wx.transfer.pocketbase import journal
from bai_wx.transfer.pocketbase.arrivals import Arrival
from bai_wx.transfer.pocketbase.copying import Copying, Place
from bai_wx.transfer.pocketbase.leftovers import left_out
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.pb_data import PbData, PbRow
from bai_wx.transfer.pocketbase.report import CollectionReport, Fate, FileFate, Report
from bai_wx.transfer.pocketbase.row_writer import RowWriter
from bai_wx.transfer.pocketbase.translating import Translator
from bai_wx.transfer.row_reader import Check, no_check

CHUNK: Final = 250
"""Rows a transaction: other writers wait for some ten milliseconds."""

FILES_ON_S3: Final = (
    "PocketBase keeps its files in a bucket: copy them to its storage/ and run this again"
)
KEPT_ANEW: Final = (
    "the tokens of {} hold again; they had not since, for example, `bai-wx secret drop-old`"
)

Progress = Callable[[str, int, int], None]
"""Called after each chunk with the collection, its rows so far and all of them."""


def _no_progress(collection: str, rows: int, total: int) -> None:
    """Progress that is not shown."""


@dataclass(frozen=True)
class Options:
    """How to take over.

    `own_secret` is the server's secret: a source that has the same needs none kept. `may_hold_nul` says whether
    the database can store a NUL, None is as the present one.
    """

    check: Check = no_check
    progress: Progress = _no_progress
    own_secret: str = ""
    is_dry_run: bool = False
    may_hold_nul: bool | None = None


def take_over(data: PbData, mapping: SourceMapping, copying: Copying, options: Options) -> Report:
    """Take over what is new or has changed in the source. Returns: what became of every row.

    Raises: `PocketBaseRefused`, `OSError` and `ServiceUnavailable`, after which it can be run again.
    """
    report = Report(data.version_hint, data.how_read, options.is_dry_run)
    _keep_secrets(data, mapping, report, options)
    work = _Work(data, mapping, Translator(data, mapping), copying, report, options)
    sources = {ours: old for old, ours in mapping.collections.items()}
    for model in users_first():
        if model.collection() in sources:
            _Collection(work, sources[model.collection()], model).run()
    refresh_statistics()
    report.left_out += left_out(data, mapping)
    if data.keeps_files_on_s3:
        report.notes.append(FILES_ON_S3)
    return report


def users_first() -> list[type[Record]]:
    """The collections, each after those its relations point at, and users as early as they can be.

    Users say which attachments are identity papers: with them here already, no such attachment is shown
    to others for a moment.
    """
    order = targets_first()
    early: list[type[Record]] = []
    for model in order:
        if model.COLLECTION_TYPE == "auth":
            early += [each for each in order if each.collection() in targets_of(model)] + [model]
    return list(dict.fromkeys([*_with_targets(early, order), *order]))


def _with_targets(wanted: list[type[Record]], order: list[type[Record]]) -> list[type[Record]]:
    """These collections and all that they depend on, in this order."""
    names = {each.collection() for each in wanted}
    for model in reversed(order):
        if model.collection() in names:
            names |= targets_of(model)
    return [each for each in order if each.collection() in names]


def _keep_secrets(data: PbData, mapping: SourceMapping, report: Report, options: Options) -> None:
    """Let the tokens of the source's users hold here."""
    auth = {each.collection() for each in targets_first() if each.COLLECTION_TYPE == "auth"}
    for old in (old for old, ours in mapping.collections.items() if ours in auth):
        secret = data.collections[old].auth_secret
        if secret is None:
            report.notes.append(
                f"the secret of the tokens of {old} is not known: its users log in again"
            )
        elif secret != options.own_secret:
            lifetime_s = data.collections[old].auth_lifetime_s or old_secrets.LONGEST_USUAL_S
            source_id = data.collections[old].id
            is_later_run = journal.count(mapping.collections[old]) > 0
            if is_later_run and secret not in old_secrets.secrets_of(source_id):
                report.notes.append(KEPT_ANEW.format(old))
            old_secrets.keep(source_id, secret, lifetime_s)


@dataclass(frozen=True)
class _Work:
    """What the take-over of every collection needs."""

    data: PbData
    mapping: SourceMapping
    translator: Translator
    copying: Copying
    report: Report
    options: Options


class _Collection:
    """The take-over of one collection."""

    def __init__(self, work: _Work, source: str, model: type[Record]) -> None:
        self._work, self._source, self._model = work, source, model
        self._name = model.collection()
        options = work.options
        may_hold_nul = keeps_nul() if options.may_hold_nul is None else options.may_hold_nul
        self._writer = RowWriter(model, options.check, may_hold_nul=may_hold_nul)
        self._files = [name for name, each in model.record_fields().items() if each.is_file]
        self._counts = CollectionReport(source, model.IMPORT_NOTES)
        self._seen = 0
        work.report.collections[self._name] = self._counts

    def run(self) -> None:
        """Take over its rows, chunk by chunk."""
        total = self._work.data.count(self._source)
        for rows in _chunks(row for _, row in self._work.data.rows(self._source)):
            arrivals = [self._arrival(row) for row in rows]
            self._writer.write(arrivals)
            for each in arrivals:
                self._count(each)
            if self._files:
                self._take_files([each for each in arrivals if each.entry is not None])
            self._seen += sum(each.entry is not None for each in arrivals)
            self._work.options.progress(self._name, self._counts.read, total)
        self._counts.gone = journal.count(self._name) - self._seen

    def _arrival(self, row: PbRow) -> Arrival:
        made = self._work.translator.translate(self._source, row)
        source_id = str(row.get("id"))
        changes = [(each.field, each.how) for each in made.changes]
        arrival = Arrival(source_id, made.values, "", changes)
        if made.refused:
            arrival.refuse(*((each.field, each.reason) for each in made.refused))
        else:
            arrival.fingerprint = journal.fingerprint(made.values)
        return arrival

    def _count(self, each: Arrival) -> None:
        if each.fate is Fate.REFUSED:
            self._work.translator.note_refused(self._source, each.source_id)
            self._work.report.refuse(self._name, each.source_id, each.problems)
            return
        assert each.fate is not None
        self._counts.rows[each.fate] += 1
        self._counts.changed.update(each.changes)
        self._counts.noted.update(each.notes)

    def _take_files(self, arrivals: list[Arrival]) -> None:
        """Store the files that are not here yet; each is noted before it may leave the source."""
        stored, here = list[str](), list[Place]()
        for each in arrivals:
            if each.entry is None or each.fate is Fate.REFUSED:
                continue
            places = list(self._places(each))
            if not each.entry.has_files:
                if not self._stored(each, places):
                    continue
                stored.append(each.source_id)
            here += places
        if stored:
            with database.atomic():
                journal.note_files(self._name, stored)
        for place in here:
            self._work.copying.release(place)

    def _stored(self, each: Arrival, places: list[Place]) -> bool:
        """Store the files of a row. Returns: whether all of them are here now."""
        fates = []
        for place, name in zip(places, self._named(each), strict=True):
            fate = self._work.copying.take(place)
            self._work.report.note_file(self._name, each.source_id, name, fate)
            fates.append(fate)
        return all(fate is FileFate.STORED for fate in fates)

    def _named(self, each: Arrival) -> Iterator[str]:
        """The fields in which a row names a file."""
        return (name for name in self._files if each.values.get(name))

    def _places(self, each: Arrival) -> Iterator[Place]:
        for name in self._named(each):
            said = str(each.values[name])
            yield Place(self._source, each.source_id, self._name, each.row_id, said)


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while some := list(islice(left, CHUNK)):
        yield some
