"""What a profile changes, and what its pictures may name."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from bai_wx.errors import ValidationFailed
from models import profiles
from models.attachments import Attachment, file_url
from models.profiles import Profile
from models.users import User
from tests.factories import PAST, caller, make_attachment, make_company, make_user

pytestmark = pytest.mark.usefixtures("database")

ALL_PICTURES = (*profiles.PICTURES, *profiles.PAPERS)
VERIFIED = {"users_phone": "13800138000", "users_phone_verified": 1}
TYPED = {"users_phone": "13900139000", "users_phone_verified": 0}


def _no_token() -> str:
    raise AssertionError("a token is for identity papers alone")


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"users_name": ""}, {}, id="an empty name"),
        pytest.param({"users_name": "王"}, {}, id="the same name"),
        pytest.param({"users_name": "李"}, {"users_name": "李"}, id="another name"),
        pytest.param({"users_name": None}, {"users_name": ""}, id="no name any more"),
        pytest.param({"users_tag": "甲|乙"}, {"users_tag": "甲|乙"}, id="tags"),
        pytest.param({"company_id": ""}, {}, id="an empty company"),
        pytest.param({"company_id": None}, {"company": ""}, id="no company any more"),
        pytest.param({"users_picture": ""}, {}, id="an empty picture"),
        pytest.param({"users_picture": None}, {"users_picture": ""}, id="no picture any more"),
        pytest.param({"users_phone_code": None}, {}, id="no code"),
        pytest.param(
            dict.fromkeys(ALL_PICTURES, "https://a.example/1.png"),
            dict.fromkeys(ALL_PICTURES, "https://a.example/1.png"),
            id="addresses of pictures",
        ),
    ],
)
def test_changes(sent: Any, changed: dict[str, Any]) -> None:
    """Empty leaves alone, null clears, the same is no change."""
    company = make_company()
    stored = make_user(users_name="王", users_picture="A-OLD", company=company.id)
    assert profiles.changes(stored, sent, "") == changed


@pytest.mark.parametrize(
    ("stored", "sent", "by_code", "left"),
    [
        pytest.param({}, {"users_phone": "13900139000"}, "", TYPED, id="typed"),
        pytest.param({}, {}, "13800138000", VERIFIED, id="by code"),
        pytest.param({}, {"users_phone": "13900139000"}, "13800138000", VERIFIED, id="a code wins"),
        pytest.param(VERIFIED, {"users_phone": "13900139000"}, "", VERIFIED, id="typed is ignored"),
        pytest.param(VERIFIED, {"users_phone": "13800138000"}, "", VERIFIED, id="the same again"),
        pytest.param(VERIFIED, {"users_phone": ""}, "", VERIFIED, id="empty"),
        pytest.param(
            VERIFIED,
            {"users_phone": None},
            "",
            {"users_phone": "", "users_phone_verified": 0},
            id="cleared with its mark",
        ),
        pytest.param(
            TYPED,
            {"users_phone": None},
            "",
            {"users_phone": "", "users_phone_verified": 0},
            id="a typed one cleared",
        ),
        pytest.param(
            VERIFIED,
            {"users_phone": None},
            "13700137000",
            {"users_phone": "13700137000", "users_phone_verified": 1},
            id="a code wins over null",
        ),
        pytest.param(TYPED, {}, "13900139000", {**TYPED, "users_phone_verified": 1}, id="verified"),
    ],
)
def test_phones(stored: dict[str, Any], sent: Any, by_code: str, left: dict[str, Any]) -> None:
    """A typed number never takes the place of one that WeChat told."""
    user = User.update_profile(caller(make_user(**stored)), sent, by_code)
    assert {name: getattr(user, name) for name in left} == left


def test_nothing_to_change_writes_nothing() -> None:
    """Neither does `updated`."""
    user = make_user(users_name="王", updated=PAST)
    for sent in (Profile(), Profile(users_name=""), Profile(users_name="王")):
        assert User.update_profile(caller(user), sent).updated == PAST
    assert User.get().updated == PAST


def test_a_complete_profile_makes_a_registered_user_for_good() -> None:
    """With name and picture; taking them away again makes no guest."""
    user = caller(make_user())
    assert User.update_profile(user, Profile(users_name="王")).users_type == "游客"
    complete = User.update_profile(user, Profile(users_picture="https://a.example/1.png"))
    assert complete.users_type == User.get().users_type == "注册用户"
    assert User.update_profile(user, Profile(users_name=None)).users_type == "注册用户"


@pytest.mark.parametrize("name", ALL_PICTURES)
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: "A-NONE", id="unknown"),
        pytest.param(lambda: make_attachment(is_delete=1).attachments_id, id="deleted"),
        pytest.param(
            lambda: make_attachment(attachments_status="invalid").attachments_id, id="invalid"
        ),
    ],
)
def test_an_attachment_that_is_not_there(name: str, make: Callable[[], str]) -> None:
    """Is named in `fields`; nothing else of the profile is written."""
    user = make_user()
    sent: Any = {"users_name": "王", name: make()}
    with pytest.raises(ValidationFailed) as refused:
        User.update_profile(caller(user), sent)
    assert refused.value.fields == {name: "不存在"}
    assert User.get().users_name == ""


def test_a_picture_that_is_gone_may_stay() -> None:
    """What is equal to the stored value is no change, so it is not looked up."""
    user = make_user(users_picture="A-GONE")
    changed = User.update_profile(caller(user), Profile(users_name="王", users_picture="A-GONE"))
    assert (changed.users_name, changed.users_picture) == ("王", "A-GONE")


def test_an_own_attachment_becomes_an_identity_paper_for_good() -> None:
    """In the profile's transaction; naming another one, or none, leaves the mark."""
    user = make_user()
    paper, other = (make_attachment(attachments_owner=user.openid) for _ in range(2))
    User.update_profile(caller(user), Profile(users_id_pic_a=paper.attachments_id))
    User.update_profile(caller(user), Profile(users_id_pic_a=other.attachments_id))
    User.update_profile(caller(user), Profile(users_id_pic_a=None))
    assert [row.attachments_is_identity for row in Attachment.select()] == [1, 1]


