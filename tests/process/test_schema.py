"""Migrations: up, down, twice at once, and what they make of the database.

Covers: models/migrations/, bai_wx/process/column_types.py
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from peewee import Database

from bai_wx.database.connection import connect, disconnect
from bai_wx.process import schema
from bai_wx.record import encryption
from bai_wx.record.collections import COLLECTIONS
from models.attachments import Attachment
from models.users import User
from tests.databases import IS_POSTGRES, new_address
from tests.factories import (
    ALICE,
    BOB,
    PAST,
    make_attachment,
    make_cart_line,
    make_company,
    make_document,
    make_order,
    make_product,
    make_user,
)
from tests.tree import ROOT

STEPS = sorted(path.stem for path in schema.MIGRATIONS.glob("[0-9]*.py"))
MIGRATE = """
import sys
from bai_wx.process import schema
from bai_wx.database.connection import connect, disconnect
database = connect(sys.argv[1])
print(*schema.migrate(database))
disconnect()
"""


def test_an_empty_database_is_brought_up_once(empty_database: Database) -> None:
    """The second time there is nothing to do."""
    assert schema.pending(empty_database) == STEPS
    assert schema.migrate(empty_database) == STEPS
    assert schema.pending(empty_database) == []
    assert schema.migrate(empty_database) == []


def test_the_migrated_schema_is_what_the_models_say(database: Database) -> None:
    """Tables, columns and indexes; the two partial ones by name."""
    assert schema.differences(database) == ""


def test_an_empty_database_differs_by_every_table(empty_database: Database) -> None:
    """So the comparison does look."""
    differences = schema.differences(empty_database).splitlines()
    assert len(differences) == len(schema.tables(empty_database))
    assert "create table tbl_order" in differences


def test_a_missing_index_is_a_difference(database: Database) -> None:
    """Also a partial one."""
    database.execute_sql("DROP INDEX tbl_cart_one_active_line")
    assert schema.differences(database) == "add index tbl_cart.tbl_cart_one_active_line"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param("IntegerField", "integer", id="an INTEGER"),
        pytest.param("FloatField", "real", id="a column of floats"),
        pytest.param("TextField", "text", id="a text"),
    ],
)
def test_a_money_column_of_another_type_is_a_difference(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, said: str
) -> None:
    """On SQLite too, which calls an INTEGER and a BIGINT alike: the migrations are looked at themselves."""
    shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    first = tmp_path / "migrations" / "0001_first_tables.py"
    before, after = "cart_at_price = BigIntegerField()", f"cart_at_price = {wrong}()"
    text = first.read_text("utf-8")
    assert before in text
    imported = text.replace("    IntegerField,", "    FloatField,\n    IntegerField,")
    first.write_text(imported.replace(before, after), "utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "migrations")
    assert schema.differences(database) == (
        f"type of tbl_cart.cart_at_price: {said} in the migrations, bigint in the model"
    )


def test_a_type_that_was_changed_in_the_database_is_a_difference(database: Database) -> None:
    """By hand, for example."""
    database.execute_sql("ALTER TABLE tbl_order DROP COLUMN order_amount")
    database.execute_sql("ALTER TABLE tbl_order ADD COLUMN order_amount REAL")
    assert schema.differences(database).startswith("type of tbl_order.order_amount: real in")


def test_up_down_and_up_again(database: Database) -> None:
    """Down, step by step, leaves nothing but the history's table."""
    for step in reversed(STEPS):
        assert schema.revert(database) == [step]
    assert database.get_tables() == [schema.HISTORY_TABLE]
    assert schema.migrate(database) == STEPS
    make_product()
    assert schema.differences(database) == ""


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of the collections that have some."""
    found = {
        name: list(model.select().order_by(model.seq).dicts())
        for name, model in COLLECTIONS.items()
    }
    return {name: rows for name, rows in found.items() if rows}


def test_rows_outlive_a_step_back_and_forward(database: Database) -> None:
    """As they were, those of each collection."""
    make_cart_line()  # of a product
    for make in (make_user, make_company, make_attachment, make_order):
        make()
    make_document(created=PAST, document_create=PAST)
    before = all_rows()
    assert len(before) == 7
    assert schema.revert(database) == [STEPS[-1]]
    assert schema.migrate(database) == [STEPS[-1]]
    assert all_rows() == before
    assert schema.differences(database) == ""


def test_a_step_back_hides_identity_papers_and_forgets_none(database: Database) -> None:
    """The code before shows `valid` ones to everybody."""
    papers = [make_attachment(attachments_is_identity=1, attachments_status=s) for s in STATES]
    plain = make_attachment()
    ids = [paper.id for paper in papers]
    while schema.revert(database) != ["0008_identity_papers"]:
        pass
    shown = database.execute_sql(
        "SELECT id FROM tbl_attachments WHERE attachments_status = 'valid'"
    )
    assert shown.fetchall() == [(plain.id,)]
    schema.migrate(database)
    marked = Attachment.select().where(Attachment.attachments_is_identity == 1)
    found = marked.order_by(Attachment.seq)
    assert [(row.id, row.attachments_status) for row in found] == list(
        zip(ids, STATES, strict=True)
    )


STATES = ["valid", "", "invalid", "审核中"]


def test_a_step_back_makes_numbers_that_two_owners_chose_differ(database: Database) -> None:
    """The number was unique among everybody's orders; the first order keeps it."""
    number = "7" * 64
    first, second = (make_order(owner, order_number=number) for owner in (ALICE, BOB))
    while schema.revert(database) != ["0010_order_numbers"]:
        pass
    numbers = dict(database.execute_sql("SELECT id, order_number FROM tbl_order").fetchall())
    assert numbers == {first.id: number, second.id: f"{'7' * 48}-{second.id}"}


