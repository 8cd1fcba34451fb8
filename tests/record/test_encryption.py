"""Encrypted texts: bound to their place, read in Python alone, found by blind indexes.

Covers: bai_wx/record/encrypted.py
"""

from typing import Any

import pytest

from bai_wx.record import data_keys, encryption, row_values
from bai_wx.record.base import COLLECTIONS, Record
from bai_wx.record.data_keys import DataKeyMissing
from bai_wx.record.encrypted import Encrypted
from bai_wx.record.encryption import WrongPlace, reveal, seal
from bai_wx.record.fields import Text
from models.users import User
from tests.factories import make_user

KEY = data_keys.made()
PLACE = ("tbl_auth_users", "users_phone", "user00000000001")
PHONE, PAPER = "13800138000", "440305199001011234"


@pytest.fixture
def ours() -> None:
    """A process that has one key."""
    data_keys.use(lambda make: [KEY])


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("text", ["1", PHONE, "港澳居民来往内地通行证 H12345678", "x" * 5000, "\0"])
def test_a_text_opens_at_its_place(text: str) -> None:
    """And never looks the same twice."""
    sealed = seal(text, *PLACE, KEY)
    assert reveal(sealed, *PLACE) == text
    assert encryption.is_sealed(sealed)
    assert encryption.key_id_of(sealed) == KEY.id
    assert seal(text, *PLACE, KEY) != sealed


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(("tbl_auth_users", "users_phone", "user00000000002"), id="another row"),
        pytest.param(("tbl_auth_users", "users_id_number", "user00000000001"), id="another column"),
        pytest.param(("console_operators", "users_phone", "user00000000001"), id="another table"),
    ],
)
def test_a_text_opens_nowhere_else(place: tuple[str, str, str]) -> None:
    """Whoever can write the database cannot show one user the number of another."""
    with pytest.raises(WrongPlace) as refused:
        reveal(seal(PHONE, *PLACE, KEY), *place)
    assert PHONE not in str(refused.value)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("at", [13, 20, -1])
def test_a_changed_text_does_not_open(at: int) -> None:
    """A flipped character of nonce, text or tag."""
    sealed = list(seal(PHONE, *PLACE, KEY))
    sealed[at] = "A" if sealed[at] != "A" else "B"
    with pytest.raises(WrongPlace):
        reveal("".join(sealed), *PLACE)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    "held",
    [
        "",
        PHONE,
        "enc:",
        "enc:1a2b3c4d:short",
        pytest.param(f"enc:{KEY.id}:", id="a key's name alone"),
    ],
)
def test_what_nobody_encrypted_is_read_as_it_is(held: str) -> None:
    """Older code wrote plain texts, and goes on doing so while it runs beside."""
    assert reveal(held, *PLACE) == held


def test_a_text_of_an_unknown_key_says_which_key() -> None:
    """A 503 that names the fingerprint, for the log."""
    data_keys.use(lambda make: [])
    with pytest.raises(DataKeyMissing, match=KEY.id) as refused:
        reveal(seal(PHONE, *PLACE, KEY), *PLACE)
    assert refused.value.status == 503


@pytest.fixture
def user(database: object) -> User:
    """A stored user with both numbers."""
    return make_user(users_phone=PHONE, users_id_number=PAPER)


def columns(user: User) -> dict[str, Any]:
    """What the database holds of a user."""
    (row,) = User.select().where(User.id == user.id).dicts()
    return dict(row)


def test_python_has_the_number_and_the_column_has_not(user: User) -> None:
    """Whichever way a row is read."""
    held = columns(user)
    assert not any(number in str(value) for value in held.values() for number in (PHONE, PAPER))
    for found in (User.by_openid(user.openid), User.get(User.id == user.id)):
        assert (found.users_phone, found.users_id_number) == (PHONE, PAPER)
        assert found.__data__["users_phone"] == held["users_phone"]
        assert row_values.shown(found)["users_phone"] == PHONE


@pytest.mark.parametrize(
    ("phone", "whole", "end"),
    [
        pytest.param(PHONE, True, True, id="a phone"),
        pytest.param("1234567", True, False, id="one whose mask shows less"),
        pytest.param("", False, False, id="none"),
    ],
)
def test_blind_indexes_follow_the_number(user: User, phone: str, whole: bool, end: bool) -> None:
    """They change with it, and are empty where it is."""
    before = columns(user)
    user.users_phone = phone
    user.save()
    after = columns(user)
    assert bool(after["users_phone_index"]) is whole
    assert bool(after["users_phone_end_index"]) is end
    assert (after["users_phone_index"] == before["users_phone_index"]) is (phone == PHONE)


def test_equal_numbers_are_found_by_both_users(user: User) -> None:
    """Their indexes are equal, their ciphertexts are not."""
    other = make_user(openid="openid-other", users_phone=PHONE)
    found = User.select().where(User.users_phone_index << User.users_phone_index.digests(PHONE))
    assert {each.id for each in found} == {user.id, other.id}
    assert columns(user)["users_phone"] != columns(other)["users_phone"]


def test_an_index_has_a_key_of_its_own(user: User) -> None:
    """Equal parts of two columns have different digests: one index tells nothing of another."""
    whole, end = User.users_phone_index, User.users_phone_end_index
    assert whole.digests("8000") != end.digests("8000")


def test_an_encrypted_field_is_not_listed() -> None:
    """SQL would filter and sort by ciphertexts, and by them tell who has the same number."""
    with pytest.raises(TypeError, match="clients list it"):
        type("Listed", (Record,), {"listed_number": Encrypted(), "__module__": __name__})
    COLLECTIONS.pop("listed", None)


def test_no_listed_collection_names_a_personal_number() -> None:
    """Orders, documents and the like hold no copy of one."""
    plain = [
        f"{name}.{field}"
        for name, model in COLLECTIONS.items()
        for field, kind in model.record_fields().items()
        if isinstance(kind, Text) and field.endswith(("_phone", "_id_number", "_mobile"))
        if not isinstance(kind, Encrypted)
    ]
    assert plain == []