def test_a_profile_that_is_refused_marks_nothing() -> None:
    """It is written whole or not at all."""
    user = make_user()
    paper = make_attachment(attachments_owner=user.openid)
    sent = Profile(users_id_pic_a=paper.attachments_id, users_picture="A-NONE")
    with pytest.raises(ValidationFailed):
        User.update_profile(caller(user), sent)
    assert Attachment.get().attachments_is_identity == 0


@pytest.mark.parametrize(
    ("name", "is_paper", "is_refused"),
    [
        pytest.param("users_picture", 0, False, id="another's picture as picture"),
        pytest.param("users_picture", 1, True, id="another's identity paper as picture"),
        pytest.param("users_title_picture", 1, True, id="another's identity paper as title"),
        pytest.param("users_id_pic_a", 0, True, id="another's picture as identity paper"),
        pytest.param("users_id_pic_b", 1, True, id="another's identity paper"),
    ],
)
def test_attachments_of_others(name: str, is_paper: int, is_refused: bool) -> None:
    """Are refused like unknown ones, before a phone's code is spent."""
    user = make_user()
    picture = make_attachment(attachments_owner="openid-x", attachments_is_identity=is_paper)
    sent: Any = {name: picture.attachments_id}
    for write in (User.check_profile, User.update_profile):
        with pytest.raises(ValidationFailed) if is_refused else nullcontext() as refused:
            write(caller(user), sent)
        assert refused is None or refused.value.fields == {name: "不存在"}


@pytest.mark.parametrize(
    ("picture", "url"),
    [
        pytest.param("", "", id="none"),
        pytest.param("https://a.example/1.png", "https://a.example/1.png", id="an address"),
        pytest.param("/pb/api/files/t/a/b.png", "/pb/api/files/t/a/b.png", id="a path"),
        pytest.param("A-GONE", "", id="gone"),
    ],
)
def test_the_address_of_a_picture(picture: str, url: str) -> None:
    """As it was sent, or none."""
    assert make_user(users_picture=picture).info(_no_token)["users_picture_url"] == url


def test_links_to_identity_papers_have_a_token_and_others_have_none() -> None:
    """Whatever field names them."""
    user = make_user()
    plain = make_attachment(attachments_owner=user.openid)
    paper = make_attachment(attachments_owner=user.openid, attachments_is_identity=1)
    user.users_picture = plain.attachments_id
    user.users_title_picture = user.users_id_pic_a = paper.attachments_id
    info = user.info(lambda: "T")
    assert info["users_picture_url"] == file_url(plain.id, plain.attachments_link)
    for name in ("users_title_picture_url", "users_id_pic_a_url"):
        assert info[name] == file_url(paper.id, paper.attachments_link) + "?token=T"


def test_a_company_is_named_by_its_business_id() -> None:
    """`""` takes it away again."""
    company = make_company()
    assert profiles.company_named(company.company_id) == company.id
    assert profiles.company_named("") == ""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(lambda: "C-NONE", id="unknown"),
        pytest.param(lambda: make_company().id, id="a record id"),
        pytest.param(lambda: make_company(is_delete=1).company_id, id="deleted"),
    ],
)
def test_a_company_that_cannot_be_joined(name: Callable[[], str]) -> None:
    """Named in `fields`."""
    with pytest.raises(ValidationFailed) as refused:
        profiles.company_named(name())
    assert list(refused.value.fields) == ["company_id"]
