"""The operator's writes beside others: another operator, a client's order, caches of the API, stored files."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bai_wx.console import audit, writing
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.console.writing import Changed, Invalid
from bai_wx.database.connection import connect, disconnect, is_embedded, request_connection
from bai_wx.errors import ApiError
from bai_wx.files.store import FileStore
from bai_wx.record.base import Caller
from models.attachments import Attachment
from models.orders import Order
from models.products import Product
from tests.api.pictures import PNG
from tests.factories import ALICE, make_order, make_product
from tests.running import Client, Server

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.0.0.1")
LI = Acting("operator0000002", "小李", Role.EDITOR, "10.0.0.2")
ADMIN = Acting("operator0000003", "店长", Role.ADMIN, "10.0.0.3")


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What works return or raise that run at once, each in a thread of its own."""
    found: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        gate.wait(10)
        try:
            with request_connection:
                found[place] = work()
        except (ApiError, Changed) as exc:
            found[place] = exc
        finally:
            if is_embedded():  # a connection for each thread; PostgreSQL's went back to the pool
                disconnect()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.usefixtures("database")
def test_of_two_operators_at_once_one_is_told() -> None:
    row = make_product()
    for _ in range(5):
        row = Product.get_by_id(row.seq)
        sort, remark = {"prod_list_sort": row.prod_list_sort + 1}, {"prod_list_remark": row.updated}
        found = at_once(
            partial(writing.change, Product, row.id, sort, row.updated, WANG),
            partial(writing.change, Product, row.id, remark, row.updated, LI),
        )
        (told,) = [each for each in found if isinstance(each, Changed)]
        assert told.by in {"小王", "小李"}
        assert len(told.differences) == 1
    assert audit.count() == 5


@pytest.mark.usefixtures("database")
def test_an_order_is_moved_by_one_of_its_owner_and_the_operator() -> None:
    """Cancelled by its owner, or confirmed by the operator: never one over the other."""
    for _ in range(5):
        order = make_order()
        found = at_once(
            partial(writing.move_order, order.id, "confirmed", "", WANG),
            partial(Order.change, ALICE, order.order_id, {"order_status": "cancelled"}),
        )
        assert sum(isinstance(each, ApiError) for each in found) == 1
        state = Order.get_by_id(order.seq).order_status
        moves = [e.after["order_status"] for e in audit.history_of("tbl_order", order.id)]
        assert (state, moves) in (("confirmed", ["confirmed"]), ("cancelled", []))


@pytest.mark.usefixtures("database")
def test_a_price_changes_while_products_are_ordered() -> None:
    """Each order has one of the two prices, and its own total."""
    row = make_product()
    items: Any = [{"prod_list_id": row.id, "quantity": 2}]
    place = [
        lambda n=n: Order.place(
            Caller(f"user{n:011}", f"openid-{n}"), {"order_source": "product", "items": items}
        )
        for n in range(4)
    ]
    price = {"prod_list_basic_price": 25}
    found = at_once(
        *place[:2], lambda: writing.change(Product, row.id, price, None, WANG), *place[2:]
    )
    assert [each for each in found if isinstance(each, Exception)] == []
    assert {order.order_amount for order in Order.select()} <= {3980, 5000}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("beside") / "home", workers=2) as server:
        yield server


@pytest.fixture
def two_workers(started: Server) -> Iterator[Server]:
    """A server that caches the catalogue in each of its workers; this process writes beside it."""
    connect(started.address)
    yield started
    disconnect()


def seen_by_workers(server: Server, path: str) -> list[Any]:
    """The answers of eight connections of their own, which reach both workers."""
    return [Client(server.url).get(path).json() for _ in range(8)]


def test_a_product_is_the_apis_at_once(two_workers: Server) -> None:
    """Created, changed, off sale, deleted and restored: the next answer of each worker knows it."""
    products = "/collections/tbl_product_list/records?filter=prod_list_name='新台灯'"

    def shown() -> list[float]:
        answers = seen_by_workers(two_workers, products)
        found = [[item["prod_list_basic_price"] for item in each["items"]] for each in answers]
        assert all(each == found[0] for each in found)
        return found[0]

    assert shown() == []
    values = {"prod_list_name": "新台灯", "prod_list_basic_price": 88.8}
    row = writing.create(Product, values | {"prod_list_status": "on_sale"}, WANG)
    assert shown() == [88.8]
    writing.change(Product, row.id, {"prod_list_basic_price": "99"}, row.updated, WANG)
    assert shown() == [99]
    for status, prices in (("off_sale", []), ("on_sale", [99])):
        writing.change(Product, row.id, {"prod_list_status": status}, None, WANG)
        assert shown() == prices
    writing.delete(Product, [row.id], WANG)
    assert shown() == []
    writing.restore(Product, row.id, WANG)
    assert shown() == [99]


def test_a_disabled_user_is_out_at_once(two_workers: Server) -> None:
    user = Client(two_workers.url).login("disabled-by-console")
    for status, answer in (("disabled", 401), ("active", 200)):
        writing.set_user_status(user.user_id, status, ADMIN)
        found = [
            Client(two_workers.url, user.token).hook("/cart/list").status_code for _ in range(8)
        ]
        assert set(found) == {answer}


def test_an_uploaded_picture_is_served(two_workers: Server) -> None:
    files = FileStore.at(str(two_workers.home / "files"))
    remark = {"attachments_remark": "门头"}
    row = writing.upload(Attachment, "../图 片.PNG", PNG, remark, WANG, files)
    path = f"/files/tbl_attachments/{row.id}/{row.attachments_link}"
    assert Client(two_workers.url).get(path).content[:4] == b"\x89PNG"
    assert (row.attachments_filename, row.attachments_owner) == ("图 片.PNG", "")
    assert (row.attachments_remark, row.attachments_filetype) == ("门头", "image/png")
    assert audit.entries()[0].action == "upload"


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        pytest.param("a.png", b"<script>alert(1)</script>", "只能上传", id="a page as picture"),
        pytest.param("a.svg", b"<svg onload='x'/>", "只能上传", id="a drawing with script"),
        pytest.param("a.png", PNG[:60], "损坏", id="cut short"),
        pytest.param("a.png", b"", "只能上传", id="empty"),
    ],
)
@pytest.mark.usefixtures("database")
def test_what_no_picture_is(name: str, data: bytes, text: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        writing.upload(Attachment, name, data, {}, WANG, FileStore.at(str(tmp_path)))
    assert text in caught.value.problems["attachments_link"][0]
    assert (Attachment.select().count(), audit.count()) == (0, 0)


@pytest.mark.usefixtures("database")
def test_a_file_without_its_entry_goes_with_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "note", fail)
    with pytest.raises(OSError, match="full"):
        writing.upload(Attachment, "a.png", PNG, {}, WANG, FileStore.at(str(tmp_path)))
    assert Attachment.select().count() == 0
    assert list(tmp_path.rglob("*.png")) == []
