"""The statements that read records. Each is made once for all requests that differ in values alone."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from peewee import OP, SQL, Expression, ModelSelect, Node, NodeList, fn

from bai_wx.database.statement import Once, Param, Statement
from bai_wx.dialect import layout, sort
from bai_wx.dialect.filter import database_sql
from bai_wx.dialect.filter.build import Filter, build
from bai_wx.dialect.filter.parse import parse
from bai_wx.dialect.filter.paths import Joins
from bai_wx.dialect.filter.scan import Tokens
from bai_wx.record import clock
from bai_wx.record.base import Caller, Record
from bai_wx.record.cache import CachedPages
from bai_wx.record.fields import Relations
from bai_wx.record.pages import Pages

MAX_LISTS: Final = 512
MAX_CACHED_TOKENS: Final = 120
"""Tokens of the longest filter whose plan is cached. Real filters stay far below; large ones could fill
the memory."""

BoundValues = dict[str, Any]
"""What fills the parameters of a statement, by name; a list adds its own to the viewer's."""


@dataclass(frozen=True)
class ListPlan:
    """The way to read lists of one filter, its values aside, and one sort."""

    pages: Pages
    filter: Filter | None


def viewer(caller: Caller | None) -> BoundValues:
    """The parameters of the condition that a caller may see a row."""
    return {"openid": caller.openid if caller else None, "now": clock.now()}


def listing(model: type[Record], tokens: Tokens, keys: sort.Keys) -> ListPlan:
    """The plan of lists with a filter of these tokens and this sort. Raises: `BadQuery`."""
    if len(tokens) > MAX_CACHED_TOKENS:
        return make_listing(model, tokens, keys)
    return _cached_listing(model, tokens, keys)


def make_listing(model: type[Record], tokens: Tokens, keys: sort.Keys) -> ListPlan:
    """Make the plan without the cache. Raises: `BadQuery`."""
    joins = Joins(model)
    found = build(parse(tokens), joins) if tokens else None
    condition: Node | None = Once(found.condition) if found else None
    order = sort.ordering(joins, keys, condition)
    if joins.clauses:
        condition = fn.EXISTS(joins.selected(SQL("1"), condition))
    visible = _visible(model)
    if found and found.finds_own:
        visible = database_sql.chosen().beside_own(visible)
    conditions = [visible, *([condition] if condition else [])]
    rows = model.select().where(*conditions).order_by(*order)
    page = rows.limit(Param("limit")).offset(Param("offset"))
    count = model.select(fn.COUNT(SQL("*"))).where(*conditions)
    record = layout.of(model).record
    if not model.IS_COUNTED or not layout.of(model).is_constant:
        return ListPlan(Pages(record, page, count), found)
    # Related rows that a sort goes to decide too whether a row is shown.
    is_own = not joins.clauses and _depends_on_own_rows(tokens)
    return ListPlan(CachedPages(record, page, count, caches_total=is_own), found)


def _depends_on_own_rows(tokens: Tokens) -> bool:
    """Whether the number of rows that meet a filter depends on the collection's own rows alone.

    Related rows change independently, and functions may ask for the time.
    """
    is_short = len(tokens) <= MAX_CACHED_TOKENS
    return is_short and not any(_DEPENDS_ON_MORE.search(token) for token in tokens)


_DEPENDS_ON_MORE = re.compile(r"[.:(]|_via_")


_cached_listing = lru_cache(MAX_LISTS)(make_listing)


@cache
def by_id(model: type[Record]) -> Statement:
    """The statement that reads the visible row of `id`."""
    return Statement(_select(model).where(model.id == Param("id"), _visible(model)))


@cache
def by_seq(model: type[Record]) -> Statement:
    """The statement that reads the row of `seq` and `owner`, whoever may see it."""
    return Statement(_select(model).where(*owned(model, model.seq == Param("seq"))))


@cache
def by_own_id(model: type[Record]) -> Statement:
    """The statement that reads the row of `id` and `owner`, whoever may see it."""
    return Statement(_select(model).where(*owned(model, model.id == Param("id"))))


@cache
def by_ids(model: type[Record], number: int) -> Statement:
    """The statement that reads the visible rows among `number` ids: `id0`, `id1` …"""
    ids = [Param(f"id{place}") for place in range(number)]
    return Statement(_select(model).where(model.id << ids, _visible(model)))


@cache
def by_relation(model: type[Record], number: int, by_name: str) -> Statement:
    """The statement that reads the visible rows whose relation points at one of `number` ids."""
    ids = [Param(f"id{place}") for place in range(number)]
    column = getattr(model, by_name)
    if isinstance(column, Relations):
        write = database_sql.chosen()
        item = Expression(write.item("item"), OP.IN, ids)
        items = (SQL("SELECT 1 FROM"), write.named_items(column, "item"), SQL("WHERE"), item)
        points_here = fn.EXISTS(NodeList(items))
    else:
        points_here = column << ids
    found = _select(model).where(points_here, _visible(model)).order_by(model.seq)
    return Statement(found.limit(Param("limit")))


def owned(model: type[Record], *conditions: Any) -> list[Any]:
    """The conditions, and that a row is of the owner `owner`, where rows have one.

    Every statement that writes names the owner: where rows lie apart by owner, one place is asked.
    """
    return [*conditions, *([getattr(model, model.OWNER) == Param("owner")] if model.OWNER else [])]


def owner_of(row: Record) -> Any:
    """Whose row it is, where rows have an owner."""
    return row.__data__[row.OWNER] if row.OWNER else None


def _select(model: type[Record]) -> "ModelSelect[Any]":
    return model.select(*layout.of(model).record.columns)


def _visible(model: type[Record]) -> Any:
    return model.visible(model, Param("openid"), Param("now"))
