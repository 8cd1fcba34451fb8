"""API3 Broken Object Property Level Authorization: the server's fields are not set, hidden ones not shown."""

from collections.abc import Iterator
from typing import Any

import pytest

from bai_wx.record.base import Record
from bai_wx.record.fields import Int, Money
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from models.orders import Order
from models.users import User
from tests.owasp.asking import ALL, Rows, ask, path_of
from tests.owasp.conftest import Say
from tests.running import Client, Server

FORGED = {"text": "forged-by-a-client", "number": 77777, "moment": "2001-01-01 00:00:00.000Z"}
BESIDE = {
    Order: {"order_status", "order_keywords"},
    CartLine: {"cart_status"},
    Attachment: {"attachments_status"},
    User: {
        "users_type",
        "users_status",
        "users_rank_level",
        "users_level",
        "users_idtype",
        "users_id_number",
        "users_parent_id",
        "users_convers_id",
    },
}
"""Columns that a client does not set either, beside those marked as the server's."""
PRIVATE = ("token_key", "attachments_is_identity", "order_keywords", "session_key")
"""What never leaves the server."""


def forged(model: type[Record]) -> dict[str, Any]:
    """A value for each column of a model that is not a client's to set."""
    fields = model.record_fields()
    names = {n for n, f in fields.items() if f.server_made or f.hidden} | BESIDE.get(model, set())
    return {name: _forged(name, fields.get(name)) for name in names} | {"seq": 77777}


def _forged(name: str, field: Any) -> Any:
    if name in ("created", "updated") or name.endswith("_create"):
        return FORGED["moment"]
    return FORGED["number"] if isinstance(field, (Int, Money)) else FORGED["text"]


def _writes(
    client: Client, rows: Rows
) -> Iterator[tuple[type[Record], str, str, str, dict[str, Any]]]:
    """Every write of a user's rows: model, method, path, the id of a row that is there, a body."""
    order = {"order_source": "product", "items": [{"prod_list_id": rows.product, "quantity": 1}]}
    snap = {"items": [{"prod_list_id": rows.product, "quantity": 1}]}
    cart = {"cart_product_id": rows.other, "cart_product_quantity": 1}
    yield CartLine, "POST", "/cart/create", "", cart
    yield (
        CartLine,
        "POST",
        "/cart/update",
        rows.records["tbl_cart"],
        {
            "cart_id": rows.business["cart_id"],
            "cart_remark": "a",
        },
    )
    yield CartLine, "PATCH", rows.paths["tbl_cart"], rows.records["tbl_cart"], {"cart_remark": "b"}
    yield Order, "POST", "/order/create", "", order
    yield (
        Order,
        "POST",
        "/collections/tbl_order/records",
        "",
        {
            "order_owner": client.openid,
            "order_source": "product",
            "order_snap": snap,
        },
    )
    yield Order, "PATCH", rows.paths["tbl_order"], rows.records["tbl_order"], {"order_remark": "c"}
    yield (
        Order,
        "POST",
        "/order/update",
        rows.records["tbl_order"],
        {
            "order_id": rows.business["order_id"],
            "order_remark": "d",
        },
    )
    yield Company, "POST", "/collections/tbl_company/records", "", {"company_name": "某"}
    yield (
        Company,
        "PATCH",
        rows.paths["tbl_company"],
        rows.records["tbl_company"],
        {"company_name": "又"},
    )
    yield User, "POST", "/wechat/profile", client.user_id, {"users_name": "阿里"}


def test_no_write_sets_what_is_the_servers(server: Server, guest: Client, say: Say) -> None:
    """Each column in each write, alone and all at once: refused or ignored, never stored, never a 5xx."""
    client = guest.login("mass-assignment")
    rows = Rows(client)
    tried, stored = 0, 0
    for model, method, path, record_id, body in _writes(client, rows):
        values = forged(model)
        for extra in [*({name: value} for name, value in values.items()), values]:
            own = {name for name in extra if name in body}  # the row is named by it
            sent = {**extra, **{name: body[name] for name in own}, **body}
            answer = client.request(method, path, json=sent)
            assert answer.status_code < 500, (path, extra, answer.text)
            tried += 1
            found = _row_of(server, model, record_id, answer)
            if found is not None:
                wrong = {n for n, v in extra.items() if n not in own and found.get(n) == v}
                assert wrong == set(), (path, extra)
                stored += answer.status_code == 200
    say(f"{tried} forged writes, {stored} of them stored without what was forged")
    assert stored > 20


def _row_of(
    server: Server, model: type[Record], record_id: str, answer: Any
) -> dict[str, Any] | None:
    if not record_id and answer.status_code == 200:
        told = answer.json()
        record_id = told.get("id") or told["data"]["pb_id"]
    return server.row(model.collection(), record_id) if record_id else None


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="as it is"),
        pytest.param("?fields=*,token_key,attachments_is_identity,order_keywords", id="by fields"),
        pytest.param(
            "?expand=company,cart_owner,order_owner,tbl_auth_users_via_company", id="by expand"
        ),
    ],
)
def test_no_answer_holds_a_hidden_field(
    server: Server, guest: Client, say: Say, query: str
) -> None:
    """Nor the value of one: the user's key is looked for in every answer."""
    client = guest.login("property-level")
    rows = Rows(client)
    secret = str(server.row("tbl_auth_users", client.user_id)["token_key"])
    seen = 0
    for op in ALL:
        collection = next((name for name in rows.records if f"/{name}/" in op.path), "")
        body = {
            n: v for n, v in rows.business.items() if n in op.properties and "delete" not in op.id
        }
        path = path_of(op, recordId=rows.records.get(collection, "zzzzzzzzzzzzzzz"))
        answer = ask(client, op, body, path=path + query if op.method == "GET" else path)
        assert secret.encode() not in answer.body
        if op.id != "openapi_document" and answer.body.startswith((b"{", b"[")):
            assert set(_names(answer.json())).isdisjoint(PRIVATE), op.id
            seen += 1
    say(f"{seen} answers")


@pytest.mark.parametrize("name", ["token_key", "attachments_is_identity", "order_keywords", "seq"])
@pytest.mark.parametrize("how", ["filter", "sort"])
def test_a_hidden_field_cannot_be_searched_out(alice: Client, name: str, how: str) -> None:
    """As if there were none of the name."""
    for collection in ("tbl_order", "tbl_attachments", "tbl_cart", "tbl_company"):
        value = f"{name}~'a'" if how == "filter" else name
        answer = alice.get(f"/collections/{collection}/records", params={how: value})
        none = alice.get(
            f"/collections/{collection}/records", params={how: value.replace(name, "no_such_field")}
        )
        assert (answer.status_code, answer.content) == (none.status_code, none.content)
