"""Everything about a person: told, and erased so that only the shop's books are left.

Covers: bai_wx/console/person_files.py
"""

import stat
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from peewee import Database, fn

from bai_wx.console import audit, notes, person_files, persons
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.persons import HELD
from bai_wx.errors import NotFound
from bai_wx.files.store import FileStore
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Private
from bai_wx.record.idempotency import IdempotencyKey
from bai_wx.record.old_secrets import JoinedUser
from bai_wx.record.spending import Spending
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from models.documents import Document
from models.orders import Order
from models.users import User
from tests.factories import (
    caller,
    make_attachment,
    make_cart_line,
    make_company,
    make_document,
    make_order,
    make_product,
    make_user,
)

OPENID, OTHER = "oWang-Xiaoer-0000000001", "oLi-Si-000000000000002"
PHONE, PAPER = "13800138000", "440305199001011234"
TRACES = (OPENID, PHONE, PAPER, "王小二", "请放门口", "身份证上的字", "老客户")
"""What tells of the person, in every form in which this world has it."""


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """Files in a folder."""
    return FileStore.at(str(tmp_path / "files"))


@pytest.fixture
def person(database: Database, store: FileStore) -> User:
    """A person with rows of every kind, deleted ones too, beside another person."""
    user = make_user(
        openid=OPENID,
        users_name="王小二",
        users_phone=PHONE,
        users_id_number=PAPER,
        unionid="union-1",
    )
    other = make_user(
        openid=OTHER, users_name="李四", users_phone=PHONE, users_parent_id=user.users_id
    )
    for owner in (user, other):
        make_order(caller(owner), order_amount=3980, order_remark="请放门口")
        make_order(caller(owner), order_amount=1990, is_delete=1)
        make_cart_line(caller(owner))
        make_cart_line(caller(owner), is_delete=1)
        make_company(company_name="甲", company_owner_openid=owner.openid)
        make_document(document_owner=owner.openid)
        _upload(store, attachments_owner=owner.openid, attachments_ocr="身份证上的字")
    _upload(store, attachments_owner=OPENID, attachments_is_identity=1)
    shown = _upload(store, attachments_owner=OPENID, attachments_filename="王小二.png")
    make_product(prod_list_icon=shown.id)
    notes.add(user, "老客户", COMMAND_LINE)
    audit.note(COMMAND_LINE, audit.Action.REVEAL, User, user.id, {}, {"users_phone": PHONE})
    Spending.create(owner=user.id, kind="phones-a-day", used=1, ends="")
    JoinedUser.create(id="old", token_key="a", user_id=user.id, user_token_key=user.token_key)
    key = {"owner": user.id, "key": "k", "fingerprint": "", "status": 200, "created": "2026"}
    IdempotencyKey.create(body=OPENID.encode(), **key)
    return user


def _upload(store: FileStore, **columns: Any) -> Attachment:
    made = make_attachment(**columns)
    made.attachments_link = store.save(
        Attachment.collection(), made.id, "a.png", b"\x89PNG\r\n\x1a\n"
    )
    made.save()
    return made


def test_every_column_that_holds_an_openid_is_known() -> None:
    """A new one has to be told and erased too."""
    holding = {
        (name, field)
        for name, model in COLLECTIONS.items()
        for field, kind in model.record_fields().items()
        if isinstance(kind, Private) or field == model.OWNER or "openid" in field
    }
    assert holding == {(model.collection(), name) for model, (name, _) in HELD.items()}


def test_an_erased_person_is_nowhere(person: User, store: FileStore) -> None:
    """No table holds the openid, a number, a name or a word of the person; another person keeps everything."""
    before = {model: _of(model, OTHER) for model in HELD}
    done = persons.erase(OPENID, store, COMMAND_LINE)
    assert done.removed == {"tbl_auth_users": 1, "tbl_cart": 2, "tbl_attachments": 2}
    assert done.marked == {"tbl_order": 2}
    assert done.released == {"tbl_company": 1, "tbl_document": 1, "tbl_attachments": 1}
    assert (done.files, done.notes, done.idempotency_keys) == (2, 1, 1)
    left = [dict(row) for model in COLLECTIONS.values() for row in model.select().dicts()]
    of_person = [str(row) for row in left if OTHER not in str(row)]
    assert [trace for trace in TRACES if any(trace in row for row in of_person)] == []
    traces = (IdempotencyKey, JoinedUser, Spending, notes.NoteRow)
    assert not any(table.select().count() for table in traces)
    other = User.by_openid(OTHER)
    assert (other.users_phone, other.users_parent_id) == (PHONE, "")
    changed = {User}  # it named the person as the one that brought it
    assert {m: _of(m, OTHER) for m in HELD if m not in changed} == {
        m: rows for m, rows in before.items() if m not in changed
    }
    assert persons.mentions(OPENID) == {}


def _of(model: Any, openid: str) -> list[Any]:
    name, _ = HELD[model]
    return list(model.select().where(getattr(model, name) == openid).dicts())