def test_all_numbers_are_encrypted_and_decrypted_some_at_a_time(database: Database) -> None:
    """More of them than are in memory at once, users without a number between them."""
    phones = {make_user().id: "" if number % 3 else f"138{number:08}" for number in range(780)}
    while schema.revert(database) != ["0020_encrypted_numbers"]:
        pass
    mark = "%s" if IS_POSTGRES else "?"
    change = f"UPDATE tbl_auth_users SET users_phone = {mark} WHERE id = {mark}"
    with database.atomic():
        for row_id, phone in phones.items():
            database.execute_sql(change, (phone, row_id))
    schema.migrate(database)
    held = "SELECT id, users_phone FROM tbl_auth_users"
    for row_id, text in database.execute_sql(held).fetchall():
        assert encryption.is_sealed(text) is bool(phones[row_id])
    assert {user.id: user.users_phone for user in User.select()} == phones
    while schema.revert(database) != ["0020_encrypted_numbers"]:
        pass
    assert dict(database.execute_sql(held).fetchall()) == phones


def test_processes_that_migrate_at_once_migrate_once(tmp_path: Path) -> None:
    """One says what it did, the others that there was nothing to do."""
    address = new_address(tmp_path)
    command = [sys.executable, "-c", MIGRATE, address]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sorted(said) == ["", "", " ".join(STEPS)]
    database = connect(address)
    assert schema.differences(database) == ""
    disconnect()


@pytest.mark.parametrize("address", ["", "shop.db", "mysql:///shop", "sqlite:///"])
def test_an_address_that_is_not_understood_is_refused(address: str) -> None:
    """With what would be right."""
    with pytest.raises(ValueError, match="sqlite:///path"):
        connect(address)


def test_users_have_their_types_and_companies_their_codes_forward_and_back(
    database: Database,
) -> None:
    """A complete profile is a registered user's; back, one company of two keeps their credit code."""
    complete = {"users_name": "王小明", "users_picture": "https://a.example/1.png"}
    placeholder = {**complete, "users_name": "微信\u200b用户"}
    for profile in (complete, placeholder, {}):
        make_user(**profile, users_tag="甲")
    for usci in ("91440300MA5GWX013E", "91440300MA5GWX013E", ""):
        make_company(company_usci=usci, company_status="停业", company_district="南山区")
    while schema.revert(database) != ["0009_people"]:
        pass
    users = "SELECT users_type FROM tbl_auth_users ORDER BY seq"
    assert [row[0] for row in database.execute_sql(users).fetchall()] == ["wechat"] * 3
    companies = "SELECT company_usci, company_status FROM tbl_company ORDER BY seq"
    kept = [("91440300MA5GWX013E", ""), ("", ""), ("", "")]
    assert list(map(tuple, database.execute_sql(companies).fetchall())) == kept
    schema.migrate(database)
    assert [user.users_type for user in User.select().order_by(User.seq)] == [
        "注册用户",
        "游客",
        "游客",
    ]
    assert {(user.users_idtype, user.users_tag) for user in User.select()} == {("WeChat", "")}
    assert schema.differences(database) == ""
