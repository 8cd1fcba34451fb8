"""Answers that are remembered change with the rows, whoever changed them and whichever worker is asked."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models.database import connect, disconnect
from models.versions import version_of
from server import answers
from server.answers import Answers, is_same_for_all
from server.incoming import Incoming
from server.render import Reply
from tests.running import Client, Server

TABLE = "tbl_product_list"
LIST = f"/collections/{TABLE}/records"
OFTEN = 8  # more than there are workers

ids = (f"remembered{number:05d}" for number in itertools.count())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers, each with a memory of its own."""
    with Server(tmp_path_factory.mktemp("remembered") / "home", workers=2) as running:
        yield running


def product(record_id: str, **values: Any) -> dict[str, Any]:
    """A product as `bai-wx import` takes it."""
    return {
        "id": record_id,
        "prod_list_id": record_id.upper(),
        "prod_list_name": "记忆开关",
        "prod_list_basic_price": 1,
        "prod_list_status": "on_sale",
        **values,
    }


def seen(server: Server, record_id: str, query: str = "") -> set[str]:
    """The names the product has in the list and by itself, asked often and on many connections."""
    asked = f"{LIST}?filter=id='{record_id}'{query}"
    names = set()
    for _ in range(OFTEN):
        client = Client(server.url)
        listed = client.get(asked).json()["items"]
        single = client.get(f"{LIST}/{record_id}")
        names |= {item["prod_list_name"] for item in listed} or {"-"}
        names.add(single.json()["prod_list_name"] if single.status_code == 200 else "-")
    return names


CHANGES: dict[str, tuple[Callable[[Server, str], object], str]] = {
    "a name, in the database itself": (
        lambda server, name: server.change(TABLE, name, prod_list_name="新名"),
        "新名",
    ),
    "off sale": (lambda server, name: server.change(TABLE, name, prod_list_status="off_sale"), "-"),
    "deleted softly": (lambda server, name: server.change(TABLE, name, is_delete=1), "-"),
    "deleted": (lambda server, name: server.write(f"DELETE FROM {TABLE} WHERE id = ?", name), "-"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_at_once(server: Server, change: str) -> None:
    """In lists and views that were asked before, by every worker."""
    act, name = CHANGES[change]
    record_id = next(ids)
    server.take({TABLE: [product(record_id)]})
    assert seen(server, record_id) == {"记忆开关"}
    act(server, record_id)
    assert seen(server, record_id) == {name}


def test_a_new_product_is_seen_at_once(server: Server) -> None:
    """It was asked for before it was there."""
    record_id = next(ids)
    assert seen(server, record_id) == {"-"}
    server.take({TABLE: [product(record_id)]})
    assert seen(server, record_id) == {"记忆开关"}


def test_a_change_that_is_taken_back_is_not_seen(server: Server) -> None:
    """And the one after it is."""
    record_id = next(ids)
    server.take({TABLE: [product(record_id)]})
    seen(server, record_id)
    connected = connect(server.address)
    with connected.atomic() as transaction:
        connected.execute_sql(f"UPDATE {TABLE} SET prod_list_name = 'x' WHERE id = '{record_id}'")
        assert seen(server, record_id) == {"记忆开关"}
        transaction.rollback()
    disconnect()
    assert seen(server, record_id) == {"记忆开关"}
    server.change(TABLE, record_id, prod_list_name="新名")
    assert seen(server, record_id) == {"新名"}


def test_what_is_expanded_is_as_it_is_now(server: Server) -> None:
    """Its changes are not counted, so nothing that holds it is remembered."""
    record_id = next(ids)
    (icon,) = (
        Client(server.url).get("/collections/tbl_attachments/records?perPage=1").json()["items"]
    )
    server.take({TABLE: [product(record_id, prod_list_icon=icon["id"])]})
    asked = f"{LIST}/{record_id}?expand=prod_list_icon"
    for remark in ("一", "二"):
        server.change("tbl_attachments", icon["id"], attachments_remark=remark)
        for _ in range(OFTEN):
            shown = Client(server.url).get(asked).json()["expand"]["prod_list_icon"]
            assert shown["attachments_remark"] == remark


def test_heads_and_queries_have_answers_of_their_own(server: Server) -> None:
    """A HEAD has no body, a page is not another, and an order of the same keys is the same."""
    client = Client(server.url)
    first, second = (client.get(f"{LIST}?perPage=1&page={page}") for page in (1, 2))
    assert first.json()["items"] != second.json()["items"]
    head = client.request("HEAD", f"{LIST}?perPage=1&page=1")
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(first.content)))
    assert client.get(f"{LIST}?perPage=1&page=1").content == first.content


def test_every_write_counts(server: Server) -> None:
    """Insert, update and delete; what was only read is no change."""
    connect(server.address)
    numbers = [version_of(TABLE)]
    record_id = next(ids)
    for act in (
        lambda: server.take({TABLE: [product(record_id)]}),
        lambda: server.change(TABLE, record_id, prod_list_sort=2),
        lambda: server.write(f"DELETE FROM {TABLE} WHERE id = ?", record_id),
    ):
        act()
        numbers.append(version_of(TABLE))
    seen(server, record_id)
    assert version_of(TABLE) == numbers[-1]
    assert version_of("tbl_cart") is None
    assert numbers == sorted(set(numbers))  # type: ignore[type-var]
    disconnect()


@pytest.mark.parametrize(
    ("query", "is_same"),
    [
        (b"", True),
        (b"page=2&perPage=50&sort=-prod_list_sort", True),
        (b"filter=prod_list_category%3D%27%E9%9D%A2%E6%9D%BF%27", True),
        (b"sort=@random", False),
        (b"sort=%40random", False),
        (b"filter=created%3C@now", False),
        (b"filter=strftime('%25Y',created)>'2025'", False),
        (b"filter=strftime%28'%25Y',created%29>'2025'", False),
        (b"filter=prod_list_name~'x'", False),
        (b"filter=prod_list_icon.attachments_size>1", False),
        (b"filter=prod_list_icon%2Eattachments_size>1", False),
        (b"filter=tbl_cart_via_cart_product_id.id!=''", False),
        (b"expand=prod_list_icon", False),
        (b"%65xpand=prod_list_icon", False),
        (b"EXPAND=prod_list_icon", False),
    ],
)
def test_what_the_answer_depends_on(query: bytes, is_same: bool) -> None:
    """Time, luck, related rows and the caller are in no remembered answer."""
    assert is_same_for_all(Incoming({}, query, {})) is is_same


def test_the_memory_has_a_bound(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many queries are thought up, the answers kept are no more than so many bytes."""
    monkeypatch.setattr(answers, "MOST_BYTES", 10_000)
    connect(server.address)
    memory = Answers(TABLE)
    for number in range(1_000):
        memory.of(Incoming({}, b"page=%d" % number, {}), lambda _: Reply(200, b"x" * 100))
    asked: list[Incoming] = []
    memory.of(Incoming({}, b"page=0", {}), lambda i: (asked.append(i), Reply(200, b""))[1])
    memory.of(Incoming({}, b"page=999", {}), lambda i: (asked.append(i), Reply(200, b""))[1])
    assert [incoming.query_string for incoming in asked] == [b"page=0"]
    disconnect()
