"""What a write answers without reading it back is what a read answers; a prepared write leaves out nothing."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from errors import ValidationFailed
from models.base import Record
from models.cart import CartLine
from models.database import database as chosen
from models.orders import Order
from models.products import Product, _on_sale
from models.users import User
from tests.databases import IS_POSTGRES
from tests.factories import ALICE, make_attachment, make_cart_line, make_product, make_user

pytestmark = pytest.mark.usefixtures("database")

Answer = dict[str, Any]


def _icon(**columns: Any) -> Product:
    return make_product(prod_list_icon=make_attachment(**columns).id)


def _again(remark: str | None) -> Answer:
    product = make_product()
    CartLine.add(ALICE, product.id, 1, "旧")
    return CartLine.add(ALICE, product.id, 2, remark)


CART_WRITES: dict[str, Callable[[], Answer]] = {
    "a new line": lambda: CartLine.add(ALICE, make_product().id, 2, '备注 \U0001f600 "引号"'),
    "no remark": lambda: CartLine.add(ALICE, make_product().prod_list_id, 1, None),
    "an icon": lambda: CartLine.add(ALICE, _icon().id, 1, ""),
    "an icon that is not valid": lambda: CartLine.add(
        ALICE, _icon(attachments_status="invalid").id, 1, ""
    ),
    "an icon that is deleted": lambda: CartLine.add(ALICE, _icon(is_delete=1).id, 1, ""),
    "a quantity that JSON wrote as 2.0": lambda: CartLine.add(ALICE, make_product().id, 2.0, ""),  # type: ignore[arg-type]
    "again, another remark": lambda: _again("新"),
    "again, no remark": lambda: _again(None),
}
ORDER_WRITES: dict[str, Callable[[], Answer]] = {
    "from products": lambda: Order.place_from_products(
        ALICE,
        [{"prod_list_id": make_product(prod_list_name="灯\n").prod_list_id, "quantity": 3}],
        "备注",
    ),
    "from products by record id": lambda: Order.place_from_products(
        ALICE,
        [{"prod_list_id": make_product().id, "quantity": n} for n in (1, 2)],
        "",
    ),
    "from the cart": lambda: Order.place_from_cart(
        ALICE,
        [make_cart_line(cart_product_id=make_product().id).cart_id for _ in range(3)],
        "",
    ),
}


def read(answer: Answer) -> Answer:
    """An answer as a client reads it."""
    record: Answer = orjson.loads(orjson.dumps(answer))
    return record


@pytest.mark.parametrize("write", CART_WRITES)
def test_a_cart_write_answers_what_a_read_does(write: str) -> None:
    """Every field, of the product too."""
    answer = CART_WRITES[write]()
    assert read(CartLine.detail(ALICE, answer["cart_id"])) == read(answer)


@pytest.mark.parametrize("write", ORDER_WRITES)
def test_an_order_answers_what_a_read_does(write: str) -> None:
    """Every field, and the snapshot byte for byte."""
    answer = ORDER_WRITES[write]()
    stored = Order.detail(ALICE, answer["order_id"])
    assert orjson.dumps(stored) == orjson.dumps(answer)


@pytest.mark.parametrize("model", [CartLine, Order, User])
def test_a_prepared_row_is_what_peewee_would_write(model: type[Record]) -> None:
    """Column by column, apart from ids and times of each row's own."""
    owner = {model.OWNER: "somebody"} if model.OWNER else {}
    peewees = model.create(**owner)
    model.delete().where(model.seq == peewees.seq).execute()
    model.insert_row(model.new_row(**owner))
    prepared = model.select().get()
    made = {name for name, default in model._defaults() if callable(default)}
    names = [name for name, _ in model._defaults() if name not in made | {"updated"}]
    assert {n: getattr(prepared, n) for n in names} == {n: getattr(peewees, n) for n in names}
    assert all(getattr(prepared, name) for name in made)
    assert prepared.created == prepared.updated


def test_a_restored_record_is_the_one_that_is_selected() -> None:
    """And saving it writes nothing it was not told to change."""
    user = make_user(users_name="甲")
    row = User.select().where(User.id == user.id).tuples().get()
    restored = User.restored(row)
    assert restored.__data__ == User.select().where(User.id == user.id).get().__data__
    assert not restored.is_dirty()


@pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL scans a table this small")
def test_both_ids_of_a_product_are_searched_by_index(database: Any) -> None:
    """However many are on sale and however many are asked for."""
    asked = {f"reference{n}": f"p{n}" for n in range(20)} | {"now": ""}
    sql, parameters = _on_sale(20).prepare(asked)
    steps = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    searches = [step for step in steps if "SEARCH" in step or "SCAN" in step]
    by_one_id = ("(id=?)", "(prod_list_id=?)")
    assert len(searches) == 4  # twice the products and their icons
    assert all(any(one in step for one in by_one_id) for step in searches)


def test_what_fails_half_way_leaves_nothing() -> None:
    """Lines are not ordered by an order that is refused after it took them."""
    lines = [
        make_cart_line(
            cart_product_id=make_product(prod_list_basic_price=999_999_00).id,
            cart_product_quantity=9_999,
        )
        for _ in range(2)
    ]
    with pytest.raises(ValidationFailed):
        Order.place_from_cart(ALICE, [line.cart_id for line in lines], "")
    assert {line.cart_status for line in CartLine.select()} == {"active"}
    assert Order.select().count() == 0
    assert not chosen.in_transaction()
