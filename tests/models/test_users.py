"""Users: login or registration, the profile, and what is said about them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from bai_wx.database.connection import database
from bai_wx.errors import NotFound, Unauthorized, UserDisabled
from models.profiles import Profile
from models.users import User, masked_phone
from tests.answers import USER_INFO
from tests.factories import BOB, PAST, caller, make_company, make_user
from tests.models.crowd import at_once

pytestmark = pytest.mark.usefixtures("database")


COMPANY_INFO = {
    "pb_id",
    "company_id",
    "company_name",
    "company_type",
    "company_entity",
    "company_usci",
    "company_nationality",
    "company_nationality_code",
    "company_province",
    "company_province_code",
    "company_city",
    "company_city_code",
    "company_district",
    "company_district_code",
    "company_postalcode",
    "company_add",
    "company_status",
    "company_level",
    "company_owner_openid",
    "company_remark",
    "created",
    "updated",
}


@contextmanager
def _another_writes() -> Iterator[None]:
    """Another thread has begun to write, and goes on until the end."""
    begun, ending = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with database.atomic():
                begun.set()
                ending.wait()
        finally:
            database.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        begun.wait()
        try:
            yield
        finally:
            ending.set()
        writing.result()


def test_the_first_login_registers_and_the_second_finds() -> None:
    """One user an openid."""
    first, registered = User.login("openid-a", "union-a")
    again, registered_again = User.login("openid-a", "")
    assert (registered, registered_again) == (True, False)
    assert first.id == again.id
    assert (again.unionid, again.users_status) == ("union-a", "active")
    assert (again.users_type, again.users_idtype) == ("游客", "WeChat")


def test_a_unionid_is_learnt_when_wechat_first_names_it() -> None:
    """And kept when it does not."""
    User.login("openid-a", "")
    User.login("openid-a", "union-a")
    assert User.get().unionid == "union-a"


def test_who_is_known_logs_in_without_a_transaction() -> None:
    """While another thread writes, which on SQLite one may do; afterwards this one writes too."""
    user, _ = User.login("openid-a", "union-a")
    with _another_writes():
        known = User.known("openid-a", "union-a")
        assert User.login("openid-a", "union-a", known) == (user, False)
    User.login("openid-a", "union-b")
    assert User.get().unionid == "union-b"


@pytest.mark.parametrize(
    ("openid", "unionid", "status", "is_known"),
    [
        pytest.param("openid-a", "union-a", "active", True, id="nothing to write"),
        pytest.param("openid-a", "", "active", True, id="no unionid to learn"),
        pytest.param("openid-a", "union-b", "active", False, id="a unionid to learn"),
        pytest.param("openid-a", "union-b", "disabled", True, id="refused anyway"),
        pytest.param("openid-b", "union-a", "active", False, id="to be registered"),
    ],
)
def test_a_known_user_needs_no_write(
    openid: str, unionid: str, status: str, is_known: bool
) -> None:
    """Else its login goes to the queue of writes."""
    User.login("openid-a", "union-a")
    User.set_status("openid-a", status)
    assert (User.known(openid, unionid) is not None) is is_known


def test_many_first_logins_at_once_make_one_user() -> None:
    """One of them registers it."""
    answers = at_once(16, lambda: User.login("openid-a", ""))
    assert sum(registered for _, registered in answers) == 1
    assert len({user.id for user, _ in answers}) == User.select().count() == 1


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"users_status": "disabled"}, id="disabled"),
        pytest.param({"is_delete": 1}, id="deleted"),
    ],
)
def test_a_user_the_operator_took_out_cannot_log_in(columns: dict[str, Any]) -> None:
    """Nor register anew."""
    make_user(openid="openid-a", **columns)
    with pytest.raises(UserDisabled):
        User.login("openid-a", "")
    assert User.select().count() == 1


def test_disabling_and_enabling() -> None:
    """By openid, as the operator's command does."""
    user = make_user()
    User.set_status(user.openid, "disabled")
    standing = User.standing(user.id)
    assert standing is not None
    assert standing == (user.openid, user.token_key, "disabled", user.users_id)
    User.set_status(user.openid, "active")
    User.login(user.openid, "")
    with pytest.raises(NotFound):
        User.set_status("openid-unknown", "disabled")


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: "unknown00000000", id="unknown"),
        pytest.param(lambda: make_user(is_delete=1).id, id="deleted"),
    ],
)
def test_nobody_stands_behind_the_token_of_no_user(make: Callable[[], str]) -> None:
    """A deleted user is none."""
    assert User.standing(make()) is None


