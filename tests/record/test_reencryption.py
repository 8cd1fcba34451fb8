"""Rotation of the data key: every row readable at every moment, and after a kill."""

import pytest
from peewee import Database

from bai_wx.console.accounts.operators import Operator
from bai_wx.database.connection import database
from bai_wx.process import schema
from bai_wx.record import data_keys, reencryption
from bai_wx.record.encryption import key_id_of
from bai_wx.record.reencryption import Unreadable
from models.users import User
from tests.factories import make_user

OLD, NEW = data_keys.made(), data_keys.made()
USERS = 450
"""Three transactions."""


@pytest.fixture(autouse=True)
def shop(database: Database) -> None:
    """A shop encrypted with the old key; the server has both."""
    data_keys.use(lambda make: [OLD])
    for number in range(USERS):
        make_user(openid=f"openid-{number}", users_phone=phone(number) if number % 3 else "")
    Operator.create(name="a", name_key="a", password="", role="admin", totp_secret="SECRET")
    data_keys.use(lambda make: [NEW, OLD])


def phone(number: int) -> str:
    return f"138{number:08d}"


def keys_of_rows() -> set[str]:
    """The ids of the keys of all ciphertexts."""
    held = [row for (row,) in User.select(User.users_phone).tuples() if row]
    held += [row for (row,) in Operator.select(Operator.totp_secret).tuples()]
    return set(map(key_id_of, held))


def check_all() -> None:
    """Every number is what it was, and is found."""
    for number, user in enumerate(User.select().order_by(User.seq)):
        assert user.users_phone == (phone(number) if number % 3 else "")
    digests = User.users_phone_index.digests(phone(1), phone(USERS - 2))
    assert User.select().where(User.users_phone_index << digests).count() == 2
    assert Operator.named("a").totp_secret == "SECRET"


def test_all_rows_get_the_new_key_and_nobody_notices() -> None:
    """`updated` stays, for nobody has changed them; between two transactions all is readable."""
    moments = set(User.select(User.seq, User.updated).tuples())

    def tell(table: str, count: int) -> None:
        check_all()

    done = reencryption.rotate(schema.tables(database), NEW, tell)
    assert done == {"tbl_auth_users": USERS * 2 // 3, "console_operators": 1}
    assert keys_of_rows() == {NEW.id}
    assert data_keys.ids_in_use() == [NEW.id]
    assert set(User.select(User.seq, User.updated).tuples()) == moments
    data_keys.use(lambda make: [NEW])
    check_all()


def test_a_killed_rotation_goes_on() -> None:
    """What was written stays, both keys are in use, and the next run writes the rest."""

    class Killed(BaseException):
        pass

    def kill(table: str, count: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        reencryption.rotate(schema.tables(database), NEW, kill)
    assert keys_of_rows() == {OLD.id, NEW.id}
    assert data_keys.ids_in_use() == [NEW.id, OLD.id]
    check_all()
    done = reencryption.rotate(schema.tables(database), NEW, lambda *_: None)
    assert done["tbl_auth_users"] == USERS * 2 // 3 - reencryption.CHUNK
    assert keys_of_rows() == {NEW.id}


def test_what_older_code_wrote_is_encrypted_too() -> None:
    """A release beside this one writes plain numbers; they are readable before and after."""
    User.update({User.users_phone: phone(1)}).where(User.openid == "openid-1").execute()
    check_all()
    reencryption.rotate(schema.tables(database), NEW, lambda *_: None)
    assert keys_of_rows() == {NEW.id}
    check_all()


def test_a_row_that_does_not_open_keeps_the_old_key() -> None:
    """It is named, all others are written, and nothing is lost."""
    first, second = User.select().where(User.openid << ["openid-1", "openid-2"])
    moved = first.__data__["users_phone"]
    User.update({User.users_phone: moved}).where(User.id == second.id).execute()
    with pytest.raises(Unreadable, match=f"1 rows do not open.*{second.id}"):
        reencryption.rotate(schema.tables(database), NEW, lambda *_: None)
    assert data_keys.ids_in_use() == [NEW.id, OLD.id]
    assert keys_of_rows() == {OLD.id, NEW.id}
