"""A NUL in a text: SQLite keeps it, PostgreSQL cannot; either way the answer is a clean one."""

from typing import Any

import pytest

from tests.databases import IS_POSTGRES
from tests.paths import COMPANIES, PRODUCTS
from tests.running import Client

TEXT = "a\0b"


@pytest.fixture(scope="module")
def cart_line(alice: Client) -> dict[str, Any]:
    """A line of alice's cart."""
    product = alice.get(PRODUCTS, params={"perPage": 1}).json()["items"][0]["id"]
    body = {"cart_product_id": product, "cart_product_quantity": 1}
    line: dict[str, Any] = alice.data("/cart/create", body)
    return line


def test_a_hook_refuses_what_cannot_be_kept(alice: Client, cart_line: dict[str, Any]) -> None:
    """With the field's name."""
    body = {"cart_id": cart_line["cart_id"], "cart_remark": TEXT}
    answer = alice.hook("/cart/update", body)
    if IS_POSTGRES:
        assert answer.status_code == 400
        assert answer.json()["data"]["code"] == "validation_failed"
        assert "cart_remark" in answer.text
    else:
        assert answer.json()["data"]["cart_remark"] == TEXT


@pytest.mark.parametrize("key", [None, "a key"])
def test_a_native_write_names_every_such_field(alice: Client, key: str | None) -> None:
    """All at once, in PocketBase's words."""
    body = {"company_name": TEXT, "company_remark": TEXT, "company_city": "深圳", "unknown": TEXT}
    headers = {"Idempotency-Key": key} if key else {}
    answer = alice.hook(COMPANIES, body, headers=headers)
    if IS_POSTGRES:
        assert answer.status_code == 400
        codes = {name: problem["code"] for name, problem in answer.json()["data"].items()}
        assert codes == dict.fromkeys(
            ("company_name", "company_remark"), "validation_invalid_format"
        )
    else:
        assert answer.json()["company_name"] == TEXT


def test_what_is_named_with_one_is_not_there(alice: Client) -> None:
    """Ids and keywords are looked for, not kept."""
    assert alice.hook("/cart/detail", {"cart_id": TEXT}).status_code == 404
    assert alice.hook("/cart/update", {"cart_id": TEXT, "cart_remark": "x"}).status_code == 404
    assert alice.hook("/cart/delete", {"cart_id": TEXT}).status_code == 404
    assert alice.get(f"{PRODUCTS}/aaaaaaa%00aaaaaaa").status_code == 404
    assert alice.data("/cart/list", {"keyword": f"nobody{TEXT}"})["items"] == []
