"""Pages of records. Their statements are made once and run for each request."""

from typing import Any, Final, NamedTuple

import orjson
from peewee import Alias, BaseQuery, ModelSelect

from bai_wx.database.connection import is_embedded
from bai_wx.database.statement import Slot, Statement, Values
from bai_wx.record.shape import JsonObject, Shape

UNCOUNTED: Final = -1
"""The total of a list that was not counted."""


class Page(NamedTuple):
    """An answered page: its records, as values or as JSON, and the number of all rows or `UNCOUNTED`."""

    items: list[JsonObject] | orjson.Fragment
    total: int


class Pages:
    """Reads the pages of one list. The bound values `limit` and `offset` say which page.

    `rows` is the query of a page, whatever columns it selects. `count` is the query of the total.
    """

    def __init__(self, shape: Shape, rows: "ModelSelect[Any]", count: "ModelSelect[Any]") -> None:
        self._shape = shape
        self.rows = Statement(rows.select(*shape.columns))
        self.count = Statement(count)
        items = rows.select(Alias(shape.json_column, "item"))
        self._counted, self._uncounted = Statement(_Whole(items, count)), Statement(_Whole(items))

    def read(self, values: Values, *, is_counted: bool = True) -> Page:
        """One page. Only a full page needs COUNT(*); otherwise the total is offset + rows."""
        if not is_embedded():
            return self._page(self._shape.encode(self.rows.rows(values)), values, is_counted)
        statement = self._counted if is_counted else self._uncounted
        found, items, total = statement.row(values) or (0, None, None)
        if total is None:
            total = values["offset"] + found if is_counted else UNCOUNTED
        return Page(orjson.Fragment(b"[%b]" % (items or b"")), total)

    def read_parsed(self, values: Values, *, is_counted: bool = True) -> Page:
        """One page as values with parsed JSON columns, for callers that look into them."""
        return self._page(self._shape.encode_parsed(self.rows.rows(values)), values, is_counted)

    def _page(self, items: list[JsonObject], values: Values, is_counted: bool) -> Page:
        return Page(items, self.total(len(items), values) if is_counted else UNCOUNTED)

    def total(self, found: int, values: Values) -> int:
        """The total, given the number of rows on the page. It is counted only where it has to be."""
        if found < values["limit"] and (found or not values["offset"]):
            return int(values["offset"]) + found
        row = self.count.row(values)
        return int(row[0]) if row else 0


class _Whole:
    """A query of one row: the number of items on a page, their JSON, and the total where it is counted.

    The texts of two queries are joined. In a single query of Peewee's the tables would have other aliases
    than in each of the two, and parts whose text is made once (`statement.Once`) would not fit.
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
        text = f"SELECT COUNT(*), {joined}, {total} FROM ({items})"  # noqa: S608  # texts of two queries, their values are bound
        return text, [*total_values, *item_values]
