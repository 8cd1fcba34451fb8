"""What a client sends to be ordered: every form, which one counts, and what is told of those without goods."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from bai_wx.errors import (
    ApiError,
    CartAlreadyOrdered,
    NotFound,
    ProductUnavailable,
    ValidationFailed,
)
from models.cart import CartLine
from models.orders import Order
from models.products import Product
from tests.factories import ALICE, BOB, as_sent, make_cart_line, make_product

pytestmark = pytest.mark.usefixtures("database")

Body = dict[str, Any]


def placed(**body: Any) -> dict[str, Any]:
    """Order, and answer as a client reads it."""
    order: dict[str, Any] = as_sent(Order.place(ALICE, body))  # type: ignore[arg-type]  # as it came
    return order


def refusal(**body: Any) -> dict[str, Any]:
    """The fields that a refused order names. Nothing was written."""
    with pytest.raises(ValidationFailed) as refused:
        placed(**body)
    assert Order.select().count() == 0
    assert {line.cart_status for line in CartLine.select()} <= {"active"}
    return dict(refused.value.fields)


def goods(order: Body) -> list[tuple[str, int]]:
    """Each product of an order with its quantity."""
    return [(item["prod_list_id"], item["quantity"]) for item in order["order_snap"]["items"]]


def status_of(line: CartLine) -> str:
    return str(CartLine.get_by_id(line.seq).cart_status)


# --- lines of the cart ---


def named(joint: str) -> Callable[[list[CartLine]], Body]:
    return lambda lines: {"order_source_id": joint.join(line.cart_id for line in lines)}


def by_id(lines: list[CartLine]) -> Any:
    return [{"cart_id": line.cart_id, "quantity": "not looked at"} for line in lines]


def by_product(id_key: str, quantity_key: str) -> Callable[[list[CartLine]], Any]:
    return lambda lines: [
        {
            id_key: _id(line, id_key),
            quantity_key: line.cart_product_quantity,
            "prod_list_name": "x",
        }
        for line in lines
    ]


def _id(line: CartLine, key: str) -> str:
    product: Product = Product.get(Product.id == line.cart_product_id)
    return str(product.prod_list_id if key == "prod_list_id" else product.id)


def snap(
    items: Callable[[list[CartLine]], Any], form: Callable[[Any], Any]
) -> Callable[[list[CartLine]], Body]:
    return lambda lines: {"order_snap": form(items(lines))}


AS_TEXT: Callable[[Any], str] = lambda it: orjson.dumps(it).decode()  # noqa: E731  # a row of FORMS
FORMS: dict[str, Callable[[Any], Any]] = {
    "a list": lambda it: it,
    "items": lambda it: {"items": it, "total": 7},
    "a text of a list": AS_TEXT,
    "a text of items": lambda it: AS_TEXT({"items": it}),
}

LINES = {
    "cart_ids": lambda lines: {"cart_ids": [line.cart_id for line in lines]},
    "ids joined by commas": named(","),
    "ids joined by bars": named("|"),
    "ids joined by both, with blanks": named(" ,| "),
    **{f"cart_id in {name}": snap(by_id, form) for name, form in FORMS.items()},
    **{
        f"{id_key} and {quantity_key}": snap(by_product(id_key, quantity_key), FORMS["a list"])
        for id_key in ("prod_list_id", "cart_product_id")
        for quantity_key in ("quantity", "cart_product_quantity")
    },
}


@pytest.mark.parametrize("ways", LINES.values(), ids=LINES)
def test_lines_are_ordered_by(ways: Callable[[list[CartLine]], Body]) -> None:
    """They become ordered, at the products' prices; the ids are stored joined by commas."""
    lines = [make_cart_line(cart_product_quantity=n) for n in (2, 3)]
    other = make_cart_line()
    order = placed(order_source="cart", **ways(lines))
    assert goods(order) == [
        (_id(line, "prod_list_id"), line.cart_product_quantity) for line in lines
    ]
    assert order["order_source"] == "cart"
    assert order["order_source_id"] == ",".join(line.cart_id for line in lines)
    assert [status_of(line) for line in (*lines, other)] == ["ordered", "ordered", "active"]


