"""How much one user may have and make, and that races do not make it more.

Covers: bai_wx/record/spending.py, models/migrations/0019_quotas.py
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from peewee import Database

from bai_wx import dialect
from bai_wx.database.connection import disconnect, is_embedded, request_connection
from bai_wx.errors import TooManyRequests, WechatCodeInvalid, WechatUnavailable
from bai_wx.files.store import FileStore, Upload
from bai_wx.record import clock, quotas, spending
from bai_wx.record.base import Caller
from bai_wx.record.quotas import DAY_S, DEFAULTS
from models import attachments
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from models.orders import Actor, Order, Status
from models.users import User
from tests.databases import without_sql
from tests.factories import ALICE, BOB, make_attachment, make_company, make_order, make_product

pytestmark = pytest.mark.usefixtures("database")

WRITERS = 16


@pytest.fixture(autouse=True)
def bounded() -> Iterator[Callable[[str], None]]:
    """Puts quotas in force, all others off."""
    off = ",".join(f"{name}:off" for name in DEFAULTS)
    yield lambda text: quotas.enable(f"{off},{text}")
    quotas.enable("off")


def order(caller: Caller, files: FileStore) -> None:
    """Order a product by the hook."""
    Order.place(
        caller, {"order_source": "product", "items": [{"prod_list_id": PRODUCT, "quantity": 1}]}
    )


def order_record(caller: Caller, files: FileStore) -> None:
    """Order it as a record."""
    snap = {"items": [{"prod_list_id": PRODUCT, "quantity": 1}]}
    body = {"order_owner": caller.openid, "order_source": "product", "order_snap": snap}
    dialect.create(Order, body, {}, caller)


def company(caller: Caller, files: FileStore) -> None:
    """Create a company."""
    dialect.create(Company, {"company_name": "宝莱"}, {}, caller)


def cart_line(caller: Caller, files: FileStore) -> None:
    """Put a new product into the cart by the hook."""
    CartLine.add(caller, make_product().id, 1, None)


def cart_record(caller: Caller, files: FileStore) -> None:
    """Put it there as a record."""
    body = {
        "cart_owner": caller.openid,
        "cart_product_id": make_product().id,
        "cart_product_quantity": 1,
    }
    dialect.create(CartLine, body, {}, caller)


def upload(caller: Caller, files: FileStore) -> None:
    """Upload a file of a mebibyte."""
    file = Upload("attachments_link", "a.pdf", "application/pdf", b"%PDF-1.7\n".ljust(quotas.MIB))
    dialect.uploads.create(Attachment, {}, file, {}, caller, files)


def phone(caller: Caller, files: FileStore) -> None:
    """Exchange a phone's code."""
    with User.spending_phone_exchange(caller):
        pass


PRODUCT = "P-QUOTA"
QUOTAS = [
    pytest.param("companies:3", company, id="companies"),
    pytest.param("companies-a-day:3", company, id="companies a day"),
    pytest.param("open-orders:3", order, id="open orders by a hook"),
    pytest.param("open-orders:3", order_record, id="open orders by records"),
    pytest.param("orders-a-day:3", order, id="orders a day by a hook"),
    pytest.param("orders-a-day:3", order_record, id="orders a day by records"),
    pytest.param("cart-lines-a-day:3", cart_line, id="cart lines by a hook"),
    pytest.param("cart-lines-a-day:3", cart_record, id="cart lines by records"),
    pytest.param("uploads:3", upload, id="files"),
    pytest.param("uploads-a-day:3", upload, id="files a day"),
    pytest.param("upload-mib:3", upload, id="bytes"),
    pytest.param("upload-mib-a-day:3", upload, id="bytes a day"),
    pytest.param("phones-a-day:3", phone, id="phones a day"),
]
"""A quota of three, and what uses one of it."""

Use = Callable[[Caller, FileStore], None]


