"""Records that are kept change with the rows, whoever changed them and whichever worker is asked.

Covers: bai_wx/database/versions.py
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bai_wx.database.connection import connect, disconnect
from bai_wx.database.versions import CollectionVersion
from bai_wx.record import cache
from bai_wx.record.cache import CachedRecord, RecordCache
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
    """Its changes are not counted, so nothing that holds it is kept."""
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


def versions() -> dict[str, int]:
    """The collections whose changes are counted, and how often they changed."""
    return {row.collection: row.number for row in CollectionVersion.select()}


def test_every_write_counts(server: Server) -> None:
    """Insert, update and delete; what was only read is no change."""
    connect(server.address)
    numbers = [versions()[TABLE]]
    record_id = next(ids)
    for act in (
        lambda: server.take({TABLE: [product(record_id)]}),
        lambda: server.change(TABLE, record_id, prod_list_sort=2),
        lambda: server.write(f"DELETE FROM {TABLE} WHERE id = ?", record_id),
    ):
        act()
        numbers.append(versions()[TABLE])
    seen(server, record_id)
    assert versions() == {TABLE: numbers[-1]}
    assert numbers == sorted(set(numbers))
    disconnect()


def written(*seqs: int, version: int = 1, size: int = 100) -> list[CachedRecord]:
    """Records as they are read to be kept."""
    return [(seq, version, b"x" * size) for seq in seqs]


def test_what_is_kept_is_of_one_version() -> None:
    """A row that is missing, or of another version, has all of them read again."""
    record_cache = RecordCache()
    record_cache.add(written(1, 2))
    assert record_cache.texts([(2, 1), (1, 1)]) == [b"x" * 100] * 2
    assert record_cache.texts([(1, 1), (3, 1)]) is None
    assert record_cache.texts([(1, 2)]) is None
    record_cache.add(written(1, version=2, size=1))
    assert record_cache.texts([(1, 2)]) == [b"x"]
    assert record_cache.texts([(1, 1)]) is None


def test_what_nobody_counts_is_not_kept() -> None:
    """Without the collection's row in `collection_version` there is no telling."""
    record_cache = RecordCache()
    record_cache.add([(1, None, b"x")])
    record_cache.add_total(("count",), None, 5)
    assert record_cache.texts([(1, None)]) is None
    assert record_cache.total(("count",), None) is None


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest records go first, and a record that is kept anew counts once."""
    monkeypatch.setattr(cache, "MAX_BYTES", 10 * (100 + cache.BYTES_PER_RECORD))
    record_cache = RecordCache()
    for _ in range(3):
        record_cache.add(written(*range(1, 11)))
    assert record_cache.texts([(seq, 1) for seq in range(1, 11)]) is not None
    record_cache.add(written(11))
    assert record_cache.texts([(1, 1)]) is None
    assert record_cache.texts([(seq, 1) for seq in range(2, 12)]) is not None
    record_cache.add(written(12, size=cache.MAX_BYTES))
    assert record_cache.texts([(12, 1)]) is None


def test_totals_are_of_one_version_and_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many filters are thought up."""
    monkeypatch.setattr(cache, "MAX_TOTALS", 2)
    record_cache = RecordCache()
    record_cache.add_total(("count", "a"), 1, 5)
    assert record_cache.total(("count", "a"), 1) == 5
    assert record_cache.total(("count", "a"), 2) is None
    assert record_cache.total(("count", "b"), 1) is None
    record_cache.add_total(("count", "b"), 1, 6)
    record_cache.add_total(("count", "c"), 1, 7)
    assert record_cache.total(("count", "a"), 1) is None
    assert record_cache.total(("count", "c"), 1) == 7


def test_totals_follow_the_rows(server: Server) -> None:
    """A full page is counted, and the count is kept only while nothing changes."""
    asked = f"{LIST}?perPage=1&filter=prod_list_series='记数'"

    def totals() -> set[int]:
        return {Client(server.url).get(asked).json()["totalItems"] for _ in range(OFTEN)}

    records = [next(ids) for _ in range(3)]
    server.take({TABLE: [product(name, prod_list_series="记数") for name in records[:2]]})
    assert totals() == {2}
    server.take({TABLE: [product(records[2], prod_list_series="记数")]})
    assert totals() == {3}
    server.change(TABLE, records[0], is_delete=1)
    assert totals() == {2}


def test_totals_follow_related_rows(server: Server) -> None:
    """Their changes are not counted, so a total that depends on them is not kept."""
    (icon,) = (
        Client(server.url).get("/collections/tbl_attachments/records?perPage=1").json()["items"]
    )
    server.take({TABLE: [product(next(ids), prod_list_icon=icon["id"]) for _ in range(3)]})
    asked = f"{LIST}?perPage=1&filter=prod_list_icon.attachments_remark='关联'"
    for remark, most in (("关联", 3), ("别的", 0), ("关联", 3)):
        server.change("tbl_attachments", icon["id"], attachments_remark=remark)
        totals = {Client(server.url).get(asked).json()["totalItems"] for _ in range(OFTEN)}
        assert (min(totals) >= most) if most else totals == {0}


def test_a_number_and_a_truth_are_two_filters(server: Server) -> None:
    """To Python they are one key."""
    asked = f"{LIST}?perPage=1&filter=prod_list_remark="
    for remark in ("1", "1.0", "1"):
        server.take({TABLE: [product(next(ids), prod_list_remark=remark)]})
    totals = [
        Client(server.url).get(asked + value).json()["totalItems"]
        for value in ("true", "1", "true", "1")
    ]
    assert totals[:2] == totals[2:]
    assert totals == [
        Client(server.url).get(f"{asked}{value}&fields=id").json()["totalItems"]
        for value in ("true", "1", "true", "1")
    ]