def test_a_line_that_the_snapshot_names_takes_its_own_quantity() -> None:
    line = make_cart_line(cart_product_quantity=4)
    item = {"cart_id": line.cart_id, "cart_product_id": "x", "cart_product_quantity": 1}
    assert goods(placed(order_source="cart", order_snap=[item]))[0][1] == 4


def test_a_snapshot_may_name_some_lines_and_mean_others() -> None:
    named, meant = make_cart_line(), make_cart_line(cart_product_quantity=5)
    items = [{"cart_product_id": meant.cart_product_id, "quantity": 5.0}, *by_id([named])]
    order = placed(order_source="cart", order_snap=items)
    assert order["order_source_id"] == f"{meant.cart_id},{named.cart_id}"


def test_products_of_a_snapshot_without_a_line_of_the_same_quantity_are_named() -> None:
    """None of them is ordered."""
    good = make_cart_line(cart_product_quantity=2)
    other = make_cart_line(cart_product_id=make_product(prod_list_name="灯").id)
    absent = make_product(prod_list_name="门锁")
    items = [
        {"prod_list_id": good.cart_product_id, "quantity": 2},
        {"prod_list_id": other.cart_product_id, "quantity": other.cart_product_quantity + 1},
        {"prod_list_id": absent.id, "quantity": 1},
    ]
    said = refusal(order_source="cart", order_snap=items)
    assert said == {"order_snap": "购物车中没有数量相同的「灯」「门锁」"}


@pytest.mark.parametrize(
    "columns", [{"cart_status": "ordered"}, {"is_delete": 1}, {"cart_owner": BOB.openid}]
)
def test_only_the_owners_active_lines_match_a_snapshot(columns: Body) -> None:
    line = make_cart_line(cart_product_quantity=2)
    CartLine.update(columns).execute()
    with pytest.raises(ValidationFailed):
        placed(
            order_source="cart", order_snap=[{"prod_list_id": line.cart_product_id, "quantity": 2}]
        )
    assert Order.select().count() == 0


@pytest.mark.parametrize(
    ("columns", "error"),
    [({"cart_status": "ordered"}, CartAlreadyOrdered), ({"is_delete": 1}, NotFound)],
)
@pytest.mark.parametrize("ways", [named(","), snap(by_id, FORMS["a list"])])
def test_lines_named_that_cannot_be_ordered(
    ways: Callable[[list[CartLine]], Body], columns: Body, error: type[ApiError]
) -> None:
    """As with `cart_ids`."""
    lines = [make_cart_line(), make_cart_line()]
    CartLine.update(columns).where(CartLine.seq == lines[1].seq).execute()
    with pytest.raises(error):
        placed(order_source="cart", **ways(lines))
    assert status_of(lines[0]) == "active"


# --- products ---


def test_products_are_ordered_by_a_snapshot() -> None:
    """The cart is left alone; a price of the client's counts for nothing."""
    product = make_product(prod_list_basic_price=1990)
    line = make_cart_line(cart_product_id=product.id, cart_product_quantity=2)
    item = {"prod_list_id": product.prod_list_id, "quantity": 2, "at_price": 0.01}
    order = placed(order_source="product", order_snap={"items": [item]}, order_source_id="x")
    assert (order["order_amount"], order["order_source"]) == (39.8, "product")
    assert order["order_source_id"] == product.prod_list_id
    assert status_of(line) == "active"


def test_products_are_ordered_by_their_ids_one_each() -> None:
    first, second = make_product(), make_product()
    ids = f"{first.prod_list_id}|{second.id}"
    order = placed(order_source="product", order_source_id=ids)
    assert goods(order) == [(first.prod_list_id, 1), (second.prod_list_id, 1)]
    assert order["order_source_id"] == f"{first.prod_list_id},{second.id}"