def outcome(use: Use, caller: Caller, files: FileStore) -> str:
    """Use one, as a request does."""
    try:
        with request_connection:
            use(caller, files)
    except TooManyRequests as refused:
        is_told = 1 <= (refused.retry_after_s or 0) <= DAY_S
        return refused.code if is_told else "untold"
    return "ok"


@pytest.mark.parametrize(("text", "use"), QUOTAS)
def test_of_sixteen_at_once_the_bound_is_let_through(
    bounded: Callable[[str], None], tmp_path: Path, text: str, use: Use
) -> None:
    """Exactly that; another user has its own, and without quotas more comes through."""
    make_product(prod_list_id=PRODUCT)
    files = FileStore.at(str(tmp_path / "files"))
    bounded(text)
    start = threading.Barrier(WRITERS)

    def one(_: int) -> str:
        start.wait(10)
        try:
            return outcome(use, ALICE, files)
        finally:
            if is_embedded():  # a connection a thread
                disconnect()

    with ThreadPoolExecutor(WRITERS) as pool:
        found = Counter(pool.map(one, range(WRITERS)))
    assert found == {"ok": 3, "too_many_requests": 13}
    stored = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(stored) == (3 if use is upload else 0)
    assert outcome(use, BOB, files) == "ok"
    quotas.enable("off")
    assert outcome(use, ALICE, files) == "ok"


def test_room_is_made_by_what_is_no_longer_open(
    bounded: Callable[[str], None], tmp_path: Path
) -> None:
    """By moving, cancelling or deleting an order or a company; a deleted file still lies on the disk."""
    files = FileStore.at(str(tmp_path / "files"))
    make_product(prod_list_id=PRODUCT)
    bounded("open-orders:2,companies:1,uploads:1")
    rows = [make_order(), make_order()]
    assert outcome(order, ALICE, files) == "too_many_requests"
    rows[0].move_to(Status.CONFIRMED, Actor.OPERATOR)
    rows[0].save()
    assert outcome(order, ALICE, files) == "ok"
    rows[1].mark_deleted()
    assert outcome(order, ALICE, files) == "ok"
    assert outcome(order, ALICE, files) == "too_many_requests"
    make_company(company_owner_openid=ALICE.openid, is_delete=1)
    assert outcome(company, ALICE, files) == "ok"
    assert outcome(company, ALICE, files) == "too_many_requests"
    make_attachment(attachments_owner=ALICE.openid, is_delete=1)
    assert outcome(upload, ALICE, files) == "too_many_requests"


def test_who_creates_and_deletes_companies_in_turn_is_bounded(
    bounded: Callable[[str], None], tmp_path: Path
) -> None:
    """By the day: the deleted ones stay in the table."""
    files = FileStore.at(str(tmp_path / "files"))
    bounded("companies:1,companies-a-day:3")
    for _ in range(3):
        assert outcome(company, ALICE, files) == "ok"
        for each in Company.select().where(Company.is_delete == 0):
            each.mark_deleted()
    assert outcome(company, ALICE, files) == "too_many_requests"


def test_who_owns_more_than_a_bound_is_counted() -> None:
    """What is nobody's, and what is deleted, is no user's; a file's bytes are there until a purge."""
    for owner, rows, size in ((ALICE.openid, 3, quotas.MIB), (BOB.openid, 2, 1), ("", 4, 1)):
        for number in range(rows):
            gone = {"is_delete": int(owner == ALICE.openid and number == 0)}
            make_company(company_owner_openid=owner, **gone)
            make_attachment(attachments_owner=owner, attachments_size=size, **gone)
            if owner:
                make_order(order_owner=owner, **gone)
    two = {"companies": 2, "open-orders": 1, "uploads": 2, "upload-mib": 2, "phones-a-day": 0}
    found = {"companies": 0, "open-orders": 2, "uploads": 1, "upload-mib": 1}
    assert quotas.owners_above(two) == found
    assert quotas.owners_above({}) == {}


