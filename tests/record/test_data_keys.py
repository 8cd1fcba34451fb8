"""Data keys: what a setting or file may hold, whose key a database has, and who notices another."""

import base64

import pytest

from bai_wx.database.connection import database
from bai_wx.record import data_keys
from bai_wx.record.data_keys import DataKey, DataKeyMissing
from tests import databases

OLD, NEW, OTHER = (data_keys.made() for _ in range(3))


def base64_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param(OLD.text, [OLD], id="base64url"),
        pytest.param(base64_of(OLD.raw), [OLD], id="padded"),
        pytest.param(OLD.raw.hex(), [OLD], id="hexadecimal"),
        pytest.param(f"{NEW.text}, {OLD.raw.hex()}", [NEW, OLD], id="new and old"),
        pytest.param(f"{NEW.text}\n{OLD.text}\n", [NEW, OLD], id="lines of a file"),
    ],
)
def test_keys_are_read(text: str, keys: list[DataKey]) -> None:
    """In both alphabets, the newest first."""
    assert data_keys.parse(text) == keys


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(" ,\n", "holds no key", id="none"),
        pytest.param(OLD.text[:-1], "is no key of 32 bytes", id="one character short"),
        pytest.param("a" * 32, "is no key of 32 bytes", id="32 characters"),
        pytest.param(f"{OLD.text}{OLD.text}", "is no key of 32 bytes", id="twice in a row"),
        pytest.param(f"{OLD.text},{OLD.raw.hex()}", "names a key twice", id="twice"),
        pytest.param("0" * 64, "can be guessed", id="zeros"),
        pytest.param("00112233445566778899aabbccddeeff" * 2, "can be guessed", id="repeated"),
        pytest.param(bytes(range(32)).hex(), "can be guessed", id="counted"),
        pytest.param(bytes(range(0, 224, 7)).hex(), "can be guessed", id="counted by sevens"),
        pytest.param(
            base64_of(b"change-me! a-Secret 9876 of_words"[:32]), "can be guessed", id="words"
        ),
    ],
)
def test_what_is_no_key_is_refused_unseen(text: str, said: str) -> None:
    """A message never shows what may be a key after all."""
    with pytest.raises(ValueError, match=said) as refused:
        data_keys.parse(text)
    assert text.strip(" ,\n") == "" or text not in str(refused.value)


def use(*keys: DataKey) -> None:
    data_keys.use(lambda make: keys)


@pytest.mark.usefixtures("database")
def test_the_first_key_is_the_databases() -> None:
    """Its id stands in the table, and nothing else of it."""
    use(OLD)
    data_keys.agree()
    assert data_keys.ids_in_use() == [OLD.id]
    assert data_keys.current() == OLD
    (row,) = data_keys.DataKeyRow.select().tuples()
    assert OLD.text not in str(row)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("ours", "have"),
    [
        pytest.param((OTHER,), f"here is {OTHER.id}", id="another key"),
        pytest.param((), "here is none", id="no key"),
        pytest.param((NEW,), f"here is {NEW.id}", id="the new one alone, before a rotation"),
    ],
)
def test_another_key_is_noticed(ours: tuple[DataKey, ...], have: str) -> None:
    """In one line, with the fingerprints of both, and what would mend it."""
    use(OLD)
    data_keys.agree()
    use(*ours)
    with pytest.raises(DataKeyMissing) as refused:
        data_keys.agree()
    told = refused.value.detail
    assert told.startswith(f"the database has the data key {OLD.id}, {have}; ")
    assert "BAI_WX_DATA_KEY" in told
    assert "\n" not in told


@pytest.mark.usefixtures("database")
def test_a_home_makes_no_key_for_a_database_that_has_one() -> None:
    """A replica with an empty home would otherwise write what no other replica can read."""
    use(OLD)
    data_keys.agree()
    asked: list[bool] = []
    data_keys.use(lambda make: asked.append(make) or ())
    with pytest.raises(DataKeyMissing):
        data_keys.agree()
    assert not any(asked)


@pytest.mark.usefixtures("database")
def test_a_key_that_came_later_is_looked_for() -> None:
    """A running server learns the key of a rotation by reading the home once more, and keeps the old one."""
    home = [OLD]
    data_keys.use(lambda make: home)
    data_keys.agree()
    home[:] = [NEW, OLD]
    with database.atomic():
        data_keys.make_current(NEW)
    home[:] = [NEW]
    assert data_keys.current() == NEW
    assert data_keys.find(OLD.id) == OLD


@pytest.mark.usefixtures("database")
def test_a_value_made_with_a_replaced_key_is_not_written() -> None:
    """An import encrypts before its transaction."""
    use(NEW, OLD)
    data_keys.agree()
    with database.atomic():
        data_keys.hold(NEW.id)
        with pytest.raises(DataKeyMissing, match="do it again"):
            data_keys.hold(OLD.id)


def test_a_key_shows_nothing_of_itself() -> None:
    """Neither where it is printed nor in its id."""
    key = databases.data_keys(False)[0]
    assert key.text not in repr(key)
    assert len(key.id) == 8
