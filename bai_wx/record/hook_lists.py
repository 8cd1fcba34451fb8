"""The lists and details of the hook APIs. Each combination of sort and filters has its own statements."""

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
from bai_wx.record.fields import Select, Text
from bai_wx.record.pages import Pages
from bai_wx.record.shape import JsonObject, Shape

DEFAULT_SORT: Final = "-created"
DEFAULT_PER_PAGE: Final = 20
WHOLE_LIST: Final = 500
"""How many rows a list without `page` and `perPage` answers at the most: clients of old ask for no page."""
MAX_OFFSET: Final = 2**62  # rows; beyond it a page number no longer fits the database's integers
MAX_VARIANTS: Final = 256  # whose statements are remembered


class ListPage(TypedDict):
    """The `data` of a hook list."""

    page: int
    perPage: int
    totalItems: int
    totalPages: int
    items: list[JsonObject] | orjson.Fragment


ListQuery = Mapping[str, Any]
"""The query of a hook list: `page`, `perPage`, `keyword`, `sort`, and the collection's state and number.

None and `""` are as if left out.
"""

PagesKey = tuple[str | None, str | None, bool, bool]
"""The sort and the state of a list as they were sent, and whether there is a number and a keyword."""


@dataclass(frozen=True)
class ListVariant:
    """What tells one list's statements from another's: its sort, and which filters are on."""

    sort: tuple[str, ...]
    status: str
    has_number: bool
    has_keyword: bool


@dataclass
class HookList:
    """How the hooks read one collection.

    `select` makes the query of given columns, with joins and without conditions. `shape` is the
    contract's record. `keyword` looks in the columns `searched`, `sort` may name the fields `sortable`,
    `status` and `number` are filtered by. A detail names its row by the field `named_by`.
    """

    model: type[Record]
    select: Callable[..., "ModelSelect[Any]"]
    shape: Shape
    searched: tuple[ColumnBase, ...]
    sortable: Mapping[str, ColumnBase]
    status: Select
    number: Text
    named_by: TextField
    _pages: dict[PagesKey, Pages] = field(default_factory=dict)
    _detail: Statement | None = None

    def page(self, caller: Caller, query: ListQuery) -> ListPage:
        """One page of the caller's rows.

        Raises: `ValidationFailed` for a sort or state the contract lacks.
        """
        query = {name: value for name, value in query.items() if value not in (None, "")}
        page, per_page = _page(query)
        values = _bindings(caller)
        values["keyword"] = fold(query.get("keyword", ""))
        values["number"] = query.get(self.number.name, "")
        values["limit"] = per_page
        values["offset"] = min((page - 1) * per_page, MAX_OFFSET)
        items, total = self.pages(query).read(values)
        return {
            "page": page,
            "perPage": per_page,
            "totalItems": total,
            "totalPages": -(-total // per_page),
            "items": items,
        }

    def detail(self, caller: Caller, name: str) -> JsonObject:
        """One of the caller's rows by its business id. Raises: `NotFound`."""
        if self._detail is None:
            asked = self.select(*self.shape.columns)
            self._detail = Statement(asked.where(self._visible(), self.named_by == Param("name")))
        row = self._detail.row(_bindings(caller) | {"name": name})
        if row is None:
            raise NotFound
        return self.shape.encode([row])[0]

    def pages(self, query: ListQuery) -> Pages:
        """The reader of this list's pages. It is made at the first such query, and remembered."""
        has_number, has_keyword = self.number.name in query, "keyword" in query
        key = query.get("sort"), query.get(self.status.name), has_number, has_keyword
        pages = self._pages.get(key)
        if pages is None:
            variant = self._variant(*key)
            pages = Pages(self.shape, self._rows(variant), self._count(variant))
            if len(self._pages) < MAX_VARIANTS:  # there are many sorts; the usual ones come first
                self._pages[key] = pages
        return pages

    def _variant(
        self, sort: str | None, status: str | None, has_number: bool, has_keyword: bool
    ) -> ListVariant:
        if status and status not in self.status.values:
            raise ValidationFailed({self.status.name: f"可用：{'、'.join(self.status.values)}"})
        sorted_by = self._sort_of(sort or DEFAULT_SORT)
        return ListVariant(sorted_by, status or "", has_number, has_keyword)

    def _sort_of(self, text: str) -> tuple[str, ...]:
        keys: dict[str, str] = {}
        for key in text.split(","):
            name = key.removeprefix("-")
            if name not in self.sortable:
                raise ValidationFailed({"sort": f"可用：{'、'.join(self.sortable)}"})
            keys.setdefault(name, key)  # a second mention could not change the order
        return tuple(keys.values())

    def _rows(self, variant: ListVariant) -> "ModelSelect[Any]":
        query = self.select().where(*self._conditions(variant))
        query = query.order_by(*self._ordering(variant.sort))
        return query.limit(Param("limit")).offset(Param("offset"))

    def _count(self, variant: ListVariant) -> "ModelSelect[Any]":
        stars = fn.COUNT(SQL("*"))
        # Without a keyword the joined tables do not matter, and an index of the model's is enough.
        query = self.select(stars) if variant.has_keyword else self.model.select(stars)
        return query.where(*self._conditions(variant))

    def _conditions(self, variant: ListVariant) -> Iterable[Expression]:
        yield self._visible()
        if variant.status:
            # A constant of the SQL text, as in partial indexes (see `UNDELETED`).
            yield self.status == SQL(f"'{variant.status}'")
        if variant.has_number:
            yield self.number == Param("number")
        if variant.has_keyword:
            yield reduce(or_, (holds(column, Param("keyword")) for column in self.searched))

    def _visible(self) -> Expression:
        return self.model.visible(self.model, Param("openid"), Param("now"))

    def _ordering(self, sort: tuple[str, ...]) -> Iterable[Ordering]:
        for key in sort:
            yield _direction(self.sortable[key.removeprefix("-")], key)
        # Equal rows come in the order of insertion, so that pages do not overlap.
        yield self.model.seq.asc()


def _page(query: ListQuery) -> tuple[int, int]:
    """The page that is asked for, and its size."""
    if "page" not in query and "perPage" not in query:
        return 1, WHOLE_LIST
    # JSON's 1.0 is an integer too, but no LIMIT.
    return int(query.get("page", 1)), int(query.get("perPage", DEFAULT_PER_PAGE))


def _direction(column: ColumnBase, key: str) -> Ordering:
    return column.desc() if key.startswith("-") else column.asc()


def _bindings(caller: Caller) -> dict[str, Any]:
    return {"openid": caller.openid, "now": clock.now()}