@pytest.mark.parametrize(
    ("age_s", "told"),
    [
        pytest.param(DAY_S + 1, None, id="yesterday's"),
        pytest.param(DAY_S - 100, 100, id="nearly a day old"),
        pytest.param(0, DAY_S, id="new"),
    ],
)
def test_a_day_is_the_last_24_hours(
    bounded: Callable[[str], None], tmp_path: Path, age_s: int, told: int | None
) -> None:
    """Who is refused is told when the oldest row is a day old."""
    bounded("orders-a-day:1")
    make_product(prod_list_id=PRODUCT)
    make_order(created=clock.ago(age_s), is_delete=1)
    if told is None:
        order(ALICE, FileStore.at(str(tmp_path / "files")))
        return
    with pytest.raises(TooManyRequests) as refused:
        order(ALICE, FileStore.at(str(tmp_path / "files")))
    assert refused.value.retry_after_s in (told, told - 1)
    assert refused.value.toast == "今天下单太多，请明天再试"
    assert refused.value.sentence == "Too many requests: the quota orders-a-day is 1."


@pytest.mark.parametrize(
    ("problem", "used"),
    [
        pytest.param(None, 1, id="a number"),
        pytest.param(WechatCodeInvalid(), 1, id="a wrong code"),
        pytest.param(WechatUnavailable(), 0, id="WeChat is away"),
    ],
)
def test_an_exchange_that_wechat_could_not_answer_is_given_back(
    bounded: Callable[[str], None], problem: Exception | None, used: int
) -> None:
    bounded("phones-a-day:1")
    try:
        with User.spending_phone_exchange(ALICE):
            if problem is not None:
                raise problem
    except type(problem or ValueError()):
        pass
    (row,) = spending.Spending.select()
    assert row.used == used
    spending.Spending.update(ends=clock.ago(1)).execute()
    with User.spending_phone_exchange(ALICE):  # a day later
        pass
    (row,) = spending.Spending.select()
    assert row.used == 1


@without_sql
def test_files_are_counted_by_an_index_alone(database: Database) -> None:
    """However many others there are: none of the rows is read."""
    statement, values = attachments._SIZES.prepare({"openid": "a", "since": "", "most": 10})
    plan = str(database.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())
    assert "COVERING INDEX tbl_attachments_owner_created_size" in plan


@without_sql
@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", dict(DEFAULTS), id="nothing"),
        pytest.param("off", {}, id="off"),
        pytest.param("companies:7", {**DEFAULTS, "companies": 7}, id="one"),
        pytest.param(
            " companies : 7 , uploads: 0,", {**DEFAULTS, "companies": 7, "uploads": 0}, id="two"
        ),
        pytest.param(
            "uploads:OFF", {n: v for n, v in DEFAULTS.items() if n != "uploads"}, id="one off"
        ),
    ],
)
def test_quotas_are_read(text: str, found: dict[str, int]) -> None:
    """What is left out has its default."""
    assert quotas.parse(text) == found


@without_sql
@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "firms:7",
            "holds 'firms'; it knows companies, companies-a-day, open-orders",
            id="unknown",
        ),
        pytest.param(
            "companies", "holds 'companies'; write companies:50, or companies:off", id="no number"
        ),
        pytest.param("companies:-1", "write companies:50", id="negative"),
        pytest.param("companies:1e3", "write companies:50", id="no whole number"),
        pytest.param("companies:²", "write companies:50", id="no digit"),
        pytest.param(f"companies:{'9' * 5000}", "write companies:50", id="beyond all bounds"),
        pytest.param("off,companies:1", "holds 'off'", id="off and more"),
    ],
)
def test_quotas_that_cannot_be_read_are_refused(text: str, told: str) -> None:
    """In one line that says what would be right."""
    with pytest.raises(ValueError, match="holds") as refused:
        quotas.parse(text)
    assert told in str(refused.value)
