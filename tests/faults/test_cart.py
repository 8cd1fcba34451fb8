"""Faults of the cart and its orders: pieces lost between two families of writes, money, what is gone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.faults import catalogue
from tests.faults.catalogue import add, lines, price, product
from tests.faults.conftest import Said
from tests.paths import CART_RECORDS
from tests.running import Client, Server
from tests.stories.crowd import all_at_once, crowd


def patch(client: Client, line: dict[str, Any], **changes: Any) -> requests.Response:
    """Change a line as a record."""
    return client.request("PATCH", f"{CART_RECORDS}/{line['pb_id']}", json=changes)


PIECES = [
    pytest.param(lambda c, line: patch(c, line, **{"cart_product_quantity+": 1}), 1, id="plus"),
    pytest.param(lambda c, line: patch(c, line, **{"cart_product_quantity-": 1}), -1, id="minus"),
    pytest.param(lambda c, line: patch(c, line, cart_remark="改"), 0, id="remark"),
]


@pytest.mark.parametrize(
    ("native", "worth"), [pytest.param(*p.values, id=f"B1-create-beside-{p.id}") for p in PIECES]
)
def test_every_answered_piece_counts(
    shop: Server,
    buyer: Client,
    said: Said,
    native: Callable[[Client, dict[str, Any]], requests.Response],
    worth: int,
) -> None:
    """Hooks and native writes of one line at once, ten rounds of three each."""
    line = add(buyer, 1, 100).json()["data"]
    expected = 100
    clients = crowd(buyer, 6)
    for _ in range(10):
        answers = all_at_once(
            clients, lambda client, n: add(client, 1) if n % 2 else native(client, line)
        )
        assert [a.status_code for a in answers] == [200] * 6
        expected += 3 + 3 * worth
    (kept,) = lines(shop, buyer)
    said(f"{expected} pieces expected, {kept['cart_product_quantity']} found")
    assert kept["cart_product_quantity"] == expected


@pytest.mark.parametrize("way", [pytest.param(None, id="B2-remark-beside-quantity")])
def test_two_fields_of_a_line_are_both_kept(
    shop: Server, buyer: Client, said: Said, way: None
) -> None:
    """A hook writes the remark while a native write sets the quantity."""
    lost = 0
    line = add(buyer, 1).json()["data"]
    clients = crowd(buyer, 2)
    for number in range(2, 32):
        remark = f"备注 {number}"
        hook = {"cart_id": line["cart_id"], "cart_remark": remark}
        answers = all_at_once(
            clients,
            lambda client, n, number=number, hook=hook: (  # type: ignore[misc]
                client.hook("/cart/update", hook)
                if n
                else patch(client, line, cart_product_quantity=number)
            ),
        )
        assert [a.status_code for a in answers] == [200, 200]
        (kept,) = lines(shop, buyer)
        lost += (kept["cart_remark"], kept["cart_product_quantity"]) != (remark, number)
    said(f"{lost} of 30 pairs lost a field")
    assert lost == 0


@pytest.mark.parametrize("way", [pytest.param(None, id="B3-exchange-beside-create")])
def test_the_price_belongs_to_the_product(
    shop: Server, buyer: Client, said: Said, way: None
) -> None:
    """A line of P becomes one of Q while a hook adds to P."""
    wrong = 0
    clients = crowd(buyer, 2)
    for _ in range(30):
        line = add(buyer, 1).json()["data"]
        answers = all_at_once(
            clients,
            lambda client, n, line=line: (  # type: ignore[misc]
                add(client, 1) if n else patch(client, line, cart_product_id=product(2))
            ),
        )
        assert [a.status_code for a in answers] == [200, 200]
        kept = lines(shop, buyer)
        prices = {product(n): round(price(n) * 100) for n in (1, 2)}
        wrong += any(row["cart_at_price"] != prices[row["cart_product_id"]] for row in kept)
        assert sum(row["cart_product_quantity"] for row in kept) == 2
        for row in kept:
            buyer.data("/cart/delete", {"cart_id": row["cart_id"]})
    said(f"{wrong} of 30 lines have another product's price")
    assert wrong == 0


@pytest.mark.parametrize("way", [pytest.param(None, id="B4-exchange-beside-create-of-it")])
def test_a_second_line_is_added_or_refused(
    shop: Server, buyer: Client, said: Said, way: None
) -> None:
    """A line becomes one of Q while a hook creates Q: never a 500, no openid in the log."""
    statuses: dict[tuple[int, int], int] = {}
    clients = crowd(buyer, 3)
    for round_ in range(50):
        line = add(buyer, 1).json()["data"]

        def act(client: Client, n: int, line: Any = line, native: bool = round_ % 2 == 0) -> Any:
            if n == 0:
                return patch(client, line, cart_product_id=product(2))
            if n == 1 and native:
                sent = {"cart_owner": client.openid, "cart_product_id": product(2)}
                return client.hook(CART_RECORDS, {**sent, "cart_product_quantity": 1})
            return add(client, 2)

        answers = all_at_once(clients, act)
        for n, answer in enumerate(answers):
            key = (n, answer.status_code)
            statuses[key] = statuses.get(key, 0) + 1
            if answer.status_code == 400:
                assert answer.json()["data"]["cart_product_id"]["code"] == "validation_not_unique"
        for row in lines(shop, buyer):
            buyer.data("/cart/delete", {"cart_id": row["cart_id"]})
    openids = shop.log.count(buyer.openid)
    said(f"{statuses}, {openids} openids in the log")
    assert {status for _, status in statuses} <= {200, 400}
    assert {status for n, status in statuses if n == 2} == {200}
    assert openids == 0


@pytest.mark.parametrize("way", [pytest.param(None, id="D5-price-of-now-beside-the-lines")])
def test_lists_show_both_prices(shop: Server, buyer: Client, said: Said, way: None) -> None:
    """Of the line as it was put into the cart, and of the product now."""
    add(buyer, 7)
    shop.change("tbl_product_list", product(7), prod_list_basic_price=123)
    (line,) = buyer.data("/cart/list")["items"]
    shop.change("tbl_product_list", product(7), prod_list_basic_price=round(price(7) * 100))
    said((line["cart_at_price"], line["product"]["prod_list_basic_price"]))
    assert line["cart_at_price"] == price(7)
    assert line["product"]["prod_list_basic_price"] == 1.23


GONE = {"off-sale": {"prod_list_status": "off_sale"}, "deleted": {"is_delete": 1}}
KEYS = {"cart_product_quantity": 5, "cart_product_quantity+": 2, "cart_product_quantity-": 2}


@pytest.fixture
def back(shop: Server) -> Iterator[None]:
    """The product can be bought again afterwards."""
    yield
    shop.change("tbl_product_list", product(6), prod_list_status="on_sale", is_delete=0)


@pytest.mark.usefixtures("back")
@pytest.mark.parametrize(
    ("gone", "key"),
    [pytest.param(g, key, id=f"D9-{name}-{key}") for name, g in GONE.items() for key in KEYS],
)
def test_the_quantity_of_what_cannot_be_bought_stays(
    shop: Server, buyer: Client, said: Said, gone: dict[str, Any], key: str
) -> None:
    """By both families; remark and deletion are possible, and so is the quantity that it has."""
    line = add(buyer, 6, 3).json()["data"]
    shop.change("tbl_product_list", product(6), **gone)
    native = patch(buyer, line, **{key: KEYS[key]})
    said((native.status_code, native.text))
    assert native.status_code == 400
    code = native.json()["data"]["cart_product_id"]["code"]
    assert code == "validation_missing_rel_records"
    named = {"cart_id": line["cart_id"]}
    hook = buyer.hook("/cart/update", {**named, "cart_product_quantity": 5})
    assert (hook.status_code, hook.json()["data"]["code"]) == (400, "product_unavailable")
    (kept,) = lines(shop, buyer)
    assert kept["cart_product_quantity"] == 3
    same = {**named, "cart_product_quantity": 3, "cart_remark": "缺货"}
    assert buyer.hook("/cart/update", same).status_code == 200
    assert patch(buyer, line, cart_product_quantity=3, cart_remark="等").status_code == 200
    assert patch(buyer, line, is_delete=1).status_code == 200


PICTURES = {
    "nothing": {},
    "off-sale": {"prod_list_status": "off_sale"},
    "deleted": {"is_delete": 1},
}
BACK = "tbl_product_list_via_prod_list_icon"


@pytest.fixture(scope="module")
def pictured(shop: Server) -> Server:
    """A picture of each kind, which one product that may not be listed points at, or none."""
    pictures = [
        {
            "id": f"picture{number:08d}",
            "attachments_id": f"A-FAULT-{number}",
            "attachments_filename": f"{kind}.png",
            "attachments_status": "valid",
        }
        for number, kind in enumerate(PICTURES)
    ]
    products = [
        {**catalogue.row(20 + number), "prod_list_icon": f"picture{number:08d}", **columns}
        for number, columns in enumerate(PICTURES.values())
        if columns
    ]
    draft = {
        "document_title": "草稿",
        "document_status": "草稿",
        "document_images": [picture["id"] for picture in pictures],
    }
    collections = {"tbl_attachments": pictures, "tbl_product_list": products}
    shop.take({**collections, "tbl_document": [draft]})
    return shop


@pytest.mark.parametrize(
    ("asked", "are_found"),
    [
        pytest.param(f"{BACK}.id = ''", True, id="D10-no-row-points-back"),
        pytest.param(f"{BACK}.id ?= ''", True, id="D10-any"),
        pytest.param(f"{BACK}.id != 'x'", True, id="D10-another-id"),
        pytest.param("tbl_document_via_document_images.id = ''", True, id="D10-a-draft"),
        pytest.param(
            "tbl_document_via_document_images.document_images:each = ''", True, id="D10-each"
        ),
        pytest.param(
            "tbl_document_via_document_images.document_images:length > 0", False, id="D10-length"
        ),
        pytest.param(f"{BACK}.prod_list_name = ''", True, id="D10-no-name"),
        pytest.param(f"{BACK}.prod_list_name ~ '开关'", False, id="D10-a-name"),
        pytest.param(f"{BACK}.prod_list_icon.id = ''", True, id="D10-nested-forward"),
        pytest.param(f"{BACK}.prod_list_icon.{BACK}.id = ''", True, id="D10-nested-back"),
        pytest.param(f"{BACK}.id = '' || {BACK}.prod_list_sort > 5", True, id="D10-in-or"),
    ],
)
def test_what_may_not_be_listed_does_not_point_back(
    pictured: Server, said: Said, asked: str, are_found: bool
) -> None:
    """Pictures of such products are found like the one that no product has."""
    query = {"filter": f"attachments_id ~ 'A-FAULT-' && ({asked})", "sort": BACK + ".id"}
    answer = Client(pictured.url).get("/collections/tbl_attachments/records", params=query)
    said(answer.text)
    names = {item["attachments_filename"] for item in answer.json()["items"]}
    assert names == ({f"{kind}.png" for kind in PICTURES} if are_found else set())