def test_items_win_over_the_snapshot_and_that_over_ids() -> None:
    a, b, c = (make_product() for _ in "abc")
    items = [{"prod_list_id": a.prod_list_id, "quantity": 1}]
    snapshot = [{"prod_list_id": b.prod_list_id, "quantity": 1}]
    others = {"order_snap": snapshot, "order_source_id": c.id, "order_source": "product"}
    assert goods(placed(items=items, **others)) == [(a.prod_list_id, 1)]
    assert goods(placed(**others)) == [(b.prod_list_id, 1)]


def test_cart_ids_win_over_ids_and_those_over_the_snapshot() -> None:
    a, b, c = (make_cart_line() for _ in "abc")
    ways = {"order_source_id": b.cart_id, "order_snap": by_id([c]), "order_source": "cart"}
    assert placed(cart_ids=[a.cart_id], **ways)["order_source_id"] == a.cart_id
    assert placed(**ways)["order_source_id"] == b.cart_id
    assert status_of(c) == "active"


def test_what_is_beside_the_way_that_counts_is_not_looked_at() -> None:
    line = make_cart_line()
    order = placed(cart_ids=[line.cart_id], order_snap="{", order_source_id="a,a")
    assert order["order_source_id"] == line.cart_id


# --- by what is found ---

SOURCES: list[Body] = [{}, {"order_source": None}, {"order_source": ""}, {"order_source": "微信"}]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("ways", "found"),
    [
        (LINES["cart_ids"], "cart"),
        (named("|"), "cart"),
        (snap(by_id, FORMS["a text of items"]), "cart"),
        (snap(by_product("prod_list_id", "quantity"), FORMS["items"]), "product"),
        (lambda lines: {"order_source_id": lines[0].cart_product_id}, "product"),
        (
            lambda lines: {"items": [{"prod_list_id": lines[0].cart_product_id, "quantity": 1}]},
            "product",
        ),
    ],
    ids=["cart_ids", "ids of lines", "lines", "products", "ids of products", "items"],
)
def test_without_a_source_it_is_what_is_found(
    ways: Callable[[list[CartLine]], Body], found: str, source: Body
) -> None:
    line = make_cart_line()
    order = placed(**source, **ways([line]))
    assert order["order_source"] == found
    assert status_of(line) == {"cart": "ordered", "product": "active"}[found]


def test_ids_of_ordered_lines_are_found_too() -> None:
    """So that an order sent twice is no second one."""
    line = make_cart_line(cart_status="ordered")
    with pytest.raises(CartAlreadyOrdered):
        placed(order_source_id=line.cart_id)


def test_a_snapshot_is_looked_at_where_the_ids_are_no_lines() -> None:
    product = make_product()
    snapshot = [{"cart_product_id": product.id, "cart_product_quantity": 3}]
    assert goods(placed(order_source_id="SO-7", order_snap=snapshot)) == [(product.prod_list_id, 3)]


# --- nothing found ---

NOTHING: list[Body] = [
    {},
    {"order_source_id": "", "order_snap": ""},
    {"order_source_id": None, "order_snap": None},
    {"order_source_id": " ,| ", "order_snap": []},
    {"order_snap": "null"},
    {"order_snap": {"total": 1}},
]


@pytest.mark.parametrize("body", NOTHING)
@pytest.mark.parametrize(
    ("source", "ways"),
    [
        ({"order_source": "cart"}, {"cart_ids", "order_source_id", "order_snap"}),
        ({"order_source": "product"}, {"items", "order_source_id", "order_snap"}),
        ({}, {"cart_ids", "items", "order_source_id", "order_snap"}),
    ],
    ids=["cart", "product", "no source"],
)
def test_nothing_found_names_all_ways(source: Body, body: Body, ways: set[str]) -> None:
    said = refusal(**source, **body)
    assert set(said) == ways
    assert all(way in text for text in said.values() for way in ways)


# --- what is malformed ---


