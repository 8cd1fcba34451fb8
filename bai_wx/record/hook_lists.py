"""The lists and details of the hook APIs, read by statements prepared once a sort and filters."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final, TypedDict

import orjson
from peewee import SQL, ColumnBase, Expression, ModelSelect, Ordering, TextField, fn

from bai_wx.database.connection import holds
from bai_wx.database.sqlite import fold
from bai_wx.database.statement import Param, Statement
from bai_wx.errors import NotFound, ValidationFailed
from bai_wx.record import clock
from bai_wx.record.base import Caller, Record
from bai_wx.record.fields import Select
from bai_wx.record.pages import Pages
from bai_wx.record.shape import Json, Shape

DEFAULT_SORT: Final = "-created"
DEFAULT_PER_PAGE: Final = 20
MAX_OFFSET: Final = 2**62  # rows; beyond it a page number no longer fits the database's integers
MAX_KINDS: Final = 256


class ListPage(TypedDict):
    """The `data` of a hook list."""

    page: int
    perPage: int
    totalItems: int
    totalPages: int
    items: list[Json] | orjson.Fragment


ListAsk = Mapping[str, Any]
"""What a hook list asks for: `page`, `perPage`, `keyword`, `sort`, and the collection's state."""


Asked = tuple[str | None, str | None, bool]
"""A list's sort and state as they were sent, and whether there is a keyword."""


@dataclass(frozen=True)
class Kind:
    """Which statement a list needs: its sort, and which filters are on."""

    sort: tuple[str, ...]
    status: str
    has_keyword: bool


@dataclass
class HookList:
    """How the hooks read one collection.

    `select` makes the query of columns, joins included, without conditions; `shape` is the contract's
    record. `searched` are the columns `keyword` looks in, `sortable` the fields `sort` may name,
    `named_by` the field a detail names its row by.
    """

    model: type[Record]
    select: Callable[..., "ModelSelect[Any]"]
    shape: Shape
    searched: tuple[ColumnBase, ...]
    sortable: Mapping[str, ColumnBase]
    status: Select
    named_by: TextField
    _pages: dict[Asked, Pages] = field(default_factory=dict)
    _detail: Statement | None = None

    def page(self, caller: Caller, ask: ListAsk) -> ListPage:
        """One page of the caller's rows.

        Raises: `ValidationFailed` for a sort or state the contract lacks.
        """
        # JSON's 1.0 is an integer too, but no LIMIT.
        page, per_page = int(ask.get("page", 1)), int(ask.get("perPage", DEFAULT_PER_PAGE))
        values = _values(caller)
        values["keyword"] = fold(ask.get("keyword", ""))
        values["limit"] = per_page
        values["offset"] = min((page - 1) * per_page, MAX_OFFSET)
        items, total = self.pages(ask).read(values)
        return {
            "page": page,
            "perPage": per_page,
            "totalItems": total,
            "totalPages": -(-total // per_page),
            "items": items,
        }

    def detail(self, caller: Caller, name: str) -> Json:
        """One of the caller's rows by its business id. Raises: `NotFound`."""
        if self._detail is None:
            asked = self.select(*self.shape.columns)
            self._detail = Statement(asked.where(self._visible(), self.named_by == Param("name")))
        row = self._detail.row(_values(caller) | {"name": name})
        if row is None:
            raise NotFound
        return self.shape.encode([row])[0]

    def pages(self, ask: ListAsk) -> Pages:
        """What reads the list's pages, made when first asked for."""
        asked = ask.get("sort"), ask.get(self.status.name), bool(ask.get("keyword"))
        pages = self._pages.get(asked)
        if pages is None:
            kind = self._kind(*asked)
            pages = Pages(self.shape, self._rows(kind), self._count(kind))
            if len(self._pages) < MAX_KINDS:  # sorts are many; the usual ones come first
                self._pages[asked] = pages
        return pages

    def _kind(self, sort: str | None, status: str | None, has_keyword: bool) -> Kind:
        if status and status not in self.status.values:
            raise ValidationFailed({self.status.name: f"可用：{'、'.join(self.status.values)}"})
        return Kind(self._sort_of(sort or DEFAULT_SORT), status or "", has_keyword)

    def _sort_of(self, text: str) -> tuple[str, ...]:
        keys: dict[str, str] = {}
        for key in text.split(","):
            name = key.removeprefix("-")
            if name not in self.sortable:
                raise ValidationFailed({"sort": f"可用：{'、'.join(self.sortable)}"})
            keys.setdefault(name, key)  # a second mention could not change the order
        return tuple(keys.values())

    def _rows(self, kind: Kind) -> "ModelSelect[Any]":
        query = self.select().where(*self._conditions(kind))
        query = query.order_by(*self._ordering(kind.sort))
        return query.limit(Param("limit")).offset(Param("offset"))

    def _count(self, kind: Kind) -> "ModelSelect[Any]":
        stars = fn.COUNT(SQL("*"))
        # Without a keyword no other table matters, and an index alone answers.
        query = self.select(stars) if kind.has_keyword else self.model.select(stars)
        return query.where(*self._conditions(kind))

    def _conditions(self, kind: Kind) -> Iterable[Expression]:
        yield self._visible()
        if kind.status:
            # Written out, as partial indexes have it (see `UNDELETED`).
            yield self.status == SQL(f"'{kind.status}'")
        if kind.has_keyword:
            yield reduce(or_, (holds(column, Param("keyword")) for column in self.searched))

    def _visible(self) -> Expression:
        return self.model.visible(self.model, Param("openid"), Param("now"))

    def _ordering(self, sort: tuple[str, ...]) -> Iterable[Ordering]:
        for key in sort:
            yield _ordered(self.sortable[key.removeprefix("-")], key)
        # Rows that are equal come in the order of insertion, so that pages do not overlap.
        yield self.model.seq.asc()


def _ordered(column: ColumnBase, key: str) -> Ordering:
    return column.desc() if key.startswith("-") else column.asc()


def _values(caller: Caller) -> dict[str, Any]:
    return {"openid": caller.openid, "now": clock.now()}
