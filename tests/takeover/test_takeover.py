"""Taking over: what becomes of each row and file, the first time and again.

Covers: bai_wx/transfer/bulk_insert.py, bai_wx/transfer/row_reader.py, bai_wx/transfer/pocketbase/arrivals.py
Covers: bai_wx/transfer/pocketbase/copying.py, bai_wx/transfer/pocketbase/journal.py
Covers: bai_wx/transfer/pocketbase/related.py, bai_wx/transfer/pocketbase/report.py
Covers: bai_wx/transfer/pocketbase/row_writer.py, bai_wx/transfer/pocketbase/takeover.py
Covers: models/migrations/0017_take_over.py
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from peewee import Database

from bai_wx.files.store import FileStore
from bai_wx.record import old_secrets
from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer.pocketbase.journal import TakenRow
from bai_wx.transfer.pocketbase.layout import PocketBaseRefused
from bai_wx.transfer.pocketbase.takeover import FILES_ON_S3, KEPT_ANEW
from models.attachments import Attachment
from models.cart import CartLine
from models.products import Product
from models.users import User
from tests.factories import make_cart_line, make_product, make_user
from tests.stores import content, names
from tests.takeover.by_hand import (
    SECRET,
    ByHand,
    attachment,
    cart_line,
    dated,
    pb_id,
    product,
    row_id,
    user,
)
from tests.takeover.here import bring, contents, fates, rows

pytestmark = pytest.mark.usefixtures("database")

USERS, PRODUCTS, CART = "tbl_auth_users", "tbl_product_list", "tbl_cart"
ATTACHMENTS, ORDERS = "tbl_attachments", "tbl_order"
LATER = "2024-03-01 08:00:00.000Z"


@pytest.fixture
def source(tmp_path: Path) -> ByHand:
    """An empty source."""
    return ByHand(tmp_path / "pb_data")


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """Our files, in a folder."""
    return FileStore.at(str(tmp_path / "files"))


def test_a_shop_is_taken_over_once(source: ByHand, files: FileStore) -> None:
    """Ids, moments, order and deleted rows are kept; run again, nothing changes."""
    source.add(USERS, user(0), user(1))
    source.add(PRODUCTS, *(product(n, is_delete=n % 2) for n in range(3, 600)))
    source.add(PRODUCTS, product(0))
    source.add(CART, cart_line(0, is_delete=1))
    first = bring(source.folder, files)
    assert fates(first, PRODUCTS) == {"written": 598}
    assert fates(first, USERS) == {"written": 2}
    assert [row["id"] for row in rows(PRODUCTS)[:2]] == [row_id("product", 3), row_id("product", 4)]
    assert rows(CART)[0]["is_delete"] == 1
    assert rows(USERS)[0]["token_key"].startswith("key0")
    before = contents()
    second = bring(source.folder, files)
    assert (second.changes, fates(second, PRODUCTS)) == (0, {"unchanged": 598})
    assert contents() == before


def test_the_secret_of_its_tokens_is_kept(source: ByHand, files: FileStore) -> None:
    bring(source.add(USERS, user()).folder, files)
    assert old_secrets.secrets_of(pb_id(User)) == [SECRET]


def test_a_secret_that_was_dropped_and_is_kept_again_is_told(
    source: ByHand, files: FileStore
) -> None:
    source.add(USERS, user())
    assert bring(source.folder, files).notes == []
    assert bring(source.folder, files).notes == []
    old_secrets.drop_all()
    assert bring(source.folder, files).notes == [KEPT_ANEW.format(USERS)]
    assert old_secrets.secrets_of(pb_id(User)) == [SECRET]


@pytest.mark.parametrize(
    ("theirs", "ours", "fate", "name"),
    [
        pytest.param({}, {}, "unchanged", "开关", id="neither changed"),
        pytest.param({"prod_list_name": "新"}, {}, "updated", "新", id="changed in the source"),
        pytest.param({}, {"prod_list_name": "我"}, "kept", "我", id="changed here"),
        pytest.param(
            {"prod_list_name": "新"}, {"prod_list_name": "我"}, "kept", "我", id="changed in both"
        ),
        pytest.param(
            {"prod_list_name": "新"}, {"prod_list_name": "新"}, "unchanged", "新", id="both alike"
        ),
        pytest.param({"prod_list_name": ""}, {}, "refused", "开关", id="refused by now"),
    ],
)
def test_rows_that_changed_between_two_runs(
    source: ByHand,
    files: FileStore,
    theirs: dict[str, Any],
    ours: dict[str, Any],
    fate: str,
    name: str,
) -> None:
    bring(source.add(PRODUCTS, product()).folder, files)
    if theirs:
        source.change(PRODUCTS, row_id("product"), **theirs, updated=LATER)
    if ours:
        Product.update(**ours, updated=LATER).execute()
    assert fates(bring(source.folder, files), PRODUCTS) == {fate: 1}
    assert [row["prod_list_name"] for row in rows(PRODUCTS)] == [name]
    assert bring(source.folder, files).changes == 0


def test_a_row_that_was_removed_here_stays_away(source: ByHand, files: FileStore) -> None:
    bring(source.add(PRODUCTS, product()).folder, files)
    Product.delete().execute()
    source.add(CART, cart_line())
    again = bring(source.folder, files)
    assert (fates(again, PRODUCTS), fates(again, CART)) == ({"kept": 1}, {"refused": 1})
    assert [(each.field, each.id) for each in again.refused] == [
        ("cart_product_id", row_id("line"))
    ]


def test_a_row_that_has_left_the_source_is_told(source: ByHand, files: FileStore) -> None:
    """It stays: whether it was to go everywhere, nobody knows."""
    bring(source.add(PRODUCTS, product(0), product(1), product(2, prod_list_name="")).folder, files)
    source.remove(PRODUCTS, row_id("product", 0))
    report = bring(source.folder, files)
    assert (report.collections[PRODUCTS].gone, len(rows(PRODUCTS))) == (1, 2)
    assert "  no longer in the source, and left here as they are: 1" in str(report).splitlines()


def test_a_row_that_was_here_before_is_kept(source: ByHand, files: FileStore) -> None:
    """An import of another kind brought it; where it is the same, later changes of the source follow."""
    make_product(id=row_id("product", 0), prod_list_name="我的")
    same = product(1)
    bring(source.add(PRODUCTS, same).folder, files)
    TakenRow.delete().execute()
    source.add(PRODUCTS, product(0))
    assert fates(bring(source.folder, files), PRODUCTS) == {"unchanged": 1, "kept": 1}
    source.change(PRODUCTS, same["id"], prod_list_name="新", updated=LATER)
    assert fates(bring(source.folder, files), PRODUCTS) == {"updated": 1, "kept": 1}
    assert [row["prod_list_name"] for row in rows(PRODUCTS)] == ["我的", "新"]


def test_a_user_who_logged_in_here_before_is_joined(source: ByHand, files: FileStore) -> None:
    """One user, with what either side knows; its old tokens stand for it, and the cart is its own."""
    own = make_user(openid="openid-0", users_name="本店的名字")
    theirs = user(0, users_name="旧名", users_phone="13800138000", users_status="disabled")
    source.add(USERS, theirs, user(1)).add(PRODUCTS, product()).add(CART, cart_line(0))
    report = bring(source.folder, files)
    assert fates(report, USERS) == {"written": 1, "joined": 1}
    found = User.get(User.openid == "openid-0")
    assert (found.id, found.token_key, found.users_id) == (own.id, own.token_key, own.users_id)
    assert (found.users_name, found.users_phone) == ("本店的名字", "13800138000")
    assert found.users_status == "disabled"
    joined = old_secrets.joined(row_id("user"))
    assert joined is not None
    assert (joined.user_id, joined.token_key) == (own.id, theirs["token_key"])
    assert [row["cart_owner"] for row in rows(CART)] == ["openid-0"]
    again = bring(source.folder, files)
    assert (again.changes, fates(again, USERS)) == (0, {"unchanged": 2})


def test_a_joined_user_stays_itself_when_the_source_changes_it(
    source: ByHand, files: FileStore
) -> None:
    """Its id, token key and openid are its own in every run; what it lacks is filled, a new old key follows."""
    own = make_user(openid="openid-0", users_name="本店的名字")
    bring(source.add(USERS, user(0)).folder, files)
    changed = {"users_name": "别的", "users_phone": "13800138000", "openid": "openid-9"}
    source.change(USERS, row_id("user"), **changed, tokenKey="n" * 50, updated=LATER)
    assert fates(bring(source.folder, files), USERS) == {"updated": 1}
    found = User.get()
    assert (found.id, found.token_key, found.openid) == (own.id, own.token_key, "openid-0")
    assert (found.users_name, found.users_phone) == ("本店的名字", "13800138000")
    joined = old_secrets.joined(row_id("user"))
    assert joined is not None
    assert (joined.user_id, joined.token_key) == (own.id, "n" * 50)
    assert bring(source.folder, files).changes == 0


def test_another_run_revives_no_token_of_a_joined_user(source: ByHand, files: FileStore) -> None:
    """A new token key here has ended the old tokens."""
    make_user(openid="openid-0")
    bring(source.add(USERS, user(0)).folder, files)
    before = old_secrets.joined(row_id("user"))
    User.update(token_key="h" * 50, updated=LATER).execute()
    source.change(USERS, row_id("user"), users_phone="13800138000", updated=LATER)
    bring(source.folder, files)
    assert old_secrets.joined(row_id("user")) == before


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param("5", id="a number"),
        pytest.param("[5]", id="a list of numbers"),
        pytest.param('[{"name": "id"}]', id="a field without a type"),
        pytest.param(
            '[{"name": "id", "type": "select", "maxSelect": "x"}]', id="no number of choices"
        ),
    ],
)
def test_collections_that_no_pocketbase_has_written(
    source: ByHand, files: FileStore, fields: str
) -> None:
    with closing(sqlite3.connect(source.folder / "data.db")) as database, database:
        database.execute("UPDATE _collections SET fields = ? WHERE name = ?", [fields, USERS])
    with pytest.raises(PocketBaseRefused, match=f"_collections is broken at {USERS}"):
        bring(source.folder, files)


DOUBLES = [
    pytest.param(USERS, user(0), user(1, openid="openid-0"), "openid", id="an openid"),
    pytest.param(
        PRODUCTS, product(0), product(1, prod_list_id="P-0"), "prod_list_id", id="a business id"
    ),
    pytest.param(
        ORDERS,
        dated("order", 0, order_owner="o", order_number="1", order_source="cart", order_id="O-0"),
        dated("order", 1, order_owner="o", order_number="1", order_source="cart", order_id="O-1"),
        "order_number, order_owner",
        id="an order number of one owner",
    ),
]


@pytest.mark.parametrize(("collection", "one", "other", "field"), DOUBLES)
def test_the_second_of_two_doubles_is_refused(
    source: ByHand,
    files: FileStore,
    collection: str,
    one: dict[str, Any],
    other: dict[str, Any],
    field: str,
) -> None:
    """In one chunk and in another, now and when it is run again."""
    source.add(collection, one, other)
    for fate in ("written", "unchanged"):
        report = bring(source.folder, files)
        assert fates(report, collection) == {fate: 1, "refused": 1}
        assert [(each.id, each.field) for each in report.refused] == [(other["id"], field)]
    source.add(collection, other | {"id": row_id("third")})
    assert fates(bring(source.folder, files), collection) == {"unchanged": 1, "refused": 2}
    assert len(rows(collection)) == 1


def test_relations_to_refused_rows(source: ByHand, files: FileStore) -> None:
    """A required one takes its row with it, another is emptied; both are told."""
    source.add(ATTACHMENTS, attachment(0, attachments_size=-1))
    source.add(
        PRODUCTS, product(0, prod_list_icon=row_id("picture")), product(1, prod_list_name="")
    )
    source.add(CART, cart_line(0), cart_line(1, cart_product_id=row_id("product", 1)))
    report = bring(source.folder, files)
    assert {(each.collection, each.id) for each in report.refused} == {
        (ATTACHMENTS, row_id("picture")),
        (PRODUCTS, row_id("product", 1)),
        (CART, row_id("line", 1)),
    }
    assert rows(PRODUCTS)[0]["prod_list_icon"] == ""
    assert [name for name, _ in report.collections[PRODUCTS].changed] == ["prod_list_icon"]


def test_an_optional_relation_to_a_row_that_is_gone_here(source: ByHand, files: FileStore) -> None:
    bring(source.add(ATTACHMENTS, attachment()).folder, files)
    Attachment.delete().execute()
    source.add(PRODUCTS, product(0, prod_list_icon=row_id("picture")))
    report = bring(source.folder, files)
    assert (fates(report, PRODUCTS), rows(PRODUCTS)[0]["prod_list_icon"]) == ({"written": 1}, "")
    assert [name for name, _ in report.collections[PRODUCTS].changed] == ["prod_list_icon"]


def test_an_active_line_of_our_own_stays(source: ByHand, files: FileStore) -> None:
    """The owner has put the product into the cart here by now."""
    bring(source.add(PRODUCTS, product()).folder, files)
    make_cart_line(cart_owner="openid-0", cart_product_id=row_id("product"))
    report = bring(source.add(CART, cart_line(0)).folder, files)
    assert [each.field for each in report.refused] == ["cart_owner, cart_product_id"]
    assert CartLine.select().count() == 1


def test_identity_papers_are_marked_with_their_rows(source: ByHand, files: FileStore) -> None:
    """Users come first, and an attachment that one names and owns is marked where it is written."""
    source.add(USERS, user(0, users_id_pic_a="A-0", users_picture="A-1"), user(1))
    owned = {"attachments_owner": "openid-0"}
    source.add(ATTACHMENTS, attachment(0, **owned), attachment(1, **owned), attachment(2))
    bring(source.folder, files)
    assert [row["attachments_is_identity"] for row in rows(ATTACHMENTS)] == [1, 0, 0]
    source.change(USERS, row_id("user", 1), users_id_pic_b="A-2", updated=LATER)
    source.change(ATTACHMENTS, row_id("picture", 2), attachments_owner="openid-1", updated=LATER)
    assert bring(source.folder, files).changes == 2
    assert [row["attachments_is_identity"] for row in rows(ATTACHMENTS)] == [1, 0, 1]


def test_files_come_with_their_rows(source: ByHand, store: FileStore) -> None:
    """Into a folder or a bucket, checked, without thumbnails; what is missing or damaged is told."""
    source.add(ATTACHMENTS, *(attachment(number) for number in range(4)))
    whole = source.add_file(row_id("picture", 0), "picture_0.png", b"whole")
    source.add_file(row_id("picture", 1), "picture_1.png", b"damaged", noted=b"other")
    thumbs = whole.parent / "thumbs_picture_0.png"
    thumbs.mkdir()
    (thumbs / "100x100_picture_0.png").write_bytes(b"small")
    (source.folder / "storage" / pb_id(Attachment) / row_id("picture", 3)).mkdir()
    report = bring(source.folder, store)
    told = {fate.value: number for fate, number in report.collections[ATTACHMENTS].files.items()}
    assert told == {"stored": 1, "damaged": 1, "missing": 2}
    assert names(store) == ["picture_0.png"]
    assert content(store.find(ATTACHMENTS, row_id("picture", 0), "picture_0.png")) == b"whole"
    assert source.files() == ["100x100_picture_0.png", "picture_0.png", "picture_1.png"]
    assert {each.id for each in report.files_refused} == {row_id("picture", n) for n in (1, 2, 3)}
    source.add_file(row_id("picture", 2), "picture_2.png", b"found again")
    again = bring(source.folder, store)
    assert again.changes == 1
    assert names(store) == ["picture_0.png", "picture_2.png"]


def test_files_in_a_bucket_of_the_old_server(source: ByHand, files: FileStore) -> None:
    """They are not in its folder: each is told, and what to do."""
    source.add(ATTACHMENTS, attachment()).set("s3", {"enabled": True, "bucket": "old"})
    report = bring(source.folder, files)
    assert report.notes == [FILES_ON_S3]
    assert {each.id for each in report.files_refused} == {row_id("picture")}


def test_moved_files_leave_when_they_are_stored(source: ByHand, files: FileStore) -> None:
    """A damaged one and one of a refused row stay; one that an earlier run copied leaves too."""
    source.add(ATTACHMENTS, *(attachment(number) for number in range(3)))
    source.change(ATTACHMENTS, row_id("picture", 2), attachments_size=-1)
    source.add_file(row_id("picture", 0), "picture_0.png", b"whole")
    bring(source.folder, files)
    source.add_file(row_id("picture", 1), "picture_1.png", b"damaged", noted=b"other")
    source.add_file(row_id("picture", 2), "picture_2.png", b"refused")
    bring(source.folder, files, moves=True)
    assert source.files() == ["picture_1.png", "picture_2.png"]
    assert names(files) == ["picture_0.png"]


def test_counts_add_up(source: ByHand, files: FileStore, database: Database) -> None:
    """Each row of the source has one fate, and the report is the same in JSON."""
    source.add(PRODUCTS, product(0), product(1, prod_list_name=""), product(2, prod_list_id="P-0"))
    report = bring(source.folder, files).to_json()
    for name in COLLECTIONS:
        told = report["collections"][name]
        keys = ("written", "updated", "joined", "unchanged", "kept", "refused")
        assert told["read"] == sum(told[key] for key in keys)
    assert report["collections"][PRODUCTS]["read"] == 3
    assert {(each["id"], each["field"]) for each in report["refused"]} == {
        (row_id("product", 1), "prod_list_name"),
        (row_id("product", 2), "prod_list_id"),
    }
