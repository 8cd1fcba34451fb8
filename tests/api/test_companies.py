"""Companies as records: created, changed by their creator alone, coerced as PocketBase does.

Covers: models/company.py, handlers/company.py
"""

import re
import time
from typing import Any

import pytest

from tests.paths import COMPANIES
from tests.running import Client, Server


def found_company(client: Client, **body: Any) -> Any:
    """Create a company."""
    return client.request("POST", COMPANIES, json={"company_name": "甲公司", **body})


def test_company_is_created_with_200_and_the_whole_record(alice: Client) -> None:
    """Every field as sent, ids, times and the owner by the server."""
    body = {
        "company_name": "深圳市百益智能科技有限公司",
        "company_type": "有限责任公司",
        "company_entity": "王建国",
        "company_nationality": "中国",
        "company_nationality_code": "CN",
        "company_province": "广东省",
        "company_province_code": "440000",
        "company_city": "深圳市",
        "company_city_code": "440300",
        "company_district": "南山区",
        "company_district_code": "440305",
        "company_status": "有效",
        "company_remark": "老客户🎉",
    }
    answer = found_company(alice, **body)
    assert answer.status_code == 200
    record = answer.json()
    assert {name: record[name] for name in body} == body
    assert record["company_id"].startswith("C-")
    assert re.fullmatch(r"[a-z0-9]{15}", record["id"])
    assert record["company_owner_openid"] == alice.openid


def test_company_without_a_state_has_none(alice: Client) -> None:
    """A native create leaves states other than cart's and order's `""`."""
    assert found_company(alice).json()["company_status"] == ""


def test_companys_server_made_fields_are_ignored(alice: Client) -> None:
    """In create and update alike, with 200."""
    forged = {
        "company_id": "C-MINE",
        "company_owner_openid": "somebody",
        "created": "2020-01-01 00:00:00.000Z",
        "updated": "2020-01-01 00:00:00.000Z",
        "collectionName": "x",
        "is_delete": 1,
    }
    record = found_company(alice, **forged).json()
    assert not {name for name in forged if record.get(name) == forged[name]}
    assert record["company_owner_openid"] == alice.openid
    path = f"{COMPANIES}/{record['id']}"
    del forged["is_delete"]
    changed = alice.request("PATCH", path, json={**forged, "company_city": "广州"}).json()
    assert changed["company_city"] == "广州"
    assert changed["company_owner_openid"] == alice.openid
    assert changed["company_id"] == record["company_id"]
    assert changed["created"] == record["created"]


def test_company_is_changed_by_its_creator_only(guest: Client, alice: Client, bob: Client) -> None:
    """Anybody may see it; to all others its update answers as if it were missing."""
    path = f"{COMPANIES}/{found_company(alice).json()['id']}"
    missing = bob.request("PATCH", f"{COMPANIES}/zzzzzzzzzzzzzzz", json={"company_name": "改"})
    for client in (guest, bob):
        assert client.get(path).status_code == 200
        refused = client.request("PATCH", path, json={"company_name": "改"})
        assert (refused.status_code, refused.content) == (404, missing.content)
    assert alice.request("PATCH", path, json={"company_name": "改"}).json()["company_name"] == "改"


def test_partial_update_leaves_the_rest(alice: Client) -> None:
    """Only what is sent, and `updated`."""
    record = found_company(alice, company_city="深圳").json()
    time.sleep(0.01)
    changed = alice.request(
        "PATCH", f"{COMPANIES}/{record['id']}", json={"company_add": "南山"}
    ).json()
    assert {name for name in record if record[name] != changed[name]} == {"company_add", "updated"}


OTHER_USCI = "91440300708461136T"


def test_several_companies_may_have_one_credit_code(alice: Client, bob: Client) -> None:
    """Its form and check digit are looked at, not whether another company has it."""
    first, second = (found_company(who, company_usci=OTHER_USCI) for who in (alice, bob))
    assert first.status_code == second.status_code == 200, second.text
    page = bob.get(COMPANIES, params={"filter": f"company_usci='{OTHER_USCI}'"}).json()
    assert {first.json()["id"], second.json()["id"]} <= {row["id"] for row in page["items"]}


def test_imported_credit_code_stays_until_it_is_changed(server: Server, alice: Client) -> None:
    """One that our API would refuse may be sent back as it is, and be mended."""
    record = found_company(alice).json()
    server.change("tbl_company", record["id"], company_usci="税号123")
    path = f"{COMPANIES}/{record['id']}"
    same = alice.request("PATCH", path, json={"company_usci": "税号123", "company_city": "广州"})
    assert same.json()["company_usci"] == "税号123"
    assert alice.request("PATCH", path, json={"company_usci": "税号12"}).status_code == 400
    mended = alice.request("PATCH", path, json={"company_usci": OTHER_USCI})
    assert mended.json()["company_usci"] == OTHER_USCI


def test_owner_finds_its_own_company(guest: Client, alice: Client, bob: Client) -> None:
    """By its openid, which nobody else can ask for."""
    made = found_company(alice).json()["id"]
    asked = {"filter": f"company_owner_openid = '{alice.openid}'", "perPage": 1000}
    own = alice.get(COMPANIES, params=asked).json()["items"]
    assert made in {row["id"] for row in own}
    assert {row["company_owner_openid"] for row in own} == {alice.openid}
    for other in (guest, bob):
        assert other.get(COMPANIES, params=asked).json()["totalItems"] == 0
        assert other.get(f"{COMPANIES}/{made}").json()["company_owner_openid"] == ""


def test_guests_create_stays_refused(guest: Client) -> None:
    """On purpose: a company belongs to somebody."""
    refused = found_company(guest)
    assert (refused.status_code, refused.json()["data"]) == (400, {})


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        pytest.param(123, "123", id="a number becomes text"),
        pytest.param(True, "true", id="a boolean becomes text"),
        pytest.param(None, "", id="null becomes empty"),
        pytest.param(["x"], "", id="a list becomes empty"),
        pytest.param("  两边 ", "  两边 ", id="blanks stay"),
        pytest.param("<b>&\u2028", "<b>&\u2028", id="nothing is escaped"),
    ],
)
def test_text_is_coerced_as_pocketbase_does(alice: Client, sent: Any, stored: str) -> None:
    """Never a type error."""
    assert found_company(alice, company_city=sent).json()["company_city"] == stored


def test_create_takes_a_form_as_well(alice: Client) -> None:
    """multipart and urlencoded, as PocketBase."""
    form = alice.request(
        "POST", COMPANIES, data={"company_name": "表单公司", "company_postalcode": "007"}
    )
    assert form.status_code == 200, form.text
    assert form.json()["company_postalcode"] == "007"
    parts = {"company_name": (None, "多段公司"), "company_city": (None, "深圳")}
    assert alice.request("POST", COMPANIES, files=parts).json()["company_city"] == "深圳"


def test_create_expands_and_picks_fields(alice: Client) -> None:
    """`fields` works on create, too."""
    answer = alice.request("POST", f"{COMPANIES}?fields=company_name", json={"company_name": "短"})
    assert answer.json() == {"company_name": "短"}


def test_json_media_type_is_accepted_in_any_case(alice: Client) -> None:
    """Ours, where PocketBase is stricter; and of duplicate keys the last counts."""
    raw = '{"company_name": "甲", "company_name": "乙"}'.encode()
    for media in ("application/json", "Application/JSON", "application/json; charset=utf-8"):
        answer = alice.raw("POST", f"/pb/api{COMPANIES}", headers={"Content-Type": media}, body=raw)
        assert answer.json()["company_name"] == "乙"
