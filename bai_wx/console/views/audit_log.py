"""The audit log: every change, who made it and from where, and what was there before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import audit, differences, pages, times
from bai_wx.console.accounts.noting import OPERATORS
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.audit import Entry, Filter
from bai_wx.console.differences import Difference
from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.titles import Titles
from bai_wx.console.views.action_words import ACTIONS
from bai_wx.console.views.others import name_of, words_of
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS

SIZE: Final = 30  # entries a page
FEW: Final = 3  # changed fields that are shown without being asked for

OF_OPERATORS: Final = {"role": both("角色", "Role"), "status": both("状态", "Status")}
"""What the fields of operators are called."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the page tells it. `row` is what it is about, deleted or not, None where it is gone."""

    entry: Entry
    changes: Sequence[Difference]
    row: Record | None


class AuditLog(CustomView):
    """The page at `/console/audit`, for admins."""

    menu_label = both("操作日志", "Audit log")
    icon = "fa fa-clock-rotate-left"
    path = "/audit"

    def __init__(self, titles: Mapping[str, Titles]) -> None:
        super().__init__()
        self._titles = titles

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.ADMINISTER)

    @route("", name="audit")
    async def index(self, request: Request) -> Response:
        """The entries that the address asks for by `by`, `collection`, `record`, `action`, `since`, `until`."""
        asked = {name: request.query_params.get(name, "") for name in FILTERS}
        start = (pages.asked_page(request) - 1) * SIZE
        total, told, operators = await in_thread(_read, _filter(asked), start)
        return await rendered(
            self,
            request,
            "audit/list.html",
            title=self.title(request),
            asked=asked,
            told=[(each, await self._name(request, each)) for each in told],
            operators=operators,
            actions=ACTIONS,
            collections=self._collections(),
            titles={OPERATORS: OF_OPERATORS}
            | {name: said.fields for name, said in self._titles.items()},
            words={name: words_of(self, request, name) for name in COLLECTIONS},
            few=FEW,
            moment=_moment,
            pages=pages.pages(request, total, SIZE),
        )

    def _collections(self) -> dict[str, Any]:
        said = {name: self._titles[name].collection for name in sorted(COLLECTIONS)}
        return {**said, OPERATORS: both("操作员", "Operators")}

    async def _name(self, request: Request, told: Told) -> str:
        """What the row of an entry is called; its id where there is none any more."""
        entry = told.entry
        if told.row is None:
            return str(entry.after.get("name") or entry.record_id)
        return await name_of(self, request, told.row)


FILTERS: Final = ("by", "collection", "record", "action", "since", "until")


def _filter(asked: Mapping[str, str]) -> Filter:
    """What the page's fields ask for. A day that cannot be read asks for nothing."""
    return Filter(
        operator_name=asked["by"],
        collection=asked["collection"],
        record_id=asked["record"],
        action=asked["action"],
        since=_bound(asked["since"], 0),
        until=_bound(asked["until"], 1),
    )


def _bound(day: str, end: int) -> str:
    try:
        return times.day_bounds(day)[end] if day else ""
    except (ValueError, OverflowError):
        return ""


def _read(asked: Filter, start: int) -> tuple[int, list[Told], list[str]]:
    found = audit.entries(asked, limit=SIZE, offset=start)
    rows = _rows(found)
    told = [
        Told(each, differences.of_entry(each), rows.get((each.collection, each.record_id)))
        for each in found
    ]
    names = [*(operator.name for operator in Operator.listed()), COMMAND_LINE.name]
    return audit.count(asked), told, names


def _rows(entries: Sequence[Entry]) -> dict[tuple[str, str], Record]:
    """The rows that entries are about, one query a collection."""
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        if entry.collection in COLLECTIONS:
            wanted.setdefault(entry.collection, set()).add(entry.record_id)
    return {
        (name, row.id): row
        for name, ids in wanted.items()
        for row in COLLECTIONS[name].select().where(COLLECTIONS[name].id << list(ids))
    }


def _moment(moment: str) -> str:
    return times.shown(moment, "%Y-%m-%d %H:%M:%S")
