"""A database of the contract 1.0.0 with 20,000 rows: forward, asked over HTTP, back, and forward again.

Covers: models/migrations/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
from peewee import Database, Table
from playhouse.migrations import Runner

from bai_wx.database.connection import connect, disconnect
from bai_wx.process import schema
from bai_wx.record import encrypted
from bai_wx.record.collections import COLLECTIONS
from tests.databases import new_address
from tests.models import old_shop
from tests.models.old_shop import TABLES, Row, openid
from tests.running import Client, Server

OWNER = 5
"""A user with a whole profile, whose company, cart and orders are asked for."""
AT_ONCE = 400

Tables = dict[str, list[Row]]


def insert_all(database: Database) -> None:
    """Write the rows, in the order of their numbers, `seq` counted from 1."""
    for name, rows in TABLES.items():
        numbered = ({"seq": seq, **row} for seq, row in enumerate(rows(), 1))
        while chunk := list(islice(numbered, AT_ONCE)):
            table: Any = Table(name, tuple(chunk[0]), _database=database)
            table.insert(chunk).execute()
        if database.for_update:  # as the sequence would have counted them
            database.execute_sql(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'seq'), MAX(seq)) FROM {name}"
            )


def everything(database: Database) -> Tables:
    """Every row of every collection, by its columns' names, in their order."""
    return {name: list(_rows(database, name)) for name in TABLES}


def _rows(database: Database, name: str) -> Iterator[Row]:
    columns = sorted(column.name for column in database.get_columns(name))
    listed = ", ".join(f'"{column}"' for column in columns)
    found = database.execute_sql(f'SELECT {listed} FROM "{name}" ORDER BY "seq"')
    rows = (dict(zip(columns, row, strict=True)) for row in found.fetchall())
    return (encrypted.revealed(COLLECTIONS[name], row, row["id"]) for row in rows)


def as_it_comes_back(before: Tables) -> Tables:
    """What a step back cannot tell apart: an empty list from none, an unset state from a draft."""
    return {name: [_one_that_comes_back(row) for row in rows] for name, rows in before.items()}


def _one_that_comes_back(row: Row) -> Row:
    lists = ("document_keywords", "document_product_categories", "prod_list_tags")
    back = dict(row)
    for key in (*lists, "document_application_scenarios"):
        if back.get(key) == "[]":
            back[key] = "null"
    if back.get("document_status") == "":
        back["document_status"] = "draft"
    return back


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An old database's address."""
    return new_address(tmp_path_factory.mktemp("old"))


@dataclass(frozen=True)
class Travelled:
    """What the database held before it was migrated, after, after the steps back, and at last."""

    before: Tables
    after: Tables
    back: Tables
    again: Tables
    steps: list[str]


@pytest.fixture(scope="module")
def travelled(address: str) -> Travelled:
    """The old database forward, back and forward again; it stays so for the server."""
    database = connect(address)
    runner = Runner(database, str(schema.MIGRATIONS), table_name=schema.HISTORY_TABLE)
    runner.up(old_shop.LAST_STEP)
    insert_all(database)
    before = everything(database)
    steps = schema.migrate(database)
    after = everything(database)
    assert [schema.revert(database)[0] for _ in steps] == steps[::-1]
    back = everything(database)
    assert schema.migrate(database) == steps
    assert schema.differences(database) == ""
    again = everything(database)
    disconnect()
    return Travelled(before, after, back, again, steps)


