"""A record's JSON is the same to the byte whether SQLite or Python writes it.

Covers: bai_wx/dialect/layout.py, bai_wx/record/money.py
"""

from collections.abc import Iterator
from typing import Any, Final

import orjson
import pytest
from peewee import SQL, NodeList

from bai_wx.database.connection import database, run
from bai_wx.database.statement import Statement
from bai_wx.dialect import layout
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import RecordField
from bai_wx.record.money import MAX_FEN
from bai_wx.record.shape import Printf, Shape, Value, value
from models.attachments import Attachment
from models.cart import CART_RECORD, CartLine, _select
from models.orders import ORDER_RECORD, Order
from models.products import Product
from tests.databases import IS_POSTGRES
from tests.kinds import kind_of

pytestmark = [
    pytest.mark.skipif(IS_POSTGRES, reason="only SQLite writes records itself"),
    pytest.mark.usefixtures("database"),
]

TEXTS: Final = {
    "empty": "",
    "Chinese": "请尽快发货，谢谢",
    "quotes": "\"double\" 'single' `back`",
    "backslashes": "\\ \\n \\\\",
    "percent signs": "%s %d %% %!.15g 100%",
    "line ends": "one\r\ntwo\n\tthree",
    "control characters": "".join(map(chr, range(1, 32))),
    "a NUL": "before\0after",
    "delete and no-break space": "\x7f\xa0\u2028\u2029",
    "beyond the basic plane": "😀𝄞",
    "braces": '{"a": [1]}',
    "long": "长" * 5_000,
}
JSONS: Final = ["", "null", "[]", '{"items":[{"a":"\\"%s\\u0000"}],"total":19.9}', '"%d"', "7"]
AMOUNTS: Final = [
    0,
    1,
    9,
    10,
    29,
    50,
    99,
    100,
    101,
    1_990,
    2_000,
    123_456_789,
    MAX_FEN - 1,
    MAX_FEN,
]
NUMBERS: Final = [0, 1, -1, 9_999, 2**53 - 1, -(2**53)]
SAFE: Final = {"date": "2026-11-23 08:15:30.123Z", "select": "active", "relation": "a" * 15}


def holding(model: type[Record], text: str, place: int, **columns: Any) -> int:
    """Store a row that holds this text, and a number and JSON of this place, everywhere it can."""
    row: dict[str, Any] = {}
    for name, field in model.record_fields().items():
        row[name] = _held(field, text, place)
    row |= {name: f"{text}{place}" for name in _unique(model) if isinstance(row[name], str)}
    row |= {"id": f"{place:015d}", "is_delete": 0, **columns}
    return int(model.insert(row).execute())


def _unique(model: type[Record]) -> Iterator[str]:
    """The columns that two rows may not have alike: alone, or with others."""
    for index in database.get_indexes(model.collection()):
        named = [name for name in index.columns if index.unique and name in model.record_fields()]
        yield from (name for name in named if not model.record_fields()[name].target)


def _held(field: RecordField, text: str, place: int) -> Any:
    if kind_of(field) == "money":
        return AMOUNTS[place % len(AMOUNTS)]
    if kind_of(field) == "number":
        return NUMBERS[place % len(NUMBERS)]
    if kind_of(field) == "bool":
        return place % 2
    if kind_of(field) in ("json", "relations"):
        return JSONS[place % len(JSONS)]
    return SAFE.get(kind_of(field), text)


GUEST = {"openid": None, "now": "2026-11-23 08:15:30.123Z"}
"""Who asks, and when: a private field is shown to its owner alone, a derived one is of its time."""