@pytest.mark.parametrize(
    ("order_snap", "said"),
    [
        pytest.param("{", "不是有效的 JSON", id="no JSON"),
        pytest.param("[" * 90_000 + "]" * 90_000, "不是有效的 JSON", id="deep"),
        pytest.param("[" + "0," * 200_000 + "0]", "不是有效的 JSON", id="too many values"),
        pytest.param("7", "格式不正确", id="a number"),
        pytest.param([7], "格式不正确", id="a number for an item"),
        pytest.param({"items": "x"}, "格式不正确", id="a text for items"),
        pytest.param('[{"prod_list_id": 7}]', "格式不正确", id="a number for an id"),
        pytest.param([{"prod_list_id": "P"}] * 201, "不能超过 200 项", id="201 items"),
        pytest.param([{}], "商品缺少 prod_list_id 或 cart_product_id", id="no id"),
        pytest.param([{"prod_list_id": "P", "quantity": "2"}], None, id="a text for a quantity"),
        pytest.param([{"prod_list_id": "P", "quantity": 0}], None, id="none of it"),
        pytest.param([{"prod_list_id": "P", "quantity": 1.5}], None, id="half a piece"),
        pytest.param([{"prod_list_id": "P", "quantity": True}], None, id="a truth"),
        pytest.param([{"prod_list_id": "P", "quantity": 10_000}], None, id="too many pieces"),
        pytest.param([{"prod_list_id": "P"}], None, id="no quantity"),
    ],
)
@pytest.mark.parametrize("source", ["cart", "product", ""])
def test_a_snapshot_is_refused(order_snap: Any, said: str | None, source: str) -> None:
    expected = said or "商品数量应为 1 至 9999 的整数"
    assert refusal(order_source=source, order_snap=order_snap) == {"order_snap": expected}


@pytest.mark.parametrize(
    ("source", "field", "ways"),
    [
        (
            "cart",
            "order_source_id",
            lambda line: {"order_source_id": f"{line.cart_id}|{line.cart_id}"},
        ),
        ("cart", "order_snap", lambda line: {"order_snap": by_id([line, line])}),
        (
            "cart",
            "order_snap",
            lambda line: {
                "order_snap": [*by_id([line]), *by_product("prod_list_id", "quantity")([line])]
            },
        ),
        (
            "product",
            "order_snap",
            lambda line: {
                "order_snap": [
                    *by_product("prod_list_id", "quantity")([line]),
                    *by_product("cart_product_id", "quantity")([line]),
                ]
            },
        ),
        ("product", "order_source_id", lambda line: {"order_source_id": "a,a"}),
        (
            "product",
            "order_source_id",
            lambda line: {"order_source_id": f"{_id(line, 'prod_list_id')},{line.cart_product_id}"},
        ),
    ],
)
def test_what_is_named_twice_is_refused(
    source: str, field: str, ways: Callable[[CartLine], Body]
) -> None:
    line = make_cart_line()
    assert list(refusal(order_source=source, **ways(line))) == [field]


def test_more_than_200_ids_are_refused() -> None:
    ids = ",".join(f"P-{n}" for n in range(201))
    assert refusal(order_source_id=ids) == {"order_source_id": "不能超过 200 项"}


@pytest.mark.parametrize("source", ["cart", "product", "", "微信"])
def test_items_with_cart_ids_stay_refused(source: str) -> None:
    product, line = make_product(), make_cart_line()
    items = [{"prod_list_id": product.id, "quantity": 1}]
    said = refusal(order_source=source, items=items, cart_ids=[line.cart_id])
    assert said.keys() <= {"items", "cart_ids"}


@pytest.mark.parametrize("source", ["cart", "product"])
def test_the_list_of_the_other_source_stays_refused(source: str) -> None:
    product, line = make_product(), make_cart_line()
    other: dict[str, Body] = {
        "cart": {"items": [{"prod_list_id": product.id, "quantity": 1}]},
        "product": {"cart_ids": [line.cart_id]},
    }
    assert list(refusal(order_source=source, **other[source])) == list(other[source])


@pytest.mark.parametrize("source", ["cart", "product", ""])
def test_a_product_that_cannot_be_bought_is_named(source: str) -> None:
    product = make_product(prod_list_name="门锁", prod_list_status="off_sale")
    with pytest.raises(ProductUnavailable) as refused:
        placed(order_source=source, order_snap=[{"prod_list_id": product.id, "quantity": 1}])
    assert "门锁" in refused.value.toast
