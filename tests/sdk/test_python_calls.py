"""The Python SDK, unmodified, against a real server: writes, files, tokens, errors, health."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests
from pocketbase import PocketBase
from pocketbase.errors import ClientResponseError
from pocketbase.models import FileUpload

from tests.answers import GENERIC, NO_TOKEN, SUPERUSERS
from tests.answers import MISSING as NOT_FOUND
from tests.api.pictures import picture
from tests.sdk.python_sdk import (
    COMPANY,
    MISSING,
    SWITCH,
    USERS,
    cart_line,
    logged_in,
    openid,
    sdk,
)

NO_COLLECTION = "Missing collection context."


# --- writing ---------------------------------------------------------------------------------------------


def test_create_update_delete(user: PocketBase) -> None:
    cart = user.collection("tbl_cart")
    made = cart.create(cart_line(user))
    assert (made.cart_product_quantity, made.cart_at_price) == (2, 199.5)
    changed = cart.update(made.id, {"cart_product_quantity": 5, "cart_remark": "尽快"})
    assert (changed.cart_product_quantity, changed.cart_remark) == (5, "尽快")
    assert cart.get_one(made.id).cart_product_quantity == 5
    assert cart.delete(made.id) is True
    with pytest.raises(ClientResponseError) as gone:
        cart.get_one(made.id)
    assert gone.value.status == 404


def test_batch(user: PocketBase) -> None:
    """Create, update, upsert and delete at once; one refused request undoes all."""
    batch = user.create_batch()
    lines = batch.collection("tbl_cart")
    lines.create({**cart_line(user), "id": "pysdkbatch00001"})
    lines.update("pysdkbatch00001", {"cart_product_quantity": 5})
    lines.upsert({"id": "pysdkbatch00001", "cart_remark": "尽快"})
    made = batch.send()
    assert [each["status"] for each in made] == [200, 200, 200]
    assert user.collection("tbl_cart").get_one("pysdkbatch00001").cart_remark == "尽快"
    batch = user.create_batch()
    batch.collection("tbl_cart").delete("pysdkbatch00001")
    batch.collection("tbl_cart").delete(MISSING)
    with pytest.raises(ClientResponseError) as refused:
        batch.send()
    assert refused.value.data["data"]["requests"]["1"]["response"]["status"] == 404
    assert user.collection("tbl_cart").get_one("pysdkbatch00001").cart_product_quantity == 5


def test_create_with_an_id_of_ones_own(user: PocketBase) -> None:
    made = user.collection("tbl_company").create({"id": "pysdkcompany001", "company_name": "x"})
    assert made.id == "pysdkcompany001"


def test_an_order_travels_as_json(user: PocketBase) -> None:
    body = {
        "order_owner": openid(user),
        "order_source": "product",
        "order_snap": {"items": [{"prod_list_id": SWITCH, "quantity": 2}]},
    }
    made = user.collection("tbl_order").create(body)
    assert (made.order_amount, made.order_status) == (399, "pending")
    assert made.order_snap["items"][0]["at_price"] == 199.5


def test_another_users_records_are_not_there(base: str, user: PocketBase) -> None:
    made = user.collection("tbl_cart").create(cart_line(user))
    with logged_in(base, "py-other") as other:
        assert other.collection("tbl_cart").get_full_list() == []
        with pytest.raises(ClientResponseError) as refused:
            other.collection("tbl_cart").update(made.id, {"cart_remark": "x"})
    assert refused.value.status == 404


# --- files -----------------------------------------------------------------------------------------------


def test_an_upload_is_served(user: PocketBase) -> None:
    """`create` with a FileUpload is a multipart form; `files.get_url` and its options lead to the bytes."""
    data = picture("PNG", 300, 200)
    body = {
        "attachments_link": FileUpload(("门店 照片.png", data, "image/png")),
        "attachments_remark": "门头",
    }
    made = user.collection("tbl_attachments").create(body)
    assert (made.attachments_filename, made.attachments_remark) == ("门店 照片.png", "门头")
    assert (made.attachments_size, made.attachments_filetype) == (len(data), "image/png")
    address = user.files.get_url(made, made.attachments_link)
    assert f"/pb/api/files/{made.collection_id}/{made.id}/" in address
    assert requests.get(address, timeout=30).content == data
    small = requests.get(
        user.files.get_url(made, made.attachments_link, {"thumb": "100x100"}), timeout=30
    )
    assert small.headers["Content-Type"].startswith("image/")
    assert small.content != data
    saved = requests.get(
        user.files.get_url(made, made.attachments_link, {"download": 1}), timeout=30
    )
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_file_token_opens_an_identity_paper(base: str, paper: dict[str, Any]) -> None:
    """Its owner's; the SDK puts it into the address as any option."""
    with logged_in(base, "js-papers") as owner, logged_in(base, "py-reader") as reader:
        row = owner.collection("tbl_attachments").get_one(paper["id"])
        for who, status in ((owner, 200), (reader, 404)):
            token = {"token": who.files.get_token()}
            answer = requests.get(who.files.get_url(row, row.attachments_link, token), timeout=30)
            assert answer.status_code == status


