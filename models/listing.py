"""The lists and details of the hook APIs, read by statements prepared once a sort and filters."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final, TypedDict

from peewee import SQL, ColumnBase, Expression, ModelSelect, Ordering, TextField, fn

from errors import NotFound, ValidationFailed
from models import clock
from models.base import Caller, Record
from models.database import holds
from models.fields import Select
from models.sqlite import fold
from models.statement import Param, Statement

DEFAULT_SORT: Final = "-created"
DEFAULT_PER_PAGE: Final = 20
MAX_OFFSET: Final = 2**62  # rows; beyond it a page number no longer fits the database's integers
MAX_SHAPES: Final = 256


class ListPage(TypedDict):
    """The `data` of a hook list."""

    page: int
    perPage: int
    totalItems: int
    totalPages: int
    items: list[dict[str, Any]]


ListAsk = Mapping[str, Any]
"""What a hook list asks for: `page`, `perPage`, `keyword`, `sort`, and the collection's state."""


@dataclass(frozen=True)
class Shape:
    """Which statement a list needs: its sort, and which filters are on."""

    sort: tuple[str, ...]
    status: str
    has_keyword: bool


@dataclass
class HookList:
    """How the hooks read one collection.

    `select` makes the query of every column a record needs, joins included, without conditions;
    `records_of` turns its rows into the contract's records. `searched` are the columns
    `keyword` looks in, `sortable` the fields `sort` may name, `named_by` the field a detail names
    its row by.
    """

    model: type[Record]
    select: Callable[..., "ModelSelect[Any]"]
    records_of: Callable[[Iterable[tuple[Any, ...]]], list[dict[str, Any]]]
    searched: tuple[ColumnBase, ...]
    sortable: Mapping[str, ColumnBase]
    status: Select
    named_by: TextField
    _pages: dict[Shape, tuple[Statement, Statement]] = field(default_factory=dict)
    _detail: Statement | None = None

    def page(self, caller: Caller, ask: ListAsk) -> ListPage:
        """One page of the caller's rows.

        Raises: `ValidationFailed` for a sort or state the contract lacks.
        """
        # JSON's 1.0 is an integer too, but no LIMIT.
        page, per_page = int(ask.get("page", 1)), int(ask.get("perPage", DEFAULT_PER_PAGE))
        values = _values(caller) | {
            "keyword": fold(ask.get("keyword", "")),
            "limit": per_page,
            "offset": min((page - 1) * per_page, MAX_OFFSET),
        }
        rows, count = self.statements(ask)
        items = self.records_of(rows.rows(values))
        if len(items) < per_page and (items or page == 1):
            total = values["offset"] + len(items)  # a page that is not full is the last one
        else:
            total = int((count.row(values) or (0,))[0])
        return {
            "page": page,
            "perPage": per_page,
            "totalItems": total,
            "totalPages": -(-total // per_page),
            "items": items,
        }

    def detail(self, caller: Caller, name: str) -> dict[str, Any]:
        """One of the caller's rows by its business id. Raises: `NotFound`."""
        if self._detail is None:
            self._detail = Statement(
                self.select().where(self._visible(), self.named_by == Param("name"))
            )
        row = self._detail.row(_values(caller) | {"name": name})
        if row is None:
            raise NotFound
        return self.records_of([row])[0]

    def statements(self, ask: ListAsk) -> tuple[Statement, Statement]:
        """The statements of a page's rows and of their number, made when first asked for."""
        sort = self._sort_of(ask.get("sort") or DEFAULT_SORT)
        status = ask.get(self.status.name, "")
        if status and status not in self.status.values:
            raise ValidationFailed({self.status.name: f"可用：{'、'.join(self.status.values)}"})
        shape = Shape(sort, status, bool(ask.get("keyword")))
        made = self._pages.get(shape)
        if made is None:
            made = Statement(self._rows(shape)), Statement(self._count(shape))
            if len(self._pages) < MAX_SHAPES:  # sorts are many; the usual ones come first
                self._pages[shape] = made
        return made

    def _sort_of(self, text: str) -> tuple[str, ...]:
        keys: dict[str, str] = {}
        for key in text.split(","):
            name = key.removeprefix("-")
            if name not in self.sortable:
                raise ValidationFailed({"sort": f"可用：{'、'.join(self.sortable)}"})
            keys.setdefault(name, key)  # a second mention could not change the order
        return tuple(keys.values())

    def _rows(self, shape: Shape) -> "ModelSelect[Any]":
        query = self.select().where(*self._conditions(shape))
        query = query.order_by(*self._ordering(shape.sort))
        return query.limit(Param("limit")).offset(Param("offset"))

    def _count(self, shape: Shape) -> "ModelSelect[Any]":
        stars = fn.COUNT(SQL("*"))
        # Without a keyword no other table matters, and an index alone answers.
        query = self.select(stars) if shape.has_keyword else self.model.select(stars)
        return query.where(*self._conditions(shape))

    def _conditions(self, shape: Shape) -> Iterable[Expression]:
        yield self._visible()
        if shape.status:
            # Written out, as partial indexes have it (see `UNDELETED`).
            yield self.status == SQL(f"'{shape.status}'")
        if shape.has_keyword:
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
