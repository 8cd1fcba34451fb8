"""Methods: POST may mean another one, HEAD is GET without the body, OPTIONS answers anywhere.

Covers: bai_wx/request/routes.py
"""

import pytest

from tests.api import shop
from tests.api.bundle import HOOKS, methods_of
from tests.api.buying import add
from tests.paths import CART_RECORDS
from tests.running import Client

# --- method override -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("X-HTTP-Method-Override", id="Override"),
        pytest.param("X-HTTP-Method", id="Method"),
    ],
)
@pytest.mark.parametrize(
    "value", [pytest.param("PATCH", id="PATCH"), pytest.param("patch", id="in small letters")]
)
def test_post_may_mean_patch(alice: Client, header: str, value: str) -> None:
    """`wx.request` cannot send PATCH."""
    line = add(alice, shop.DIME)
    headers = {header: value}
    answer = alice.request(
        "POST", f"{CART_RECORDS}/{line['pb_id']}", json={"cart_remark": header}, headers=headers
    )
    assert answer.status_code == 200
    assert answer.json()["cart_remark"] == header


def test_post_may_mean_delete(alice: Client) -> None:
    """204 without a body."""
    line = add(alice, shop.DIME)
    headers = {"X-HTTP-Method-Override": "DELETE"}
    answer = alice.request("POST", f"{CART_RECORDS}/{line['pb_id']}", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    "method", [pytest.param(name, id=name) for name in ("GET", "PATCH", "PUT")]
)
def test_override_on_any_other_method_is_ignored(alice: Client, method: str) -> None:
    """A GET stays a GET: nothing is deleted."""
    line = add(alice, shop.DIME)
    alice.request(
        method, f"{CART_RECORDS}/{line['pb_id']}", headers={"X-HTTP-Method-Override": "DELETE"}
    )
    assert alice.get(f"{CART_RECORDS}/{line['pb_id']}").status_code == 200


@pytest.mark.parametrize(
    "value",
    [pytest.param(v, id=v or "nothing") for v in ("PUT", "GET", "HEAD", "", "PATCH,DELETE")],
)
def test_override_with_another_word_is_ignored(alice: Client, value: str) -> None:
    """The POST stays a POST, as a create."""
    answer = alice.hook("/cart/list", headers={"X-HTTP-Method-Override": value})
    assert answer.status_code == 200


# --- HEAD, OPTIONS, methods ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/system/users-count", id="a hook"),
        pytest.param("/health", id="health"),
        pytest.param("/openapi.json", id="the contract"),
        pytest.param("/collections/tbl_product_list/records", id="a list"),
        pytest.param(f"/collections/tbl_product_list/records/{shop.DIME['id']}", id="a record"),
        pytest.param(
            "/collections/tbl_product_list/records/zzzzzzzzzzzzzzz", id="a missing record"
        ),
        pytest.param("/nothing", id="an unknown path"),
    ],
)
def test_head_is_get_without_the_body(guest: Client, path: str) -> None:
    """Status, type and length of GET, and no byte."""
    head = guest.raw("HEAD", f"/pb/api{path}")
    get = guest.raw("GET", f"/pb/api{path}")
    assert head.status == get.status
    assert head.body == b""
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p) for p in ("/cart/list", "/collections/tbl_cart/records", "/nothing")],
)
def test_options_is_204_on_any_path(guest: Client, path: str) -> None:
    """No body, no type."""
    answer = guest.raw("OPTIONS", f"/pb/api{path}")
    assert (answer.status, answer.body) == (204, b"")
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("path", sorted({op.path for op in HOOKS}))
def test_allow_names_exactly_the_contracts_methods(guest: Client, path: str) -> None:
    """405 on a hook, whatever the method's name."""
    for method in ("PUT", "TRACE", "PROPFIND"):
        answer = guest.raw(method, path)
        assert answer.status == 405
        assert answer.headers["Allow"] == ", ".join(sorted(methods_of(path)))
        assert answer.json()["data"]["code"] == "method_not_allowed"
