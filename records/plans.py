"""The statements records are read by, each made once a shape of request and remembered."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from peewee import SQL, ModelSelect, fn

from models import clock
from models.base import Caller, Record
from models.statement import Param, Statement
from records import layout, sort
from records.build import Filter, build
from records.parse import parse
from records.scan import Shape

MAX_LISTS: Final = 512
LONGEST_REMEMBERED: Final = 120
"""Tokens of the longest filter whose statement is kept: what clients write stays far below, and
nobody fills the memory with large ones."""

Parameters = dict[str, Any]


@dataclass(frozen=True)
class ListPlan:
    """How to read one kind of list: a page of rows, and the number of all."""

    rows: Statement
    count: Statement
    filter: Filter | None


def viewer(caller: Caller | None) -> Parameters:
    """The parameters every visible row is found by."""
    return {"openid": caller.openid if caller else None, "now": clock.now()}


def listing(model: type[Record], shape: Shape, keys: sort.Keys) -> ListPlan:
    """The plan of lists with a filter of this shape and this sort. Raises: `BadQuery`."""
    if len(shape) > LONGEST_REMEMBERED:
        return _made_listing(model, shape, keys)
    return _remembered_listing(model, shape, keys)


def _made_listing(model: type[Record], shape: Shape, keys: sort.Keys) -> ListPlan:
    found = build(parse(shape), model) if shape else None
    conditions = [_visible(model)] + ([found.condition] if found else [])
    rows = _select(model).where(*conditions).order_by(*sort.ordering(model, keys))
    count = model.select(fn.COUNT(SQL("*"))).where(*conditions)
    page = rows.limit(Param("limit")).offset(Param("offset"))
    return ListPlan(Statement(page), Statement(count), found)


_remembered_listing = lru_cache(MAX_LISTS)(_made_listing)


@cache
def by_id(model: type[Record]) -> Statement:
    """Reads the visible row of `id`."""
    return Statement(_select(model).where(model.id == Param("id"), _visible(model)))


@cache
def by_seq(model: type[Record]) -> Statement:
    """Reads the row of `seq`, whoever may see it."""
    return Statement(_select(model).where(model.seq == Param("seq")))


@cache
def by_ids(model: type[Record], number: int) -> Statement:
    """Reads the visible rows among `id0`, `id1` … so many."""
    ids = [Param(f"id{place}") for place in range(number)]
    return Statement(_select(model).where(model.id << ids, _visible(model)))


def _select(model: type[Record]) -> "ModelSelect[Any]":
    return model.select(*layout.of(model).columns)


def _visible(model: type[Record]) -> Any:
    return model.visible(model, Param("openid"), Param("now"))