def test_orders_stay_countable(person: User, store: FileStore) -> None:
    """Sums and numbers are what they were; the owner is one mark for all orders of the person."""

    def books() -> Any:
        columns = (
            Order.order_status,
            Order.is_delete,
            fn.COUNT(Order.seq),
            fn.SUM(Order.order_amount),
        )
        groups = Order.select(*columns).group_by(Order.order_status, Order.is_delete)
        return sorted(groups.tuples())

    before = books()
    persons.erase(OPENID, store, COMMAND_LINE)
    assert books() == before
    owners = {owner for (owner,) in Order.select(Order.order_owner).tuples()} - {OTHER}
    (mark,) = owners
    assert mark.startswith("erased-")


def test_the_audit_log_says_that_and_not_whom(person: User, store: FileStore) -> None:
    """How many rows of which collection, by whom and when."""
    persons.erase(OPENID, store, COMMAND_LINE)
    (entry,) = [each for each in audit.entries() if each.action == audit.Action.ERASE]
    assert (entry.record_id, entry.after["marked"]) == ("", {"tbl_order": 2})
    told = " ".join(map(str, audit.entries()))
    assert not any(trace in told for trace in TRACES)


def test_files_are_gone_but_for_those_the_shop_shows(person: User, store: FileStore) -> None:
    """A picture of a product stays, of nobody; identity papers never do."""
    persons.erase(OPENID, store, COMMAND_LINE)
    kept = {record_id for _, record_id, _ in store.all()}
    rows = Attachment.select().where(Attachment.id << list(kept))
    assert sorted(row.attachments_owner for row in rows) == ["", OTHER]
    assert not any(row.attachments_is_identity for row in rows)


def test_erasing_twice_finds_nothing(person: User, store: FileStore) -> None:
    """And says so."""
    persons.erase(OPENID, store, COMMAND_LINE)
    entries = audit.count()
    assert persons.erase(OPENID, store, COMMAND_LINE).is_nothing
    assert audit.count() == entries


def test_a_killed_erasure_goes_on(
    person: User, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between files and rows: the user is shut out meanwhile, and the next run ends it."""

    class Killed(BaseException):
        pass

    def killed(*arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(audit, "note", killed)
        with pytest.raises(Killed):
            persons.erase(OPENID, store, COMMAND_LINE)
    assert User.by_openid(OPENID).users_status == "disabled"
    assert Order.select().where(Order.order_owner == OPENID).count() == 2
    assert persons.erase(OPENID, store, COMMAND_LINE).removed["tbl_auth_users"] == 1
    assert persons.mentions(OPENID) == {}


def test_the_same_wechat_user_is_new_afterwards(person: User, store: FileStore) -> None:
    """With another id, no numbers and no orders."""
    persons.erase(OPENID, store, COMMAND_LINE)
    again, is_new = User.login(OPENID, "")
    assert is_new
    assert (again.id != person.id, again.users_phone) == (True, "")
    assert _of(Order, OPENID) == []


@pytest.mark.parametrize("openid", ["", "erased-0123456789abcde"])
def test_rows_of_nobody_are_no_person(person: User, store: FileStore, openid: str) -> None:
    """The operator's own uploads have no owner."""
    make_attachment(attachments_owner="")
    make_company(company_owner_openid="")
    count = Attachment.select().count()
    with pytest.raises(NotFound):
        persons.erase(openid, store, COMMAND_LINE)
    with pytest.raises(NotFound):
        persons.stored(openid)
    assert Attachment.select().count() == count


def test_texts_that_others_wrote_are_counted(person: User, store: FileStore) -> None:
    """Nobody can find a name there; an openid can be found, and is told."""
    make_document(document_remark=f"来自 {OPENID}")
    persons.erase(OPENID, store, COMMAND_LINE)
    assert persons.mentions(OPENID) == {"tbl_document": 1}


@pytest.mark.parametrize("name", ["wang.zip", "wang"])
def test_everything_is_told(person: User, store: FileStore, tmp_path: Path, name: str) -> None:
    """Numbers plain, deleted rows too, each file; for the owner of the file alone."""
    target = tmp_path / name
    told = person_files.write(OPENID, target, store)
    if name.endswith(".zip"):
        with zipfile.ZipFile(target) as archive:
            listed = archive.namelist()
            text = archive.read("person.json").decode()
    else:
        listed = [str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()]
        text = (target / "person.json").read_text("utf-8")
    assert stat.S_IMODE(target.stat().st_mode) & 0o077 == 0
    assert [trace for trace in TRACES if trace not in text] == []
    assert OTHER not in text
    assert told.rows["tbl_order"] == len(orjson.loads(text)["tbl_order"]) == 2
    assert (told.files, told.lost) == (3, [])
    assert len([path for path in listed if path.startswith("files/tbl_attachments/")]) == 3
    with pytest.raises(FileExistsError):
        person_files.write(OPENID, target, store)


def test_nobody_is_told_of_a_stranger(person: User, store: FileStore, tmp_path: Path) -> None:
    """And no file is made."""
    with pytest.raises(NotFound, match="nothing is stored"):
        person_files.write("o-stranger", tmp_path / "a.zip", store)
    assert not (tmp_path / "a.zip").exists()


def test_models_of_this_world_are_all(person: User) -> None:
    """The person has rows in every collection that can hold one's."""
    assert all(
        _of(model, OPENID) for model in (User, CartLine, Attachment, Order, Company, Document)
    )
