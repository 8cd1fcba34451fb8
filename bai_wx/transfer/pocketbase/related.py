"""Relations of arriving rows: each must lead to a row that is here."""

from collections.abc import Iterable

from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, relations
from bai_wx.record.fields import RecordField
from bai_wx.transfer.pocketbase import journal
from bai_wx.transfer.pocketbase.arrivals import LOST, Arrival
from bai_wx.transfer.references import existing_ids


def mend(model: type[Record], arrivals: Iterable[Arrival]) -> None:
    """Let relations name rows that are here: those joined with another row name that one.

    A required relation that leads to no row refuses its own, another is left out and told.
    """
    some = list(arrivals)
    for each in relations(model):
        named = {i for one in some for i in each.record_ids(one.whole[each.name])}
        found = _found(model, each, named, {one.row_id for one in some})
        for one in some:
            _mend_row(each, one, found)


def _found(
    model: type[Record], each: RecordField, named: set[str], arriving: set[str]
) -> dict[str, str]:
    """Our record id by the one that a row names."""
    target = COLLECTIONS[each.target]
    there = existing_ids(target, named)
    if target is model:
        there |= named & arriving
    entries = journal.find(each.target, named - there)
    joined = {source_id: entry.row_id for source_id, entry in entries.items()}
    left = existing_ids(target, joined.values())
    return {i: i for i in there} | {i: row for i, row in joined.items() if row in left}


def _mend_row(each: RecordField, one: Arrival, found: dict[str, str]) -> None:
    held = each.record_ids(one.whole[each.name])
    lost = [record_id for record_id in held if record_id not in found]
    if lost and each.required:
        one.refuse((each.name, f"points at {lost[0]}, which {each.target} does not have"))
        return
    kept = list(dict.fromkeys(found[record_id] for record_id in held if record_id in found))
    if lost:
        one.changes.append((each.name, LOST))
    if kept != list(held):
        one.whole[each.name] = each.holding(kept)