def both(shape: Shape, query: Any) -> tuple[list[bytes], list[bytes]]:
    """What SQLite writes of a query's rows, and Python."""
    by_sqlite = run(*Statement(query.select(shape.json_column)).prepare(GUEST)).fetchall()
    rows = run(*Statement(query.select(*shape.columns)).prepare(GUEST)).fetchall()
    return (
        [text.encode() for (text,) in by_sqlite],
        [orjson.dumps(record) for record in shape.encode(rows)],
    )


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("collection", [n for n, m in COLLECTIONS.items() if m.LISTED])
def test_native_records(collection: str, name: str) -> None:
    """Every field of every collection that has lists, with texts that JSON or printf would trip over."""
    model = COLLECTIONS[collection]
    for place in range(len(AMOUNTS)):
        holding(model, TEXTS[name], place)
    by_sqlite, by_python = both(layout.of(model).record, model.select())
    assert len(by_python) == len(AMOUNTS)
    assert by_sqlite == by_python


@pytest.mark.parametrize("name", TEXTS)
def test_hook_orders(name: str) -> None:
    """`OrderRecord`."""
    for place in range(len(AMOUNTS)):
        holding(Order, TEXTS[name], place)
    by_sqlite, by_python = both(ORDER_RECORD, Order.select())
    assert len(by_python) == len(AMOUNTS)
    assert by_sqlite == by_python


@pytest.mark.parametrize(
    ("product", "icon"),
    [
        pytest.param({}, {}, id="with a product and its icon"),
        pytest.param({}, {"attachments_status": "invalid"}, id="an icon that is not shown"),
        pytest.param({}, {"attachments_link": ""}, id="an icon without a file"),
        pytest.param({"prod_list_icon": ""}, {}, id="without an icon"),
        pytest.param({"is_delete": 1}, {}, id="a deleted product"),
        pytest.param({"id": "b" * 15}, {}, id="no product"),
    ],
)
@pytest.mark.parametrize("name", TEXTS)
def test_hook_cart_lines(name: str, product: dict[str, Any], icon: dict[str, Any]) -> None:
    """`CartRecord`: a line with its product, or null, and the address of its icon, or none."""
    text = TEXTS[name]
    holding(Attachment, text, 1, **{"id": "c" * 15, "attachments_status": "valid", **icon})
    holding(Product, text, 2, **{"id": "p" * 15, "prod_list_icon": "c" * 15, **product})
    for place in range(len(AMOUNTS)):
        holding(CartLine, text, place, cart_product_id="p" * 15, cart_owner=f"{text}{place}")
    by_sqlite, by_python = both(CART_RECORD, _select())
    assert len(by_python) == len(AMOUNTS)
    assert by_sqlite == by_python


def test_the_example_of_the_docstring() -> None:
    """What `Value` says of a price is what comes of it."""
    fen = Product.prod_list_basic_price
    price = Value((fen,), "yuan_of({})", Printf("%.15g", (NodeList((fen, SQL("/ 100.0"))),)))
    shape = Shape({"price": price})
    assert shape.columns == (fen,)
    assert price.as_python(["v0"]) == "yuan_of(v0)"
    assert shape.encode([(1990,), (2000,)]) == [{"price": 19.9}, {"price": 20}]
    sql, _ = Product.select(shape.json_column).sql()
    column = 'PRINTF(\'{"price":%.15g}\', "t1"."prod_list_basic_price" / 100.0)'
    assert sql == f'SELECT {column} FROM "tbl_product_list" AS "t1"'
    for text in (column, "yuan_of(v0)", "as_python", "as_sql"):
        assert text in (Value.__doc__ or "")


def test_an_encoder_binds_fields_by_name() -> None:
    """Not by the order of the columns; a value that no field holds has no name."""
    shape = Shape({"price": value(Product.prod_list_basic_price), "name": value(Product.id)})
    encode = shape.encoder("row", lambda column: f"row[{column.name!r}]")
    assert encode({"id": "p1", "prod_list_basic_price": 1990}) == {"price": 19.9, "name": "p1"}
    computed = Shape({"one": Value((SQL("1"),), "{}", Printf("%s", (SQL("1"),)))})
    with pytest.raises(TypeError, match="no field holds"):
        computed.encoder("row", lambda column: column.name)
