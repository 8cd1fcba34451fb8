"""Which products were ordered most, by the orders' snapshots: they hold what was bought at the time."""

from typing import Final, NamedTuple

from bai_wx.console.placed import Span, placed_within
from bai_wx.database.connection import database, is_embedded
from models.cart import MAX_QUANTITY
from models.orders import Order, Status
from models.products import Product


class Sold(NamedTuple):
    """A product and what was ordered of it, in fen. `id` is empty where no such product is left."""

    id: str
    name: str
    quantity: int
    turnover: int


# A snapshot of an import may be any JSON: what is no goods is left out, a number that is none counts 0.
_ON_SQLITE: Final = """
SELECT prod_id, MAX(name), SUM(quantity), SUM(fen) FROM (
    SELECT json_extract(item.value, '$.prod_list_id') AS prod_id,
        json_extract(item.value, '$.prod_list_name') AS name,
        CASE WHEN json_type(item.value, '$.quantity') IN ('integer', 'real')
            THEN CAST(json_extract(item.value, '$.quantity') AS INTEGER) ELSE 0 END AS quantity,
        CASE WHEN json_type(item.value, '$.subtotal') IN ('integer', 'real')
            THEN ROUND(json_extract(item.value, '$.subtotal') * 100) ELSE 0 END AS fen
    FROM tbl_order AS placed, json_each(
        CASE WHEN json_valid(placed.order_snap)
            AND json_type(placed.order_snap, '$.items') = 'array' THEN placed.order_snap
        ELSE '{"items": []}' END, '$.items') AS item
    WHERE placed.seq IN (__PLACED__) AND item.type = 'object'
) AS goods
WHERE prod_id <> '' AND quantity BETWEEN 1 AND __MOST__
GROUP BY prod_id ORDER BY 3 DESC, 4 DESC, 1 LIMIT ?
"""
_ON_POSTGRESQL: Final = """
SELECT prod_id, MAX(name), SUM(quantity), SUM(fen) FROM (
    SELECT (item.value ->> 'prod_list_id') COLLATE "C" AS prod_id,
        item.value ->> 'prod_list_name' AS name,
        CASE json_typeof(item.value -> 'quantity') WHEN 'number'
            THEN TRUNC((item.value ->> 'quantity')::numeric) ELSE 0 END AS quantity,
        CASE json_typeof(item.value -> 'subtotal') WHEN 'number'
            THEN ROUND((item.value ->> 'subtotal')::numeric * 100) ELSE 0 END AS fen
    FROM tbl_order AS placed, json_array_elements(
        CASE json_typeof(bai_json(placed.order_snap) -> 'items') WHEN 'array'
            THEN bai_json(placed.order_snap) -> 'items' ELSE '[]'::json END) AS item(value)
    WHERE placed.seq IN (__PLACED__) AND json_typeof(item.value) = 'object'
) AS goods
WHERE prod_id <> '' AND quantity BETWEEN 1 AND __MOST__
GROUP BY prod_id ORDER BY 3 DESC, 4 DESC, 1 LIMIT %s
"""


def best_sold(span: Span, number: int) -> list[Sold]:
    """The products of which most pieces were ordered in this time, cancelled orders left out.

    Returns: at most `number`, the best sold first.
    """
    kept = placed_within(span) & (Order.order_status != Status.CANCELLED.value)
    placed, values = Order.select(Order.seq).where(kept).sql()
    text = _ON_SQLITE if is_embedded() else _ON_POSTGRESQL
    text = text.replace("__PLACED__", placed).replace("__MOST__", str(MAX_QUANTITY))
    found = database.execute_sql(text, (*values, number)).fetchall()
    present = _present([row[0] for row in found])
    return [
        Sold(present[key][0], present[key][1], int(quantity), int(fen))
        if key in present
        else Sold("", name or key, int(quantity), int(fen))
        for key, name, quantity, fen in found
    ]


def _present(business_ids: list[str]) -> dict[str, tuple[str, str]]:
    """Record id and present name of those of these products that are left."""
    wanted = Product.undeleted(Product) & (Product.prod_list_id << business_ids)
    return {
        each.prod_list_id: (each.id, each.prod_list_name) for each in Product.select().where(wanted)
    }
