"""Identity papers: who marks them, and who sees them then.

Covers: models/attachments.py
"""

import orjson
import pytest

from bai_wx.errors import ValidationFailed
from bai_wx.record.base import Caller
from bai_wx.transfer import exporter, importer
from models.attachments import Attachment, owner_urls
from tests.factories import ALICE, BOB, make_attachment

pytestmark = pytest.mark.usefixtures("database")


def paper(**columns: object) -> Attachment:
    """An attachment that Alice uploaded."""
    return make_attachment(**{"attachments_owner": ALICE.openid, **columns})


def seen_by(caller: Caller | None) -> list[str]:
    """The record ids of the attachments that a caller may see."""
    return [row.id for row in Attachment.visible_to(caller).order_by(Attachment.seq)]


def test_an_identity_paper_is_its_owners_alone() -> None:
    """From the mark on; before it everybody saw it."""
    row, other = paper(), paper()
    for caller in (None, ALICE, BOB):
        assert seen_by(caller) == [row.id, other.id]
    Attachment.mark_identity_papers(ALICE, {"users_id_pic_a": row.attachments_id})
    assert seen_by(ALICE) == [row.id, other.id]
    assert seen_by(BOB) == seen_by(None) == [other.id]


def test_the_mark_stays() -> None:
    """A second naming changes nothing, another one adds to it."""
    first, second = paper(), paper()
    for row in (first, first, second):
        Attachment.mark_identity_papers(ALICE, {"users_id_pic_a": row.attachments_id})
    assert seen_by(BOB) == []


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"attachments_owner": BOB.openid}, id="somebody else's"),
        pytest.param({"attachments_owner": ""}, id="nobody's"),
        pytest.param({"attachments_status": "invalid"}, id="invalid"),
        pytest.param({"is_delete": 1}, id="deleted"),
    ],
)
def test_what_is_not_ones_own_to_see_is_marked_by_nobody(columns: dict[str, object]) -> None:
    """It is answered as an unknown one is, and nothing is marked."""
    own, row = paper(), paper(**columns)
    named = {"users_id_pic_a": own.attachments_id, "users_id_pic_b": row.attachments_id}
    for business_id in (row.attachments_id, "A-nobody"):
        with pytest.raises(ValidationFailed) as refused:
            Attachment.mark_identity_papers(ALICE, {**named, "users_id_pic_b": business_id})
        assert refused.value.fields == {"users_id_pic_b": "不存在"}
    assert not Attachment.select().where(Attachment.attachments_is_identity == 1).exists()


def test_one_paper_may_stand_in_both_places() -> None:
    """Both fields name it."""
    row = paper()
    named = dict.fromkeys(("users_id_pic_a", "users_id_pic_b"), row.attachments_id)
    Attachment.mark_identity_papers(ALICE, named)
    assert seen_by(None) == []


def test_a_picture_is_one_that_its_user_sees() -> None:
    """Anybody's; another's identity paper is not there."""
    row = paper()
    named = {"users_picture": row.attachments_id}
    Attachment.check_named(BOB, named)
    Attachment.mark_identity_papers(ALICE, named)
    Attachment.check_named(ALICE, named)
    with pytest.raises(ValidationFailed) as refused:
        Attachment.check_named(BOB, named)
    assert refused.value.fields == {"users_picture": "不存在"}


@pytest.mark.parametrize("status", ["valid", "", "审核中", "INVALID"])
def test_all_but_invalid_ones_are_shown(status: str) -> None:
    """Whatever else the state says."""
    row = paper(attachments_status=status)
    paper(attachments_status="invalid")
    assert seen_by(None) == [row.id]


def test_links_of_identity_papers_carry_a_token() -> None:
    """Others do not, and who may not see an attachment gets no link."""
    row, plain, empty = paper(), paper(), paper(attachments_link="")
    Attachment.mark_identity_papers(ALICE, {"users_id_pic_a": row.attachments_id})
    ids = [each.attachments_id for each in (row, plain, empty)]
    link = "/pb/api/files/tbl_attachments/{}/icon_0123456789.png"
    assert owner_urls(ALICE.openid, ids, lambda: "signed") == {
        ids[0]: link.format(row.id) + "?token=signed",
        ids[1]: link.format(plain.id),
        ids[2]: "",
    }
    assert ids[0] not in owner_urls(BOB.openid, ids, lambda: "signed")
    assert owner_urls(ALICE.openid, [], lambda: "signed") == {}


def imported(**collections: list[dict[str, object]]) -> None:
    """Import rows, collection by collection."""
    importer.load(
        importer.Source(name, name, [importer.SourceRow(n, row) for n, row in enumerate(rows)])
        for name, rows in collections.items()
    )


@pytest.mark.parametrize("is_users_first", [True, False])
def test_an_import_marks_what_users_name_and_own(is_users_first: bool) -> None:
    """Whichever rows come first, be it in another import; what somebody else names stays public."""
    rows = [
        {"attachments_id": name, "attachments_owner": owner.openid, "is_delete": deleted}
        for name, owner, deleted in (
            ("A-front", ALICE, 0),
            ("A-back", ALICE, 1),
            ("A-bobs", BOB, 0),
            ("A-avatar", ALICE, 0),
        )
    ]
    users = [
        {"openid": ALICE.openid, "users_id_pic_a": "A-front", "users_id_pic_b": "A-back"},
        {
            "openid": BOB.openid,
            "users_id_pic_a": "A-avatar",
            "users_id_pic_b": "https://x.cn/a.png",
        },
        {"openid": "openid-carol", "users_id_pic_b": "A-bobs", "users_picture": "A-avatar"},
    ]
    if is_users_first:
        imported(tbl_auth_users=users)
        imported(tbl_attachments=rows)
    else:
        imported(tbl_attachments=rows, tbl_auth_users=users)
    marked = Attachment.select().where(Attachment.attachments_is_identity == 1)
    assert {row.attachments_id for row in marked} == {"A-front", "A-back"}


def test_an_export_keeps_the_mark() -> None:
    """Also where the profile names another paper by then."""
    row = paper()
    Attachment.mark_identity_papers(ALICE, {"users_id_pic_a": row.attachments_id})
    exported = [orjson.loads(line) for line in exporter.lines(Attachment)]
    Attachment.delete().execute()
    imported(tbl_attachments=exported)
    assert seen_by(None) == []
    assert seen_by(ALICE) == [row.id]
