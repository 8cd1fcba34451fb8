"""Writes arriving rows of one collection, a chunk in a transaction with its entries of the journal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from peewee import IntegrityError

from bai_wx.database.connection import database, lock_name, locked
from bai_wx.database.statement import Statement
from bai_wx.record import clock, data_keys, encrypted, old_secrets
from bai_wx.record.base import FieldValues, Record
from bai_wx.record.collections import COLLECTIONS, relations
from bai_wx.record.encryption import indexes_of
from bai_wx.record.fields import Bool
from bai_wx.transfer import bulk_insert
from bai_wx.transfer.pocketbase import journal, related
from bai_wx.transfer.pocketbase.arrivals import Arrival
from bai_wx.transfer.pocketbase.journal import Entry
from bai_wx.transfer.pocketbase.layout import PocketBaseRefused
from bai_wx.transfer.pocketbase.report import Fate
from bai_wx.transfer.references import References
from bai_wx.transfer.row_reader import Check, RowReader

LOCK: Final = "take-over from PocketBase"
TOKEN_KEY: Final = "token_key"
NOT_JOINED: Final = frozenset({"id", "created", "updated", "is_delete", TOKEN_KEY})
"""What a joined user keeps of its own, whatever the source says."""


class RowWriter:
    """Decides what becomes of each row, and writes what is new or has changed in the source."""

    def __init__(self, model: type[Record], check: Check, *, may_hold_nul: bool) -> None:
        self._model, self._name = model, model.collection()
        self._reader = RowReader(model, check, may_hold_nul=may_hold_nul)
        self._names = tuple(model._meta.sorted_field_names)
        self._files = [name for name, f in model.record_fields().items() if f.is_file]
        self._encrypted = encrypted.fields_of(model)
        self._is_auth = model.COLLECTION_TYPE == "auth" and model.OWNER is not None

    def write(self, arrivals: Sequence[Arrival]) -> None:
        """Settle the fate of every arrival. Raises: `PocketBaseRefused` where another take-over runs."""
        entries = journal.find(self._name, [each.source_id for each in arrivals])
        for each in arrivals:
            each.entry = entries.get(each.source_id)
        self._pass_known([each for each in arrivals if each.fate is None])
        waiting = [each for each in arrivals if each.fate is None]
        for each in waiting:
            self._read(each)
        waiting = [each for each in waiting if each.fate is None]
        if waiting:
            with database.atomic():
                lock_name(LOCK)
                self._write(waiting)

    def _pass_known(self, arrivals: list[Arrival]) -> None:
        """Rows that are in the source as they were: ours is unchanged too, or is kept."""
        known = [
            (each, each.entry)
            for each in arrivals
            if each.entry and each.entry.fingerprint == each.fingerprint
        ]
        moments = self._moments(entry.row_id for _, entry in known)
        for each, entry in known:
            is_left = moments.get(entry.row_id) == entry.updated
            each.fate = Fate.UNCHANGED if is_left else Fate.KEPT

    def _moments(self, row_ids: Iterable[str]) -> dict[str, str]:
        """When our rows were changed last."""
        columns = (self._model.id, self._model.updated)
        named = self._model.select(*columns).where(self._model.id << list(row_ids))
        return dict(Statement(named).rows({}))

    def _read(self, each: Arrival) -> None:
        read = self._reader.read(each.values)
        each.whole, each.given = read.values, read.given
        each.notes = read.notes
        if read.problems:
            each.refuse(*read.problems)

    def _write(self, arrivals: list[Arrival]) -> None:
        """Write in the caller's transaction, which holds the lock."""
        if self._reader.key_id:
            data_keys.hold(self._reader.key_id)
        self._refuse_second_run(arrivals)
        self._find_ours(arrivals)
        self._settle([each for each in arrivals if each.fate in (None, Fate.JOINED)])
        for each in arrivals:
            self._decide(each)
        self._insert([each for each in arrivals if each.fate is Fate.WRITTEN])
        for each in arrivals:
            if each.fate in (Fate.UPDATED, Fate.JOINED):
                self._update(each)
        journal.write(self._name, dict(self._entries(arrivals)))
        self._settle_others(arrivals)

    def _refuse_second_run(self, arrivals: list[Arrival]) -> None:
        now = journal.find(self._name, [each.source_id for each in arrivals])
        if any(now.get(each.source_id) != each.entry for each in arrivals):
            raise PocketBaseRefused("another take-over runs on this database; let it end first")

    def _find_ours(self, arrivals: list[Arrival]) -> None:
        """Find our row of each arrival: by its id; of a user who logged in here before, by its openid."""
        rows = self._rows("id", [each.row_id for each in arrivals])
        for each in arrivals:
            each.row = rows.get(each.row_id)
        if self._is_auth:
            self._find_joined([each for each in arrivals if not each.entry and not each.row])
        for each in arrivals:
            if each.fate is None and each.entry and each.row is None:
                each.fate = Fate.KEPT  # removed here for good
            elif each.fate is None and each.row is not None:
                self._overlay(each, each.row)

    def _find_joined(self, arrivals: list[Arrival]) -> None:
        owner = str(self._model.OWNER)
        rows = self._rows(owner, [each.whole[owner] for each in arrivals])
        taken = journal.taken(self._name, [row["id"] for row in rows.values()])
        for each in arrivals:
            row = rows.get(each.whole[owner])
            if row is None:
                continue
            if row["id"] in taken:
                each.refuse((owner, bulk_insert.NOT_UNIQUE))
                continue
            taken.add(row["id"])
            each.row, each.fate = row, Fate.JOINED
            self._reseal(each, row)
            self._join(each, row)

    def _reseal(self, each: Arrival, row: FieldValues) -> None:
        """Bind encrypted values to our row, and keep the row's own where the number is the same.

        Two ciphertexts of one number differ: the row would look changed.
        """
        for name in self._encrypted:
            theirs = encrypted.revealed(self._model, {name: each.whole[name]}, each.whole["id"])
            ours = encrypted.revealed(self._model, {name: row[name]}, row["id"])
            columns = {name, *(index.name for index in indexes_of(self._model, name))}
            if theirs == ours:
                each.whole |= {column: row[column] for column in columns}
            else:
                each.whole |= self._reader.sealed(theirs, row["id"])
                each.given |= columns if name in each.given else frozenset()

    def _overlay(self, each: Arrival, row: FieldValues) -> None:
        """Lay the source's values over our row; a joined one keeps its own in every run."""
        self._reseal(each, row)
        if each.is_of_another_id:
            self._join(each, row)
        else:
            each.overlay()
            self._model.fill_derived(each.whole)

    def _join(self, each: Arrival, row: FieldValues) -> None:
        """Fill what is still empty, or as it began, in the row of a user who logged in here before."""
        fields = self._model.record_fields()
        wanted = {
            name
            for name in each.given & fields.keys() - NOT_JOINED
            if not isinstance(fields[name], Bool)
            and row[name] in (fields[name].zero, fields[name].first)
        }
        key = each.whole.get(TOKEN_KEY, "") if TOKEN_KEY in each.given else ""
        for name in wanted & set(self._encrypted):
            wanted |= {index.name for index in indexes_of(self._model, name)}
        each.given = frozenset(wanted)
        each.overlay()
        self._model.fill_derived(each.whole)
        known = old_secrets.joined(each.source_id)
        if key and (known is None or known.token_key != key):
            # A new key here has ended the old tokens: joining the same one again would revive them.
            old_secrets.join(each.source_id, key, row["id"], row[TOKEN_KEY])

    def _rows(self, by: str, values: list[str]) -> dict[str, FieldValues]:
        """Our whole rows by the values of a column, locked: somebody may be about to change one."""
        select = self._model.select(*(getattr(self._model, name) for name in self._names))
        named = select.where(getattr(self._model, by) << values).order_by(self._model.seq)
        found = Statement(locked(named)).rows({})
        rows = [dict(zip(self._names, row, strict=True)) for row in found]
        return {row[by]: row for row in rows}

    def _settle(self, arrivals: list[Arrival]) -> None:
        """Settle relations and the texts that are made of them."""
        if not any(relations(self._model)):
            return
        related.mend(self._model, arrivals)
        found = References(self._model, [each.whole for each in arrivals], Counter())
        for each in arrivals:
            found.settle(each.whole, lambda *_: None)  # ids that lead nowhere are mended already

    def _decide(self, each: Arrival) -> None:
        """Say what becomes of an arrival, where that is not said yet."""
        if each.fate is not None:
            return
        if each.row is None:
            each.fate = Fate.WRITTEN
        elif not each.differences():
            each.fate = Fate.UNCHANGED
        elif each.entry and each.row["updated"] == each.entry.updated:
            each.fate = Fate.UPDATED
        else:
            each.fate = Fate.KEPT

    def _insert(self, arrivals: list[Arrival]) -> None:
        columns = self._reader.columns
        rows = [tuple(each.whole[name] for name in columns) for each in arrivals]
        for place, names in bulk_insert.insert(self._model, columns, rows):
            arrivals[place].refuse((names, bulk_insert.NOT_UNIQUE))

    def _update(self, each: Arrival) -> None:
        assert each.row is not None
        changes = each.differences()
        if changes and "updated" not in changes:
            changes["updated"] = each.whole["updated"] = clock.after(each.row["updated"])
        if not changes:
            return
        try:
            with database.atomic():
                self._model.update(changes).where(self._model.seq == each.row["seq"]).execute()
        except IntegrityError as exc:
            names = bulk_insert.columns_of(self._model, exc)
            each.refuse((names, bulk_insert.NOT_UNIQUE))

    def _entries(self, arrivals: list[Arrival]) -> Iterable[tuple[str, Entry]]:
        """The journal's entries of rows that are here as the source has them now."""
        for each in arrivals:
            if each.fate in (Fate.REFUSED, Fate.KEPT):
                continue
            each.entry = Entry(
                each.whole["id"], each.fingerprint, each.whole["updated"], self._has_files(each)
            )
            yield each.source_id, each.entry

    def _has_files(self, each: Arrival) -> bool:
        """Whether no file of the row is to be stored any more."""
        had = bool(each.entry and each.entry.has_files)
        row = each.row or {}
        return all(not each.whole[n] or (had and each.whole[n] == row[n]) for n in self._files)

    def _settle_others(self, arrivals: list[Arrival]) -> None:
        """Settle what follows from users and files together, before anybody can see these rows."""
        wrote = any(each.fate in (Fate.WRITTEN, Fate.UPDATED, Fate.JOINED) for each in arrivals)
        if wrote and (self._is_auth or self._files):
            for model in COLLECTIONS.values():
                model.settle_import()
