"""Pages of records, read by statements prepared once."""

from typing import Any, Final, NamedTuple

import orjson
from peewee import Alias, BaseQuery, ModelSelect

from bai_wx.database.connection import is_embedded
from bai_wx.database.statement import Slot, Statement, Values
from bai_wx.record.shape import Json, Shape

UNCOUNTED: Final = -1
"""The total of a list that nobody counted."""


class Page(NamedTuple):
    """A page of records, as values or as their JSON, and the number of all rows or `UNCOUNTED`."""

    items: list[Json] | orjson.Fragment
    total: int


class Pages:
    """Reads one kind of list: a page of rows, as values `limit` and `offset` say, and how many there are.

    `rows` is the query of a page, whatever it selects, and `count` that of their number.
    """

    def __init__(self, shape: Shape, rows: "ModelSelect[Any]", count: "ModelSelect[Any]") -> None:
        self._shape = shape
        self.rows = Statement(rows.select(*shape.columns))
        self.count = Statement(count)
        items = rows.select(Alias(shape.json_column, "item"))
        self._counted, self._uncounted = Statement(_Whole(items, count)), Statement(_Whole(items))

    def read(self, values: Values, *, is_counted: bool = True) -> Page:
        """One page. A full one is followed by the count of all; one that is not full tells it itself."""
        if not is_embedded():
            return self._page(self._shape.encode(self.rows.rows(values)), values, is_counted)
        statement = self._counted if is_counted else self._uncounted
        found, items, total = statement.row(values) or (0, None, None)
        if total is None:
            total = values["offset"] + found if is_counted else UNCOUNTED
        return Page(orjson.Fragment(b"[%b]" % (items or b"")), total)

    def read_parsed(self, values: Values, *, is_counted: bool = True) -> Page:
        """The same as values, their JSON columns parsed, for who looks into them."""
        return self._page(self._shape.encode_parsed(self.rows.rows(values)), values, is_counted)

    def _page(self, items: list[Json], values: Values, is_counted: bool) -> Page:
        return Page(items, self.total(len(items), values) if is_counted else UNCOUNTED)

    def total(self, found: int, values: Values) -> int:
        """How many rows there are in all, when the page has so many."""
        if found < values["limit"] and (found or not values["offset"]):
            return int(values["offset"]) + found
        row = self.count.row(values)
        return int(row[0]) if row else 0


class _Whole:
    """A query of one row: how many items a page has, their JSON, and the number of all if that needs a
    count.

    It is put together as text: in one query of Peewee's the tables would have other aliases than in
    each alone, and conditions that are written once (`statement.Once`) would not fit.
    """

    def __init__(self, items: BaseQuery, count: BaseQuery | None = None) -> None:
        self._items, self._count = items, count

    def sql(self) -> tuple[str, list[Any]]:
        """The text and its parameters."""
        items, item_values = self._items.sql()
        total, total_values = "NULL", []
        if self._count is not None:
            count, count_values = self._count.sql()
            total = f"CASE WHEN COUNT(*) = ? OR COUNT(*) = 0 AND ? > 0 THEN ({count}) END"
            total_values = [Slot("limit"), Slot("offset"), *count_values]
        joined = "CAST(group_concat(item, ',') AS BLOB)"
        text = f"SELECT COUNT(*), {joined}, {total} FROM ({items})"
        return text, [*total_values, *item_values]
