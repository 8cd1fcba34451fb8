"""Rows that go out: which columns, in which order, and what stays here.

Personal numbers go out masked, as lists show them; only an admin who asks for them gets them whole, and the
audit log says so. What was read from identity papers goes out to nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import Expression

from bai_wx.console import audit, rows
from bai_wx.console.acting import Acting
from bai_wx.console.audit import Action
from bai_wx.console.masking import MASKED, PAPER_TEXT, masked
from bai_wx.console.roles import Permission
from bai_wx.database.connection import request_connection
from bai_wx.errors import Forbidden
from bai_wx.record import row_values
from bai_wx.record.base import Record

CHUNK: Final = 500  # rows a query
MOST_ROWS: Final = 500_000
"""The largest export of the console. Beyond it there is the command line."""
MOST_ROWS_WHOLE: Final = 100_000
"""The largest of a workbook: it is made whole before it is sent, and no answer may be silent for long."""
EVERY: Final = 2**53
"""More rows than any shop has."""
NEVER: Final = frozenset({"is_delete", PAPER_TEXT})


class TooMany(Exception):
    """More rows are asked for than one export has."""


@dataclass(frozen=True, slots=True)
class Export:
    """What goes out: rows of a collection by their ids, and the fields of each."""

    model: type[Record]
    fields: Sequence[str]
    record_ids: Sequence[str]
    is_whole: bool
    """Whether personal numbers go out whole."""


def fields(model: type[Record], chosen: Sequence[str] | None) -> list[str]:
    """The fields of an export: the record id, then those that are chosen, all where None is."""
    known = [name for name, field in model.record_fields().items() if not field.hidden]
    wanted = known if chosen is None else chosen
    return ["id", *(n for n in wanted if n in known and n not in NEVER and n != "id")]


def has_private(names: Sequence[str]) -> bool:
    """Whether personal numbers are among these fields."""
    return not MASKED.keys().isdisjoint(names)


def prepare(
    model: type[Record],
    names: Sequence[str],
    condition: Expression | None,
    order: Sequence[tuple[str, str]],
    acting: Acting,
    *,
    is_whole: bool,
    most: int = MOST_ROWS,
    said: Mapping[str, Any],
) -> Export:
    """Find the rows, and note the export before anything goes out.

    `said` is what the audit log keeps beside their number. The rows' order is fixed now; what they hold is read
    as they go out.

    Raises: `Forbidden` for personal numbers that the operator may not have, `TooMany` beyond `most` rows.
    """
    if is_whole and not acting.may(Permission.ADMINISTER):
        raise Forbidden(f"{acting.role} exports no personal numbers")
    columns = [getattr(getattr(model, name), way)() for name, way in order]
    query = rows.matching(model, condition).select(model.id)
    limited = query.order_by(*columns, model.seq.desc()).limit(most + 1)
    found: Any = limited.tuples()
    record_ids = [str(record_id) for (record_id,) in found]
    if len(record_ids) > most:
        raise TooMany
    told = {**said, "rows": len(record_ids), "fields": list(names)}
    if is_whole and has_private(names):
        told["personal_numbers"] = True
    audit.note(acting, Action.EXPORT, model, "", {}, told)
    return Export(model, names, record_ids, is_whole)


def values(export: Export) -> Iterator[dict[str, Any]]:
    """The rows by field, as the contract writes them. What was deleted meanwhile is left out.

    No transaction is held: each chunk is a read of its own.
    """
    for start in range(0, len(export.record_ids), CHUNK):
        some = export.record_ids[start : start + CHUNK]
        with request_connection:
            found = list(export.model.select().where(export.model.id << some))
        by_id = {row.id: row for row in found if not row.is_delete}
        for record_id in some:
            if record_id in by_id:
                shown = row_values.shown(by_id[record_id])
                shown = shown if export.is_whole else masked(shown)
                yield {name: shown[name] for name in export.fields}
