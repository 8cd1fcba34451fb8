"""Identity papers: an attachment named in the profile as one is its owner's alone from then on."""

from pathlib import Path

from tests.clients.conftest import Enter
from tests.clients.visitors import Visitor

FILES = "tbl_attachments"


def named(row: dict[str, str]) -> str:
    """A filter that finds one attachment, as clients of today fetch them."""
    return f'attachments_id="{row["attachments_id"]}"'


def paper_of(visitor: Visitor, photo: Path, key: str = "users_id_pic_a") -> dict[str, str]:
    """Upload a picture and name it as an identity paper."""
    row = visitor.upload(photo)
    visitor.profile(**{key: row["attachments_id"]})
    return row


def test_a_paper_is_shown_to_its_owner_alone(enter: Enter, photo: Path) -> None:
    """Listed, counted and viewed by nobody else."""
    owner, other = enter("owner"), enter("other")
    row = paper_of(owner, photo)
    assert owner.page(FILES, filter=named(row))["totalItems"] == 1
    assert other.page(FILES, filter=named(row))["totalItems"] == 0
    view = f"/collections/{FILES}/records/{row['id']}"
    assert (owner.get(view).status, other.get(view).status) == (200, 404)
    other.token = ""
    assert other.get(view).status == 404


def test_its_file_needs_the_owners_file_token(enter: Enter, photo: Path) -> None:
    """`UserInfo` gives a link with one; PocketBase's own way to one is there as well."""
    owner, other = enter("owner"), enter("other")
    row = paper_of(owner, photo, "users_id_pic_b")
    path = f"/files/{FILES}/{row['id']}/{row['attachments_link']}"
    assert owner.get(path).status == 404
    token = owner.post("/files/token", {}).data["token"]
    answer = other.get(path, {"token": token})
    assert answer.status == 200
    assert answer.header["cache-control"] == "private, no-store"
    thief = other.post("/files/token", {}).data["token"]
    assert other.get(path, {"token": thief}).status == 404
    link = owner.profile()["users_id_pic_b_url"]
    assert "?token=" in link
    assert owner.network.request(link).status == 200


def test_a_guest_gets_no_file_token(guest: Visitor) -> None:
    assert guest.post("/files/token", {}).status == 401


def test_once_a_paper_it_stays_one(enter: Enter, photo: Path) -> None:
    """Not when the profile names another one, nor when it is cleared."""
    owner, other = enter("owner"), enter("other")
    first = paper_of(owner, photo)
    second = paper_of(owner, photo)
    owner.profile(users_id_pic_a=None)
    for row in (first, second):
        assert other.page(FILES, filter=named(row))["totalItems"] == 0
        assert owner.page(FILES, filter=named(row))["totalItems"] == 1


def test_an_attachment_of_others_is_no_paper_of_mine(enter: Enter, photo: Path) -> None:
    """It is refused like one that is not there, and a paper of others is no picture either."""
    owner, other = enter("owner"), enter("other")
    row = owner.upload(photo)
    unknown = other.refused("/wechat/profile", {"users_id_pic_a": "A-NOWHERE"})
    assert other.refused("/wechat/profile", {"users_id_pic_a": row["attachments_id"]}) == unknown
    paper = paper_of(owner, photo)
    status, _, fields = other.refused("/wechat/profile", {"users_picture": paper["attachments_id"]})
    assert (status, list(fields)) == (400, ["users_picture"])


def test_the_uploader_of_an_attachment_is_private(enter: Enter, photo: Path) -> None:
    """Shown to himself, `""` to others, and nobody can ask for another's."""
    owner, other = enter("owner"), enter("other")
    row = owner.upload(photo)
    mine = f'attachments_owner="{owner.openid}"'
    assert owner.rows(FILES, filter=named(row))[0]["attachments_owner"] == owner.openid
    assert owner.page(FILES, filter=mine)["totalItems"] == 1
    assert other.rows(FILES, filter=named(row))[0]["attachments_owner"] == ""
    assert other.page(FILES, filter=mine)["totalItems"] == 0