def test_an_upload_of_text_is_refused(user: PocketBase) -> None:
    body = {"attachments_link": FileUpload(("a.txt", b"hello", "text/plain"))}
    with pytest.raises(ClientResponseError) as refused:
        user.collection("tbl_attachments").create(body)
    assert refused.value.status == 400
    problem = refused.value.data["data"]["attachments_link"]
    assert problem["code"] == "validation_invalid_mime_type"


# --- tokens ----------------------------------------------------------------------------------------------


def test_the_auth_store_reads_our_token(user: PocketBase) -> None:
    assert user.auth_store.is_valid
    assert not user.auth_store.is_superuser
    assert user.auth_store.record.users_status == "active"


def test_auth_refresh_answers_token_and_record(user: PocketBase) -> None:
    known = user.auth_store.record
    answer = user.collection(USERS).auth_refresh()
    assert answer.is_valid
    assert (answer.record.id, answer.record.openid) == (known.id, known.openid)
    assert (answer.record.collection_name, answer.record.is_delete) == (USERS, 0)
    assert user.auth_store.token == answer.token
    assert user.auth_store.record is answer.record
    assert user.collection("tbl_cart").get_list().items == []


def test_auth_refresh_expands(user: PocketBase) -> None:
    company = user.collection("tbl_company").get_one(COMPANY)
    body = {"company_id": company.company_id}
    user.send("/api/wechat/profile", {"method": "POST", "body": body})
    answer = user.collection(USERS).auth_refresh(query_params={"expand": "company"})
    assert answer.record.expand["company"].company_name == company.company_name


@pytest.mark.parametrize("token", ["", "expired", "nonsense"])
def test_auth_refresh_without_a_token_that_holds_is_401(
    base: str, expired: str, token: str
) -> None:
    with (
        sdk(base, expired if token == "expired" else token) as client,
        pytest.raises(ClientResponseError) as refused,
    ):
        client.collection(USERS).auth_refresh()
    assert (refused.value.status, refused.value.data["message"]) == (401, NO_TOKEN)


@pytest.mark.parametrize("token", ["expired", "nonsense"])
def test_a_token_that_does_not_hold_makes_a_guest(base: str, expired: str, token: str) -> None:
    with sdk(base, expired if token == "expired" else token) as client:
        assert client.collection("tbl_product_list").get_list().total_items == 10
        assert client.collection("tbl_cart").get_list().items == []


# --- errors ----------------------------------------------------------------------------------------------

Call = Callable[[PocketBase], object]

REFUSED: dict[str, tuple[int, str, Call]] = {
    "a missing record": (404, NOT_FOUND, lambda pb: pb.collection("tbl_company").get_one(MISSING)),
    "a delete of nothing": (404, NOT_FOUND, lambda pb: pb.collection("tbl_cart").delete(MISSING)),
    "no collection": (404, NO_COLLECTION, lambda pb: pb.collection("nothing").get_list()),
    "a bad filter": (400, GENERIC, lambda pb: companies(pb, filter="company_name =")),
    "a bad sort": (400, GENERIC, lambda pb: companies(pb, sort="colour")),
    "a bad modifier": (400, GENERIC, lambda pb: companies(pb, fields="id:upper")),
    "a write to products": (
        403,
        SUPERUSERS,
        lambda pb: pb.collection("tbl_product_list").create({}),
    ),
    "a delete of a company": (
        403,
        SUPERUSERS,
        lambda pb: pb.collection("tbl_company").delete(COMPANY),
    ),
    "the ways to log in": (403, SUPERUSERS, lambda pb: pb.collection(USERS).list_auth_methods()),
}


def companies(client: PocketBase, **asked: str) -> object:
    """A list of companies."""
    return client.collection("tbl_company").get_list(1, 1, asked)


@pytest.mark.parametrize(("status", "message", "call"), REFUSED.values(), ids=REFUSED)
def test_a_failing_call_says_why(user: PocketBase, status: int, message: str, call: Call) -> None:
    with pytest.raises(ClientResponseError) as refused:
        call(user)
    assert refused.value.status == status
    assert refused.value.data == {"status": status, "message": message, "data": {}}


def test_a_validation_error_names_the_fields(user: PocketBase) -> None:
    with pytest.raises(ClientResponseError) as refused:
        user.collection("tbl_company").create({"company_name": "", "company_usci": "1"})
    assert (refused.value.status, refused.value.data["message"]) == (
        400,
        "Failed to create record.",
    )
    codes = {name: problem["code"] for name, problem in refused.value.data["data"].items()}
    assert codes == {
        "company_name": "validation_required",
        "company_usci": "validation_invalid_format",
    }


def test_a_refused_connection_has_status_0() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        sdk(f"http://127.0.0.1:{port}/pb") as client,
        pytest.raises(ClientResponseError) as refused,
    ):
        client.collection("tbl_company").get_list()
    assert (refused.value.status, refused.value.data) == (0, {})


# --- health ----------------------------------------------------------------------------------------------


def test_health_check(guest: PocketBase) -> None:
    answer = guest.health.check()
    assert (answer.code, answer.message, answer.data) == (200, "API is healthy.", {})
