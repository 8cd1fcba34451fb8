"""Companies: their credit code, and who may write them."""

from typing import Any

import pytest

from models.company import Company, usci_is_valid
from tests.factories import ALICE, BOB, make_company

pytestmark = pytest.mark.usefixtures("database")

TENCENT = "9144030071526726XG"
HUAWEI = "914403001922038216"


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        pytest.param(TENCENT, True, id="a real one"),
        pytest.param(HUAWEI, True, id="another"),
        pytest.param(TENCENT[:-1] + "H", False, id="wrong check digit"),
        pytest.param(TENCENT.lower(), False, id="small letters"),
        pytest.param(TENCENT[:-1], False, id="17 characters"),
        pytest.param(TENCENT + "0", False, id="19 characters"),
        pytest.param("91440300715267I6XG", False, id="a letter the standard leaves out"),
        pytest.param(f" {TENCENT}", False, id="a space in front"),
        pytest.param(f"{TENCENT}\n", False, id="a line end behind"),
        pytest.param("", False, id="empty"),
    ],
)
def test_credit_codes(code: str, valid: bool) -> None:
    """18 characters of GB 32100-2015 with the right check digit."""
    assert usci_is_valid(code) is valid


@pytest.mark.parametrize(
    ("usci", "code"),
    [
        pytest.param(HUAWEI, None, id="a new one"),
        pytest.param("", None, id="none"),
        pytest.param(TENCENT.lower(), "validation_invalid_format", id="malformed"),
        pytest.param(TENCENT, None, id="that of another company"),
    ],
)
def test_a_new_companys_credit_code(usci: str, code: str | None) -> None:
    """Given, it must hold; several companies may have the same."""
    make_company(company_usci=TENCENT)
    values: dict[str, Any] = {"company_name": "腾", "company_usci": usci}
    problems: dict[str, Any] = {}
    Company.prepare_create(values, ALICE, problems)
    assert problems.get("company_usci", {}).get("code") == code
    assert values["company_owner_openid"] == ALICE.openid


def test_a_client_names_no_other_owner() -> None:
    """Whatever it sends, the owner is the one of the token."""
    values: dict[str, Any] = {"company_name": "腾", "company_owner_openid": BOB.openid}
    Company.prepare_create(values, ALICE, {})
    assert values["company_owner_openid"] == ALICE.openid
    writable = Company.CREATABLE | Company.UPDATABLE
    assert "company_owner_openid" not in writable


def test_an_owner_reads_who_owns_the_company() -> None:
    """Everybody else an empty text."""
    company = make_company(company_owner_openid=ALICE.openid)
    assert company.info(ALICE.openid)["company_owner_openid"] == ALICE.openid
    assert company.info(BOB.openid)["company_owner_openid"] == ""


@pytest.mark.parametrize(
    ("changes", "left", "code"),
    [
        pytest.param(
            {"company_usci": TENCENT}, {"company_usci": TENCENT}, None, id="its own again"
        ),
        pytest.param(
            {"company_usci": "X"},
            {"company_usci": "X"},
            "validation_invalid_format",
            id="malformed",
        ),
    ],
)
def test_updates(changes: dict[str, Any], left: dict[str, Any], code: str | None) -> None:
    """A code is checked where it changes."""
    company = make_company(company_usci=TENCENT, company_owner_openid=ALICE.openid)
    problems: dict[str, Any] = {}
    company.prepare_update(changes, ALICE, problems)
    assert changes == left
    assert problems.get("company_usci", {}).get("code") == code


def test_only_its_creator_may_change_a_company() -> None:
    """Nobody may where it has none."""
    owned, ownerless = make_company(company_owner_openid=ALICE.openid), make_company()
    assert owned.may_update(ALICE, {})
    assert not owned.may_update(BOB, {})
    assert not owned.may_update(None, {})
    assert not ownerless.may_update(ALICE, {})


def test_only_a_user_may_create_a_company() -> None:
    """A guest may not."""
    assert Company.may_create({}, ALICE)
    assert not Company.may_create({}, None)