def test_users_are_counted_without_the_deleted() -> None:
    """Disabled ones count."""
    make_user()
    make_user(users_status="disabled")
    make_user(is_delete=1)
    assert User.count() == 2


def test_a_profile_changes_what_is_given_and_no_more() -> None:
    """And `updated`."""
    user = make_user(users_name="旧名", users_phone="13800138000", updated=PAST)
    changed = User.update_profile(caller(user), Profile(users_name="王小明"))
    assert (changed.users_name, changed.users_phone) == ("王小明", "13800138000")
    assert changed.updated > PAST


def test_nobody_has_no_profile() -> None:
    """A user deleted meanwhile has to log in again: its token holds no longer."""
    with pytest.raises(Unauthorized):
        User.update_profile(BOB, Profile(users_name="x"))


@pytest.mark.parametrize(
    ("columns", "complete"),
    [
        pytest.param({"users_name": "王小明", "users_picture": "https://x/a.png"}, True, id="both"),
        pytest.param({"users_name": "王小明"}, False, id="no picture"),
        pytest.param({"users_picture": "https://x/a.png"}, False, id="no name"),
        pytest.param(
            {"users_name": "微信用户", "users_picture": "https://x/a.png"}, False, id="placeholder"
        ),
        *(
            pytest.param({"users_name": name, "users_picture": "https://x/a.png"}, whole, id=words)
            for words, name, whole in [
                ("spaces", "  \u3000", False),
                ("a zero width space", "\u200b", False),
                ("a Hangul filler", "\u3164", False),
                ("the placeholder with a space", "微信用户 ", False),
                ("the placeholder with a zero width space", "微信\u200b用户", False),
                ("a family", "\U0001f468\u200d\U0001f469", True),
            ]
        ),
    ],
)
def test_is_info_complete(columns: dict[str, Any], complete: bool) -> None:
    """Name and picture; a phone is never demanded."""
    assert make_user(**columns).is_info_complete is complete


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        pytest.param("", "", id="none"),
        pytest.param("13800138000", "138****8000", id="mainland"),
        pytest.param("+8613800138000", "+861****8000", id="E.164"),
        pytest.param("+85291234567", "+852****4567", id="Hong Kong"),
        pytest.param("1234567", "****67", id="short"),
        pytest.param("12", "****12", id="very short"),
    ],
)
def test_masked_phone(phone: str, masked: str) -> None:
    """Never longer than a phone may be, never the whole number of one that is real."""
    assert masked_phone(phone) == masked


def test_user_info_is_the_contracts() -> None:
    """With the company and its visible fields."""
    company = make_company(company_owner_openid="openid-x")
    info = make_user(company=company.id, users_phone="13800138000").info(str)
    assert set(info) == USER_INFO
    assert info["company_id"] == company.company_id
    assert set(info["company"]) == COMPANY_INFO
    assert info["company"]["pb_id"] == company.id


@pytest.mark.parametrize(
    "company",
    [
        pytest.param(lambda: "", id="none"),
        pytest.param(lambda: "gone00000000000", id="missing"),
        pytest.param(lambda: make_company(is_delete=1).id, id="deleted"),
    ],
)
def test_a_user_without_a_company(company: Callable[[], str]) -> None:
    """Says so in both places."""
    info = make_user(company=company()).info(str)
    assert (info["company_id"], info["company"]) == ("", None)