@pytest.fixture(scope="module")
def server(
    address: str, travelled: Travelled, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of the migrated database; no answer broke the contract."""
    home = tmp_path_factory.mktemp("old-server") / "home"
    with Server(home, BAI_WX_DATABASE=address) as running:
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    """The user whose rows are asked for."""
    token = server.command("token", openid(OWNER)).stdout.strip()
    return Client(server.url, token, openid(OWNER))


def items(client: Client, collection: str, **params: Any) -> list[Row]:
    """The items of a native list, which must fit on its page."""
    answer = client.get(f"/collections/{collection}/records", params={"perPage": 1000, **params})
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["totalPages"] <= 1
    found: list[Row] = page["items"]
    return found


def total(client: Client, collection: str, **params: Any) -> int:
    """How many rows a native list counts."""
    answer = client.get(f"/collections/{collection}/records", params={"perPage": 1, **params})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["totalItems"])


def kept(rows: Callable[[], Iterator[Row]], shown: Callable[[Row], bool]) -> int:
    """How many rows are there and shown."""
    return sum(shown(row) for row in rows() if not row["is_delete"])


def in_effect(row: Row) -> bool:
    """Whether an old document is listed now: neither a draft nor yet to come. An expired one is."""
    return row["document_status"] == "published" and row["document_effect"] != old_shop.FUTURE


SHOWN: dict[str, Callable[[Row], bool]] = {
    "tbl_company": lambda row: True,
    "tbl_attachments": lambda row: row["attachments_status"] != "invalid",
    "tbl_product_list": lambda row: row["prod_list_status"] == "on_sale",
    "tbl_document": in_effect,
    "tbl_cart": lambda row: row["cart_owner"] == openid(OWNER),
    "tbl_order": lambda row: row["order_owner"] == openid(OWNER),
}


def test_there_are_20_000_rows(travelled: Travelled) -> None:
    """As many after as before, each with its `seq` and id."""
    before, after = travelled.before, travelled.after
    assert sum(len(rows) for rows in before.values()) == 20_000
    for name, rows in before.items():
        assert [(row["seq"], row["id"]) for row in after[name]] == [
            (row["seq"], row["id"]) for row in rows
        ]


def test_columns_that_kept_their_names_kept_their_values(travelled: Travelled) -> None:
    """But for those that the owner's clients read in other words."""
    translated = {
        "users_type",
        "prod_list_tags",
        "document_image",
        "document_video",
        "document_file",
        "document_keywords",
        "document_product_categories",
        "document_application_scenarios",
        "document_status",
    }
    before, after = travelled.before, travelled.after
    for name, rows in before.items():
        same = (rows[0].keys() & after[name][0].keys()) - translated
        for was, now in zip(rows, after[name], strict=True):
            assert {key: now[key] for key in same} == {key: was[key] for key in same}


@pytest.mark.parametrize("name", SHOWN)
def test_a_list_counts_what_is_shown(owner: Client, name: str) -> None:
    assert total(owner, name) == kept(TABLES[name], SHOWN[name])


def test_words_of_a_document_are_joined_by_bars(owner: Client) -> None:
    """Filters find one of them; ids of attachments that are there stand in the text."""
    query = 'document_keywords="开关|安装" && document_effect_date!=""'
    found = items(owner, "tbl_document", filter=query, expand="document_images")
    assert found
    for row in found:
        number = int(row["id"][1:])
        assert row["document_keywords"].split("|") == ["开关", "安装"]
        assert row["document_file"] == f"A-OLD-{number:05d}"
        there = [f"A-OLD-{number:05d}", f"A-OLD-{number + 1:05d}"]
        assert row["document_image"].split("|") == there  # without the one that is gone
    likes = total(owner, "tbl_document", filter='document_keywords~"安装"')
    shown = kept(
        TABLES["tbl_document"], lambda row: in_effect(row) and "安装" in row["document_keywords"]
    )
    assert likes == shown > 0


def test_states_of_documents_have_the_owners_words(owner: Client) -> None:
    """An expired one says so, in answers and filters."""
    expired = kept(
        TABLES["tbl_document"],
        lambda row: in_effect(row) and row["document_expiry"] == old_shop.BEFORE,
    )
    every = kept(TABLES["tbl_document"], in_effect)
    assert total(owner, "tbl_document", filter='document_status="过期"') == expired > 0
    assert total(owner, "tbl_document", filter='document_status="有效"') == every - expired > 0
    assert total(owner, "tbl_document", filter='document_status="草稿"') == 0


def test_dates_of_documents_are_found_by_their_new_names(owner: Client) -> None:
    query = f'document_effect_date="{old_shop.PAST}" && document_expiry_date="{old_shop.FUTURE}"'
    expected = kept(
        TABLES["tbl_document"],
        lambda row: (
            in_effect(row)
            and row["document_effect"] == old_shop.PAST
            and row["document_expiry"] == old_shop.FUTURE
        ),
    )
    assert total(owner, "tbl_document", filter=query) == expected > 0
    newest = items(owner, "tbl_document", sort="-document_create,id", filter=query)
    assert [row["document_create"] for row in newest] == sorted(
        (row["created"] for row in newest), reverse=True
    )


def test_tags_of_products_are_joined_by_bars(owner: Client) -> None:
    tagged = kept(
        TABLES["tbl_product_list"],
        lambda row: row["prod_list_status"] == "on_sale" and "安装" in row["prod_list_tags"],
    )
    assert total(owner, "tbl_product_list", filter='prod_list_tags="开关|安装"') == tagged > 0


def test_the_owner_finds_his_company_cart_and_orders(owner: Client) -> None:
    """By the values they had."""
    (company,) = items(owner, "tbl_company", filter=f'company_owner_openid="{owner.openid}"')
    assert company["company_id"] == f"C-OLD-{OWNER:05d}"
    guest = Client(owner.url)
    assert total(guest, "tbl_company", filter=f'company_owner_openid="{owner.openid}"') == 0
    lines = owner.data("/cart/list", {})["items"]
    assert {line["cart_id"] for line in lines} == {
        row["cart_id"]
        for row in TABLES["tbl_cart"]()
        if row["cart_owner"] == owner.openid and not row["is_delete"]
    }
    number = f"20260101{OWNER:08d}"
    (order,) = owner.data("/order/list", {"keyword": number})["items"]
    assert (order["order_id"], order["order_amount"]) == (f"O-OLD-{OWNER:05d}", OWNER + 0.5)
    user = owner.data("/wechat/profile", {"users_name": f"老用户{OWNER}"})["user"]
    assert (user["users_phone"], user["company_id"]) == (f"138{OWNER:08d}", company["company_id"])
    assert (user["users_type"], user["users_phone_verified"]) == ("注册用户", False)


def test_nothing_is_lost_on_the_way_back_and_forward(travelled: Travelled) -> None:
    """A step back can be taken after each step forward, and leads forward again to the same rows."""
    assert travelled.steps
    assert travelled.back == as_it_comes_back(travelled.before)
    assert travelled.again == travelled.after
