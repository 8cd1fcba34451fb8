"""The cost of a list, judged by its parsed query before it is read.

A cheap list walks an index and stops after a page. Any other list can look at every row, so it must not
hold up other requests.
"""

from functools import cache, lru_cache
from typing import Final

from bai_wx.dialect import fields, layout, paging, sort
from bai_wx.dialect.filter import scan
from bai_wx.dialect.filter.operators import OPERATORS, Family
from bai_wx.dialect.filter.parse import All, Comparison, Literal, Name, Tree, parse
from bai_wx.dialect.input import query
from bai_wx.dialect.text_cache import MAX_CACHED_LENGTH
from bai_wx.errors import ApiError
from bai_wx.record.base import Record
from bai_wx.record.fields import Editor

CHEAP_PAGE: Final = 200
CHEAP_PAGE_OF_RICH_TEXTS: Final = (
    30  # the usual page; one rich text may be long, a page of 200 took 0.3 s
)
CHEAP_COMPARISONS: Final = 20


def is_cheap(model: type[Record], raw: bytes) -> bool:
    """Whether the list or record this query asks for is read by an index, a page at the most."""
    return _cached(model, raw) if len(raw) <= MAX_CACHED_LENGTH else _is_cheap(model, raw)


def _is_cheap(model: type[Record], raw: bytes) -> bool:
    try:
        asked = query.parse(raw)
        if asked.get("expand") or ":" in asked.get("fields", ""):
            return False
        picks = fields.parse(asked.get("fields", ""))
        keys = sort.parse(asked.get("sort", ""))
        tokens = scan.scan(asked.get("filter", "")).tokens
        is_small = paging.parse(asked).size <= _cheap_page(model, picks)
        tree = parse(tokens) if tokens else None
    except ApiError:
        return True  # it is refused as quickly
    is_sorted = not keys or (keys[0].name in _indexed(model) and _are_own(model, keys))
    return is_small and is_sorted and (tree is None or _is_narrow(model, tree))


_cached = lru_cache(1024)(_is_cheap)


def _cheap_page(model: type[Record], picks: fields.Picks) -> int:
    """How many rows a cheap page has, by what it shows of each."""
    is_rich = any(
        isinstance(field, Editor) and (not picks or name in picks or fields.EVERYTHING in picks)
        for name, field in model.record_fields().items()
    )
    return CHEAP_PAGE_OF_RICH_TEXTS if is_rich else CHEAP_PAGE


def _are_own(model: type[Record], keys: sort.Keys) -> bool:
    return all(key.name in layout.of(model).fields for key in keys)


def _is_narrow(model: type[Record], tree: Tree) -> bool:
    """Whether a filter compares only indexed fields with values, and looks one of them up.

    Rows that have an owner need no lookup: an index finds the caller's, and nobody sees more.
    """
    terms = tree.terms if isinstance(tree, All) else (tree,)
    if len(terms) > CHEAP_COMPARISONS or not all(_is_plain(model, term) for term in terms):
        return False
    if model.OWNER:
        return True
    indexed = _indexed(model)
    return all(_named(term) in indexed for term in terms) and any(map(_is_equality, terms))


def _is_plain(model: type[Record], tree: Tree) -> bool:
    """Whether the node compares a field of the row itself with a value, by another operator than `~`."""
    return (
        isinstance(tree, Comparison)
        and OPERATORS[tree.operator].family is not Family.LIKE
        and isinstance(tree.left, Name)
        and isinstance(tree.right, Literal)
        and tree.left.text in layout.of(model).fields
    )


def _is_equality(tree: Tree) -> bool:
    return isinstance(tree, Comparison) and OPERATORS[tree.operator].is_lookup


def _named(tree: Tree) -> str:
    return tree.left.text if isinstance(tree, Comparison) and isinstance(tree.left, Name) else ""


@cache
def _indexed(model: type[Record]) -> frozenset[str]:
    """The fields of a model that stand in one of its indexes."""
    found = {"id"}
    for index in model._meta.fields_to_index():
        for part in index._expressions:
            name = getattr(getattr(part, "node", part), "name", None)
            if isinstance(name, str):
                found.add(name)
    return frozenset(found)
