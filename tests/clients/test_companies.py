"""Companies: found by one's own openid, with the codes of their place."""

from tests.clients.conftest import Enter
from tests.clients.visitors import Visitor

COMPANIES = "tbl_company"
PLACE = {
    "company_nationality_code": "CN",
    "company_province_code": "440000",
    "company_city_code": "440300",
    "company_district": "南山区",
    "company_district_code": "440305",
}


def test_one_finds_ones_own_by_openid(enter: Enter) -> None:
    """Clients send the owner and search by it; the value is always the token's."""
    owner, other = enter("owner"), enter("other")
    sent = {"company_name": "我的酒店", "company_owner_openid": "somebody-else"}
    row = owner.create(COMPANIES, **sent)
    assert row["company_owner_openid"] == owner.openid
    mine = {"filter": f'company_owner_openid="{owner.openid}"'}
    assert [each["id"] for each in owner.rows(COMPANIES, **mine)] == [row["id"]]
    assert other.rows(COMPANIES, **mine) == []
    assert other.rows(COMPANIES, filter=f'id="{row["id"]}"')[0]["company_owner_openid"] == ""


def test_a_private_field_is_empty_to_guests_everywhere(enter: Enter) -> None:
    """In lists, filters, sorts and counts; as another user it is the same."""
    owner, guest = enter("owner"), enter("guest")
    owner.create(COMPANIES, company_name="甲")
    owner.create(COMPANIES, company_name="乙")
    for token in (guest.token, ""):
        guest.token = token
        everything = {row["company_owner_openid"] for row in guest.rows(COMPANIES, perPage=500)}
        assert everything <= {"", guest.openid}
        like = f'company_owner_openid~"{owner.openid[:6]}"'
        assert guest.page(COMPANIES, filter=f'{like} && company_name="甲"')["totalItems"] == 0
        upwards = guest.rows(COMPANIES, sort="company_owner_openid,id", filter='company_name="乙"')
        assert upwards == sorted(upwards, key=lambda row: row["id"])


def test_codes_of_the_place_are_kept(visitor: Visitor) -> None:
    row = visitor.create(COMPANIES, company_name="有地址的酒店", **PLACE)
    assert {key: row[key] for key in PLACE} == PLACE
    row = visitor.update(COMPANIES, row["id"], company_district_code="440306")
    assert row["company_district_code"] == "440306"


def test_a_status_is_any_short_text(visitor: Visitor) -> None:
    row = visitor.create(COMPANIES, company_name="待审的酒店", company_status="待审核")
    assert row["company_status"] == "待审核"


def test_a_credit_code_may_be_given_twice_but_not_wrongly(visitor: Visitor) -> None:
    code = "91440300MA5GWX013E"
    for name in ("一店", "二店"):
        assert (
            visitor.create(COMPANIES, company_name=name, company_usci=code)["company_usci"] == code
        )
    wrong = visitor.post(
        f"/collections/{COMPANIES}/records",
        {"company_name": "错的", "company_usci": "91440300MA5GWX013A"},
    )
    assert wrong.status == 400
    assert wrong.data["data"]["company_usci"]["code"] == "validation_invalid_format"


def test_a_guest_creates_none(guest: Visitor) -> None:
    """On purpose: today's backend lets him."""
    answer = guest.post(f"/collections/{COMPANIES}/records", {"company_name": "游客的酒店"})
    assert answer.status == 400
